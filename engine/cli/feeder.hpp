/// Feeds lines to the daemon's event socket and sees to it that each gets an answer.
///
/// In    lines, one event each
/// Out   for every line the daemon's final answer; a line is sent again while the daemon is away or answers `busy`: the daemon
///       knows an event again by its source and id, so that a repetition has no second effect (DOMAIN R1)
/// Threads  one: the caller's
#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/intake/answer.hpp"

namespace ilbud {

struct FeederCallbacks {
    /// The next line without '\n'; nothing at the end.
    std::function<std::optional<std::string>()> next;
    /// Whether the next line has yet to come (a pipe that somebody still writes to); then `descriptor` tells when to ask again.
    /// Absent: there is always a next line, or the end.
    std::function<bool()> waits;
    int descriptor = -1;
    /// A final answer: its status, the answer's line, the line it answers.
    std::function<void(AnswerStatus status, std::string_view answer, std::string_view line)> answered;
    /// Called now and then (at most some ten times a second), also while waiting.
    std::function<void(std::size_t unanswered)> turning;
};

class Feeder {
 public:
    Feeder(std::filesystem::path socket, std::size_t window, Duration patience, FeederCallbacks callbacks);
    ~Feeder();
    Feeder(const Feeder&) = delete;
    Feeder& operator=(const Feeder&) = delete;

    /// Returns when every line has its answer.
    /// Errors  daemon_away, daemon_busy (for longer than `patience`), not_allowed, daemon_not_trusted; what is unanswered then
    /// may or may not be stored
    Result<void> run();
    [[nodiscard]] std::size_t unanswered() const { return unanswered_.size() + again_.size(); }

 private:
    Result<void> connect();
    void disconnect();
    [[nodiscard]] bool wants_connection() const;
    void pause() const;
    void fill();
    bool exchange();  // false: the connection is lost
    bool write_some();
    bool read_some();
    void take_answers();
    void take_answer(std::string_view answer);
    void trouble();  // begins the time that `patience` counts, if it has not begun
    [[nodiscard]] bool out_of_patience() const;

    std::filesystem::path socket_;
    std::size_t window_;
    Duration patience_;
    FeederCallbacks callbacks_;
    int descriptor_ = -1;
    bool was_connected_ = false;
    bool dismissed_ = false;                                     // this connection was told to go
    std::string busy_reason_ = "its queue or its disk is full";  // as the daemon said last
    std::string out_;
    std::size_t out_sent_ = 0;
    std::string in_;
    std::deque<std::string> unanswered_;       // sent on this connection, in order
    std::deque<std::string> again_;            // to be sent (again) before anything new
    SteadyTime not_before_{};                  // after `busy`
    std::optional<SteadyTime> trouble_since_;  // no final answer since then, for want of the daemon or of its place
    std::optional<Error> refusal_;             // of this client, not of a line
    bool at_end_ = false;
    bool input_waits_ = false;
};

}  // namespace ilbud
