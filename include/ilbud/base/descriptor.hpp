/// A file descriptor that is closed when it goes out of scope.
///
/// Threads  one at a time
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace ilbud {

/// For descriptors that a library opens without O_CLOEXEC, as Asio does: no program that is run inherits it.
inline void close_on_exec(int descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

class Descriptor {
 public:
    Descriptor() = default;
    /// Takes `number` over; below 0: holds none.
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    /// No second try and no error told: on Linux the number is free again even after EINTR, and closing it twice could
    /// close what another thread just opened.
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }
    /// -1: none.
    [[nodiscard]] int number() const { return number_; }

 private:
    int number_ = -1;
};

}  // namespace ilbud
