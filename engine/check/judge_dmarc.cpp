// The policy that a receiver would find for the domain, by RFC 7489 §6.6.3: its own record, else
// that of the organisational domain, as the public suffix list has it. What counts for the verdict
// is that a record applies at all and that our mail aligns with it; a stricter policy is the
// customer's choice, so p=none is a remark and never a fault.
#include <algorithm>

#include "ilbud/base/text.hpp"
#include "judge.hpp"

namespace ilbud {
namespace {

// The least that counts for the providers: no change to any mail, only that somebody is told (R28).
constexpr std::string_view least_policy = "v=DMARC1; p=none;";  // R28

std::string_view word(DmarcPolicy policy) {
    switch (policy) {
        case DmarcPolicy::none:
            return "none";
        case DmarcPolicy::quarantine:
            return "quarantine";
        case DmarcPolicy::reject:
            break;
    }
    return "reject";
}

// RFC 7489 §3.1: strict wants the same name, relaxed the same organisational domain. An empty `other` means
// that we send as the domain itself, which aligns either way.
bool aligned(const std::string& domain, const std::string& other, DmarcAlignment how) {
    if (other.empty() || same_letters(domain, other)) return true;
    return how == DmarcAlignment::relaxed && organisational_domain(domain) == organisational_domain(other);
}

// The record without what receivers refuse in it, and with a policy.
// Keeps what the owner wrote as far as receivers take it: reporting addresses are easily lost
// and hard to find again. A policy that cannot be read becomes none, the mildest, since
// guessing "reject" could cost the customer mail.
std::string mended(std::string_view record) {
    const auto list = parse_tag_list(record);
    const auto read = parse_dmarc(record);
    const auto* policy = list.find("p");
    // By place and name together: a tag that comes twice is bad at its second place only.
    const auto is_bad = [&](const RecordTag& tag) {
        return std::any_of(read.problems.begin(), read.problems.end(),
                           [&](const RecordProblem& each) { return each.at == tag.at && each.tag == tag.name; });
    };
    // v must be the first tag (RFC 7489 §6.3), and p comes next, where every reader looks for it.
    std::string out = "v=DMARC1; p=" + (policy == nullptr || is_bad(*policy) ? "none" : policy->value) + ';';
    for (const auto& tag : list.tags)
        if (tag.name != "v" && tag.name != "p" && !is_bad(tag)) out += ' ' + tag.name + '=' + tag.value + ';';
    return out;
}

class DmarcJudge {
 public:
    DmarcJudge(const DomainQuestion& question, const DmarcFacts& facts, std::vector<Finding>& findings)
        : question_(question), facts_(facts), findings_(findings), place_("_dmarc." + question.domain) {}

    // Answers in the order in which a receiver would find out, so that each early return
    // leaves the verdict as that receiver has it.
    DmarcVerdict judge() {
        // Alignment by the relaxed rule until a record says otherwise: the providers ask
        // for it also where there is no record yet.
        verdict_.aligned_dkim = aligned(question_.domain, question_.signing_domain, DmarcAlignment::relaxed);
        verdict_.aligned_spf = aligned(question_.domain, question_.return_path_domain, DmarcAlignment::relaxed);
        if (facts_.own.status == DnsStatus::failed) return unknown(facts_.own.failure);
        records_ = dmarc_of(facts_.own);
        // The organisational domain is asked about only if it is another one;
        // else its absence has just been seen.
        if (records_.empty() && facts_.organisation != question_.domain) {
            if (facts_.inherited.status == DnsStatus::failed) return unknown(facts_.inherited.failure);
            records_ = dmarc_of(facts_.inherited);
            inherited_ = !records_.empty();
            // The proposals go where the record stands: one of the domain's own
            // would shut out the inherited policy.
            if (inherited_) place_ = "_dmarc." + facts_.organisation;
        }
        if (records_.empty()) {
            // A warning, not a fault: mail still arrives without DMARC, though large senders are refused.
            add(FindingCode::dmarc_missing, Severity::warning).publish(Remedy::publish, record(std::string(least_policy)));
            return answer(Holds::no);
        }
        // RFC 7489 §6.6.3: with more than one record receivers act as if there were none.
        if (records_.size() > 1) {
            add(FindingCode::dmarc_several, Severity::warning)
                .fact("count", std::to_string(records_.size()))
                .publish(Remedy::replace, record(mended(records_.front())));
            return answer(Holds::no);
        }
        return judge_record(parse_dmarc(records_.front()));
    }

 private:
    // Only what claims to be DMARC counts; a wildcard's TXT record is none,
    // and must not hide an inherited policy.
    static std::vector<std::string> dmarc_of(const DnsAnswer& answer) {
        std::vector<std::string> records;
        std::copy_if(answer.records.begin(), answer.records.end(), std::back_inserter(records), is_dmarc);
        return records;
    }

    FindingBuilder add(FindingCode code, Severity severity) {
        // Shows what was read even where it does not apply, since that is what
        // must be found in the zone and replaced.
        FindingBuilder finding(findings_, code, severity, place_);
        finding.found(records_);
        return finding;
    }

    DmarcVerdict answer(Holds published) {
        verdict_.published = published;
        return verdict_;
    }

    DmarcVerdict unknown(const std::string& reason) {
        add(FindingCode::dmarc_unknown, Severity::unknown).fact("reason", reason).remedy(Remedy::later);
        return answer(Holds::unknown);
    }

    [[nodiscard]] DnsRecord record(std::string text) const {
        DnsRecord out;
        out.name = place_;
        out.value = std::move(text);
        return out;
    }

    DmarcVerdict judge_record(const Dmarc& dmarc) {
        // Whether it applies is parse_dmarc's word, which reads as RFC 7489 §6.6.3 tells receivers to: a bad p
        // with a good rua still counts as p=none.
        if (!dmarc.applies) {
            auto finding = add(FindingCode::dmarc_unusable, Severity::warning);
            add_problem(finding, dmarc.problems);
            finding.publish(Remedy::replace, record(mended(records_.front())));
            return answer(Holds::no);
        }
        // sp= is for domains below the organisational one (RFC 7489 §6.3); it
        // says nothing of that domain itself.
        const auto policy = inherited_ && dmarc.subdomain_policy ? *dmarc.subdomain_policy : dmarc.policy;
        auto fine = add(inherited_ ? FindingCode::dmarc_inherited : FindingCode::dmarc_fine, Severity::fine);
        fine.fact("policy", std::string(word(policy)));
        if (inherited_) fine.fact("organisation", facts_.organisation);
        // The record works, so this is only a remark, with the record put right for whoever likes it tidy.
        if (!dmarc.problems.empty()) {
            auto finding = add(FindingCode::dmarc_tag_ignored, Severity::remark);
            add_problem(finding, dmarc.problems);
            finding.publish(Remedy::replace, record(mended(records_.front())));
        }
        // Two remarks that change nothing about the delivery of our mail.
        if (policy == DmarcPolicy::none) add(FindingCode::dmarc_only_watches, Severity::remark);
        if (dmarc.aggregate_reports.empty()) add(FindingCode::dmarc_no_reports, Severity::remark);
        judge_alignment(dmarc, policy);
        return answer(Holds::yes);
    }

    // Now with the modes that the record itself asks for (adkim, aspf), over the relaxed guess from above.
    void judge_alignment(const Dmarc& dmarc, DmarcPolicy policy) {
        verdict_.aligned_dkim = aligned(question_.domain, question_.signing_domain, dmarc.dkim);
        verdict_.aligned_spf = aligned(question_.domain, question_.return_path_domain, dmarc.spf);
        const auto& signing = question_.signing_domain.empty() ? question_.domain : question_.signing_domain;
        const auto& sender = question_.return_path_domain.empty() ? question_.domain : question_.return_path_domain;
        // One of both is enough for DMARC to pass.
        if (verdict_.aligned_dkim || verdict_.aligned_spf)
            add(FindingCode::dmarc_aligned, Severity::fine).fact("signing", signing).fact("sender", sender);
        else
            // Under p=none an unaligned mail arrives nevertheless; under any other it is the policy's victim.
            // Either way it is ours to mend: the signing domain and the return path are how we send.
            add(FindingCode::dmarc_not_aligned, policy == DmarcPolicy::none ? Severity::warning : Severity::fault)
                .fact("signing", signing)
                .fact("sender", sender)
                .remedy(Remedy::ours);
    }

    const DomainQuestion& question_;
    const DmarcFacts& facts_;
    std::vector<Finding>& findings_;
    std::string place_;
    std::vector<std::string> records_;
    bool inherited_ = false;
    DmarcVerdict verdict_;
};

}  // namespace

DmarcVerdict judge_dmarc(const DomainQuestion& question, const DmarcFacts& facts, std::vector<Finding>& findings) {
    return DmarcJudge(question, facts, findings).judge();
}

// Shared by all judges of tag lists: one problem is told, the others would
// only repeat that the record is broken.
void add_problem(FindingBuilder& finding, const std::vector<RecordProblem>& problems) {
    // A bad or missing policy decides; anything else is said as it comes.
    const auto decides = [](const RecordProblem& each) { return each.tag == "p" || each.tag == "sp"; };
    const auto first = std::find_if(problems.begin(), problems.end(), decides);
    const RecordProblem nothing;
    const auto& problem = first != problems.end() ? *first : problems.empty() ? nothing : problems.front();
    // Counted from 1, since it is read by people who count characters in a form's field.
    finding.fact("tag", problem.tag.empty() ? problem.value : problem.tag).fact("position", std::to_string(problem.at + 1));
}

}  // namespace ilbud
