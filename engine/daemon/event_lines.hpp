/// The event socket's lines: JSON in, JSON out; between them events and answers.
///
/// In    lines as they came, one event each
/// Out   one answer line each, in order, once the acceptor has stored what it accepts
/// Threads  one: the intake's
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "acceptor.hpp"

namespace ilbud {

class EventLines {
 public:
    /// `line_bytes_max`: what the socket hands over at most of a line; a longer one comes cut, and is told too_large.
    EventLines(const SnapshotHolder& snapshots, std::size_t line_bytes_max, Acceptor& acceptor)
        : snapshots_(snapshots), line_bytes_max_(line_bytes_max), acceptor_(acceptor) {}

    /// Throws  if the store is broken: then nothing was acknowledged
    Task<std::string> handle(std::vector<std::string_view> lines);

 private:
    const SnapshotHolder& snapshots_;
    const std::size_t line_bytes_max_;
    Acceptor& acceptor_;
};

}  // namespace ilbud
