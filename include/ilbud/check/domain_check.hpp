/// Looks at the DNS of a domain that mail is sent from: may we send for it, do we sign for it, and what is missing.
///
/// In    the domain, how we send (SPF names, DKIM slots, source addresses, EHLO name), a resolver
/// Out   findings with the record to publish, a verdict, and what the large mailbox providers' rules make of it
/// Pure  apart from the resolver's answers; bounded in queries and time, whatever the zones do (S42)
/// A failure of the DNS is a finding of its own (`…_unknown`), never taken for an absent record (S43).
/// See   DOMAIN R26–R29; RFC 7208, RFC 6376, RFC 9989, RFC 7505, RFC 8460, RFC 8461
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/check/finding.hpp"
#include "ilbud/check/sender_rules.hpp"
#include "ilbud/dns/bounded_resolver.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// One of our DKIM slots as the customer's DNS must show it.
struct DkimSlot {
    std::string selector;
    std::string target;   ///< where <selector>._domainkey.<domain> must lead
    std::string record;   ///< the key record of ours (SigningKey::dns_record); empty: not known, any usable key will do
    bool active = false;  ///< signs now: its target must hold our key. Of an idle slot only the CNAME counts (R27)
};

/// How we send for one domain; made from the settings by domain_question, or by hand in
/// tests. Borrowed by check_domain until it ends.
struct DomainQuestion {
    std::string domain;                     ///< lower-case A-labels
    std::vector<std::string> from;          ///< addresses of ours at the domain, for the text
    std::vector<std::string> spf_includes;  ///< first = recommended, the rest still accepted (R26)
    std::array<DkimSlot, 2> slots;
    std::optional<DkimSlot> ed25519;            ///< a second signature's; its absence is a remark only
    std::vector<std::string> source_addresses;  ///< where receivers see our mail come from
    std::string helo;                           ///< the EHLO name; empty: not looked at
    std::string signing_domain;                 ///< d= of our signatures; empty: `domain`
    std::string platform_domain;                ///< signs while the domain does not show our key; empty: nobody, mail waits
    std::string return_path_domain;             ///< of MAIL FROM; empty: `domain`
    bool tls = true;                            ///< mail leaves over TLS where it is offered
    bool verdict_only = false;                  ///< SPF, DKIM and DMARC alone are asked for; all else is then unknown
    QuestionLimits limits;
};

/// R29, from worst to best. `unknown`: the DNS failed where it matters; whatever was known before stays true.
enum class DomainVerdict : std::uint8_t { unknown, blocked, sendable, signing, complete };
template <>
inline constexpr std::array<std::string_view, 5> words<DomainVerdict>{"unknown", "blocked", "sendable", "signed", "complete"};

/// What stands behind one of our selectors. `ready`: the CNAME leads to our key. `idle`: the CNAME is right, and no key is asked for.
enum class SlotState : std::uint8_t { unknown, missing, wrong, keyless, idle, ready };
template <>
inline constexpr std::array<std::string_view, 6> words<SlotState>{"unknown", "missing", "wrong", "keyless", "idle", "ready"};

/// What limits a check as a whole, told by whoever made the resolver: {"not_validated", "answers of the DNS are not …"}.
struct CheckNote {
    std::string code;
    std::string text;
};

/// What one check found, whole: it can be shown as text or JSON without asking again.
struct DomainReport {
    std::string domain;
    std::vector<std::string> from;
    DomainVerdict verdict = DomainVerdict::unknown;
    RuleAnswer spf = RuleAnswer::unknown;    ///< whether it lets our mail pass
    RuleAnswer dmarc = RuleAnswer::unknown;  ///< whether there is a policy, and it does not turn our mail away
    std::vector<Finding> findings;           ///< in the order SPF, DKIM, DMARC, MX, source addresses, remarks
    std::array<SlotState, 2> slots{};
    std::vector<ProviderVerdict> providers;
    Duration ttl{};  ///< the shortest TTL of the SPF, DKIM and DMARC answers; zero if none is known
    std::size_t queries = 0;
    std::vector<CheckNote> notes;  ///< for the operator; in JSON, and in no letter
};

/// Looks everything up, side by side, and judges it. Throws nothing for what the DNS does.
Task<DomainReport> check_domain(Resolver& resolver, const DomainQuestion& question);

/// The question for `domain` as the platform sends: its SPF names, selectors, source addresses, EHLO name and TLS, and the addresses
/// of units and customer services at the domain. The slots' records are the caller's to fill in: keys are no settings.
[[nodiscard]] DomainQuestion domain_question(const Settings& settings, std::string domain);

/// The domains of all invoice and support addresses, each once, in order (R26).
[[nodiscard]] std::vector<std::string> sending_domains(const Settings& settings);

}  // namespace ilbud
