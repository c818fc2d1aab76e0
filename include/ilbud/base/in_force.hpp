/// What is in force of something immutable: read by many, replaced whole by one.
///
/// In    a pointer to the first, and to each that replaces it
/// Out   the pointer of the moment; who holds one keeps what it points to until done, whatever comes into force meanwhile
/// Threads  any. The lock guards the pointer for the few nanoseconds of copying it, never what it points to
#pragma once
#include <memory>
#include <mutex>

namespace ilbud {

template <class T>
class InForce {
 public:
    using Pointer = std::shared_ptr<const T>;
    explicit InForce(Pointer first) : current_(std::move(first)) {}
    [[nodiscard]] Pointer current() const {
        const std::scoped_lock lock(mutex_);
        return current_;
    }
    /// What was in force goes with `next`, after the lock: freeing a large snapshot holds up nobody who asks.
    void swap(Pointer next) {
        const std::scoped_lock lock(mutex_);
        current_.swap(next);
    }

 private:
    mutable std::mutex mutex_;
    Pointer current_;
};

}  // namespace ilbud
