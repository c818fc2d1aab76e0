// But for the calls these are times of what was last done, not of what is next: so a clock that was set back is noticed
// by them. As they are made they are 1970, so that the first of everything is due.
#include "ilbud/watch/watch_agenda.hpp"

#include <algorithm>

namespace ilbud {
namespace {

constexpr Duration publish_pause = 500ms;  // between two books: each is a copy of all domains
constexpr Duration save_pause = 1s;        // between two commits
constexpr Duration call_again = 10s;       // longer than a lane holds a mail that it cannot sign

// Where `last` lies ahead, the clock was set back: then it is time.
bool passed(Time last, Duration pause, Time now) {
    return now >= last + pause || now < last;
}

}  // namespace

bool WatchAgenda::book_due(Time now) const {
    return book_stale_ && passed(published_at_, publish_pause, now);
}

void WatchAgenda::book_published(Time now) {
    book_in_force();
    published_at_ = now;
}

// A call before the book would let a lane take the mail, find that still nobody may sign it, and put it back to wait for
// longer. Soon after a book a domain is called twice: at once, and when call_again has passed since the book, for what
// lanes had in their hands then.
std::vector<std::string> WatchAgenda::take_calls(Time now) {
    std::vector<std::string> due;
    if (book_stale_) return due;
    const bool again = published_at_ + call_again > now;
    for (auto call = call_at_.begin(); call != call_at_.end();) {
        auto& [domain, at] = *call;
        // One that lies further ahead than any call is put was put there by a clock that has been set back.
        const bool is_due = at <= now || at > now + call_again;
        if (is_due) due.push_back(domain);
        if (is_due) at = published_at_ + call_again;
        call = is_due && !again ? call_at_.erase(call) : std::next(call);
    }
    return due;
}

bool WatchAgenda::save_due(Time now) const {
    return !unsaved_.empty() && passed(saved_at_, save_pause, now);
}

Time WatchAgenda::next(Time latest) const {
    auto next = latest;
    if (!unsaved_.empty()) next = std::min(next, saved_at_ + save_pause);
    // Calls wait for the book: counted before, they would be due all the time until it comes, and nobody could take them.
    if (book_stale_) return std::min(next, published_at_ + publish_pause);
    for (const auto& [domain, at] : call_at_) next = std::min(next, at);
    return next;
}

}  // namespace ilbud
