// R26, in the order in which a receiver stumbles: no record, two records, a record that cannot be read or costs
// too much, our name not in it. Where our addresses are known, their evaluation decides, whatever the text says; else our name must
// be reached within the limits. Every finding shows the same proposal, which puts all of them right.
#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"
#include "ilbud/spf/spf_repair.hpp"
#include "judge.hpp"
#include "spf_told.hpp"

namespace ilbud {
namespace {

// Nine of ten: somebody else's include can grow by one without the customer knowing.
constexpr int near_limit = 9;  // of the 10 look-ups: the next change of anybody's record may be one too many

class SpfJudge {
 public:
    SpfJudge(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings)
        : question_(question), facts_(facts.spf), findings_(findings) {}

    SpfVerdict judge() {
        if (facts_.text.status == DnsStatus::failed) {
            SpfCause cause;
            cause.kind = SpfCause::Kind::no_answer;
            cause.name = question_.domain;
            cause.failure = facts_.text.failure;
            unknown(cause, facts_.text.failure);
            return {Holds::unknown, Holds::unknown};
        }
        if (facts_.records.empty()) {
            judge_absence();
            return {Holds::no, Holds::no};
        }
        // RFC 7208 §4.5: two records are a permerror, whatever they say. Merged they keep all senders that either named.
        if (facts_.records.size() > 1) {
            auto finding = add(FindingCode::spf_several, Severity::fault);
            propose(finding.fact("count", std::to_string(facts_.records.size())));
            judge_room();
            return {Holds::no, Holds::no};
        }
        return judge_record();
    }

 private:
    FindingBuilder add(FindingCode code, Severity severity) {
        FindingBuilder finding(findings_, code, severity, question_.domain);
        auto texts = facts_.records;
        texts.insert(texts.end(), facts_.alike.begin(), facts_.alike.end());
        finding.found(std::move(texts));
        return finding;
    }

    // Told with the records that were found, so that a reader sees that there is something.
    void unknown(const SpfCause& cause, const std::string& reason) {
        // One name that does not answer is one trouble, for however many of our addresses it is asked for.
        const bool told = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& each) {
            return each.code == FindingCode::spf_unknown && each.facts.front().second == reason;
        });
        if (told) return;
        auto finding = add(FindingCode::spf_unknown, Severity::unknown);
        tell_cause(finding.fact("reason", reason).remedy(Remedy::later), cause);
    }

    [[nodiscard]] bool is_ours(std::string_view name) const {
        return std::any_of(question_.spf_includes.begin(), question_.spf_includes.end(),
                           [&](const std::string& each) { return same_letters(each, name); });
    }

    // The record that puts everything right, where there is one.
    void propose(FindingBuilder& finding, Remedy remedy = Remedy::replace) const {
        DnsRecord record;
        record.name = question_.domain;
        record.value = facts_.proposal.record;
        const bool changes = !record.value.empty() && (facts_.records.size() != 1 || record.value != facts_.records.front());
        if (changes)
            finding.publish(remedy, std::move(record));
        else
            finding.remedy(facts_.proposal.unknown ? Remedy::later : Remedy::correct);
    }

    [[nodiscard]] std::string recommended() const {
        return question_.spf_includes.empty() ? std::string() : question_.spf_includes.front();
    }

    void judge_absence() {
        if (facts_.alike.empty()) {
            auto finding = add(FindingCode::spf_missing, Severity::fault);
            propose(finding, Remedy::publish);
        } else {
            auto finding = add(FindingCode::spf_unrecognised, Severity::fault);
            propose(finding);
        }
        judge_room();
    }

    SpfVerdict judge_record() {
        const auto read = read_spf_terms(facts_.records.front());
        terms_ = read.terms;
        readable_ = read.unreadable.empty();
        const auto& survey = facts_.survey;
        const bool by_address = !facts_.sources.empty();
        // Too many look-ups are certain even if one of them failed: more
        // answers could only add to the count (S43).
        if (!by_address && survey.result == SpfResult::temperror && !too_expensive()) {
            unknown(survey.cause, survey.reason);
            return {Holds::unknown, Holds::unknown};
        }
        const bool sound = survey.result == SpfResult::neutral;
        const bool named = question_.spf_includes.empty() || !reached().empty();
        holds_ = by_address ? addresses_pass() : sound && named && turned_away() == nullptr ? Holds::yes : Holds::no;
        if (holds_ == Holds::unknown) {
            judge_sources();
            return {holds_, holds_};
        }
        judge_soundness();
        judge_include();
        judge_sources();
        judge_end();
        judge_idle_terms(read.repaired);
        judge_cost(named);
        judge_room();
        // `passes` is what the providers ask: where nothing is known of our addresses it is as good as the name in the record.
        return {holds_, holds_};
    }

    // Of the addresses that our own record permits, the first that does not pass although our name seems to stand where it counts.
    [[nodiscard]] const SpfOutcome* turned_away() const {
        for (const auto& [address, outcome] : facts_.samples)
            if (outcome.result != SpfResult::pass && outcome.result != SpfResult::temperror) return &outcome;
        return nullptr;
    }

    [[nodiscard]] Holds addresses_pass() const {
        Holds all = Holds::yes;
        for (const auto& [address, outcome] : facts_.sources) {
            if (outcome.result == SpfResult::temperror)
                all = all == Holds::yes ? Holds::unknown : all;
            else if (outcome.result != SpfResult::pass)
                all = Holds::no;
        }
        return all;
    }

    // What blocks our mail is a fault; what only harms the domain's other mail is its owner's to judge.
    [[nodiscard]] Severity harm() const { return holds_ == Holds::no ? Severity::fault : Severity::warning; }

    // The first of our names whose pass lets a sender pass; empty if none. "First" by our list, not by the record: the recommended
    // name is told rather than an older one beside it.
    [[nodiscard]] std::string reached() const {
        const auto& all = facts_.survey.includes;
        for (const auto& name : question_.spf_includes)
            if (std::any_of(all.begin(), all.end(), [&](const std::string& each) { return same_letters(each, name); }))
                return name;
        return {};
    }

    // Counts go over the limit in the survey, where a receiver would stop; that is
    // what makes the number in the finding true.
    [[nodiscard]] bool too_expensive() const {
        const SpfLimits limits;
        return facts_.survey.lookups > limits.lookups_max || facts_.survey.void_lookups > limits.void_lookups_max;
    }

    // "Invalid" is said only of what is wrong otherwise: the survey calls a record beyond its limits a
    // permerror as well, and that would be the same said twice.
    void judge_soundness() {
        const SpfLimits limits;
        const auto& survey = facts_.survey;
        if (survey.lookups > limits.lookups_max) {
            auto finding = add(FindingCode::spf_too_many_lookups, harm());
            finding.fact("count", std::to_string(survey.lookups)).fact("most", std::to_string(limits.lookups_max));
            finding.fact("costs", bill(survey.costs));
            // Told here, and not again by judge_room: it is one trouble.
            if (!facts_.proposal.take_out.empty()) finding.fact("terms", listed(facts_.proposal.take_out));
            propose(finding);
        }
        if (survey.void_lookups > limits.void_lookups_max) {
            auto finding = add(FindingCode::spf_too_many_voids, harm());
            finding.fact("count", std::to_string(survey.void_lookups)).fact("most", std::to_string(limits.void_lookups_max));
            propose(finding);
        }
        told_over_limit_ = survey.lookups > limits.lookups_max;
        told_invalid_ = survey.result == SpfResult::permerror;
        if (too_expensive() || survey.result != SpfResult::permerror) return;
        auto finding = add(FindingCode::spf_invalid, harm());
        tell_cause(finding.fact("detail", survey.reason), survey.cause);
        if (is_ours(survey.cause.record) || is_ours(survey.cause.name))
            finding.remedy(Remedy::ours);
        else
            propose(finding);
    }

    void judge_include() {
        // A platform without SPF names has no include that could be missed; its
        // source addresses are judge_sources' affair.
        if (question_.spf_includes.empty()) return;
        if (const auto name = reached(); !name.empty()) {
            const auto* refused = turned_away();
            if (refused == nullptr || refused->matched.empty()) return judge_reached(name);
            auto finding = add(FindingCode::spf_include_not_counted, Severity::fault);
            propose(finding.fact("include", name).fact("term", refused->matched));
            return;
        }
        if (holds_ == Holds::yes) {
            add(FindingCode::spf_by_address, Severity::remark).fact("recommended", recommended());
            return;
        }
        for (const auto& name : question_.spf_includes) {
            const auto mention = spf_mention(terms_, name);
            if (mention.as == SpfMention::As::none) continue;
            const bool plain = mention.as == SpfMention::As::passes;
            if (plain && facts_.survey.result == SpfResult::permerror) return;  // nobody can read the record, which is said
            auto finding = add(FindingCode::spf_include_not_counted, Severity::fault);
            propose(finding.fact("include", name).fact("term", plain ? reason_not_counted(name) : mention.term));
            return;
        }
        // It stands in a record that nobody can read, which is said.
        if (!readable_ && lower_case(facts_.records.front()).find(recommended()) != std::string::npos) return;
        // It may stand where the DNS gave no answer.
        if (facts_.survey.result == SpfResult::temperror) return unknown(facts_.survey.cause, facts_.survey.reason);
        auto finding = add(FindingCode::spf_include_missing, Severity::fault);
        propose(finding.fact("recommended", recommended()));
    }

    // Of a name that seems to stand there as it should: it is misspelt ("include=", a modifier that nobody knows), or a term in front
    // of it turns our mail away.
    [[nodiscard]] std::string reason_not_counted(const std::string& name) const {
        auto written = as_written(name);
        if (!is_sound_spf_term(written)) return written;
        for (const auto& term : terms_) {
            if (same_letters(spf_included(term), name)) break;
            const auto directive = parse_spf_directive(term);
            if (!directive || directive->qualifier == SpfQualifier::pass) continue;
            if (!spf_included(term).empty() || matches_everybody(*directive, false) || matches_everybody(*directive, true))
                return term;
        }
        return written;
    }

    // The word of the record in which `name` stands.
    [[nodiscard]] std::string as_written(const std::string& name) const {
        const auto record = lower_case(facts_.records.front());
        const auto at = record.find(name);
        if (at == std::string::npos) return name;
        const auto begin = record.rfind(' ', at) + 1;
        return facts_.records.front().substr(begin, record.find(' ', at) - begin);
    }

    void judge_reached(const std::string& name) {
        if (spf_mention(terms_, name).as != SpfMention::As::passes) {
            // Reached through somebody else's record: right today, but not in the customer's hand, hence the `via`.
            add(FindingCode::spf_through_includes, Severity::fine).fact("include", name).fact("via", via(name));
        } else if (name == recommended()) {
            add(FindingCode::spf_fine, Severity::fine).fact("include", name);
        } else {
            // Still fine, so a remark: both names work, and one look-up is spent either way.
            auto finding = add(FindingCode::spf_older_include, Severity::remark);
            propose(finding.fact("include", name).fact("recommended", recommended()));
        }
    }

    // The name in the domain's own record behind which `name` is.
    [[nodiscard]] std::string via(const std::string& name) const {
        const auto& steps = facts_.survey.steps;
        auto step =
            // Steps are numbered in the order of the visits, each with the one that led to it;
            // going up from ours, the step whose parent is 0 is the one that the customer's own
            // record names. Step 0 is the domain itself.
            std::find_if(steps.begin(), steps.end(),
                         [&](const SpfStep& each) { return each.passes && same_letters(each.domain, name); });
        if (step == steps.end()) return question_.domain;
        auto at = static_cast<int>(step - steps.begin());
        while (steps[static_cast<std::size_t>(at)].from > 0) at = steps[static_cast<std::size_t>(at)].from;
        return steps[static_cast<std::size_t>(at)].domain;
    }

    // One finding an address: with two machines, which of them fails is what must be known. Where we are not named at all and nothing
    // passes, that is said already.
    void judge_sources() {
        const auto passes = [](const auto& each) { return each.second.result == SpfResult::pass; };
        const bool some = !reached().empty() || question_.spf_includes.empty() ||
                          std::any_of(facts_.sources.begin(), facts_.sources.end(), passes);
        for (const auto& [address, outcome] : facts_.sources) {
            if (outcome.result == SpfResult::temperror)
                unknown(outcome.cause, outcome.reason);
            else if (outcome.result == SpfResult::pass)
                add(FindingCode::spf_source_passes, Severity::fine).fact("address", address);
            else if (some)
                judge_refused(address, outcome);
        }
    }

    // At fault is our own record where a receiver came to it and it let the address not pass; else what the customer's says. An
    // error of the customer's has been told of the record itself, once for all our addresses.
    void judge_refused(const std::string& address, const SpfOutcome& outcome) {
        const auto ours = std::find_if(outcome.steps.begin(), outcome.steps.end(), [&](const SpfStep& step) {
            return std::any_of(question_.spf_includes.begin(), question_.spf_includes.end(),
                               [&](const std::string& name) { return same_letters(step.domain, name); });
        });
        const SpfLimits limits;
        const bool cut_off = outcome.lookups > limits.lookups_max && facts_.include_lookups <= limits.lookups_max;
        const bool our_fault = ours != outcome.steps.end() && ours->result != SpfResult::pass && !cut_off;
        if (!our_fault && told_invalid_ && outcome.result == SpfResult::permerror) return;
        auto finding = add(FindingCode::spf_partial, Severity::fault);
        finding.fact("address", address).fact("result", std::string(to_text(outcome.result))).fact("reason", outcome.reason);
        finding.fact("at_fault", our_fault ? "platform" : "domain");
        auto cause = outcome.cause;
        if (our_fault) {
            // Our record says no, or it is broken; which of its terms is the platform's to look up.
            if (ours->result != SpfResult::permerror) cause.kind = SpfCause::Kind::unmatched;
            cause.term = "include:" + ours->domain;
            cause.record = ours->domain;
        }
        if (cause.record.empty()) cause.record = question_.domain;
        tell_cause(finding, cause);
        if (our_fault)
            finding.remedy(Remedy::ours);
        else
            propose(finding);
    }

    // Independent of our include: a record that lets everybody send harms the domain, though our mail passes. A
    // redirect is left alone, since its target speaks for the end.
    void judge_end() {
        const auto end = spf_end(terms_);
        if (!facts_.survey.permits_all.empty()) {
            auto finding = add(FindingCode::spf_permits_all, Severity::warning);
            propose(finding.fact("term", facts_.survey.permits_all));
        } else if (!facts_.survey.permits_half.empty()) {
            auto finding = add(FindingCode::spf_permits_half, Severity::warning);
            propose(finding.fact("term", facts_.survey.permits_half));
        } else if (readable_ && (end == SpfEnd::neutral || end == SpfEnd::open)) {
            auto finding = add(FindingCode::spf_neutral_end, Severity::remark);
            propose(finding);
        }
    }

    void judge_idle_terms(bool repaired) {
        if (facts_.survey.result == SpfResult::permerror) return;
        auto idle = idle_spf_terms(facts_.records.front(), terms_, repaired);
        // Of our own name more is said elsewhere.
        if (reached().empty())
            std::erase_if(idle, [&](const std::string& term) {
                return std::any_of(question_.spf_includes.begin(), question_.spf_includes.end(),
                                   [&](const std::string& name) { return lower_case(term).find(name) != std::string::npos; });
            });
        if (idle.empty()) return;
        auto finding = add(FindingCode::spf_terms_idle, Severity::warning);
        propose(finding.fact("terms", listed(idle)));
    }

    // Tells what it would cost with our name added, which is what the customer is about to do. Above the limit
    // judge_soundness or judge_room has said so.
    void judge_cost(bool named) {
        const SpfLimits limits;
        const int needed = facts_.survey.lookups + (named ? 0 : facts_.include_lookups);
        if (needed > limits.lookups_max || needed < near_limit) return;
        add(FindingCode::spf_near_lookup_limit, Severity::remark)
            .fact("count", std::to_string(needed))
            .fact("most", std::to_string(limits.lookups_max));
    }

    // What was left out of the proposal, or why there is none.
    void judge_room() {
        const auto& proposal = facts_.proposal;
        const SpfLimits limits;
        const bool shown = !proposal.record.empty() && proposal.record.size() <= FindingBuilder::proposal_bytes_max;
        if (shown && !proposal.left_out.empty())
            add(FindingCode::spf_terms_left_out, Severity::remark).fact("terms", listed(proposal.left_out));
        if (shown && !proposal.guesses.empty()) {
            std::vector<std::string> guesses;
            for (const auto& guess : proposal.guesses) guesses.push_back(guess.written + " \xe2\x96\xb6 " + guess.term);
            add(FindingCode::spf_terms_guessed, Severity::remark).fact("terms", listed(guesses));
        }
        if (!proposal.take_out.empty() && !told_over_limit_)
            add(FindingCode::spf_no_room, harm())
                .fact("count", std::to_string(proposal.lookups))
                .fact("most", std::to_string(limits.lookups_max))
                .fact("costs", bill(proposal.costs))
                .fact("terms", listed(proposal.take_out))
                .remedy(Remedy::correct);
    }

    const DomainQuestion& question_;
    const SpfFacts& facts_;
    std::vector<Finding>& findings_;
    SpfTermList terms_;        // of the domain's own record, as it is meant
    bool readable_ = true;     // so that something can be said of them
    Holds holds_ = Holds::no;  // our mail passes
    bool told_over_limit_ = false;
    bool told_invalid_ = false;
};

}  // namespace

SpfVerdict judge_spf(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    return SpfJudge(question, facts, findings).judge();
}

}  // namespace ilbud
