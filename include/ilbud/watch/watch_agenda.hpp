/// What the watch does next besides looking at domains, and when: put a new book in force, call mails that waited, tell accounts,
/// store states. What comes together is done together: each of these costs the more, the more domains there are.
///
/// In    what has changed, the time
/// Out   what is due now; when the next thing is
/// Pure  the time is a parameter; where the wall clock was set back, what was done "later than now" is due
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/watch/domain_state.hpp"

namespace ilbud {

class WatchAgenda {
 public:
    // --- the signing book
    void book_changed() { book_stale_ = true; }
    /// At most one every half second: many domains may change at once.
    [[nodiscard]] bool book_due(Time now) const;
    /// Somebody waits to see it in force, and the mails go.
    void hurry_book() { published_at_ = call_from_ = Time{}; }
    /// Whatever it was made for.
    void book_published(Time now);

    // --- mails that waited for a book and may go
    void may_go(const std::string& domain, Time now);
    /// Domains whose mails are to be called now; none before the book that lets them go is in force. Soon after a book the same
    /// domain is due a second time: a lane may have had mails of it in hand, which came back to wait after the first call.
    [[nodiscard]] std::vector<std::string> take_calls(Time now);
    /// What was taken has been called. The next calls come after a pause: twenty times as long as these took, between 2 s and 1 min.
    void calls_made(Time begun, Time now);

    // --- news for the accounts
    /// They are told within a second. None: what was to be told of the domain is no longer so.
    void news(const std::string& domain, std::optional<WatchNews> news);
    [[nodiscard]] bool tell_due(Time now) const;
    void begin_tell(Time now) { told_at_ = now; }
    [[nodiscard]] std::map<std::string, WatchNews> take_news() { return std::exchange(news_, {}); }

    // --- states to be stored
    /// Its state is another one: stored within a second, so that a kill undoes little.
    void changed(const std::string& domain) { unsaved_.insert(domain); }
    [[nodiscard]] bool save_due(Time now) const;
    void begin_save(Time now) { saved_at_ = now; }
    [[nodiscard]] std::set<std::string> take_unsaved() { return std::exchange(unsaved_, {}); }

    /// When the next of these is due; `latest` if nothing is before.
    [[nodiscard]] Time next(Time latest) const;

 private:
    bool book_stale_ = false;
    Time published_at_{}, saved_at_{}, told_at_{};
    std::set<std::string> calls_;  // not called yet
    Time calls_at_{};              // since when there are some
    std::deque<std::pair<Time, std::vector<std::string>>> calls_again_;
    Time call_from_{};  // no calls before
    std::map<std::string, WatchNews> news_;
    std::set<std::string> unsaved_;
};

}  // namespace ilbud
