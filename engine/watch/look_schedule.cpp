// One set in the order of time, to take what is longest due, and one map by name, to move a domain that is in it: both
// always hold the same. The rate is a bucket of tokens, filled by time and emptied by looks. What a full bucket holds may
// go at one stroke, and a jump of the clock fills it no further.
#include "ilbud/watch/look_schedule.hpp"

namespace ilbud {

using std::chrono::duration;

void LookSchedule::set_limits(const Limits& limits) {
    limits_ = limits;
    // A lower rate counts at once, also for what was saved up under the higher one.
    tokens_ = std::min(tokens_, burst());
}

void LookSchedule::put(const std::string& domain, Time at) {
    remove(domain);
    places_[domain] = at;
    order_.insert({at, domain});
}

void LookSchedule::put_by(const std::string& domain, Time at) {
    const auto place = places_.find(domain);
    if (place == places_.end() || place->second > at) put(domain, at);
}

void LookSchedule::remove(const std::string& domain) {
    const auto place = places_.find(domain);
    if (place == places_.end()) return;
    order_.erase({place->second, domain});
    places_.erase(place);
}

// A clock that was set back fills nothing at that moment, and the looks that now lie too far ahead are drawn in, or they
// would wait until it has caught up. The set may be changed while it is gone through from its end: each turn takes the
// last one and puts it on the mark.
void LookSchedule::refill(Time now) {
    if (!filled_at_ || now < *filled_at_) {
        if (filled_at_ && limits_.longest > Duration{}) {  // the clock was set back
            while (!order_.empty() && order_.rbegin()->first > now + limits_.longest)
                put(std::string(order_.rbegin()->second), now + limits_.longest);
        }
        filled_at_ = now;
        return;
    }
    tokens_ = std::min(burst(), tokens_ + duration<double>(now - *filled_at_).count() * limits_.per_second);
    filled_at_ = now;
}

// What is taken belongs to the caller, who puts it back when the look has ended and the next time is known.
std::vector<std::string> LookSchedule::take(std::size_t most, Time now) {
    refill(now);
    std::vector<std::string> due;
    while (due.size() < most && tokens_ >= 1 && !order_.empty() && order_.begin()->first <= now) {
        due.push_back(order_.begin()->second);
        order_.erase(order_.begin());
        places_.erase(due.back());
        tokens_ -= 1;
    }
    return due;
}

std::optional<Time> LookSchedule::next(Time now) const {
    if (order_.empty()) return std::nullopt;
    auto at = std::max(order_.begin()->first, now);
    if (tokens_ < 1) {
        // Rounded up: a moment too early there would be no token, and the caller would turn in a circle.
        const auto missing = (1 - tokens_) / limits_.per_second;
        at = std::max(at, filled_at_.value_or(now) + std::chrono::ceil<Duration>(duration<double>(missing)));
    }
    return at;
}

}  // namespace ilbud
