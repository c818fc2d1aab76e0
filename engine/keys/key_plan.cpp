// What comes next and why: the part of the key slots that looks ahead.
// Nothing is kept between two calls. Each works the step out anew from the slots, the coverage and the time, so that a
// restart, a reload or what the DNS shows meanwhile needs no event of its own. What keeps a step that fails from being
// done again at once is the time of the last attempt or look, which is part of the slot. next_steps() is what gets done.
// key_plan() is what people are shown: the same steps, played forward as if each went well.
#include <algorithm>

#include "ilbud/keys/key_slots.hpp"

namespace ilbud {
namespace {

// The shortest look_interval that the settings allow. Without it a TTL of zero would let the looks follow each other
// without a pause.
constexpr Duration look_pause_min = 100ms;
// A key change from start to removal has eight steps. What gets longer than two of them goes round in a circle.
constexpr std::size_t plan_steps_max = 16;

const KeySlot& at(const KeySlots& slots, int slot) {
    return slots.slots.at(static_cast<std::size_t>(slot));
}

const KeyCoverage& at(const KeyCoverages& coverage, int slot) {
    return coverage.at(static_cast<std::size_t>(slot));
}

// How long a resolver may go on telling what it was told before.
Duration lifetime(const KeySlot& slot, const KeyPolicy& policy) {
    return std::max(slot.ttl, policy.record_ttl);
}

// `looks` of them reach over the record's life in caches.
// A long TTL brings more looks, not rarer ones, so that a record that vanishes meanwhile is noticed within look_interval.
Duration look_pause(const KeySlot& slot, const KeyPolicy& policy) {
    const auto pause = lifetime(slot, policy) / std::max(policy.rotation.looks - 1, 1);
    return std::clamp(pause, look_pause_min, std::max(policy.rotation.look_interval, look_pause_min));
}

// While a key signs it is always the other slot. Without one, as at the very first key, the slot that has come further on
// its way up is finished before another one is begun; stages are compared in the order of their enumeration.
/// The slot whose key a key change brings to sign.
int change_target(const KeySlots& slots) {
    const int signing = slots.signing();
    if (signing >= 0) return 1 - signing;
    return at(slots, 1).stage > at(slots, 0).stage && at(slots, 1).stage <= KeyStage::seen ? 1 : 0;
}

// A time that lies ahead is of a clock that has been put right since. Then an attempt, or a look, is made once more: to wait until
// the clock has caught up could take a day. Only closed_at is waited for all the same: too early a withdrawal cannot be mended.
Time after(const std::optional<Time>& last, Duration pause, Time now) {
    return last && *last <= now ? std::max(*last + pause, now) : now;
}

// From the last attempt, whether it failed or not: a record that was sent and is not found yet is due again after the
// same pause.
Time after_attempt(const KeySlot& slot, const KeyPolicy& policy, Time now) {
    return after(slot.tried_at, policy.rotation.retry, now);
}

KeyStep usual_look(const KeySlot& slot, int number, const KeyPolicy& policy, Time now) {
    const auto earliest = after(slot.last_look, policy.rotation.look_interval, now);
    return {KeyAction::look, number, earliest, "whether the record still stands at its target", false};
}

// Of a key that may be published already: until a look finds it, it is out of force.
KeyStep first_look(const KeySlot& slot, int number, const KeyPolicy& policy, Time now) {
    const auto pause = std::min(policy.rotation.retry, policy.rotation.look_interval);
    return {KeyAction::look, number, after(slot.last_look, pause, now), "whether the record stands at its target already", false};
}

KeyStep next_look(const KeySlot& slot, int number, const KeyCoverage& coverage, const KeyPolicy& policy, Time now) {
    KeyStep step{KeyAction::look, number, after(slot.last_look, look_pause(slot, policy), now), {}, false};
    // Looks go on for as long as something else is waited for: those beyond the ones that are needed count for nothing.
    const int looks = policy.rotation.looks;
    step.reason = std::to_string(std::min(slot.good_looks, looks)) + " of " + std::to_string(looks) +
                  " looks found the record, " + std::to_string(coverage.shown()) + " of " + std::to_string(coverage.domains) +
                  " domains show it";
    if (coverage.seen_briefly > 0) step.reason += ", " + std::to_string(coverage.seen) + " of them for long enough";
    return step;
}

// A change needs an idle slot, or one with a key that is on its way up. A slot whose key is on its way out is waited for:
// mail signed with that key is still to be checked by receivers.
std::optional<KeyStep> step_of_signing(const KeySlots& slots, int number, const KeyPolicy& policy, Time now) {
    const auto& slot = at(slots, number);
    const auto& other = at(slots, 1 - number);
    if (!policy.rotation.automatic || slots.rotating_since || !slot.signing_since) return std::nullopt;
    KeyStep step{KeyAction::start, number, std::max(*slot.signing_since + policy.rotation.age, now), {}, false};
    step.reason = "the signing key is then " + to_text(policy.rotation.age) + " old";
    step.waits = other.stage == KeyStage::retiring || other.stage == KeyStage::withdrawing;
    if (step.waits) step.reason += "; the other slot's key must have retired";
    return step;
}

// Before it is closed the key waits for the domains that it signs for; after that, only for time.
KeyStep step_of_retiring(const KeySlots& slots, int number, const KeyCoverages& coverage, const KeyPolicy& policy, Time now) {
    const auto& slot = at(slots, number);
    if (slot.closed_at)
        return {KeyAction::withdraw, number, std::max(*slot.closed_at + policy.in_flight, now),
                "until then mail signed with this key may be on its way", false};
    KeyStep step{KeyAction::close, number, now, "all mail is signed by the other key", false};
    const auto& who = at(coverage, number);
    // Never the last key: a retiring one that is closed while no other signs would leave mail unsigned (R30).
    step.waits = !who.known || who.signs > 0 || slots.signing() < 0;
    if (slots.signing() < 0)
        step.reason = "no other key signs";
    else if (!who.known)
        step.reason = "the state of the domains is not known yet";
    else if (who.signs > 0)
        step.reason = "domains that do not show the new key and stay with this one: " + std::to_string(who.signs);
    return step;
}

std::string publish_reason(const KeySlot& slot, const KeyPolicy& policy) {
    if (!slot.trouble.empty()) return "the last attempt failed: " + slot.trouble;
    return policy.published_by_us ? "receivers must find the key before it signs"
                                  : "the record must be put into the DNS by hand; it is looked for";
}

std::optional<KeyStep> next_step(const KeySlots& slots, int number, const KeyCoverages& coverage, const KeyPolicy& policy,
                                 Time now) {
    const auto& slot = at(slots, number);
    const bool changing = slots.rotating_since && change_target(slots) == number;
    switch (slot.stage) {
        case KeyStage::idle:
            if (!changing) return std::nullopt;
            return KeyStep{KeyAction::make, number, now, "the key change needs a new key", false};
        // Also what a crash left half done: the file's name is stored, and KeyChange::make goes on with what it finds
        // there.
        case KeyStage::making:
            return KeyStep{KeyAction::make, number, after_attempt(slot, policy, now),
                           slot.trouble.empty() ? "asked for" : "the last attempt failed: " + slot.trouble, false};
        case KeyStage::made:
            if (changing || slot.publish_wanted)
                return KeyStep{KeyAction::publish, number, after_attempt(slot, policy, now), publish_reason(slot, policy), false};
            // Made to be kept, or named by the settings: nobody asked to publish it, but somebody may have done so by
            // hand.
            return first_look(slot, number, policy, now);
        case KeyStage::published:
            return next_look(slot, number, at(coverage, number), policy, now);
        // Ready to sign, and in force. Unless a change wants it the key stays here, for years if need be.
        case KeyStage::seen:
            if (changing)
                return KeyStep{KeyAction::sign, number, after_attempt(slot, policy, now), "the key is published and seen", false};
            return usual_look(slot, number, policy, now);
        // A start that waits for the other slot must not keep the record of the key in use from being looked at.
        case KeyStage::signing: {
            const auto look = usual_look(slot, number, policy, now);
            const auto start = step_of_signing(slots, number, policy, now);
            return start && !start->waits && start->earliest <= look.earliest ? start : look;
        }
        case KeyStage::retiring:
            return step_of_retiring(slots, number, coverage, policy, now);
        // Publishing the revoked record, the look and the removal of the file are one step in KeyChange::withdraw.
        case KeyStage::withdrawing:
            return KeyStep{
                KeyAction::withdraw, number, after_attempt(slot, policy, now),
                slot.trouble.empty() ? "nothing can be signed with it any more" : "the last attempt failed: " + slot.trouble,
                false};
    }
    return std::nullopt;
}

/// When the key can be as seen as it must be, if every look goes well.
Time seen_at(const KeySlot& slot, const KeyPolicy& policy, Time now) {
    // What looked_enough() will ask for, as a point in time.
    const auto looked = std::max(slot.first_good_look.value_or(now) + lifetime(slot, policy),
                                 now + look_pause(slot, policy) * std::max(policy.rotation.looks - slot.good_looks, 0));
    return std::max({looked, slot.published_at.value_or(now) + policy.rotation.wait_min, now});
}

// The next step that leads on, not a mere look at what is in use.
// Looks at records in use have no end and would fill every plan; the looks that a new key still needs stand there as one
// step.
std::optional<KeyStep> leading_step(const KeySlots& slots, int number, const KeyCoverages& coverage, const KeyPolicy& policy,
                                    Time now) {
    const auto& slot = at(slots, number);
    if (slot.stage == KeyStage::signing) return step_of_signing(slots, number, policy, now);
    auto step = next_step(slots, number, coverage, policy, now);
    if (!step || step->action != KeyAction::look) return step;
    if (slot.stage != KeyStage::published) return std::nullopt;
    step->earliest = seen_at(slot, policy, now);
    const std::string why = "several looks over the record's life in caches, also through the customers' CNAMEs";
    step->reason = at(coverage, number).domains > 0 ? why + ": " + step->reason : why;
    step->waits = at(coverage, number).seen < at(coverage, number).domains;
    return step;
}

// The slots as they are when `step` went well at `now`.
// A plan has no key: file and record are empty in it, so a value that was played forward is for reading times and stages
// only.
void assume_done(KeySlots& slots, KeyCoverages& coverage, const KeyStep& step, const KeyPolicy& policy, Time now) {
    auto& slot = slots.slots.at(static_cast<std::size_t>(step.slot));
    auto& seen = coverage.at(static_cast<std::size_t>(step.slot));
    switch (step.action) {
        case KeyAction::start:
            slots.rotating_since = now;
            break;
        case KeyAction::make:
            begin_making(slots, step.slot, {}, policy.rotation.algorithm, policy.rotation.bits, now);
            finish_making(slots, step.slot, {}, now);
            // Nobody can show a key that does not exist yet. So the plan counts no domain and waits for none.
            seen = {};
            break;
        case KeyAction::publish:
            record_look(slots, step.slot, Look::here, {}, seen, policy, now);
            break;
        case KeyAction::look:
            slot.stage = KeyStage::seen;
            seen.seen = seen.domains;
            seen.seen_briefly = 0;
            break;
        case KeyAction::sign:
            begin_signing(slots, step.slot, now);
            // All domains are taken to follow at once, or no plan would ever get to the end of the old key.
            coverage.at(static_cast<std::size_t>(1 - step.slot)).signs = 0;
            break;
        case KeyAction::close:
            close_key(slots, step.slot, now);
            break;
        // Not reached from key_plan(), which does the withdrawing and the removal itself.
        case KeyAction::withdraw:
            begin_withdrawing(slots, step.slot, now);
            break;
        case KeyAction::remove:
            finish_removing(slots, step.slot, now);
            break;
    }
}

}  // namespace

std::vector<KeyStep> next_steps(const KeySlots& slots, const KeyCoverages& coverage, const KeyPolicy& policy, Time now) {
    std::vector<KeyStep> steps;
    for (int number = 0; number < 2; ++number)
        if (auto step = next_step(slots, number, coverage, policy, now)) steps.push_back(std::move(*step));
    std::stable_sort(steps.begin(), steps.end(), [](const KeyStep& a, const KeyStep& b) { return a.earliest < b.earliest; });
    return steps;
}

// Slots and coverage come by value, to be played forward. A step that waits for something else than time is taken to be
// done at its earliest, and says in the plan that it waits.
std::vector<KeyStep> key_plan(KeySlots slots, KeyCoverages coverage, const KeyPolicy& policy, Time now) {
    std::vector<KeyStep> plan;
    while (plan.size() < plan_steps_max) {
        std::optional<KeyStep> first;
        for (int number = 0; number < 2; ++number) {
            auto step = leading_step(slots, number, coverage, policy, now);
            if (step && (!first || step->earliest < first->earliest)) first = std::move(step);
        }
        if (!first) break;
        const bool begins_anew = first->action == KeyAction::start && !plan.empty();
        now = std::max(now, first->earliest);
        plan.push_back(*first);
        if (first->action == KeyAction::start && (begins_anew || first->waits)) break;  // the next change is not part of this one
        // One step in life, two in a plan: people want to read when the private key is gone.
        if (first->action == KeyAction::withdraw) {
            plan.push_back({KeyAction::remove, first->slot, now, "its record says that it is revoked", false});
            finish_removing(slots, first->slot, now);
        } else {
            assume_done(slots, coverage, *first, policy, now);
        }
    }
    return plan;
}

// Three ways to get no further: attempts that fail, domains that do not show the new key, domains that keep the old one
// in use. Of the last the awaited slot is the other one: what is missing there is the new key's CNAME, not that of the
// slot that is stuck.
std::vector<Stuck> stuck_keys(const KeySlots& slots, const KeyCoverages& coverage, const KeyPolicy& policy, Time now) {
    std::vector<Stuck> stuck;
    const auto long_ago = [&](Time since) { return now - since >= policy.rotation.stuck_after; };
    for (int number = 0; number < 2; ++number) {
        const auto& slot = at(slots, number);
        const auto& seen = at(coverage, number);
        if (slot.trouble_since && long_ago(*slot.trouble_since))
            stuck.push_back({number, number, *slot.trouble_since, slot.trouble, {}});
        // One that shows it, though not for long enough yet, is on its way.
        if (slot.stage == KeyStage::published && slot.published_at && seen.known && seen.shown() < seen.domains &&
            long_ago(*slot.published_at))
            stuck.push_back({number, number, *slot.published_at,
                             std::to_string(seen.domains - seen.shown()) + " of " + std::to_string(seen.domains) +
                                 " domains do not show the new key",
                             seen.missing});
        if (slot.stage == KeyStage::retiring && !slot.closed_at && seen.known && seen.signs > 0 && long_ago(slot.since))
            stuck.push_back({number, 1 - number, slot.since,
                             "domains that do not show the new key, for which the old one is kept: " + std::to_string(seen.signs),
                             seen.signers});
    }
    return stuck;
}

}  // namespace ilbud
