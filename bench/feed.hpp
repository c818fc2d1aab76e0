/// Feeds generated events over the local socket, on a thread of its own, and notes what was promised for each.
///
/// Threads  one a Feed; result() after join(), the counts at any time
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "exactly_once.hpp"
#include "generate.hpp"
#include "ilbud/intake/answer.hpp"

namespace ilbud::bench {

struct FeedOptions {
    std::filesystem::path socket;
    std::uint64_t first = 0;  ///< the number of the first event
    std::uint64_t count = 0;  ///< how many; with a rate 0: until stop()
    double rate = 0;          ///< events a second, evenly spaced; 0: as fast as the daemon takes them
};

/// Complete once the feed has ended without a failure; `planned` is in the order of the answers.
struct FeedResult {
    std::vector<Planned> planned;
    std::vector<SteadyTime> written;  ///< by event number - first
    SteadyTime begun{}, answered{};   ///< first write, last answer
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;  ///< any other answer than accepted
    std::string refusal;        ///< the first such answer
    std::string failure;        ///< why feeding ended early; empty: it did not
};

/// Feeds from the moment it is made. The generator must outlive it.
class Feed {
 public:
    Feed(const Generator& generator, FeedOptions options);
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    void stop() { stopping_ = true; }
    [[nodiscard]] bool done() const { return done_; }
    /// Mails promised so far.
    [[nodiscard]] std::uint64_t planned() const { return planned_; }
    void join();
    [[nodiscard]] FeedResult& result() { return result_; }

 private:
    void feed_at_full_speed();
    void feed_paced();
    void note(AnswerStatus status, std::string_view answer);

    const Generator& generator_;
    FeedOptions options_;
    FeedResult result_;
    std::atomic<bool> stopping_{false}, done_{false};
    std::atomic<std::uint64_t> planned_{0};
    std::thread thread_;
};

}  // namespace ilbud::bench
