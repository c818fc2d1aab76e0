// The slots as they are after a step. key_plan.cpp proposes steps and key_change.cpp carries them out; what a stage means
// for the other members, and for the other slot, is written down here. A function changes the value it is given and
// nothing else: the caller works on a copy and keeps it once it is stored. Two things move nothing, ever: a look to which
// the DNS gave no answer (S43), and time alone.
#include "ilbud/keys/key_slots.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// A signing book comes into force a moment after the keys that it is made of, and a mail is on its way a moment after it is signed.
// The watch puts books in force at most every half second. Less here, and a record could be revoked while the last mail
// under it is on its way; more only keeps it published for longer.
constexpr Duration book_lag_max = 2s;

KeySlot& at(KeySlots& slots, int slot) {
    return slots.slots.at(static_cast<std::size_t>(slot));
}

// Trouble belongs to the stage it arose in. The looks stay: they are of the record, which is the same one in every stage.
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

// The time is that of the first failure in a row, however the words change: `stuck_after` counts from there.
void note_trouble(KeySlot& slot, std::string trouble, Time now) {
    if (trouble.empty()) {
        slot.trouble_since.reset();
    } else if (!slot.trouble_since || *slot.trouble_since > now) {
        slot.trouble_since = now;
    }
    slot.trouble = std::move(trouble);
}

// Receivers may hold what stood there before for as long as the record lives in caches.
// How long that is: the looks say the zone's own TTL, the policy what we asked for; whoever publishes by hand chooses
// another one.
bool looked_enough(const KeySlot& slot, const KeyPolicy& policy, Time now) {
    return slot.good_looks >= policy.rotation.looks && slot.first_good_look && slot.published_at &&
           now - *slot.first_good_look >= std::max(slot.ttl, policy.record_ttl) &&
           now - *slot.published_at >= policy.rotation.wait_min;
}

// Without a watch there are no domains to see anything, and the looks at the target decide alone. A domain that never
// shows the key holds the others up for `patience` and no longer; it goes on with the old key, which is not closed as
// long as it signs.
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

// `published` is in force although too few looks are known: the watch decides for each domain, and one that shows the key
// already is right to be signed with it. A key that is only `made` may stand in the DNS as well, but no look has said so.
// No default: a stage that is added must be thought of here, and the compiler asks.
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

// A key signs mail of all kinds, so the kind that is tried longest counts. Behind its last attempt x= still lets
// receivers accept the signature for valid_beyond_retry, and until then they may ask for the record.
KeyPolicy key_policy(const Platform& platform) {
    Duration longest{};
    for (const auto& retry : platform.delivery.retry) longest = std::max(longest, retry.give_up_after);
    const auto& dkim = platform.dkim;
    // Only nsupdate is told a TTL. With a hook, or by hand, it is what the looks bring.
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
        // A person asks: the pause after an attempt that failed shall not hold that up.
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
        // Never in force, so that no mail bears its signature and nothing has to be waited for. A key change that was to
        // bring this key is called off with it, or it would make the next one at once.
        case KeyStage::making:
        case KeyStage::made:
            slots.rotating_since.reset();
            begin_withdrawing(slots, slot, now);
            return {};
        // In force: a domain that showed it early may have been signed with it. It goes the long way: closed, then
        // in_flight.
        case KeyStage::published:
        case KeyStage::seen:
            slots.rotating_since.reset();
            enter(one, KeyStage::retiring, now);
            return {};
        // On its way out already; asking again is no error, so that a request may be repeated.
        case KeyStage::withdrawing:
            return {};
        case KeyStage::retiring:
            break;
    }
    // The key retires. Withdrawn by `force`, it fails what is on its way: with a stolen key that is the smaller harm.
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
    // That it was asked counts, or the next question would follow at once.
    if (look == Look::unknown) return;
    const bool here = look == Look::here;
    // Of a clock that has been put right since. The looks begin anew, over the record's life by the clock as it is now.
    if (one.first_good_look && *one.first_good_look > now) forget_looks(one);
    if (one.published_at && *one.published_at > now) one.published_at = now;
    if (here) {
        // A cache tells what is left of the TTL. The longest that was ever told is nearest to what the zone says.
        one.ttl = std::max(one.ttl, ttl);
        if (!one.first_good_look) one.first_good_look = now;
        ++one.good_looks;
    } else {
        forget_looks(one);
    }
    switch (one.stage) {
        case KeyStage::made:
            // Whoever put it there, and whatever became of our attempt to publish: what a look finds is what counts.
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
            // One stage back, but in force: a domain that showed the key at its own look is still rightly signed with it.
            // The looks at the target begin anew.
            enter(one, KeyStage::published, now);
            note_trouble(one, "the record is no longer found at its target", now);
            break;
        case KeyStage::signing:
        case KeyStage::retiring:
            // Only told. No other key can take its place from here, and which domains may still be signed with it is the
            // watch's to decide.
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

// Both slots in one value, stored in one commit: there is no moment, on disk or in memory, when no key signs or two do
// (R30). Where no key signed before, none begins to retire.
void begin_signing(KeySlots& slots, int slot, Time now) {
    auto& fresh = at(slots, slot);
    auto& old = at(slots, 1 - slot);
    if (old.stage == KeyStage::signing) enter(old, KeyStage::retiring, now);
    enter(fresh, KeyStage::signing, now);
    fresh.signing_since = now;
    fresh.publish_wanted = false;
    slots.rotating_since.reset();
}

// The stage stays `retiring`, but in_force() is false from here on: the caller sees a difference, and a signing book is
// made without the key. From this time in_flight is counted.
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

// Nothing of the key is kept, least of all its record: a look at the next key of this slot must not find the old one and
// be content.
void finish_removing(KeySlots& slots, int slot, Time now) {
    auto& one = at(slots, slot);
    one = {};
    one.since = now;
}

}  // namespace ilbud
