// Small batches with pauses, since the store has one thread and everybody waits for it: removing a day's events at one
// stroke would hold up accepting and settling. Where a removal lags behind, nothing is lost but space on the disk.
#include "pruner.hpp"

namespace ilbud {
namespace {

constexpr Duration interval = 10min;    // how much longer than queue.keep something may stay
constexpr Duration batch_pause = 50ms;  // between two batches: accepting and settling go first

}  // namespace

Task<void> Pruner::run() {
    while (!stopping_) {
        const auto removed = co_await remove_all_due();
        if (removed > 0) log_.info("queue.pruned", {{"events", removed}});
        co_await pause(interval);
    }
}

// A batch from which little or nothing went is no end: what waits in it may have any number behind it that does not. The settings
// are read once: a reload counts from the next round on.
Task<std::size_t> Pruner::remove_all_due() {
    const QueueSettings settings = snapshots_.current()->settings.platform.queue;
    const auto before = clock_.now() - settings.keep;
    std::size_t removed = 0;
    while (!stopping_) {
        const auto batch = co_await queue_.prune(before, settings.prune_batch);
        removed += batch.removed;
        if (!batch.more) break;
        co_await pause(batch_pause);
    }
    co_return removed;
}

Task<void> Pruner::pause(Duration duration) {
    if (!stopping_) co_await pause_.wait_for(duration);
}

void Pruner::stop() {
    stopping_ = true;
    pause_.wake();
}

}  // namespace ilbud
