// The providers' published rules as data: one row a rule, so that a change of theirs is a
// change of one row. They are not R29: a domain can be complete for us and still fail at
// Gmail for a missing PTR, or the other way round.
#include "ilbud/check/sender_rules.hpp"

#include <algorithm>

namespace ilbud {
namespace {

struct PublishedRule {
    Provider provider;
    SenderRule rule;
    bool large_volume_only;
    std::string_view codes;  // 4.x.x while the mail is only put off, 5.x.x once it is refused
    std::string_view source;
};

// Google's "Email sender guidelines" with its FAQ of the codes; Yahoo's "Sender best practices" and "SMTP error codes";
// Microsoft's "Fix NDR error 550 5.7.515", which speaks of senders of 5,000 mails a day, and the announcement behind it; GMX's
// and WEB.DE's "Requirements and recommendations", one text; Apple's "Postmaster information for iCloud Mail".
constexpr std::string_view google = "support.google.com/a/answer/81126";
constexpr std::string_view yahoo = "senders.yahooinc.com/best-practices";
constexpr std::string_view yahoo_codes = "senders.yahooinc.com/smtp-error-codes";
constexpr std::string_view microsoft = "support.microsoft.com/topic/34cfe8f8-6fbf-457e-9e8b-9e4dbaf4e0ef";
constexpr std::string_view microsoft_from = "techcommunity.microsoft.com: Outlook's New Requirements for High-Volume Senders";
constexpr std::string_view web_de = "postmaster.web.de/en/requirements-and-recommendations";
constexpr std::string_view icloud = "support.apple.com/102322";

// Complaint rates are left out: the DNS does not show them; so is whether an address is a static one or its name a generic one.
// Microsoft asks for nothing below its volume, so its any_volume answer always passes. Apple names no volume: its rules are for
// "bulk mail", and are taken as those for large senders.
constexpr PublishedRule published[] = {
    {Provider::gmail, SenderRule::spf_or_dkim, false, "5.7.26", google},
    {Provider::gmail, SenderRule::reverse_dns, false, "4.7.23 5.7.25", google},
    {Provider::gmail, SenderRule::tls, false, "4.7.29 5.7.29", google},
    {Provider::gmail, SenderRule::spf, true, "4.7.27 5.7.27", google},
    {Provider::gmail, SenderRule::dkim, true, "4.7.30 5.7.30", google},
    {Provider::gmail, SenderRule::dmarc, true, "4.7.31 4.7.40 5.7.31", google},
    {Provider::gmail, SenderRule::alignment, true, "4.7.32 5.7.32", google},
    {Provider::gmail, SenderRule::unsubscribe, true, "", google},
    {Provider::yahoo, SenderRule::spf_or_dkim, false, "", yahoo},
    {Provider::yahoo, SenderRule::reverse_dns, false, "", yahoo},
    {Provider::yahoo, SenderRule::zone, false, "", yahoo_codes},
    {Provider::yahoo, SenderRule::spf, true, "", yahoo},
    {Provider::yahoo, SenderRule::dkim, true, "", yahoo},
    {Provider::yahoo, SenderRule::dmarc, true, "", yahoo},
    {Provider::yahoo, SenderRule::alignment, true, "", yahoo},
    {Provider::yahoo, SenderRule::unsubscribe, true, "", yahoo},
    {Provider::outlook, SenderRule::spf, true, "5.7.515", microsoft},
    {Provider::outlook, SenderRule::dkim, true, "5.7.515", microsoft},
    {Provider::outlook, SenderRule::dmarc, true, "5.7.515", microsoft},
    {Provider::outlook, SenderRule::alignment, true, "5.7.515", microsoft},
    {Provider::outlook, SenderRule::reachable, true, "", microsoft_from},
    {Provider::gmx, SenderRule::aligned_dkim, false, "", web_de},
    {Provider::gmx, SenderRule::reverse_dns, false, "", web_de},
    {Provider::gmx, SenderRule::reachable, false, "", web_de},
    {Provider::apple, SenderRule::spf, true, "", icloud},
    {Provider::apple, SenderRule::dkim, true, "", icloud},
    {Provider::apple, SenderRule::dmarc, true, "", icloud},
    {Provider::apple, SenderRule::reverse_dns, true, "", icloud},
    {Provider::apple, SenderRule::unsubscribe, true, "", icloud},
};

// The better of two; a failure is certain only if both fail.
RuleAnswer either(RuleAnswer left, RuleAnswer right) {
    if (left == RuleAnswer::passes || right == RuleAnswer::passes) return RuleAnswer::passes;
    return left == RuleAnswer::unknown || right == RuleAnswer::unknown ? RuleAnswer::unknown : RuleAnswer::fails;
}

RuleAnswer answer_to(SenderRule rule, const SenderFacts& facts) {
    switch (rule) {
        case SenderRule::spf_or_dkim:
            return either(facts.spf, facts.dkim);
        case SenderRule::spf:
            return facts.spf;
        case SenderRule::dkim:
            return facts.dkim;
        case SenderRule::dmarc:
            return facts.dmarc;
        case SenderRule::alignment:
            return facts.alignment;
        case SenderRule::reverse_dns:
            return facts.reverse_dns;
        case SenderRule::tls:
            return facts.tls;
        case SenderRule::aligned_dkim:
            return facts.aligned_dkim;
        case SenderRule::zone:
            return facts.zone;
        case SenderRule::reachable:
            return facts.reachable;
        // One-click unsubscribing (RFC 8058) is asked of marketing mail; a
        // receipt has nothing to unsubscribe from.
        case SenderRule::unsubscribe:
            break;
    }
    return RuleAnswer::not_asked;
}

// All must pass; one that fails outweighs one that is unknown.
// not_asked changes nothing.
void add(RuleAnswer& all, RuleAnswer one) {
    if (one == RuleAnswer::fails || (one == RuleAnswer::unknown && all == RuleAnswer::passes)) all = one;
}

}  // namespace

// Both answers in one pass: the rules for large volume hold besides those for every sender, so
// each rule counts for the first and some for both.
std::vector<ProviderVerdict> judge_by_providers(const SenderFacts& facts) {
    std::vector<ProviderVerdict> verdicts;
    for (const auto provider : {Provider::gmail, Provider::yahoo, Provider::outlook, Provider::gmx, Provider::apple}) {
        ProviderVerdict verdict{provider, RuleAnswer::passes, RuleAnswer::passes, {}};
        for (const auto& rule : published) {
            if (rule.provider != provider) continue;
            const auto answer = answer_to(rule.rule, facts);
            verdict.rules.push_back({rule.rule, rule.large_volume_only, answer, rule.codes, rule.source});
            add(verdict.large_volume, answer);
            if (!rule.large_volume_only) add(verdict.any_volume, answer);
        }
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

}  // namespace ilbud
