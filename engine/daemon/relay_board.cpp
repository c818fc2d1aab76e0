// Each lane learns of a relay for itself, and so they may differ for a while. Nothing is decided by what stands here.
#include "relay_board.hpp"

#include <algorithm>

#include "ilbud/notice/notice.hpp"
#include "ilbud/reply/cause.hpp"

namespace ilbud {

void write_json(JsonWriter& json, const RelayView& view) {
    json.begin_object().field("relay", view.relay).field("state", to_word(view.state));
    if (view.since) json.field("since", to_text(*view.since));
    if (view.paused_until) json.field("paused_until", to_text(*view.paused_until));
    if (view.failed_at) {
        json.key("last_failure").begin_object().field("at", to_text(*view.failed_at));
        json.field("reason", find_cause(view.failure).reason).field("stage", to_word(view.failure.stage));
        json.field("code", view.failure.code).field("enhanced", view.failure.enhanced);
        json.field("reply", without_addresses(view.failure.text)).end_object();
    }
    json.end_object();
}

void RelayBoard::stands(int lane, const RelayStanding& standing) {
    const auto now = clock_.now();
    const std::scoped_lock lock(mutex_);
    Seen& seen = seen_[{standing.relay, lane}];
    if (!standing.up && !standing.reached) {
        // What was there meanwhile and is gone again has failed anew. One that lets us in and takes no mail has not been well.
        if (seen.up || (seen.reached && standing.failure.stage < Stage::mail)) seen.since = now;
        seen.failed_at = now;
        seen.paused_until = now + standing.next_try;
        seen.failure = standing.failure;
    }
    seen.up = standing.up;
    seen.reached = standing.reached;
}

std::vector<RelayView> RelayBoard::views(const std::vector<Relay>& relays, std::size_t lanes) const {
    std::vector<RelayView> all;
    all.reserve(relays.size());
    const std::scoped_lock lock(mutex_);
    for (const auto& relay : relays) {
        RelayView view{relay.name};
        std::size_t down = 0;
        bool on_trial = false;
        for (auto one = seen_.lower_bound(std::pair(relay.name, 0)); one != seen_.end() && one->first.first == relay.name;
             ++one) {
            const Seen& seen = one->second;
            if (!view.failed_at || seen.failed_at > *view.failed_at) {
                view.failed_at = seen.failed_at;
                view.failure = seen.failure;
            }
            if (seen.up) continue;
            view.since = std::min(view.since.value_or(seen.since), seen.since);
            on_trial = true;
            if (seen.reached) continue;
            ++down;
            view.paused_until = std::min(view.paused_until.value_or(seen.paused_until), seen.paused_until);
        }
        if (on_trial) view.state = down == 0 ? RelayState::trial : down >= lanes ? RelayState::down : RelayState::part;
        all.push_back(std::move(view));
    }
    return all;
}

}  // namespace ilbud
