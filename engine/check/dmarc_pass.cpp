// A signature counts only if receivers can verify it, and then only if its domain belongs to that of From. While the domain does
// not show our key, the platform's domain signs (watch/domain_state.hpp), and such a signature is worth nothing under the
// domain's own policy.
#include "dmarc_pass.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

Holds of(const std::optional<bool>& answer) {
    if (!answer) return Holds::unknown;
    return *answer ? Holds::yes : Holds::no;
}

Holds both(Holds left, Holds right) {
    if (left == Holds::no || right == Holds::no) return Holds::no;
    return left == Holds::unknown || right == Holds::unknown ? Holds::unknown : Holds::yes;
}

const std::string& own_name(const DomainQuestion& question) {
    return question.signing_domain.empty() ? question.domain : question.signing_domain;
}

// `belongs(name, mode)` tells whether a name belongs to the domain of From.
template <class Belongs>
DmarcPass pass(const DomainQuestion& question, const Sending& sending, const Dmarc* record, Belongs belongs) {
    const auto dkim = record == nullptr ? DmarcAlignment::relaxed : record->dkim;
    const auto spf = record == nullptr ? DmarcAlignment::relaxed : record->spf;
    const auto by_own = belongs(own_name(question), dkim);
    // The platform's key is taken to be in order: it is watched, and does not sign otherwise.
    const auto by_platform = question.platform_domain.empty() ? Holds::no : belongs(question.platform_domain, dkim);
    DmarcPass out;
    if (sending.own_key == Holds::yes)
        out.dkim = by_own;
    else if (sending.own_key == Holds::no)
        out.dkim = by_platform;
    else
        out.dkim = by_own == by_platform ? by_own : Holds::unknown;  // either of the two signs
    out.spf = both(sending.spf, belongs(sender_name(question), spf));
    return out;
}

// The policy by RFC 7489 §6.6.3: the domain's own record, else that of the organisational domain by the list. `sp` holds below
// it; np, psd and t are not known there.
struct ListedPolicy {
    bool known = false;
    std::string domain;  // where it stands; empty: there is none
    Dmarc record;
    DmarcPolicy policy = DmarcPolicy::none;
};

std::vector<std::string> dmarc_of(const DnsAnswer& answer) {
    std::vector<std::string> records;
    std::copy_if(answer.records.begin(), answer.records.end(), std::back_inserter(records), is_dmarc);
    return records;
}

ListedPolicy listed_policy(const DmarcFacts& facts) {
    ListedPolicy out;
    const auto& places = facts.walk.places();
    if (places.empty() || places.front().answer.status == DnsStatus::failed) return out;
    auto domain = facts.walk.domain();
    auto records = places.front().records;
    if (records.empty() && facts.listed != domain) {
        domain = facts.listed;
        const auto at = std::find_if(places.begin(), places.end(), [&](const DmarcPlace& each) { return each.domain == domain; });
        const auto& answer = at == places.end() ? facts.listed_answer : at->answer;
        if (answer.status == DnsStatus::failed) return out;
        records = dmarc_of(answer);
    }
    out.known = true;
    if (records.size() != 1) return out;
    out.record = parse_dmarc(records.front());
    if (!out.record.applies) return out;
    const bool below = domain != facts.walk.domain();
    out.policy = below ? out.record.subdomain_policy.value_or(out.record.policy) : out.record.policy;
    out.domain = std::move(domain);
    return out;
}

}  // namespace

Holds DmarcPass::any() const {
    if (dkim == Holds::yes || spf == Holds::yes) return Holds::yes;
    return dkim == Holds::unknown || spf == Holds::unknown ? Holds::unknown : Holds::no;
}

std::string signing_name(const DomainQuestion& question, const Sending& sending) {
    return sending.own_key == Holds::no ? question.platform_domain : own_name(question);
}

std::string sender_name(const DomainQuestion& question) {
    return question.return_path_domain.empty() ? question.domain : question.return_path_domain;
}

DmarcPass dmarc_pass(const DomainQuestion& question, const DmarcFacts& facts, const Sending& sending, const Dmarc* record) {
    return pass(question, sending, record, [&](const std::string& name, DmarcAlignment how) {
        for (const auto& walk : facts.identifiers)
            if (same_letters(walk.domain(), name)) return of(dmarc_aligned(facts.walk, walk, how));
        // Not walked: equal, or out of the question, or not known since the domain's own walk failed.
        return of(dmarc_aligned(facts.walk, DmarcWalk(name), how));
    });
}

DmarcPass listed_pass(const DomainQuestion& question, const Sending& sending, const Dmarc* record) {
    return pass(question, sending, record, [&](const std::string& name, DmarcAlignment how) {
        if (same_letters(question.domain, name)) return Holds::yes;
        return of(how == DmarcAlignment::relaxed && organisational_domain(question.domain) == organisational_domain(name));
    });
}

void judge_older_receivers(const DomainQuestion& question, const DmarcFacts& facts, const Sending& sending,
                           const DmarcDiscovery& found, std::vector<Finding>& findings) {
    if (found.outcome == DmarcDiscovery::Outcome::unknown) return;
    const auto older = listed_policy(facts);
    if (!older.known) return;
    const bool now = found.outcome == DmarcDiscovery::Outcome::found;
    const auto add = [&](FindingCode code) {
        return FindingBuilder(findings, code, Severity::remark, "_dmarc." + question.domain);
    };
    if (older.domain.empty()) {
        if (now) add(FindingCode::dmarc_older_none);
        return;
    }
    if (!now || found.place->domain != older.domain)
        add(FindingCode::dmarc_older_other).fact("organisation", older.domain).fact("policy", std::string(to_word(older.policy)));
    if (!now) return;
    const auto then = listed_pass(question, sending, &older.record).any();
    const auto today = dmarc_pass(question, facts, sending, &*found.place->record).any();
    if (then == Holds::yes && today == Holds::no) add(FindingCode::dmarc_older_aligned);
    if (then == Holds::no && today == Holds::yes) add(FindingCode::dmarc_older_not_aligned);
}

}  // namespace ilbud
