#include "keeper_agenda.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// What a step waits for besides time (domains, a person) is looked at so often; it costs no question to the DNS.
constexpr Duration wait_most = 2s;
constexpr Duration wait_least = 10ms;  // a step that cannot be stored is due all the time: it shall not take the processor
constexpr Duration stuck_told_interval = 1h;

}  // namespace

Duration wait_for_step(std::optional<Time> next_due, Time now) {
    return next_due ? std::clamp<Duration>(*next_due - now, wait_least, wait_most) : wait_most;
}

std::vector<Stuck> StuckReminders::to_tell(std::vector<Stuck> stuck, Time now) {
    std::erase_if(stuck, [&](const Stuck& one) {
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
