// The clock of the key keeper, apart from it so that an hour passes in a test by a parameter. Nobody wakes the keeper for
// what a key change waits for: a domain that begins to show a key, or a record set by hand, makes no event. So it looks
// again and again, at what is known already.
#include "ilbud/keys/keeper_agenda.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// What a step waits for besides time (domains, a person) is looked at so often; it costs no question to the DNS.
constexpr Duration wait_most = 2s;
constexpr Duration wait_least = 10ms;  // a step that cannot be stored is due all the time: it shall not take the processor
constexpr Duration stuck_told_interval = 1h;

}  // namespace

// A step that is overdue gives a difference below zero; the lower bound makes a pause of that, too.
Duration wait_for_step(std::optional<Time> next_due, Time now) {
    return next_due ? std::clamp<Duration>(*next_due - now, wait_least, wait_most) : wait_most;
}

// What has come unstuck stays in the map, which never has more than four entries. So one that sticks, comes free and
// sticks again within the hour is told once.
std::vector<Stuck> StuckReminders::to_tell(std::vector<Stuck> stuck, Time now) {
    std::erase_if(stuck, [&](const Stuck& one) {
        // Whether domains are awaited is part of the key: a slot may be stuck in both ways at once, each with its own
        // hour.
        const auto [found, is_new] = told_at_.try_emplace({one.slot, one.domains.empty()}, now);
        auto& told = found->second;
        // Told later than now: the clock was set back, and then it is time.
        if (!is_new && now < told + stuck_told_interval && now >= told) return true;
        told = now;
        return false;
    });
    return stuck;
}

}  // namespace ilbud
