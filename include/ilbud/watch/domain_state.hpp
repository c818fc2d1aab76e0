/// One watched domain: what its DNS shows of our keys, and what signs its mail because of it.
///
/// In    looks at the domain's selectors, the keys that should be seen there, the rules, the time
/// Out   the state as it is then: who signs, since when, what is wrong, when to look again; whether that is news
/// Pure
/// See   DOMAIN R27, R29, R30; SECURITY S43: a look that failed changes nothing
///
/// Who signs, the first that applies:
///   1. the domain itself with the preferred slot's key, if the last good look saw it
///   2. the domain itself with the other slot's key, if that is in force and was seen: it lags behind a key change
///   3. the domain itself with a key that was seen and is gone, within the grace time
///   4. the domain itself with the preferred key, if no look at it ever brought an answer: nothing is known against it
///   5. the platform's domain, or nobody (the mail waits), as the rules say
/// The platform's domain signs beside 3, and beside all where the rules say so. The Ed25519 key signs beside the first only where it is seen. Time alone changes nothing: each change comes from a good look or
/// from other keys or rules.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/dns/resolver.hpp"
#include "ilbud/keys/key_slots.hpp"
#include "ilbud/sign/signing_book.hpp"

namespace ilbud {

/// The two slots, then Ed25519.
inline constexpr std::size_t watched_selectors = 3;
inline constexpr std::size_t ed25519_selector = 2;

/// What must be seen at one selector.
struct ExpectedKey {
    std::string selector;  ///< empty: not used, not asked for
    std::string target;    ///< of the customer's CNAME
    std::string key;       ///< key_print() of the key in force; empty: the slot is idle

    bool operator==(const ExpectedKey&) const = default;
};
struct ExpectedKeys {
    std::array<ExpectedKey, watched_selectors> selectors;
    int preferred = 0;

    bool operator==(const ExpectedKeys&) const = default;
};
[[nodiscard]] ExpectedKeys expected_keys(const DkimSettings& dkim, const KeysInForce& keys);

/// A short name for the public key in a DKIM record; empty if it holds no usable one.
[[nodiscard]] std::string key_print(std::string_view record);

/// What a selector shows.
enum class SelectorStatus : std::uint8_t {
    unknown,    ///< no look ever brought an answer
    absent,     ///< nothing stands there
    elsewhere,  ///< a CNAME to another name that holds no key, or something that is no key record
    empty,      ///< the CNAME is right and there is no key behind it, or a revoked one: normal for an idle slot
    foreign,    ///< a key, but not the one expected
    ours,       ///< the expected key
};
template <>
inline constexpr std::array<std::string_view, 6> words<SelectorStatus>{"unknown", "absent",  "elsewhere",
                                                                       "empty",   "foreign", "ours"};

/// One selector of one domain, as the last good look saw it.
struct SelectorState {
    SelectorStatus status = SelectorStatus::unknown;
    bool aliased = false;            ///< the CNAME leads through the expected target
    std::string key;                 ///< key_print() of what was seen; empty: no key
    std::string found;               ///< what stands there instead, for people, at most 200 bytes
    Time looked_at{};                ///< the last good look
    Duration ttl{};                  ///< of its answer
    int streak = 0;                  ///< good looks in a row with the same finding, each a TTL after the one before
    Time counted_at{};               ///< the last one that counted
    std::string good_key;            ///< the last key of ours seen here
    std::optional<Time> gone_since;  ///< first good look that did not see it any more, until one does

    bool operator==(const SelectorState&) const = default;
};

struct DomainState {
    std::string domain;
    std::array<SelectorState, watched_selectors> selectors;
    SigningChoice choice;
    Time since{};                       ///< of who signs
    std::optional<Time> trouble_since;  ///< no key of ours is seen since this good look
    std::string problem;                ///< what is wrong, for people; empty: nothing
    std::vector<std::string> told;      ///< accounts that know of the trouble
    int failures = 0;                   ///< looks in a row that brought no answer at all or in part
    std::string failure;                ///< the last one's reason
    Time next_look{};
    std::optional<Time> removed_at;  ///< no longer in the settings; watched as long as mail from it may wait

    bool operator==(const DomainState&) const = default;
};

/// Answers to a TXT question at each selector; nothing: not asked.
using DomainLook = std::array<std::optional<DnsAnswer>, watched_selectors>;

struct WatchRules {
    Duration grace{};
    bool platform_signs = false;  ///< the platform's domain can sign for others; false: their mail waits
    Duration look_soon{}, look_min{}, look_max{};
    int good_looks = 3;                       ///< looks over the TTL until a key counts as seen everywhere
    SignTwice sign_twice = SignTwice::never;  ///< when the platform's domain signs too; never, if it cannot
};

/// What a step brought besides the new state.
struct WatchNews {
    bool choice_changed = false;  ///< a new signing book is needed
    bool may_go = false;          ///< mail that waited can leave
    bool broken = false;          ///< the grace time is over, or another domain signs too: accounts are to be told; `told` is the
                                  ///< caller's to fill
    bool fixed = false;           ///< it signs for itself again: those in `told` are to be told, then forgotten
};

/// A domain that comes to be watched.
[[nodiscard]] DomainState new_domain(std::string domain, const ExpectedKeys& keys, const WatchRules& rules, Time now);
/// What a look brought.
WatchNews record_look(DomainState& state, const DomainLook& look, const ExpectedKeys& keys, const WatchRules& rules, Time now);
/// Decides anew: keys or rules have changed. When to look again stays as it was; that is the caller's to hurry.
WatchNews decide_again(DomainState& state, const ExpectedKeys& keys, const WatchRules& rules, Time now);

/// The name asked for: "ilbud1._domainkey.avisen.dk".
[[nodiscard]] std::string selector_name(const ExpectedKey& key, std::string_view domain);
/// The CNAMEs that the domain needs and does not show, as zone lines; all of them where everything is there.
[[nodiscard]] std::string records_to_publish(const DomainState& state, const ExpectedKeys& keys);

/// Adds the domain to how far a slot's key has come. One that has left the settings counts only as long as the key signs for it.
/// Of each list of names at most `names_max` are kept.
void count_in(KeyCoverage& coverage, const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules,
              std::size_t slot, std::size_t names_max);

/// One JSON object, and back. `keys` gives the selectors their names, for people who read it.
[[nodiscard]] std::string to_json(const DomainState& state, const ExpectedKeys& keys);
/// Errors  invalid_json
Result<DomainState> read_domain_state(std::string_view json);

/// Whether `domain` is in no public DNS (RFC 2606, RFC 6761): below .example, .test, .invalid, .localhost, or example.com, .net, .org.
[[nodiscard]] bool is_reserved_domain(std::string_view domain);

}  // namespace ilbud
