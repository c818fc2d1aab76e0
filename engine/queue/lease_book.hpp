/// Which mails are lent, to whom and until when. In memory only: leases die with the process.
///
/// Pure
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lending_window.hpp"

namespace ilbud {

/// A waiting mail as the store needs it to end or move its wait.
struct WaitingMail {
    LendingLine line;
    DueKey key;
    int attempts = 0;
    bool uncertain = false;
    bool frozen = false;
    bool has_topics = false;   ///< or may have (may_have_topics)
    std::int64_t outcome = 0;  ///< the number of its newest outcome; 0: none
    bool whole = true;         ///< its row can be read
};

class LeaseBook {
 public:
    using Steady = std::chrono::steady_clock::time_point;
    struct Lent {
        WaitingMail mail;
        std::uint64_t token = 0;
        Steady until{};
        bool lapsed = false;         ///< its time is over; it may be lent again, and may still be settled until then
        std::uint64_t released = 0;  ///< how often something had been let go by then
        std::uint64_t before = 0;    ///< the token of the lapsed lease that it took the place of
        std::uint64_t round = 0;     ///< the last round of commits that tried to settle it; from then on it does not lapse
    };

    /// Tokens count on from `first_token`.
    explicit LeaseBook(std::uint64_t first_token) : next_token_(first_token) {}

    /// Returns the token. An older lease of the same mail is void from here on.
    std::uint64_t lend(const WaitingMail& mail, Steady until);
    /// The lease with that token, if it is the newest of its mail and not over.
    Lent* find(std::uint64_t row, std::uint64_t token);
    /// Moves the lease's end to `until`, never back, and returns the end; none: it is over.
    std::optional<Steady> renew(std::uint64_t row, std::uint64_t token, Steady until);
    /// Nobody has seen it: the lease is over, and a lapsed one that it took the place of stands again.
    void take_back(std::uint64_t row, std::uint64_t token);
    /// A lapsed one's settlement has come before anybody else got the mail: it stands again, until `until`. Its mail; none: it is
    /// not lapsed, or over.
    std::optional<WaitingMail> revive(std::uint64_t row, std::uint64_t token, Steady until);
    /// Its settlement was given up: it may lapse again, at `until`.
    void not_settled(std::uint64_t row, std::uint64_t token, Steady until);
    /// Whether the mail is out and its time is not over.
    [[nodiscard]] bool is_out(std::uint64_t row) const;
    /// Whether somebody may yet settle the mail, other than in `round`.
    [[nodiscard]] bool is_open(std::uint64_t row, std::uint64_t round) const;
    void end(std::uint64_t row) { lent_.erase(row); }
    /// All that somebody may yet settle, other than in `round`.
    template <class Visit>
    void each_open(std::uint64_t round, Visit visit) const {
        for (const auto& [row, lent] : lent_)
            if (lent.round != round) visit(lent.mail);
    }
    /// Those whose time ended since the last call: they are due again.
    std::vector<WaitingMail> lapse(Steady now);
    /// When to call lapse() again: no lease ends before. max() if none does.
    [[nodiscard]] Steady next_lapse() const { return ends_.empty() ? Steady::max() : ends_.front().until; }
    [[nodiscard]] bool empty() const { return lent_.empty(); }
    [[nodiscard]] std::size_t out() const;

 private:
    struct End {
        Steady until;
        std::uint64_t row;
        std::uint64_t token;
    };
    static bool later(const End& one, const End& other) { return one.until > other.until; }
    [[nodiscard]] bool is_over(const End& end) const;
    void note_end(const End& end);
    End take_first_end();

    std::unordered_map<std::uint64_t, Lent> lent_;
    std::vector<End> ends_;  // a heap, the earliest first; those of leases that ended are removed now and then
    std::uint64_t next_token_;
};

}  // namespace ilbud
