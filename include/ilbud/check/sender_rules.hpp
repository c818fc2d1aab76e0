/// What Gmail, Yahoo and Outlook.com publish as conditions for taking mail, and whether a domain meets them.
///
/// In    what is known about the domain: SPF, DKIM, DMARC, alignment, reverse DNS, TLS
/// Out   per provider: passes or not, at any volume and at large volume, with the rules that decided
/// Pure
/// See   Google "Email sender guidelines" (support.google.com/a/answer/81126); Yahoo "Sender best practices"
///       (senders.yahooinc.com/best-practices); Microsoft "Outlook's new requirements for high-volume senders" (in force since May 2025)
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ilbud/settings/words.hpp"

namespace ilbud {

enum class Provider : std::uint8_t { gmail, yahoo, outlook };
template <>
inline constexpr std::array<std::string_view, 3> words<Provider>{"gmail", "yahoo", "outlook"};

enum class SenderRule : std::uint8_t { spf_or_dkim, spf, dkim, dmarc, alignment, reverse_dns, tls, unsubscribe };
template <>
inline constexpr std::array<std::string_view, 8> words<SenderRule>{"spf_or_dkim", "spf",         "dkim", "dmarc",
                                                                   "alignment",   "reverse_dns", "tls",  "unsubscribe"};

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
};

struct RuleResult {
    SenderRule rule{};
    bool large_volume_only = false;
    RuleAnswer answer{};

    bool operator==(const RuleResult&) const = default;
};

struct ProviderVerdict {
    Provider provider{};
    RuleAnswer any_volume{};    ///< the rules for every sender
    RuleAnswer large_volume{};  ///< these and those for bulk senders (Gmail, Outlook.com: over 5,000 mails a day)
    std::vector<RuleResult> rules;

    bool operator==(const ProviderVerdict&) const = default;
};
/// One verdict a provider, in the order of Provider, each with its rules in the
/// order in which they are published here.

[[nodiscard]] std::vector<ProviderVerdict> judge_by_providers(const SenderFacts& facts);

}  // namespace ilbud
