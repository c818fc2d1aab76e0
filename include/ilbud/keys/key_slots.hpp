/// The two key slots behind the customers' CNAMEs, and how a key change goes through them step by step.
///
/// In    what is known of both slots, what the customers' DNS shows, the settings, the time
/// Out   the next step of each slot with its earliest time and its reason; the plan of all that is left to do; after a step, the
///       slots as they are then
/// Pure  nothing is done here; engine/keys/key_change.cpp carries out and stores the slots before and after each step
/// See   DOMAIN R27, R30: never an unsigned gap, never a signature by a key that is not published; SECURITY S15
///
/// A slot:  idle → making → made → published → seen → signing → retiring (first still in force, then closed) → withdrawing → idle
/// In force, that is, able to sign some domain's mail: published, seen, signing, and retiring until it is closed. A key that is
/// out of force stays published until no mail signed with it can be in flight.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

enum class KeyStage : std::uint8_t { idle, making, made, published, seen, signing, retiring, withdrawing };
template <>
inline constexpr std::array<std::string_view, 8> words<KeyStage>{"idle", "making",  "made",     "published",
                                                                 "seen", "signing", "retiring", "withdrawing"};

/// What a look at a record in the DNS found. `unknown`: the DNS failed, which changes nothing (S43).
enum class Look : std::uint8_t { here, absent, unknown };
template <>
inline constexpr std::array<std::string_view, 3> words<Look>{"here", "absent", "unknown"};

struct KeySlot {
    KeyStage stage = KeyStage::idle;
    std::string file;  ///< the private key; empty: none
    bool ours = true;  ///< made by a key change, and removed by one; false: named by the settings
    KeyType type = KeyType::rsa;
    int bits = 0;
    std::string record;  ///< the TXT to publish; empty before `made`
    Time since{};        ///< of the stage
    std::optional<Time> made_at, published_at, signing_since;
    std::optional<Time> closed_at;  ///< `retiring`: out of force since
    bool publish_wanted = false;    ///< `made`: to be published, not only kept

    // Looks at the record at the slot's own target.
    int good_looks = 0;  ///< one after the other, without an `absent` between
    std::optional<Time> first_good_look, last_look;
    Duration ttl{};  ///< the longest that a look was told

    // The last attempt at the step that is next.
    std::optional<Time> tried_at;
    std::optional<Time> trouble_since;  ///< failing since; nothing: it did not fail
    std::string trouble;                ///< one line

    bool operator==(const KeySlot&) const = default;
};

struct KeySlots {
    std::array<KeySlot, 2> slots;
    std::optional<Time> rotating_since;  ///< a key change is asked for and goes on until another key signs

    /// The slot that signs, or -1.
    [[nodiscard]] int signing() const;
    bool operator==(const KeySlots&) const = default;
};

/// How far a slot's key is seen where receivers look: through the customers' CNAMEs.
struct KeyCoverage {
    std::size_t domains = 0;           ///< watched domains that have this slot's CNAME (or had it at the last good look)
    std::size_t seen = 0;              ///< of these, where the slot's key was seen at the last looks over its TTL
    std::vector<std::string> missing;  ///< domains that do not show this slot's key, by name: the first of them
    /// Names (domains, the platform's own) whose mail this slot's key signs now. A key that signs for anybody is not closed.
    std::size_t signs = 0;
    std::vector<std::string> signers;  ///< the first of them, by name
    bool known = true;                 ///< false until the domains' state has been read: nothing is decided by it
    std::size_t seen_briefly = 0;      ///< of `domains`, where the last look found the slot's key, and too few before it

    /// Where the slot's key stands now, as far as is known.
    [[nodiscard]] std::size_t shown() const { return seen + seen_briefly; }
};
using KeyCoverages = std::array<KeyCoverage, 2>;

struct KeyPolicy {
    KeyRotationSettings rotation;
    Duration in_flight{};          ///< from the last signature until no mail with it can be on its way
    Duration record_ttl{};         ///< of what we publish
    bool published_by_us = false;  ///< by nsupdate or a hook; false: somebody publishes by hand
};
[[nodiscard]] KeyPolicy key_policy(const Platform& platform);

enum class KeyAction : std::uint8_t {
    start,     ///< a key change begins by itself: the signing key is old
    make,      ///< a new private key
    publish,   ///< its record at the slot's target
    look,      ///< is the record there?
    sign,      ///< the slot becomes the signing one, the other one begins to retire
    close,     ///< the old key signs nothing more
    withdraw,  ///< its record is replaced by one with an empty p=
    remove,    ///< its private key is destroyed; the slot is idle
};
template <>
inline constexpr std::array<std::string_view, 8> words<KeyAction>{"start", "make",  "publish",  "look",
                                                                  "sign",  "close", "withdraw", "remove"};

struct KeyStep {
    KeyAction action{};
    int slot = 0;
    Time earliest{};
    std::string reason;  ///< why this, why then; for people
    bool waits = false;  ///< for something other than time: `reason` says for what

    bool operator==(const KeyStep&) const = default;
};

/// What each slot is to do next; those whose `earliest` is past and that do not wait can be carried out now.
[[nodiscard]] std::vector<KeyStep> next_steps(const KeySlots& slots, const KeyCoverages& coverage, const KeyPolicy& policy,
                                              Time now);

/// Everything left to do if all goes well, in order. Looks at records that are in use are left out.
[[nodiscard]] std::vector<KeyStep> key_plan(KeySlots slots, KeyCoverages coverage, const KeyPolicy& policy, Time now);

/// Why a slot gets no further, and since when; nothing if it is on its way.
struct Stuck {
    int slot = 0;
    int awaited = 0;  ///< the slot whose key `domains` do not show
    Time since{};
    std::string reason;
    std::vector<std::string> domains;  ///< those it waits for, the first of them
};
[[nodiscard]] std::vector<Stuck> stuck_keys(const KeySlots& slots, const KeyCoverages& coverage, const KeyPolicy& policy,
                                            Time now);

/// Whether the slot's key may sign some domain's mail.
[[nodiscard]] bool in_force(const KeySlot& slot);

// --- what people ask for. Errors say why not; then nothing changed.
/// A new key for the idle slot, to be kept until it is published.  Errors  no_idle_slot
[[nodiscard]] Result<int> ask_new_key(KeySlots& slots, const std::string& file, KeyType type, int bits, Time now);
/// Errors  nothing_to_publish
[[nodiscard]] Result<int> ask_publish(KeySlots& slots);
/// The whole way.  Errors  rotating_already
[[nodiscard]] Result<void> ask_rotate(KeySlots& slots, Time now);
/// Gives up the key of `slot`: one that never signed at once, one that retires as soon as it may. `force` withdraws a retiring
/// key although mail signed with it may still be on its way (it was stolen). Errors  not_retirable  it signs, or it is idle;
/// too_early  with the time from which it may
[[nodiscard]] Result<void> ask_retire(KeySlots& slots, int slot, bool force, const KeyCoverages& coverage,
                                      const KeyPolicy& policy, Time now);

// --- what a step brought. Each is stored before anything relies on it.
void begin_making(KeySlots& slots, int slot, std::string file, KeyType type, int bits, Time now);
void finish_making(KeySlots& slots, int slot, std::string record, Time now);
/// A look at the target. `made` becomes published; enough looks over the TTL and the customers' own make it seen; an `absent`
/// begins anew.
void record_look(KeySlots& slots, int slot, Look look, Duration ttl, const KeyCoverage& coverage, const KeyPolicy& policy,
                 Time now);
/// An attempt to publish or withdraw; `trouble` is empty if it went well.
void record_attempt(KeySlots& slots, int slot, std::string trouble, Time now);
void begin_signing(KeySlots& slots, int slot, Time now);
void close_key(KeySlots& slots, int slot, Time now);
void begin_withdrawing(KeySlots& slots, int slot, Time now);
void finish_removing(KeySlots& slots, int slot, Time now);

}  // namespace ilbud
