/// Where operations gather for the store thread.
///
/// In    operations from any thread
/// Out   batches to the store thread: everything that has come, up to a limit
/// Threads  put, nudge and close: any; take: the store thread
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "sqlite_operations.hpp"

namespace ilbud {

class Inbox {
 public:
    using Steady = std::chrono::steady_clock::time_point;

    void put(StoreOperation operation);
    /// Ends the current or next wait although nothing was put.
    void nudge();
    /// Nothing more will come.
    void close();

    struct Batch {
        std::vector<StoreOperation> operations;
        bool closed = false;  ///< and nothing is left
    };
    /// Waits for something to come, at most until `until`, and takes up to `most`. If something comes at once (within
    /// `gather`) but fewer than the `expected` ones, it waits for the others for as long again.
    Batch take(std::size_t most, Steady until, std::size_t expected, Duration gather);
    /// Whether something has come.
    [[nodiscard]] bool has_some();

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<StoreOperation> operations_;
    std::size_t wanted_ = 1;  // fewer need not wake the store thread
    bool nudged_ = false;
    bool closed_ = false;
};

}  // namespace ilbud
