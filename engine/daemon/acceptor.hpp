/// Where every door's events come together: decided, stored in one commit, answered.
///
/// In    arrivals, from whichever door
/// Out   one Answer each, in order, only after the commit
/// Threads  one: the intake's
#pragma once
#include <vector>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/intake/answer.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/queue.hpp"

namespace ilbud {

class Acceptor {
 public:
    Acceptor(const SnapshotHolder& snapshots, Queue& queue, const Clock& clock, Log& log, Counters& counters)
        : snapshots_(snapshots), queue_(queue), clock_(clock), log_(log), counters_(counters) {}

    /// Decides, stores and answers. Throws  if the store is broken: then nothing was acknowledged
    Task<std::vector<Answer>> accept(std::vector<Arrival> arrivals);

 private:
    struct Batch;
    void decide_on(const Snapshot& snapshot, Arrival& arrival, Batch& batch) const;
    void fill(Answer& answer, Accepted accepted) const;
    void tell(const Answer& answer) const;
    void tell(const IgnoredField& ignored, const std::string& source, const std::string& id) const;

    const SnapshotHolder& snapshots_;
    Queue& queue_;
    const Clock& clock_;
    Log& log_;
    Counters& counters_;
};

}  // namespace ilbud
