// The client's half of "acknowledged means kept": a line leaves unanswered_ only with a final answer, and
// whatever cuts the connection, all lines without one go out again first, in their order. Answers come in the
// order of the lines, so a queue is all the book-keeping there is. One thread with poll: reading must never
// wait for writing, or both sides would block with full buffers.
#include "cli/feeder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "cli/control_client.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {
namespace {

using Steady = std::chrono::steady_clock;
// 1 MiB. More would only lie in memory; less would make more calls.
constexpr std::size_t write_bytes_max = 1024 * 1024;  // put together before it is written
// How soon a daemon that comes back is noticed, and how often progress can be drawn.
constexpr auto poll_interval = std::chrono::milliseconds(100);
// After `busy` the daemon's queue or disk is full; asking at once again would only add to that.
constexpr auto busy_pause = std::chrono::milliseconds(250);

bool readable_now(int descriptor) {
    pollfd wait{descriptor, POLLIN, 0};
    return ::poll(&wait, 1, 0) > 0;
}

// What an answer says is wrong: "code: detail".
std::string reason_in(const simdjson::dom::element& answer) {
    std::string_view code, detail;
    if (answer["error"]["code"].get(code) != simdjson::SUCCESS) return "it does not say why";
    if (answer["error"]["detail"].get(detail) != simdjson::SUCCESS) detail = {};
    return on_one_line(std::string(code) + ": " + std::string(detail));
}

}  // namespace

Feeder::Feeder(std::filesystem::path socket, std::size_t window, Duration patience, FeederCallbacks callbacks)
    : socket_(std::move(socket)), window_(window), patience_(patience), callbacks_(std::move(callbacks)) {}

Feeder::~Feeder() {
    disconnect();
}

// One turn: connect if need be, take lines, exchange bytes. It returns in three ways only: a refusal of this
// client, patience at an end, or every line answered.
Result<void> Feeder::run() {
    Error away;
    while (true) {
        if (refusal_) return *refusal_;
        if (descriptor_ < 0 && wants_connection()) {
            if (const auto connected = connect(); !connected) {
                away = connected.error();
                // Waiting would not change who we are, nor who listens there.
                if (away.code == "not_allowed" || away.code == "daemon_not_trusted") return away;
                trouble();
            }
        }
        // Patience counts from the first trouble without a final answer since, across reconnects; a daemon that
        // answers anything else sets it back to full.
        if (trouble_since_ && out_of_patience()) {
            // Away and busy look alike from here but want different cures, so the error says which it was last.
            if (descriptor_ < 0 && !away.code.empty()) return away;
            return Error{"daemon_busy", socket_.string(), "the daemon answers busy or hangs up: " + busy_reason_};
        }
        if (descriptor_ < 0) {
            pause();
        } else {
            fill();
            // Checked before waiting: with everything answered there may never be another event on the socket.
            if (at_end_ && unanswered_.empty() && again_.empty()) return {};
            if (!exchange()) {
                disconnect();
                trouble();
                pause();
            }
        }
        if (callbacks_.turning) callbacks_.turning(unanswered());
    }
}

// A daemon whose places are all in use takes that of a client that says nothing. Such a one comes back when it has something
// to say: else it would at once take the place of another.
bool Feeder::wants_connection() const {
    return !was_connected_ || unanswered() > 0 || at_end_ || !callbacks_.waits || !callbacks_.waits();
}

// Until the daemon may be back, or, with nothing to send, a line comes.
void Feeder::pause() const {
    pollfd wait{wants_connection() ? -1 : callbacks_.descriptor, POLLIN, 0};
    ::poll(&wait, 1, static_cast<int>(poll_interval.count()));
}

void Feeder::trouble() {
    if (!trouble_since_) trouble_since_ = Steady::now();
}

bool Feeder::out_of_patience() const {
    return Steady::now() - *trouble_since_ > patience_;
}

// Non-blocking only from here on: connect itself may wait, and to a local socket it hardly does.
Result<void> Feeder::connect() {
    const auto connected = connect_unix(socket_);
    if (!connected) return connected.error();
    descriptor_ = *connected;
    was_connected_ = true;
    dismissed_ = false;
    if (unanswered() == 0) trouble_since_.reset();  // nobody waits for anything
    ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
    return {};
}

// What was sent and not answered may be stored or not: it goes out again, before anything new.
void Feeder::disconnect() {
    // Bytes half written are dropped with the connection: their line is in
    // unanswered_ and goes out again whole.
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    out_.clear();
    out_sent_ = 0;
    in_.clear();
    while (!unanswered_.empty()) {
        again_.push_front(std::move(unanswered_.back()));
        unanswered_.pop_back();
    }
}

// New lines only while the window and the buffer have room, and never while a pause after `busy` lasts; again_
// goes first, so that the order of events stays as near to the input's as it can.
void Feeder::fill() {
    input_waits_ = false;
    if (Steady::now() < not_before_) return;
    while (unanswered_.size() < window_ && out_.size() - out_sent_ < write_bytes_max) {
        std::string line;
        if (!again_.empty()) {
            line = std::move(again_.front());
            again_.pop_front();
        } else {
            // Asked before next(), which would wait: with a terminal or a slow pipe
            // as input answers must still be taken.
            input_waits_ = !at_end_ && callbacks_.waits && callbacks_.waits();
            if (input_waits_) return;
            auto next = at_end_ ? std::nullopt : callbacks_.next();
            if (!next) {
                at_end_ = true;
                return;
            }
            line = std::move(*next);
        }
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;  // the daemon does not answer empty lines
        out_ += line;
        out_ += '\n';
        // The line is kept until its answer comes; the window bounds how many are.
        unanswered_.push_back(std::move(line));
    }
}

// Also wakes for input that has come, so that a line typed at a terminal is
// sent at once and not at the next turn.
bool Feeder::exchange() {
    const bool to_write = out_sent_ < out_.size();
    std::array<pollfd, 2> wait{pollfd{descriptor_, static_cast<short>(POLLIN | (to_write ? POLLOUT : 0)), 0},
                               // poll passes over an entry with descriptor -1.
                               pollfd{input_waits_ ? callbacks_.descriptor : -1, POLLIN, 0}};
    const int ready = ::poll(wait.data(), wait.size(), static_cast<int>(poll_interval.count()));
    // A signal is no lost connection.
    if (ready < 0) return errno == EINTR;
    // Answers first: a daemon that hangs up says why before.
    if ((wait[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !read_some()) return false;
    if (dismissed_) return false;  // nothing more comes, though the daemon may hang up a moment later
    if ((wait[0].revents & POLLOUT) == 0 || write_some()) return true;
    // It has hung up, and its last words may have come since the wait.
    while (readable_now(descriptor_) && read_some()) {
    }
    return false;
}

// A send may take a part; the rest waits for POLLOUT. The buffer is emptied only when
// all of it is out, so nothing is moved about.
bool Feeder::write_some() {
    const auto sent = ::send(descriptor_, out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    out_sent_ += static_cast<std::size_t>(sent);
    if (out_sent_ == out_.size()) {
        out_.clear();
        out_sent_ = 0;
    }
    return true;
}

// An end of file after the daemon's last answers: those were taken in the reads before.
bool Feeder::read_some() {
    char buffer[65536];
    const auto got = ::read(descriptor_, buffer, sizeof buffer);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    in_.append(buffer, static_cast<std::size_t>(got));
    take_answers();
    return true;
}

// Whole lines only; the rest stays for the next read. Erased once a batch, or a long
// batch would move the buffer for each answer.
void Feeder::take_answers() {
    std::size_t start = 0;
    for (auto end = in_.find('\n'); end != std::string::npos; end = in_.find('\n', start)) {
        take_answer(std::string_view(in_).substr(start, end - start));
        start = end + 1;
    }
    in_.erase(0, start);
}

// The parser is kept from answer to answer, since making one allocates; one a
// thread, so several feeders may live side by side.
void Feeder::take_answer(std::string_view answer) {
    static thread_local simdjson::dom::parser parser;
    simdjson::dom::element parsed;
    std::string_view word;
    std::optional<AnswerStatus> status;
    const bool readable = parser.parse(answer.data(), answer.size()).get(parsed) == simdjson::SUCCESS;
    if (readable && parsed["status"].get(word) == simdjson::SUCCESS) status = from_word<AnswerStatus>(word);
    // Every answer to a line names its event's id, even if it is empty; an answer
    // without one is about the connection itself.
    std::string_view id;
    const bool of_a_line = readable && parsed["id"].get(id) == simdjson::SUCCESS;
    if (!of_a_line || unanswered_.empty()) {  // about this connection: not_allowed, or too many of them
        if (status == AnswerStatus::rejected) refusal_ = Error{"not_allowed", socket_.string(), on_one_line(answer)};
        if (status == AnswerStatus::busy) busy_reason_ = reason_in(parsed);
        dismissed_ = true;
        return;
    }
    std::string line = std::move(unanswered_.front());
    unanswered_.pop_front();
    // An answer that cannot be understood is treated as busy: sending again is safe
    // (R1), taking it for final would not be.
    if (!status || *status == AnswerStatus::busy) {
        trouble();
        if (readable) busy_reason_ = reason_in(parsed);
        not_before_ = Steady::now() + busy_pause;
        again_.push_back(std::move(line));
        return;
    }
    // Before the callback, which may take its time.
    trouble_since_.reset();
    callbacks_.answered(*status, answer, line);
}

}  // namespace ilbud
