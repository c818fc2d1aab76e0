#include <algorithm>

#include "ilbud/base/text.hpp"
#include "judge.hpp"

namespace ilbud {
namespace {

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

bool aligned(const std::string& domain, const std::string& other, DmarcAlignment how) {
    if (other.empty() || same_letters(domain, other)) return true;
    return how == DmarcAlignment::relaxed && organisational_domain(domain) == organisational_domain(other);
}

// The record without what receivers refuse in it, and with a policy.
std::string mended(std::string_view record) {
    const auto list = parse_tag_list(record);
    const auto read = parse_dmarc(record);
    const auto* policy = list.find("p");
    const auto is_bad = [&](const RecordTag& tag) {
        return std::any_of(read.problems.begin(), read.problems.end(),
                           [&](const RecordProblem& each) { return each.at == tag.at && each.tag == tag.name; });
    };
    std::string out = "v=DMARC1; p=" + (policy == nullptr || is_bad(*policy) ? "none" : policy->value) + ';';
    for (const auto& tag : list.tags)
        if (tag.name != "v" && tag.name != "p" && !is_bad(tag)) out += ' ' + tag.name + '=' + tag.value + ';';
    return out;
}

class DmarcJudge {
 public:
    DmarcJudge(const DomainQuestion& question, const DmarcFacts& facts, std::vector<Finding>& findings)
        : question_(question), facts_(facts), findings_(findings), place_("_dmarc." + question.domain) {}

    DmarcVerdict judge() {
        verdict_.aligned_dkim = aligned(question_.domain, question_.signing_domain, DmarcAlignment::relaxed);
        verdict_.aligned_spf = aligned(question_.domain, question_.return_path_domain, DmarcAlignment::relaxed);
        if (facts_.own.status == DnsStatus::failed) return unknown(facts_.own.failure);
        records_ = dmarc_of(facts_.own);
        if (records_.empty() && facts_.organisation != question_.domain) {
            if (facts_.inherited.status == DnsStatus::failed) return unknown(facts_.inherited.failure);
            records_ = dmarc_of(facts_.inherited);
            inherited_ = !records_.empty();
            if (inherited_) place_ = "_dmarc." + facts_.organisation;
        }
        if (records_.empty()) {
            add(FindingCode::dmarc_missing, Severity::warning).publish(Remedy::publish, record(std::string(least_policy)));
            return answer(Holds::no);
        }
        if (records_.size() > 1) {
            add(FindingCode::dmarc_several, Severity::warning)
                .fact("count", std::to_string(records_.size()))
                .publish(Remedy::replace, record(mended(records_.front())));
            return answer(Holds::no);
        }
        return judge_record(parse_dmarc(records_.front()));
    }

 private:
    static std::vector<std::string> dmarc_of(const DnsAnswer& answer) {
        std::vector<std::string> records;
        std::copy_if(answer.records.begin(), answer.records.end(), std::back_inserter(records), is_dmarc);
        return records;
    }

    FindingBuilder add(FindingCode code, Severity severity) {
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
        if (!dmarc.applies) {
            auto finding = add(FindingCode::dmarc_unusable, Severity::warning);
            add_problem(finding, dmarc.problems);
            finding.publish(Remedy::replace, record(mended(records_.front())));
            return answer(Holds::no);
        }
        const auto policy = inherited_ && dmarc.subdomain_policy ? *dmarc.subdomain_policy : dmarc.policy;
        auto fine = add(inherited_ ? FindingCode::dmarc_inherited : FindingCode::dmarc_fine, Severity::fine);
        fine.fact("policy", std::string(word(policy)));
        if (inherited_) fine.fact("organisation", facts_.organisation);
        if (!dmarc.problems.empty()) {
            auto finding = add(FindingCode::dmarc_tag_ignored, Severity::remark);
            add_problem(finding, dmarc.problems);
            finding.publish(Remedy::replace, record(mended(records_.front())));
        }
        if (policy == DmarcPolicy::none) add(FindingCode::dmarc_only_watches, Severity::remark);
        if (dmarc.aggregate_reports.empty()) add(FindingCode::dmarc_no_reports, Severity::remark);
        judge_alignment(dmarc, policy);
        return answer(Holds::yes);
    }

    void judge_alignment(const Dmarc& dmarc, DmarcPolicy policy) {
        verdict_.aligned_dkim = aligned(question_.domain, question_.signing_domain, dmarc.dkim);
        verdict_.aligned_spf = aligned(question_.domain, question_.return_path_domain, dmarc.spf);
        const auto& signing = question_.signing_domain.empty() ? question_.domain : question_.signing_domain;
        const auto& sender = question_.return_path_domain.empty() ? question_.domain : question_.return_path_domain;
        if (verdict_.aligned_dkim || verdict_.aligned_spf)
            add(FindingCode::dmarc_aligned, Severity::fine).fact("signing", signing).fact("sender", sender);
        else
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

void add_problem(FindingBuilder& finding, const std::vector<RecordProblem>& problems) {
    // A bad or missing policy decides; anything else is said as it comes.
    const auto decides = [](const RecordProblem& each) { return each.tag == "p" || each.tag == "sp"; };
    const auto first = std::find_if(problems.begin(), problems.end(), decides);
    const RecordProblem nothing;
    const auto& problem = first != problems.end() ? *first : problems.empty() ? nothing : problems.front();
    finding.fact("tag", problem.tag.empty() ? problem.value : problem.tag).fact("position", std::to_string(problem.at + 1));
}

}  // namespace ilbud
