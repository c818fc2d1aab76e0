#include "cli/feeder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "cli/control_client.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t write_bytes_max = 1024 * 1024;  // put together before it is written
constexpr auto poll_interval = std::chrono::milliseconds(100);
constexpr auto busy_pause = std::chrono::milliseconds(250);

}  // namespace

Feeder::Feeder(std::filesystem::path socket, std::size_t window, Duration patience, FeederCallbacks callbacks)
    : socket_(std::move(socket)), window_(window), patience_(patience), callbacks_(std::move(callbacks)) {}

Feeder::~Feeder() {
    disconnect();
}

Result<void> Feeder::run() {
    Error away;
    while (true) {
        if (refusal_) return *refusal_;
        if (descriptor_ < 0) {
            if (const auto connected = connect(); !connected) {
                away = connected.error();
                trouble();
            }
        }
        if (trouble_since_ && out_of_patience()) {
            if (descriptor_ < 0 && !away.code.empty()) return away;
            return Error{"daemon_busy", socket_.string(), "the daemon answers busy or hangs up: its queue or its disk is full"};
        }
        if (descriptor_ < 0) {
            std::this_thread::sleep_for(poll_interval);
        } else {
            fill();
            if (at_end_ && unanswered_.empty() && again_.empty()) return {};
            if (!exchange()) {
                disconnect();
                trouble();
                std::this_thread::sleep_for(poll_interval);
            }
        }
        if (callbacks_.turning) callbacks_.turning(unanswered());
    }
}

void Feeder::trouble() {
    if (!trouble_since_) trouble_since_ = Steady::now();
}

bool Feeder::out_of_patience() const {
    return Steady::now() - *trouble_since_ > patience_;
}

Result<void> Feeder::connect() {
    const auto connected = connect_unix(socket_);
    if (!connected) return connected.error();
    descriptor_ = *connected;
    ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
    return {};
}

// What was sent and not answered may be stored or not: it goes out again, before anything new.
void Feeder::disconnect() {
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

void Feeder::fill() {
    input_waits_ = false;
    if (Steady::now() < not_before_) return;
    while (unanswered_.size() < window_ && out_.size() - out_sent_ < write_bytes_max) {
        std::string line;
        if (!again_.empty()) {
            line = std::move(again_.front());
            again_.pop_front();
        } else {
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
        unanswered_.push_back(std::move(line));
    }
}

bool Feeder::exchange() {
    const bool to_write = out_sent_ < out_.size();
    std::array<pollfd, 2> wait{pollfd{descriptor_, static_cast<short>(POLLIN | (to_write ? POLLOUT : 0)), 0},
                               pollfd{input_waits_ ? callbacks_.descriptor : -1, POLLIN, 0}};
    const int ready = ::poll(wait.data(), wait.size(), static_cast<int>(poll_interval.count()));
    if (ready < 0) return errno == EINTR;
    // Answers first: a daemon that hangs up says why before.
    if ((wait[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !read_some()) return false;
    return (wait[0].revents & POLLOUT) == 0 || write_some();
}

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

bool Feeder::read_some() {
    char buffer[65536];
    const auto got = ::read(descriptor_, buffer, sizeof buffer);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    in_.append(buffer, static_cast<std::size_t>(got));
    take_answers();
    return true;
}

void Feeder::take_answers() {
    std::size_t start = 0;
    for (auto end = in_.find('\n'); end != std::string::npos; end = in_.find('\n', start)) {
        take_answer(std::string_view(in_).substr(start, end - start));
        start = end + 1;
    }
    in_.erase(0, start);
}

void Feeder::take_answer(std::string_view answer) {
    static thread_local simdjson::dom::parser parser;
    simdjson::dom::element parsed;
    std::string_view word;
    std::optional<AnswerStatus> status;
    const bool readable = parser.parse(answer.data(), answer.size()).get(parsed) == simdjson::SUCCESS;
    if (readable && parsed["status"].get(word) == simdjson::SUCCESS) status = from_word<AnswerStatus>(word);
    std::string_view id;
    const bool of_a_line = readable && parsed["id"].get(id) == simdjson::SUCCESS;
    if (!of_a_line || unanswered_.empty()) {  // about this connection: not_allowed, or too many of them
        if (status == AnswerStatus::rejected) refusal_ = Error{"not_allowed", socket_.string(), on_one_line(answer)};
        return;
    }
    std::string line = std::move(unanswered_.front());
    unanswered_.pop_front();
    if (!status || *status == AnswerStatus::busy) {
        trouble();
        not_before_ = Steady::now() + busy_pause;
        again_.push_back(std::move(line));
        return;
    }
    trouble_since_.reset();
    callbacks_.answered(*status, answer, line);
}

}  // namespace ilbud
