/// The operator's notices on their way into the queue: a mail to notices.operator, made like any other.
///
/// In    notices, from any thread; rows of shelves that say of them that they are told
/// Out   events of the engine's own, which the store keeps with those rows in one commit; lines in the log
/// Threads  tell() any; the others that of the context
/// Way out  by whatever relay takes mail: one that is in trouble takes none, and so the mail goes by another where there is one.
///          A store that takes nothing is asked again until it does, or the process ends: then the log alone has told
#pragma once
#include <deque>
#include <mutex>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/notice/notice.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {

class OperatorTeller {
 public:
    OperatorTeller(asio::io_context& context, const SnapshotHolder& snapshots, Store& store, const Clock& clock, Log& log,
                   Counters& counters);

    /// Returns at once. Logged as operator.told, or operator.not_mailed with the reason.
    void tell(OperatorNotice notice, std::vector<ShelfWrite> writes = {});

    /// Until stopped.
    Task<void> run();
    void stop();
    /// Stores what waits.  Throws  if the store is broken
    Task<void> step();

 private:
    struct Waiting {
        OperatorNotice notice;
        Time at{};  // the event's id holds it: told again it is the same event
        std::vector<ShelfWrite> writes;
    };
    Task<bool> store(Waiting one);
    std::optional<Waiting> first();

    asio::io_context& context_;
    const SnapshotHolder& snapshots_;
    Store& store_;
    const Clock& clock_;
    Log& log_;
    Counters& counters_;
    Wake pause_;
    std::mutex mutex_;
    std::deque<Waiting> waiting_;
    bool stopping_ = false;
};

}  // namespace ilbud
