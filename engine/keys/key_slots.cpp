#include "ilbud/keys/key_slots.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// A signing book comes into force a moment after the keys that it is made of, and a mail is on its way a moment after it is signed.
constexpr Duration book_lag_max = 2s;

KeySlot& at(KeySlots& slots, int slot) {
    return slots.slots.at(static_cast<std::size_t>(slot));
}

void enter(KeySlot& slot, KeyStage stage, Time now) {
    slot.stage = stage;
    slot.since = now;
    slot.tried_at.reset();
    slot.trouble_since.reset();
    slot.trouble.clear();
}

void forget_looks(KeySlot& slot) {
    slot.good_looks = 0;
    slot.first_good_look.reset();
}

void note_trouble(KeySlot& slot, std::string trouble, Time now) {
    if (trouble.empty()) {
        slot.trouble_since.reset();
    } else if (!slot.trouble_since) {
        slot.trouble_since = now;
    }
    slot.trouble = std::move(trouble);
}

// Receivers may hold what stood there before for as long as the record lives in caches.
bool looked_enough(const KeySlot& slot, const KeyPolicy& policy, Time now) {
    return slot.good_looks >= policy.rotation.looks && slot.first_good_look && slot.published_at &&
           now - *slot.first_good_look >= std::max(slot.ttl, policy.record_ttl) &&
           now - *slot.published_at >= policy.rotation.wait_min;
}

bool customers_see_it(const KeySlot& slot, const KeyCoverage& coverage, const KeyPolicy& policy, Time now) {
    if (!coverage.known) return false;
    if (coverage.seen >= coverage.domains) return true;
    return slot.published_at && now - *slot.published_at >= policy.rotation.patience;
}

}  // namespace

int KeySlots::signing() const {
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (slots[i].stage == KeyStage::signing) return static_cast<int>(i);
    return -1;
}

bool in_force(const KeySlot& slot) {
    switch (slot.stage) {
        case KeyStage::published:
        case KeyStage::seen:
        case KeyStage::signing:
            return true;
        case KeyStage::retiring:
            return !slot.closed_at;
        case KeyStage::idle:
        case KeyStage::making:
        case KeyStage::made:
        case KeyStage::withdrawing:
            break;
    }
    return false;
}

KeyPolicy key_policy(const Platform& platform) {
    Duration longest{};
    for (const auto& retry : platform.delivery.retry) longest = std::max(longest, retry.give_up_after);
    const auto& dkim = platform.dkim;
    return {dkim.rotation, longest + dkim.valid_beyond_retry + book_lag_max,
            dkim.publish == PublishBy::nsupdate ? dkim.nsupdate.ttl : Duration{}, dkim.publish != PublishBy::manual};
}

Result<int> ask_new_key(KeySlots& slots, const std::string& file, KeyType type, int bits, Time now) {
    for (int slot = 0; slot < 2; ++slot) {
        if (at(slots, slot).stage != KeyStage::idle) continue;
        begin_making(slots, slot, file, type, bits, now);
        return slot;
    }
    return Error{"no_idle_slot", "", "both slots have a key; one must retire first (`ilbud dkim status` says when)"};
}

Result<int> ask_publish(KeySlots& slots) {
    for (int slot = 0; slot < 2; ++slot) {
        auto& one = at(slots, slot);
        if (one.stage != KeyStage::making && one.stage != KeyStage::made) continue;
        one.publish_wanted = true;
        one.tried_at.reset();
        return slot;
    }
    return Error{"nothing_to_publish", "", "no slot has a new key; make one with `ilbud dkim new-key`"};
}

Result<void> ask_rotate(KeySlots& slots, Time now) {
    if (slots.rotating_since)
        return Error{"rotating_already", "", "a key change goes on since " + to_text(*slots.rotating_since)};
    slots.rotating_since = now;
    return {};
}

Result<void> ask_retire(KeySlots& slots, int slot, bool force, const KeyCoverages& coverage, const KeyPolicy& policy, Time now) {
    auto& one = at(slots, slot);
    switch (one.stage) {
        case KeyStage::idle:
            return Error{"not_retirable", "", "the slot has no key"};
        case KeyStage::signing:
            return Error{"not_retirable", "",
                         "this key signs; `ilbud dkim rotate` brings another one, then this one retires by itself"};
        case KeyStage::making:
        case KeyStage::made:
            slots.rotating_since.reset();
            begin_withdrawing(slots, slot, now);
            return {};
        case KeyStage::published:
        case KeyStage::seen:
            slots.rotating_since.reset();
            enter(one, KeyStage::retiring, now);
            return {};
        case KeyStage::withdrawing:
            return {};
        case KeyStage::retiring:
            break;
    }
    const auto& who = coverage.at(static_cast<std::size_t>(slot));
    if (!force && !one.closed_at)
        return Error{"too_early", "",
                     who.known ? "this key still signs the mail of " + std::to_string(who.signs) +
                                     " domains, which do not show the new one"
                               : "the state of the domains is not known yet"};
    if (!force && now < *one.closed_at + policy.in_flight)
        return Error{"too_early", "",
                     "mail signed with this key may be on its way until " + to_text(*one.closed_at + policy.in_flight) +
                         "; it retires by itself then"};
    begin_withdrawing(slots, slot, now);
    return {};
}

void begin_making(KeySlots& slots, int slot, std::string file, KeyType type, int bits, Time now) {
    auto& one = at(slots, slot);
    const bool wanted = one.publish_wanted;
    one = {};
    enter(one, KeyStage::making, now);
    one.file = std::move(file);
    one.type = type;
    one.bits = bits;
    one.publish_wanted = wanted;
}

void finish_making(KeySlots& slots, int slot, std::string record, Time now) {
    auto& one = at(slots, slot);
    enter(one, KeyStage::made, now);
    one.record = std::move(record);
    one.made_at = now;
}

void record_look(KeySlots& slots, int slot, Look look, Duration ttl, const KeyCoverage& coverage, const KeyPolicy& policy,
                 Time now) {
    auto& one = at(slots, slot);
    one.last_look = now;
    if (look == Look::unknown) return;
    const bool here = look == Look::here;
    if (here) {
        one.ttl = std::max(one.ttl, ttl);
        if (!one.first_good_look) one.first_good_look = now;
        ++one.good_looks;
    } else {
        forget_looks(one);
    }
    switch (one.stage) {
        case KeyStage::made:
            if (!here) break;
            enter(one, KeyStage::published, now);
            one.published_at = now;
            break;
        case KeyStage::published:
            note_trouble(one, here ? "" : "the record is no longer found at its target", now);
            if (here && looked_enough(one, policy, now) && customers_see_it(one, coverage, policy, now))
                enter(one, KeyStage::seen, now);
            break;
        case KeyStage::seen:
            if (here) break;
            enter(one, KeyStage::published, now);
            note_trouble(one, "the record is no longer found at its target", now);
            break;
        case KeyStage::signing:
        case KeyStage::retiring:
            note_trouble(one, here ? "" : "the record of a key in use is not found at its target", now);
            break;
        case KeyStage::idle:
        case KeyStage::making:
        case KeyStage::withdrawing:
            break;
    }
}

void record_attempt(KeySlots& slots, int slot, std::string trouble, Time now) {
    auto& one = at(slots, slot);
    one.tried_at = now;
    note_trouble(one, std::move(trouble), now);
}

void begin_signing(KeySlots& slots, int slot, Time now) {
    auto& fresh = at(slots, slot);
    auto& old = at(slots, 1 - slot);
    if (old.stage == KeyStage::signing) enter(old, KeyStage::retiring, now);
    enter(fresh, KeyStage::signing, now);
    fresh.signing_since = now;
    fresh.publish_wanted = false;
    slots.rotating_since.reset();
}

void close_key(KeySlots& slots, int slot, Time now) {
    auto& one = at(slots, slot);
    one.closed_at = now;
    note_trouble(one, "", now);
}

void begin_withdrawing(KeySlots& slots, int slot, Time now) {
    auto& one = at(slots, slot);
    enter(one, KeyStage::withdrawing, now);
    one.publish_wanted = false;
}

void finish_removing(KeySlots& slots, int slot, Time now) {
    auto& one = at(slots, slot);
    one = {};
    one.since = now;
}

}  // namespace ilbud
