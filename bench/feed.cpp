// Two ways to feed. At full speed the command line's Feeder does it, with its window. Paced, each event has its
// own moment, which does not move when the daemon is slow: writes never wait, so a daemon that stalls cannot
// slow the feed and thereby hide its own latency ("coordinated omission").
#include "feed.hpp"

#include <fcntl.h>
#include <poll.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "cli/control_client.hpp"
#include "cli/feeder.hpp"

namespace ilbud::bench {
namespace {

using namespace std::chrono_literals;
// The same as `ilbud send` by default, so that the rate is what its users get.
constexpr std::size_t window = 4096;  // events sent and not yet answered, at full speed
// Longer than any commit or look of the daemon; beyond it something is
// broken, and the run fails rather than hangs.
constexpr auto patience = 60s;  // for answers, once all is written

/// A connection to the event socket that writes and reads without waiting.
// Writing must not wait either: a full socket would move the next event's moment.
class Line {
 public:
    explicit Line(const std::filesystem::path& socket) {
        const auto connected = connect_unix(socket);
        if (!connected) throw std::runtime_error(to_text(connected.error()));
        descriptor_ = *connected;
        ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
    }
    ~Line() { ::close(descriptor_); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    void write(std::string_view text) {
        out_ += text;
        flush();
    }

    /// Waits until `until` or for an answer, and hands every answer to `each`.
    // ppoll has nanoseconds; poll's milliseconds would be coarser than an event's interval at 1,000 a second.
    template <class Each>
    void wait(SteadyTime until, Each each) {
        const auto left = std::max(std::chrono::nanoseconds(until - std::chrono::steady_clock::now()), 0ns);
        const timespec most{left / 1s, (left % 1s).count()};
        pollfd wait_for{descriptor_, static_cast<short>(POLLIN | (out_.empty() ? 0 : POLLOUT)), 0};
        // A signal or a time-out: the caller's loop asks again.
        if (::ppoll(&wait_for, 1, &most, nullptr) <= 0) return;
        flush();
        char buffer[65536];
        const auto got = ::read(descriptor_, buffer, sizeof buffer);
        if (got == 0) throw std::runtime_error("the daemon closed the connection");
        if (got < 0) return;
        in_.append(buffer, static_cast<std::size_t>(got));
        std::size_t start = 0;
        for (auto end = in_.find('\n'); end != std::string::npos; end = in_.find('\n', start)) {
            each(std::string_view(in_).substr(start, end - start));
            start = end + 1;
        }
        // The views that went to `each` end here.
        in_.erase(0, start);
    }

 private:
    void flush() {
        if (out_.empty()) return;
        const auto sent = ::send(descriptor_, out_.data(), out_.size(), MSG_NOSIGNAL);
        // A part may have been taken; POLLOUT tells when the rest can go.
        if (sent > 0) out_.erase(0, static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EAGAIN && errno != EINTR) throw std::runtime_error("the daemon closed the connection");
    }

    int descriptor_ = -1;
    std::string out_, in_;
};

}  // namespace

// Room for all answers beforehand: a growing vector of millions would show as a pause in the run.
Feed::Feed(const Generator& generator, FeedOptions options) : generator_(generator), options_(std::move(options)) {
    result_.planned.reserve(options_.count);
    result_.written.reserve(options_.count);
    thread_ = std::thread([this] {
        try {
            // With a rate each event is written at its time; without one the window alone holds the feed back.
            options_.rate > 0 ? feed_paced() : feed_at_full_speed();
        } catch (const std::exception& error) {
            // An exception must not leave a thread; it becomes the result's failure,
            // and check() throws it on the caller's.
            result_.failure = error.what();
        }
        done_ = true;
    });
}

// Stops, then waits: a paced feed without an end would else never return.
Feed::~Feed() {
    stop();
    join();
}

void Feed::join() {
    if (thread_.joinable()) thread_.join();
}

// Every answer is looked at while the run goes on. It costs the bench's thread, not the daemon's, and is the
// one way to know which mails were promised.
void Feed::note(AnswerStatus status, std::string_view answer) {
    result_.answered = std::chrono::steady_clock::now();
    if (status != AnswerStatus::accepted) {
        // The first refusal is kept word for word; the others are most likely the same.
        if (result_.refused++ == 0) result_.refusal = answer;
        return;
    }
    ++result_.accepted;
    static thread_local simdjson::dom::parser parser;
    simdjson::dom::element parsed;
    std::string_view event;
    simdjson::dom::array mails;
    if (parser.parse(answer.data(), answer.size()).get(parsed) != simdjson::SUCCESS ||
        parsed["id"].get(event) != simdjson::SUCCESS || parsed["mails"].get(mails) != simdjson::SUCCESS)
        throw std::runtime_error("an answer cannot be read: " + std::string(answer));
    const auto number = Generator::number_of(event);
    if (!number) throw std::runtime_error("an answer to an event that was not sent: " + std::string(answer));
    for (const simdjson::dom::element mail : mails) {
        std::string_view id;
        std::string_view kind;
        if (mail["id"].get(id) != simdjson::SUCCESS || mail["kind"].get(kind) != simdjson::SUCCESS) continue;
        // An unknown kind counts as an invoice: only the number of mails matters for exactness.
        result_.planned.push_back({MailId(id), *number, from_word<Kind>(kind).value_or(Kind::invoice)});
        planned_.fetch_add(1, std::memory_order_relaxed);
    }
}

void Feed::feed_at_full_speed() {
    FeederCallbacks callbacks;
    // The write's time is taken when the line is handed over; the window
    // decides how soon after that it is sent.
    callbacks.next = [this]() -> std::optional<std::string> {
        const auto at = result_.written.size();
        if (at == options_.count || stopping_) return std::nullopt;
        auto line = generator_.line(options_.first + at);
        result_.written.push_back(std::chrono::steady_clock::now());
        if (at == 0) result_.begun = result_.written.front();
        return line;
    };
    callbacks.answered = [this](AnswerStatus status, std::string_view answer, std::string_view) { note(status, answer); };
    Feeder feeder(options_.socket, window, patience, std::move(callbacks));
    if (const auto fed = feeder.run(); !fed) result_.failure = to_text(fed.error());
}

void Feed::feed_paced() {
    Line line(options_.socket);
    // Constant until the end: due times are multiples of it from the start, so that rounding never adds up.
    const auto start = std::chrono::steady_clock::now();
    const std::chrono::duration<double> step(1 / options_.rate);
    std::uint64_t answers = 0;
    // Only the status is looked for by hand here: note() parses the rest, and only of accepted ones.
    const auto take = [&](std::string_view answer) {
        ++answers;
        const auto at = answer.find("\"status\":\"");
        const auto word =
            at == std::string_view::npos ? std::string_view{} : answer.substr(at + 10, answer.find('"', at + 10) - at - 10);
        note(from_word<AnswerStatus>(word).value_or(AnswerStatus::rejected), answer);
    };
    while (!stopping_ && (options_.count == 0 || result_.written.size() < options_.count)) {
        const auto number = result_.written.size();
        const auto text = generator_.line(options_.first + number) + "\n";
        const auto due = start + std::chrono::duration_cast<std::chrono::nanoseconds>(step * static_cast<double>(number));
        // Also takes answers while it waits, so that the daemon's side never fills up.
        while (std::chrono::steady_clock::now() < due) line.wait(due, take);
        result_.written.push_back(std::chrono::steady_clock::now());
        if (number == 0) result_.begun = result_.written.front();
        line.write(text);
    }
    // From the last write on; with a paced feed few answers are missing by then.
    const auto until = std::chrono::steady_clock::now() + patience;
    while (answers < result_.written.size()) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the daemon does not answer any more");
        line.wait(until, take);
    }
}

}  // namespace ilbud::bench
