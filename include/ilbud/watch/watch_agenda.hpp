/// What the watch does next besides looking at domains, and when: put a new book in force, call mails that waited, store states.
///
/// In    what has changed, the time
/// Out   what is due now; when the next thing is
/// Pure  the time is a parameter; where the wall clock was set back, what was done "later than now" is due
#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/base/time.hpp"

namespace ilbud {

class WatchAgenda {
 public:
    // --- the signing book
    void book_changed() { book_stale_ = true; }
    /// At most one every half second: many domains may change at once.
    [[nodiscard]] bool book_due(Time now) const;
    /// Somebody waits to see it in force.
    void hurry_book() { published_at_ = Time{}; }
    void book_in_force() { book_stale_ = false; }
    void book_published(Time now);

    // --- mails that waited for a book and may go
    void may_go(const std::string& domain, Time now) { call_at_[domain] = now; }
    /// Domains whose mails are to be called now; none before the book that lets them go is in force. For a while after a book the
    /// same domain is due a second time: a lane may have had mails of it in hand, which came back to wait after the first call.
    [[nodiscard]] std::vector<std::string> take_calls(Time now);

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
    Time published_at_{}, saved_at_{};
    std::map<std::string, Time> call_at_;
    std::set<std::string> unsaved_;
};

}  // namespace ilbud
