/// The door: lines become events, decisions, one commit, and answers.
///
/// In    lines from the event socket
/// Out   one answer line each, in order, written only after the commit
/// Threads  one: the intake's
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/intake/answer.hpp"
#include "ilbud/queue/queue.hpp"
#include "ilbud/letter/snapshot.hpp"

namespace ilbud {

class Acceptor {
 public:
    /// `line_bytes_max`: what the socket hands over at most of a line; a longer one comes cut, and is told too_large.
    Acceptor(const SnapshotHolder& snapshots, std::size_t line_bytes_max, Queue& queue, const Clock& clock, Log& log, Counters& counters)
        : snapshots_(snapshots), line_bytes_max_(line_bytes_max), queue_(queue), clock_(clock), log_(log), counters_(counters) {}

    /// The answers to `lines` as text. Throws if the store is broken: then nothing was acknowledged.
    Task<std::string> handle(std::vector<std::string_view> lines);

 private:
    struct Batch;
    void read(const Snapshot& snapshot, std::string_view line, Batch& batch) const;
    void answer(Answer& answer, Accepted accepted) const;
    void note(const Answer& answer) const;

    const SnapshotHolder& snapshots_;
    const std::size_t line_bytes_max_;
    Queue& queue_;
    const Clock& clock_;
    Log& log_;
    Counters& counters_;
};

}  // namespace ilbud
