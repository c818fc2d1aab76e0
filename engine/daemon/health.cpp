// What passes by itself in a moment, or waits because people said so, is no illness: mails that wait for a later attempt, test mode, holds
// by hand, a domain whose owner has to act. Else monitoring would never be green, and nobody would look at it.
#include "health.hpp"

#include <algorithm>

namespace ilbud {
namespace {

constexpr Duration stuck_after = 10s;

std::string to_do(std::string_view trouble) {
    if (trouble == "store_lost")
        return "the queue's files were removed, renamed or replaced: what waits in them goes out, no event is taken. Put the "
               "very files "
               "back and it goes on; else stop the daemon when nothing waits, restore the last backup, start it, and send again "
               "what was "
               "accepted since";
    if (trouble == "disk_full")
        return "the disk is full or nearly so (queue.disk_free_min): make room; events are answered busy until then";
    if (trouble == "store_locked")
        return "another process holds the queue's database: end it; events are answered busy until then";
    if (trouble == "store_stuck") return "the queue's disk does not answer: look at the machine's log";
    return "the queue's disk fails: look at the machine's log; events are answered busy until it is well";
}

}  // namespace

Health judge_health(const Status& status, Time now, const HealthLimits& limits) {
    Health health;
    const auto find = [&health](HealthState state, std::string code, std::string text) {
        health.state = std::max(health.state, state);
        health.findings.push_back({state, std::move(code), std::move(text)});
    };
    const auto since = [](const std::optional<Time>& time) { return time ? " since " + to_text(*time) : std::string(); };
    const auto& counts = status.counts;
    if (!counts.trouble.empty())
        find(HealthState::failing, counts.trouble,
             to_do(counts.trouble) + " (" + counts.trouble + since(counts.trouble_since) + ')');
    else if (status.store_busy > stuck_after)
        find(HealthState::failing, "store_stuck", to_do("store_stuck") + " (for " + to_text(status.store_busy) + ')');
    const auto down = std::ranges::count(status.relays, RelayState::down, &RelayView::state);
    const bool all_down = down > 0 && static_cast<std::size_t>(down) == status.relays.size();
    if (all_down) {
        const auto latest = std::ranges::max(status.relays, {}, &RelayView::since).since;
        const bool long_ago = latest && now - *latest >= limits.relays_down;
        find(long_ago ? HealthState::failing : HealthState::degraded, "no_relay_up", "no relay takes mail" + since(latest));
    }
    for (const auto& relay : status.relays)
        if (relay.state >= RelayState::part && !all_down)
            find(HealthState::degraded, "relay_down", "relay " + relay.relay + " is out of order" + since(relay.since));
    for (const auto& trouble : status.troubles)
        find(HealthState::degraded, "relay_trouble",
             "relay " + trouble.relay + " refuses our account (" + trouble.cause + ") since " + to_text(trouble.since));
    for (const auto& [hold, waiting] : status.holds)
        if (hold.reason.starts_with("brake: "))
            find(HealthState::degraded, "account_braked", "account " + hold.scope.account + " is held: " + hold.reason);
    if (status.keys && status.keys->stuck > 0)
        find(HealthState::degraded, "key_change_stuck", "a key change waits for the DNS of some domains: ilbud dkim status");
    if (status.letter_failed_at && now - *status.letter_failed_at < limits.letter_failed)
        find(HealthState::degraded, "letter_failed",
             "a letter could not be written at " + to_text(*status.letter_failed_at) +
                 ": ilbud mails --state queued names it, ilbud explain says why");
    if (status.stopping) find(HealthState::degraded, "stopping", "the daemon is ending");
    std::ranges::stable_sort(health.findings, std::ranges::greater(), &HealthFinding::state);
    return health;
}

void write_json(JsonWriter& json, const Health& health) {
    json.begin_object().field("state", to_word(health.state)).key("findings").begin_array();
    for (const auto& finding : health.findings)
        json.begin_object()
            .field("state", to_word(finding.state))
            .field("code", finding.code)
            .field("text", finding.text)
            .end_object();
    json.end_array().end_object();
}

}  // namespace ilbud
