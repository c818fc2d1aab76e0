// Puts a check together: gather asks, the judges write findings, and only here are their answers
// weighed against each other. The judges know nothing of each other, so each can be tested on facts
// made by hand; what hangs on more than one of them (the verdict, the providers' rules) is decided
// last, from three-valued answers. Two values would not do: a name server that is silent for a minute
// must not turn a working domain into a broken one (S43).
#include "ilbud/check/domain_check.hpp"

#include <algorithm>

#include "domain_facts.hpp"
#include "ilbud/dns/bounded_resolver.hpp"
#include "judge.hpp"

namespace ilbud {
namespace {

// Holds is the judges' own word, RuleAnswer the published one; the fourth answer of the
// latter, not_asked, comes from the rule alone.
RuleAnswer rule_answer(Holds holds) {
    switch (holds) {
        case Holds::yes:
            return RuleAnswer::passes;
        case Holds::no:
            return RuleAnswer::fails;
        case Holds::unknown:
            break;
    }
    return RuleAnswer::unknown;
}

// What fails is certain however much else is unknown; only two that hold make a whole that holds.
Holds both(Holds left, Holds right) {
    if (left == Holds::no || right == Holds::no) return Holds::no;
    return left == Holds::unknown || right == Holds::unknown ? Holds::unknown : Holds::yes;
}

// For signing an idle slot is as good as a ready one: its CNAME stands, and that is all R27 asks of the
// customer. A keyless slot does not sign, although the customer has done their part.
Holds signs(SlotState state) {
    switch (state) {
        case SlotState::ready:
        case SlotState::idle:
            return Holds::yes;
        case SlotState::unknown:
            return Holds::unknown;
        default:
            return Holds::no;
    }
}

// R29. What is not known matters only where the answer hangs on it: a domain without SPF is blocked whatever its DKIM is.
DomainVerdict verdict_of(Holds included, Holds signing, Holds dmarc) {
    if (included == Holds::unknown) return DomainVerdict::unknown;
    if (included == Holds::no) return DomainVerdict::blocked;
    if (signing == Holds::unknown) return DomainVerdict::unknown;
    if (signing == Holds::no) return DomainVerdict::sendable;
    if (dmarc == Holds::unknown) return DomainVerdict::unknown;
    return dmarc == Holds::yes ? DomainVerdict::complete : DomainVerdict::signing;
}

// The shortest that is known.
// How soon it is worth looking again: nothing that was asked can look different before the first answer runs
// out. Failures carry no TTL, and a TTL of zero says nothing, so neither counts.
Duration shortest_ttl(const DomainFacts& facts) {
    Duration shortest{};
    const auto take = [&](const DnsAnswer& answer) {
        if (answer.status != DnsStatus::failed && answer.ttl > Duration{} && (shortest == Duration{} || answer.ttl < shortest))
            shortest = answer.ttl;
    };
    take(facts.spf.text);
    for (const auto& slot : facts.slots) {
        take(slot.alias);
        take(slot.key);
    }
    for (const auto& place : facts.dmarc.walk.places()) take(place.answer);
    return shortest;
}

// While keys change, the other slot's key may be in force too, and signs where only that one is seen (R30).
bool shows_our_key(const DkimSlot& slot, const SlotFacts& facts, SlotState state) {
    if (state != SlotState::idle || slot.record.empty() || facts.key.records.size() != 1) return false;
    const auto ours = parse_dkim_key(slot.record), seen = parse_dkim_key(facts.key.records.front());
    return seen.state == DkimKey::State::usable && seen.algorithm == ours.algorithm && seen.key == ours.key;
}

RuleAnswer zone_answers(const DnsAnswer& zone) {
    if (zone.status == DnsStatus::failed) return RuleAnswer::unknown;
    return zone.status == DnsStatus::found ? RuleAnswer::passes : RuleAnswer::fails;
}

// A text behind a CNAME stands elsewhere: nothing can be put beside the CNAME, so the place to change is its end.
void tell_aliases(std::vector<Finding>& findings, const std::string& name, const DnsAnswer& answer) {
    if (answer.aliases.empty() || answer.records.empty()) return;
    for (auto& finding : findings) {
        if (finding.name != name || finding.found.empty()) continue;
        finding.found.insert(finding.found.begin(), "CNAME " + answer.aliases.back() + '.');
        for (auto& record : finding.publish)
            if (record.name == name && record.type == RecordType::txt) record.name = answer.aliases.back();
    }
}

DomainReport judge(const DomainQuestion& question, const DomainFacts& facts) {
    DomainReport report;
    report.domain = question.domain;
    report.from = question.from;
    auto& findings = report.findings;
    // Said first, since every other finding follows from it. The others are made all the same: the records to
    // publish are needed once the name exists.
    if (exists_nowhere(facts))
        FindingBuilder(findings, FindingCode::domain_missing, Severity::fault, question.domain).remedy(Remedy::correct);
    const auto spf = judge_spf(question, facts, findings);
    // Only the active slot says whether mail is signed today. The other one decides about the verdict below,
    // for the next key change would fail without it.
    Holds dkim = Holds::no;  // the active slot holds our key
    Sending sending;
    sending.own_key = Holds::no;
    bool other_key = false;
    for (std::size_t i = 0; i < report.slots.size(); ++i) {
        report.slots[i] = judge_slot(question.slots[i], facts.slots[i], true, findings);
        if (question.slots[i].active) {
            dkim = signs(report.slots[i]);
            sending.ours_to_mend = report.slots[i] == SlotState::keyless;
        }
        other_key = other_key || shows_our_key(question.slots[i], facts.slots[i], report.slots[i]);
    }
    sending.own_key = other_key ? Holds::yes : dkim;
    sending.spf = spf.passes;
    // Its verdict is dropped: the Ed25519 signature comes on top of the RSA one (RFC 8463),
    // and a receiver that cannot read it ignores it.
    if (question.ed25519 && facts.ed25519) judge_slot(*question.ed25519, *facts.ed25519, false, findings);
    const auto dmarc = judge_dmarc(question, facts, sending, findings);
    const auto reachable = judge_mx(question, facts, findings);
    const auto reverse_dns = judge_sources(question, facts, findings);
    judge_remarks(question, facts, findings);

    // All three: the key in use, and both CNAMEs, of which the active slot's is thus asked twice. Where no slot
    // is active `dkim` stays `no`, since nothing signs.
    const auto signing = both(dkim, both(signs(report.slots[0]), signs(report.slots[1])));
    // DMARC that our mail does not align with is no protection but a trap: the domain's policy would be used against our own
    // mail. Where it is, since neither SPF nor our key lets the mail pass, nothing that we send arrives.
    report.verdict =
        dmarc.stopped ? DomainVerdict::blocked : verdict_of(spf.included, signing, both(dmarc.published, dmarc.passes));
    tell_aliases(findings, question.domain, facts.spf.text);
    for (const auto& place : facts.dmarc.walk.places()) tell_aliases(findings, "_dmarc." + place.domain, place.answer);
    report.spf = rule_answer(spf.included);
    report.dmarc = dmarc.stopped ? RuleAnswer::fails : rule_answer(dmarc.published);
    SenderFacts sender;
    sender.spf = rule_answer(spf.passes);
    sender.dkim = rule_answer(dkim);
    sender.dmarc = rule_answer(dmarc.published);
    sender.alignment = rule_answer(dmarc.passes);
    sender.aligned_dkim = rule_answer(dmarc.aligned_dkim);
    sender.reachable = rule_answer(reachable);
    sender.zone = zone_answers(facts.zone);
    sender.reverse_dns = rule_answer(reverse_dns);
    sender.tls = question.tls ? RuleAnswer::passes : RuleAnswer::fails;
    report.providers = judge_by_providers(sender);
    report.ttl = shortest_ttl(facts);
    return report;
}

}  // namespace

bool exists_nowhere(const DomainFacts& facts) {
    return facts.spf.text.status == DnsStatus::no_name && facts.spf.text.aliases.empty() &&
           facts.mx.mx.status == DnsStatus::no_name;
}

// The bound lives as long as this coroutine; `gather` waits for all that it spawned before
// it returns, also when one of them throws. The resolver is the caller's and may serve many
// checks at once, each with a bound of its own.
Task<DomainReport> check_domain(Resolver& resolver, const DomainQuestion& question) {
    BoundedResolver bounded(resolver, question.limits);
    const auto facts = co_await gather(bounded, question);
    auto report = judge(question, facts);
    report.queries = bounded.queries();
    co_return report;
}

}  // namespace ilbud
