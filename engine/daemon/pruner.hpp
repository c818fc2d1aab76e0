/// The pruner: removes what ended longer than `queue.keep` ago, in small batches, for as long as the daemon runs.
///
/// In    the settings in force, the time
/// Out   fewer rows in the queue; a line in the log where any went
/// Threads  one: that of the context
#pragma once
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/queue.hpp"

namespace ilbud {

class Pruner {
 public:
    Pruner(asio::io_context& context, const SnapshotHolder& snapshots, Queue& queue, const Clock& clock, Log& log)
        : snapshots_(snapshots), queue_(queue), clock_(clock), log_(log), pause_(context) {}

    /// Until stop().
    Task<void> run();
    void stop();

 private:
    Task<std::size_t> remove_all_due();
    Task<void> pause(Duration duration);

    const SnapshotHolder& snapshots_;
    Queue& queue_;
    const Clock& clock_;
    Log& log_;
    Wake pause_;
    bool stopping_ = false;
};

}  // namespace ilbud
