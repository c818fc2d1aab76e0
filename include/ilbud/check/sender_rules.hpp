/// What the large mailbox providers publish as conditions for taking mail, and whether a domain meets them.
///
/// In    what is known about the domain: SPF, DKIM, DMARC, alignment, reverse DNS, TLS, its zone, whether it can be answered
/// Out   per provider: passes or not, at any volume and at large volume, with the rules that decided, their sources and codes
/// Pure
/// See   the sources in sender_rules.cpp, as of November 2026
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ilbud/settings/words.hpp"

namespace ilbud {

/// `gmx`: with WEB.DE, which has the same rules. `apple`: iCloud Mail.
enum class Provider : std::uint8_t { gmail, yahoo, outlook, gmx, apple };
template <>
inline constexpr std::array<std::string_view, 5> words<Provider>{"gmail", "yahoo", "outlook", "gmx", "apple"};

enum class SenderRule : std::uint8_t {
    spf_or_dkim,
    spf,
    dkim,
    dmarc,
    alignment,
    reverse_dns,
    tls,
    unsubscribe,
    aligned_dkim,  ///< a signature whose domain agrees with From; SPF does not stand in for it
    zone,          ///< the domain, or the one above it that it belongs to, answers SOA
    reachable      ///< From can be answered: an MX or an address
};
template <>
inline constexpr std::array<std::string_view, 11> words<SenderRule>{
    "spf_or_dkim", "spf", "dkim", "dmarc", "alignment", "reverse_dns", "tls", "unsubscribe", "aligned_dkim", "zone", "reachable"};

/// `not_asked`: the rule is for marketing mail; ours is transactional.
enum class RuleAnswer : std::uint8_t { passes, fails, unknown, not_asked };
template <>
inline constexpr std::array<std::string_view, 4> words<RuleAnswer>{"passes", "fails", "unknown", "not_asked"};

struct SenderFacts {
    /// What a check found out, as the rules ask for it. By default nothing is known, so
    /// a fact that nobody sets makes no promise.
    RuleAnswer spf = RuleAnswer::unknown;        ///< our source addresses pass for MAIL FROM
    RuleAnswer dkim = RuleAnswer::unknown;       ///< our signature verifies
    RuleAnswer dmarc = RuleAnswer::unknown;      ///< a policy is published, at least p=none
    RuleAnswer alignment = RuleAnswer::unknown;  ///< From agrees with what SPF or DKIM vouches for
    RuleAnswer reverse_dns = RuleAnswer::unknown;
    RuleAnswer tls = RuleAnswer::unknown;
    RuleAnswer aligned_dkim = RuleAnswer::unknown;
    RuleAnswer zone = RuleAnswer::unknown;
    RuleAnswer reachable = RuleAnswer::unknown;
};

struct RuleResult {
    SenderRule rule{};
    bool large_volume_only = false;
    RuleAnswer answer{};
    std::string_view
        codes;  ///< enhanced status codes by which the provider tells that this rule is broken; empty: none published
    std::string_view source;  ///< where the provider publishes the rule

    bool operator==(const RuleResult&) const = default;
};

struct ProviderVerdict {
    Provider provider{};
    RuleAnswer any_volume{};    ///< the rules for every sender
    RuleAnswer large_volume{};  ///< these and those for bulk senders (Gmail, Outlook.com: 5,000 mails a day or more)
    std::vector<RuleResult> rules;

    bool operator==(const ProviderVerdict&) const = default;
};
/// One verdict a provider, in the order of Provider, each with its rules in the
/// order in which they are published here.

[[nodiscard]] std::vector<ProviderVerdict> judge_by_providers(const SenderFacts& facts);

}  // namespace ilbud
