// Why not a plain queue with a signal for each operation: the store thread syncs a disk, and what comes during a sync
// should share the next one. So it sleeps until something is there, then for a moment until as many have come as are
// likely to, and a put() wakes it only when that number is reached: a wake-up costs more than the put.
#include "sqlite_inbox.hpp"

#include <algorithm>
#include <iterator>

namespace ilbud {

void Inbox::put(StoreOperation operation) {
    bool wake = false;
    {
        const std::scoped_lock lock(mutex_);
        operations_.push_back(std::move(operation));
        // Exactly at the number: each put adds one, so it cannot be jumped over, and later ones need not signal again.
        // The signal is given outside the lock, or the woken thread would run straight into it.
        wake = operations_.size() == wanted_;
    }
    if (wake) changed_.notify_one();
}

void Inbox::nudge() {
    {
        const std::scoped_lock lock(mutex_);
        nudged_ = true;
    }
    changed_.notify_one();
}

void Inbox::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    changed_.notify_one();
}

bool Inbox::has_some() {
    const std::scoped_lock lock(mutex_);
    return !operations_.empty();
}

Inbox::Batch Inbox::take(std::size_t most, Steady until, std::size_t expected, Duration gather) {
    std::unique_lock lock(mutex_);
    wanted_ = 1;
    const auto asked = std::chrono::steady_clock::now();
    changed_.wait_until(lock, until, [this] { return !operations_.empty() || nudged_ || closed_; });
    const bool at_once = std::chrono::steady_clock::now() - asked < gather;  // a lone operation after a rest is not held up
    if (at_once && !operations_.empty() && operations_.size() < expected && !closed_) {
        wanted_ = expected;
        changed_.wait_for(lock, gather, [this] { return operations_.size() >= wanted_ || closed_; });
    }
    wanted_ = 0;  // the store thread is busy and will look by itself
    nudged_ = false;
    Batch batch;
    if (operations_.size() <= most) {
        // All of them, mostly: a swap keeps the lock short.
        batch.operations.swap(operations_);
    } else {
        const auto end = operations_.begin() + static_cast<std::ptrdiff_t>(most);
        batch.operations.assign(std::make_move_iterator(operations_.begin()), std::make_move_iterator(end));
        operations_.erase(operations_.begin(), end);
    }
    // Closed counts only when nothing is left: what was put before is carried out.
    batch.closed = closed_ && batch.operations.empty();
    return batch;
}

}  // namespace ilbud
