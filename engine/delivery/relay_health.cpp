// A failure belongs to the relay once, however many sessions and mails meet it. Three things are told apart: a relay that is
// not there may come back any second and is asked often, by a bare connection; one that takes our connections and refuses us is
// asked ever more rarely; one that falls silent is asked rarely while another carries its mail, and often if none does.
#include "relay_health.hpp"

#include <algorithm>

namespace ilbud {

RelayHealth::Sort RelayHealth::sort_of(const Reply& reply) {
    if (reply.stage == Stage::auth) return Sort::refusing;
    if (reply.stage < Stage::mail) return reply.code >= 500 ? Sort::refusing : Sort::absent;
    return find_cause(reply).consequence == Consequence::pause_relay ? Sort::refusing : Sort::silent;
}

SteadyTime RelayHealth::next_try(const DeliverySettings& settings, bool alone) const {
    const bool soon = sort_ == Sort::absent || (sort_ == Sort::silent && alone);
    return since_ + (soon ? settings.relay_probe : pause_);
}

RelayHealth::Standing RelayHealth::standing(const DeliverySettings& settings, bool alone, SteadyTime now) const {
    if (!trouble_) return Standing::up;
    if (reached_) return Standing::trial;
    return now >= next_try(settings, alone) ? Standing::due : Standing::paused;
}

// What a recipient or a message is refused for says nothing of the relay, neither that it is ill nor that it is well.
bool RelayHealth::decided(const DeliverySettings& settings, const Reply& reply, const Cause& cause, bool alone, SteadyTime now) {
    if (reply.code != 0) decided_at_ = now;
    switch (cause.consequence) {
        case Consequence::delivered:
            taken_at_ = now;
            refusals_ = 0;
            return false;
        case Consequence::bounce:
        case Consequence::suppress:
            return false;
        case Consequence::pause_relay:
            return true;
        case Consequence::retry:
        case Consequence::next_relay:
            // What the relay does not offer, or cannot be sent, is no refusal: it was not asked.
            if (reply.failure == Reply::Failure::not_offered || reply.failure == Reply::Failure::invalid) return false;
            ++refusals_;
            break;
    }
    if (alone) return false;
    // On trial one mail is enough, unless it was refused for its recipient's sake.
    return refusals_ >= settings.relay_refusals || (trouble_ && cause.concern != Concern::recipient);
}

bool RelayHealth::failed(const DeliverySettings& settings, const Reply& reply, bool alone, SteadyTime now) {
    if (trouble_ && !reached_ && now < next_try(settings, alone)) return false;
    // A pause that was served to its end and not followed by success doubles.
    if (!trouble_)
        pause_ = settings.relay_pause;
    else if (now - since_ >= pause_)
        pause_ = std::min(pause_ * 2, settings.relay_pause_max);
    trouble_ = reply;
    // Told to mails that never left: for them nothing is uncertain.
    trouble_->content_sent = false;
    sort_ = sort_of(reply);
    since_ = now;
    reached_ = false;
    refusals_ = 0;
    return true;
}

bool RelayHealth::well() {
    reached_ = false;
    pause_ = {};
    return std::exchange(trouble_, std::nullopt).has_value();
}

}  // namespace ilbud
