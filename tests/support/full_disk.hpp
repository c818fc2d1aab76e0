/// A disk without room, for one process: its files cannot grow.
#pragma once
#include <sys/resource.h>

#include <csignal>
#include <cstdint>

namespace ilbud::test {

/// Lets no file of this process grow beyond `limit` bytes: the disk is full, as far as SQLite can see.
class FullDisk {
 public:
    explicit FullDisk(std::uintmax_t limit) {
        old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &old_);
        rlimit small = old_;
        small.rlim_cur = limit;
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

 private:
    rlimit old_{};
    void (*old_handler_)(int) = nullptr;
};

}  // namespace ilbud::test
