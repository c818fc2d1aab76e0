/// What a trial of the daemon's promises is made of: clients that feed and note what they were told, a relay that notes what it got
/// and when, and the comparison of both.
///
/// Threads  Clients run their own; Arrivals may be asked from any
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "ilbud/intake/answer.hpp"
#include "support/smtp_server.hpp"

namespace ilbud::test {

using SteadyMoment = std::chrono::steady_clock::time_point;

/// The promise (DESIGN §1.2): a kill repeats at most so many mails that the relay had answered, over all lanes, and besides at most
/// one a connection, whose final dot was out.
inline constexpr std::size_t repeats_most = 64;

/// Event `number` of a series; it makes one mail.
std::string trial_event(const std::string& series, std::size_t number);
/// The ids of the mails an answer names.
void collect_mail_ids(std::string_view answer, std::set<std::string>& ids);

/// An event whose answer said that it is stored.
struct Acknowledged {
    std::string line, mail;
    std::uint64_t storage = 0;  ///< where the order log was then
};

struct ClientOptions {
    std::filesystem::path socket;
    std::string series = "trial";
    std::size_t first = 0, events = 0;
    std::size_t window = 100;
    std::chrono::seconds patience{120};
    std::function<bool()> waits{};             ///< whether to hold back the next event for now
    std::function<std::uint64_t()> storage{};  ///< asked at each answer
};

/// Feeds the events as `ilbud send` does: what got no answer, or `busy`, goes again.
class Clients {
 public:
    explicit Clients(ClientOptions options);
    ~Clients();
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    [[nodiscard]] std::size_t answered() const { return answered_; }
    [[nodiscard]] bool ended() const { return ended_; }
    void join();
    [[nodiscard]] std::vector<Acknowledged> acknowledged() const;
    /// Answers that were neither accepted nor duplicate.
    [[nodiscard]] std::size_t conflicts() const { return conflicts_; }
    [[nodiscard]] std::size_t others() const { return others_; }
    /// Why it gave up; empty: it did not. Once it has ended.
    [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
    void answered(AnswerStatus status, std::string_view answer, std::string_view line);
    void run();

    const ClientOptions options_;
    mutable std::mutex mutex_;
    std::vector<Acknowledged> acknowledged_;
    std::atomic<std::size_t> answered_ = 0, conflicts_ = 0, others_ = 0;
    std::atomic<bool> ended_ = false;
    std::string failure_;
    std::thread thread_;
};

/// A mail whose final dot came.
struct Arrival {
    std::string mail;
    int connection = 0;
    SteadyMoment dot;
    std::optional<SteadyMoment> answered;  ///< when 250 was out
    std::uint64_t storage = 0;             ///< where the order log was at the dot
};

class Arrivals {
 public:
    /// Of a server that tells them here; it must go first.
    ServerOptions options(std::chrono::milliseconds dot_latency = {}, std::function<std::uint64_t()> storage = {});
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Mails that came and were answered, each counted once.
    [[nodiscard]] std::size_t answered() const;
    [[nodiscard]] std::vector<Arrival> all() const;
    /// How many of these mails have not come with an answer.
    [[nodiscard]] std::size_t missing(const std::vector<Acknowledged>& acknowledged) const;

 private:
    mutable std::mutex mutex_;
    std::vector<Arrival> all_;
    std::map<int, std::size_t> last_of_;  // by connection
    std::set<std::string> answered_;
    std::atomic<std::size_t> count_ = 0;
};

/// An end of the daemon. Connections up to `connections` are of before.
struct End {
    SteadyMoment at;
    int connections = 0;
};

struct Repeats {
    std::size_t answered = 0;    ///< the relay had answered 250, the store did not know
    std::size_t dots = 0;        ///< the final dot was out, its answer was not
    std::size_t others = 0;      ///< any other: without an end in between, or two on one connection without an answer
    std::size_t unexpected = 0;  ///< arrivals of mails that no answer named
    std::size_t most_answered = 0, most_dots = 0;  ///< of one end
    std::size_t beyond = 0;                        ///< ends that repeated more than is promised
    [[nodiscard]] std::size_t all() const { return answered + dots + others; }
};

/// `ends` in their order.
Repeats count_repeats(const std::vector<Arrival>& arrivals, const std::vector<End>& ends,
                      const std::vector<Acknowledged>& acknowledged);

/// Ends with an exception unless SQLite finds the queue's database whole.
void check_integrity(const std::filesystem::path& queue);

}  // namespace ilbud::test
