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
};

// As published in 2024 (Gmail, Yahoo) and 2025 (Outlook.com). Complaint rates are left out: the DNS does not show them.
// Only Gmail names TLS. Outlook.com asks for nothing below its volume, so its any_volume answer always passes.
constexpr PublishedRule published[] = {
    {Provider::gmail, SenderRule::spf_or_dkim, false}, {Provider::gmail, SenderRule::reverse_dns, false},
    {Provider::gmail, SenderRule::tls, false},         {Provider::gmail, SenderRule::spf, true},
    {Provider::gmail, SenderRule::dkim, true},         {Provider::gmail, SenderRule::dmarc, true},
    {Provider::gmail, SenderRule::alignment, true},    {Provider::gmail, SenderRule::unsubscribe, true},
    {Provider::yahoo, SenderRule::spf_or_dkim, false}, {Provider::yahoo, SenderRule::reverse_dns, false},
    {Provider::yahoo, SenderRule::spf, true},          {Provider::yahoo, SenderRule::dkim, true},
    {Provider::yahoo, SenderRule::dmarc, true},        {Provider::yahoo, SenderRule::alignment, true},
    {Provider::yahoo, SenderRule::unsubscribe, true},  {Provider::outlook, SenderRule::spf, true},
    {Provider::outlook, SenderRule::dkim, true},       {Provider::outlook, SenderRule::dmarc, true},
    {Provider::outlook, SenderRule::alignment, true},
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
    for (const auto provider : {Provider::gmail, Provider::yahoo, Provider::outlook}) {
        ProviderVerdict verdict{provider, RuleAnswer::passes, RuleAnswer::passes, {}};
        for (const auto& rule : published) {
            if (rule.provider != provider) continue;
            const auto answer = answer_to(rule.rule, facts);
            verdict.rules.push_back({rule.rule, rule.large_volume_only, answer});
            add(verdict.large_volume, answer);
            if (!rule.large_volume_only) add(verdict.any_volume, answer);
        }
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

}  // namespace ilbud
