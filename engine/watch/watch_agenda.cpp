// But for the calls these are times of what was last done, not of what is next: so a clock that was set back is noticed
// by them. As they are made they are 1970, so that the first of everything is due.
#include "ilbud/watch/watch_agenda.hpp"

#include <algorithm>
#include <iterator>

namespace ilbud {
namespace {

constexpr Duration publish_pause = 500ms;  // between two books: each is a copy of all domains
constexpr Duration save_pause = 1s;        // between two commits
constexpr Duration tell_pause = 1s;        // between two tellings: a commit or two each
constexpr Duration call_again = 10s;       // longer than a lane holds a mail that it cannot sign
// Calls go through all mails that wait: so these ways together take a twentieth of the time at most, but for a backlog that would
// have mails wait for more than a minute because of it.
constexpr int call_share = 20;
constexpr Duration call_pause_min = 2s, call_pause_max = 1min;

// Where `last` lies ahead, the clock was set back: then it is time.
bool passed(Time last, Duration pause, Time now) {
    return now >= last + pause || now < last;
}

}  // namespace

bool WatchAgenda::book_due(Time now) const {
    return book_stale_ && passed(published_at_, publish_pause, now);
}

void WatchAgenda::book_published(Time now) {
    book_stale_ = false;
    published_at_ = now;
}

void WatchAgenda::may_go(const std::string& domain, Time now) {
    if (calls_.empty()) calls_at_ = now;
    calls_.insert(domain);
}

// A call before the book would let a lane take the mail, find that still nobody may sign it, and put it back to wait for
// longer. Soon after a book a domain is called twice: at once, and when call_again has passed since the book, for what
// lanes had in their hands then. Not more often, although books may follow each other: those are of other domains.
std::vector<std::string> WatchAgenda::take_calls(Time now) {
    std::vector<std::string> due;
    // A pause that lies further ahead than any is of a clock that has been set back.
    if (book_stale_ || (now < call_from_ && call_from_ - now <= call_pause_max)) return due;
    // A book that lies ahead came by a clock that has been set back since: nobody knows how long ago that was, and a second call
    // would be due at each look until the clock has caught up.
    const bool again = published_at_ <= now && published_at_ + call_again > now;
    while (!calls_again_.empty()) {
        auto& [at, domains] = calls_again_.front();
        if (at > now && at <= now + call_again) break;
        due.insert(due.end(), std::make_move_iterator(domains.begin()), std::make_move_iterator(domains.end()));
        calls_again_.pop_front();
    }
    if (calls_.empty()) return due;
    std::vector<std::string> first(calls_.begin(), calls_.end());
    calls_.clear();
    due.insert(due.end(), first.begin(), first.end());
    if (again) calls_again_.emplace_back(published_at_ + call_again, std::move(first));
    return due;
}

void WatchAgenda::calls_made(Time begun, Time now) {
    call_from_ = now + std::clamp((now - begun) * call_share, call_pause_min, call_pause_max);
}

void WatchAgenda::news(const std::string& domain, std::optional<WatchNews> news) {
    if (news)
        news_[domain] = *news;
    else
        news_.erase(domain);
}

bool WatchAgenda::tell_due(Time now) const {
    return !news_.empty() && passed(told_at_, tell_pause, now);
}

bool WatchAgenda::save_due(Time now) const {
    return !unsaved_.empty() && passed(saved_at_, save_pause, now);
}

Time WatchAgenda::next(Time latest) const {
    auto next = latest;
    if (!unsaved_.empty()) next = std::min(next, saved_at_ + save_pause);
    if (!news_.empty()) next = std::min(next, told_at_ + tell_pause);
    // Calls wait for the book: counted before, they would be due all the time until it comes, and nobody could take them.
    if (book_stale_) return std::min(next, published_at_ + publish_pause);
    auto call = latest;
    if (!calls_.empty()) call = std::min(call, calls_at_);
    if (!calls_again_.empty()) call = std::min(call, calls_again_.front().first);
    // Where there are none, the pause does not matter.
    return call < latest ? std::min(next, std::max(call, call_from_)) : next;
}

}  // namespace ilbud
