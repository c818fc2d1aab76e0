// The policy that a receiver finds for the domain by the tree walk of RFC 9989, what is wrong with the records that it comes by,
// and whether our mail passes. What counts for the verdict is that a record applies at all and that our mail aligns with it; a
// stricter policy is the customer's choice, so p=none is a remark and never a fault.
#include <algorithm>

#include "dmarc_pass.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// The least that counts for the providers: no change to any mail, only that somebody is told (R28).
constexpr std::string_view least_policy = "v=DMARC1; p=none;";

std::string text_of(DmarcPolicy policy) {
    return std::string(to_word(policy));
}

bool is_obsolete(const RecordProblem& problem) {
    return problem.kind == RecordProblem::Kind::obsolete;
}

FindingCode code_of(DmarcSlip::Kind kind) {
    switch (kind) {
        case DmarcSlip::Kind::quoted:
            return FindingCode::dmarc_quoted;
        case DmarcSlip::Kind::version:
            return FindingCode::dmarc_version_wrong;
        case DmarcSlip::Kind::separator:
            return FindingCode::dmarc_separator_wrong;
        case DmarcSlip::Kind::unversioned:
            break;
    }
    return FindingCode::dmarc_version_missing;
}

class DmarcJudge {
 public:
    DmarcJudge(const DomainQuestion& question, const DomainFacts& facts, const Sending& sending, std::vector<Finding>& findings)
        : question_(question),
          facts_(facts.dmarc),
          domain_texts_(facts.spf.text.records),
          sending_(sending),
          findings_(findings),
          found_(discover_dmarc(facts.dmarc.walk, !exists_nowhere(facts))),
          holds_(found_.outcome == DmarcDiscovery::Outcome::found),
          pass_(dmarc_pass(question, facts.dmarc, sending, holds_ ? &*found_.place->record : nullptr)) {}

    DmarcVerdict judge() {
        DmarcVerdict verdict;
        verdict.passes = pass_.any();
        verdict.aligned_dkim = pass_.dkim;
        // What stands at the domain's own name can be told whatever became of the questions above it.
        const auto& places = facts_.walk.places();
        told_own_ = !places.empty() && judge_passed_over(places.front());
        if (found_.outcome == DmarcDiscovery::Outcome::unknown) {
            at(question_.domain);
            add(FindingCode::dmarc_unknown, Severity::unknown).fact("reason", facts_.walk.failure()).remedy(Remedy::later);
            return verdict;
        }
        if (!told_own_) told_own_ = judge_misplaced();
        if (holds_) {
            verdict.published = Holds::yes;
            judge_record(*found_.place->record);
            verdict.stopped = judge_pass();
        } else {
            verdict.published = Holds::no;
            bool told = told_own_;
            for (std::size_t i = 1; i < places.size() && !told && found_.place == nullptr; ++i)
                told = is_theirs(places[i].domain) && judge_passed_over(places[i]);
            if (found_.place != nullptr && is_theirs(found_.place->domain))
                judge_unusable();
            else if (!told)
                judge_missing();
        }
        // What is to be put right at the domain's own name holds for those receivers as well.
        if (!told_own_) judge_older_receivers(question_, facts_, sending_, found_, findings_);
        return verdict;
    }

 private:
    void at(const std::string& domain, std::vector<std::string> records = {}) {
        place_ = "_dmarc." + domain;
        records_ = std::move(records);
    }

    FindingBuilder add(FindingCode code, Severity severity) {
        // Shows what was read even where it does not apply, since that is what must be found in the zone and replaced.
        FindingBuilder finding(findings_, code, severity, place_);
        finding.found(records_);
        return finding;
    }

    [[nodiscard]] DnsRecord record(std::string text) const {
        DnsRecord out;
        out.name = place_;
        out.value = std::move(text);
        return out;
    }

    // Of a top level or another public suffix nobody here can change the record.
    [[nodiscard]] bool is_theirs(const std::string& domain) const {
        return domain == question_.domain || domain.size() >= facts_.listed.size();
    }

    // A record that does not hold may ask for anything without having been felt by anybody, so the one in its place asks for no
    // more than what is in force without it; and for no less, where another domain's policy protects this one meanwhile.
    [[nodiscard]] DnsRecord instead() const {
        if (!holds_) return record(dmarc_proposal(records_, DmarcPolicy::none));
        const auto& dmarc = *found_.place->record;
        const auto asked = [&](DmarcPolicy policy) { return dmarc.testing ? softened(policy) : policy; };
        DmarcInForce in_force;
        in_force.policy = found_.policy;
        in_force.below = asked(dmarc.subdomain_policy.value_or(dmarc.policy));
        in_force.absent = asked(dmarc.absent_policy.value_or(dmarc.subdomain_policy.value_or(dmarc.policy)));
        in_force.strict_dkim = dmarc.dkim == DmarcAlignment::strict;
        in_force.strict_spf = dmarc.spf == DmarcAlignment::strict;
        return record(dmarc_instead(records_, in_force));
    }

    // In place of what stands there; nothing, while it is not known what another domain asks for here.
    void propose(FindingBuilder& finding) const {
        if (found_.outcome == DmarcDiscovery::Outcome::unknown)
            finding.remedy(Remedy::later);
        else
            finding.publish(Remedy::replace, instead());
    }

    // Records that the walk goes past although they were meant for it: whether there were any.
    bool judge_passed_over(const DmarcPlace& place) {
        if (place.record || place.answer.status == DnsStatus::failed) return false;
        at(place.domain, place.records);
        // RFC 9989 §4.10: of more than one record receivers act on none.
        if (place.records.size() > 1) {
            auto finding = add(FindingCode::dmarc_several, Severity::warning);
            propose(finding.fact("count", std::to_string(place.records.size())));
            return true;
        }
        if (place.records.size() == 1) {
            judge_twice(place.records.front());
            return true;
        }
        for (const auto& text : place.answer.records) {
            const auto slip = dmarc_slip(text);
            if (!slip) continue;
            at(place.domain, {text});
            auto finding = slipped(*slip, Severity::warning);
            propose(finding);
            return true;
        }
        return false;
    }

    FindingBuilder slipped(const DmarcSlip& slip, Severity severity) {
        auto finding = add(code_of(slip.kind), severity);
        finding.fact("shown", slip.shown).fact("position", std::to_string(slip.at + 1));
        return finding;
    }

    // Records that were meant for the domain and stand where nobody looks for them: whether there were any.
    bool judge_misplaced() {
        const auto& places = facts_.walk.places();
        if (places.empty() || !places.front().records.empty() || places.front().answer.status == DnsStatus::failed) return false;
        std::vector<std::string> at_domain;
        std::copy_if(domain_texts_.begin(), domain_texts_.end(), std::back_inserter(at_domain), is_dmarc);
        if (facts_.doubled.empty() && at_domain.empty()) return false;
        at(question_.domain, facts_.doubled.empty() ? at_domain : facts_.doubled);
        const auto code = facts_.doubled.empty() ? FindingCode::dmarc_at_domain : FindingCode::dmarc_misplaced;
        auto finding = add(code, holds_ ? Severity::remark : Severity::warning);
        if (!facts_.doubled.empty()) finding.fact("misplaced", facts_.doubled_name);
        propose(finding);
        return true;
    }

    void judge_twice(const std::string& text) {
        const auto problems = parse_dmarc(text).problems;
        const auto twice = std::find_if(problems.begin(), problems.end(),
                                        [](const RecordProblem& each) { return each.kind == RecordProblem::Kind::duplicate; });
        auto finding = add(FindingCode::dmarc_tag_twice, Severity::warning);
        add_problem(finding, {*twice});
        propose(finding);
    }

    // A warning, not a fault: mail still arrives without DMARC, though large senders are refused.
    void judge_missing() {
        const auto& own = facts_.walk.places().front().answer;
        at(question_.domain, own.records);
        auto finding = add(FindingCode::dmarc_missing, Severity::warning);
        // Nothing can stand beside an alias (RFC 1034 §3.6.2), also one that leads nowhere.
        if (!own.aliases.empty()) finding.found({"CNAME " + own.aliases.front() + '.'});
        finding.publish(own.aliases.empty() ? Remedy::publish : Remedy::replace, record(std::string(least_policy)));
    }

    // A record that ends the search and yet is no policy (RFC 9989 §4.10.1).
    void judge_unusable() {
        at(found_.place->domain, found_.place->records);
        if (const auto slip = dmarc_slip(records_.front())) {
            slipped(*slip, Severity::warning).publish(Remedy::replace, instead());
            return;
        }
        auto finding = add(FindingCode::dmarc_unusable, Severity::warning);
        add_problem(finding, found_.place->record->problems);
        finding.publish(Remedy::replace, instead());
    }

    void judge_record(const Dmarc& dmarc) {
        at(found_.place->domain, found_.place->records);
        auto fine = add(!found_.inherited ? FindingCode::dmarc_fine
                        : told_own_       ? FindingCode::dmarc_inherited_meanwhile
                                          : FindingCode::dmarc_inherited,
                        Severity::fine);
        fine.fact("policy", text_of(found_.policy));
        if (found_.inherited) fine.fact("organisation", found_.place->domain);
        if (is_theirs(found_.place->domain)) judge_flaws(dmarc);
        if (found_.named != found_.policy)
            add(FindingCode::dmarc_softened, Severity::remark).fact("policy", text_of(found_.policy));
        // Two remarks that change nothing about the delivery of our mail.
        if (found_.policy == DmarcPolicy::none) add(FindingCode::dmarc_only_watches, Severity::remark);
        if (dmarc.aggregate_reports.empty() && is_theirs(found_.place->domain))
            add(FindingCode::dmarc_no_reports, Severity::remark).fact("organisation", found_.place->domain);
    }

    // The record works, so these are only remarks, with the record put right for whoever likes it tidy.
    void judge_flaws(const Dmarc& dmarc) {
        if (dmarc.problems.empty()) return;
        auto proposal = record(dmarc.assumed ? dmarc_proposal(records_, DmarcPolicy::none) : dmarc_tidied(records_.front()));
        if (const auto slip = dmarc_slip(records_.front())) {
            slipped(*slip, Severity::remark).publish(Remedy::replace, std::move(proposal));
            return;
        }
        auto problems = dmarc.problems;
        if (!std::all_of(problems.begin(), problems.end(), is_obsolete)) {
            std::erase_if(problems, is_obsolete);
            auto finding = add(FindingCode::dmarc_tag_ignored, Severity::remark);
            add_problem(finding, problems);
            finding.publish(Remedy::replace, std::move(proposal));
            return;
        }
        auto finding = add(FindingCode::dmarc_tag_obsolete, Severity::remark);
        add_problem(finding, problems);
        // What would take the place of a percentage is the owner's to choose: a milder policy, or the full one for all mail.
        if (dmarc.percent == 100) finding.publish(Remedy::replace, std::move(proposal));
    }

    // Whether the policy is used against our mail as it leaves now.
    bool judge_pass() {
        at(found_.place->domain, found_.place->records);
        const auto signing = signing_name(question_, sending_);
        const auto about = [&](FindingCode code, Severity severity) {
            return add(code, severity).fact("signing", signing).fact("sender", sender_name(question_));
        };
        const bool harmless = found_.policy == DmarcPolicy::none;
        switch (pass_.any()) {
            case Holds::unknown:
                // What is not known of SPF and DKIM is told there; here only what the walks did not bring.
                for (const auto& walk : facts_.identifiers)
                    if (walk.failed()) return unknown(walk.failure());
                if (facts_.walk.failed()) return unknown(facts_.walk.failure());
                return false;
            case Holds::yes:
                if (pass_.dkim == Holds::no && !harmless)
                    about(FindingCode::dmarc_spf_alone, Severity::warning)
                        .found({})
                        .fact("policy", text_of(found_.policy))
                        .fact("mended_by", mended_by())
                        .remedy(sending_.ours_to_mend || sending_.own_key == Holds::yes ? Remedy::ours : Remedy::correct);
                else
                    about(FindingCode::dmarc_aligned, Severity::fine);
                return false;
            case Holds::no:
                break;
        }
        // With our key in place it is how we send that does not agree: ours to mend. Under p=none an unaligned mail arrives
        // nevertheless.
        if (sending_.own_key == Holds::yes) {
            about(FindingCode::dmarc_not_aligned, harmless ? Severity::warning : Severity::fault).remedy(Remedy::ours);
            return false;
        }
        if (harmless) return false;
        const auto code = signing.empty()                            ? FindingCode::dmarc_unsigned
                          : found_.policy == DmarcPolicy::quarantine ? FindingCode::dmarc_set_aside
                                                                     : FindingCode::dmarc_refused;
        about(code, Severity::fault)
            .found({})  // it is not this record that is to be changed
            .fact("policy", text_of(found_.policy))
            .fact("organisation", found_.place->domain)
            .fact("mended_by", mended_by())
            .remedy(sending_.ours_to_mend ? Remedy::ours : Remedy::correct);
        return true;
    }

    // Which of the two, put right, would let our mail pass that does not pass by it now: "dkim", "spf", "dkim spf" or neither.
    [[nodiscard]] std::string mended_by() const {
        auto sending = sending_;
        sending.own_key = sending.spf = Holds::yes;
        const auto mended = dmarc_pass(question_, facts_, sending, &*found_.place->record);
        std::string by;
        if (pass_.dkim == Holds::no && mended.dkim == Holds::yes) by = "dkim";
        if (pass_.spf == Holds::no && mended.spf == Holds::yes) by += by.empty() ? "spf" : " spf";
        return by;
    }

    bool unknown(const std::string& reason) {
        add(FindingCode::dmarc_unknown, Severity::unknown).fact("reason", reason).remedy(Remedy::later);
        return false;
    }

    const DomainQuestion& question_;
    const DmarcFacts& facts_;
    const std::vector<std::string>& domain_texts_;
    const Sending& sending_;
    std::vector<Finding>& findings_;
    DmarcDiscovery found_;
    bool holds_;
    bool told_own_ = false;  // something is to be put right at the domain's own name
    DmarcPass pass_;
    std::string place_;
    std::vector<std::string> records_;
};

}  // namespace

DmarcVerdict judge_dmarc(const DomainQuestion& question, const DomainFacts& facts, const Sending& sending,
                         std::vector<Finding>& findings) {
    return DmarcJudge(question, facts, sending, findings).judge();
}

// Shared by all judges of tag lists: one problem is told, the others would
// only repeat that the record is broken.
void add_problem(FindingBuilder& finding, const std::vector<RecordProblem>& problems) {
    // A bad or missing policy decides; anything else is said as it comes.
    const auto decides = [](const RecordProblem& each) { return each.tag == "p" || each.tag == "sp" || each.tag == "np"; };
    const auto first = std::find_if(problems.begin(), problems.end(), decides);
    const RecordProblem nothing;
    const auto& problem = first != problems.end() ? *first : problems.empty() ? nothing : problems.front();
    // Counted from 1, since it is read by people who count characters in a form's field.
    finding.fact("tag", problem.tag.empty() ? problem.value : problem.tag).fact("position", std::to_string(problem.at + 1));
}

}  // namespace ilbud
