/// Carries lines to a descriptor on a thread of its own, so that whoever logs never waits for whoever reads.
///
/// In    lines, from any thread
/// Out   the same in order; where some were lost, a line that says how many
/// Threads  any; its own one writes
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "ilbud/base/log.hpp"

namespace ilbud {

class LogWriter {
 public:
    /// `gap_line` makes the line that tells of so many lost ones; it is called on the writer's thread.
    LogWriter(const LogOutput& output, std::function<std::string(std::uint64_t lines)> gap_line);
    /// Waits until all is written or `output.deadline` is over.
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    /// Takes `line` (without line end) or, when there is no room, counts it. One that is `urgent` is written at once, others
    /// within a second.
    void add(std::string_view line, bool urgent);
    /// Begins to write what is there; does not wait.
    void flush();
    /// Waits until what is there is written, or `output.deadline` is over: then it is false.
    bool drain();
    [[nodiscard]] std::uint64_t dropped() const;

 private:
    struct State;
    LogOutput output_;
    std::shared_ptr<State> state_;
    std::thread thread_;
};

}  // namespace ilbud
