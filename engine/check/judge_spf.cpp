// R26, in the order in which a receiver stumbles: no record, two records, a record that cannot be read or costs
// too much, our name not in it. The survey has walked the includes to their ends, whether or not some address
// would match early. All proposals come from one string, proposed_, to which each finding adds its change, so a
// reader who pastes the last one has put everything right.
#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/spf/spf_edit.hpp"
#include "judge.hpp"

namespace ilbud {
namespace {

// Nine of ten: somebody else's include can grow by one without the customer knowing.
constexpr int near_limit = 9;  // of the 10 look-ups: the next change of anybody's record may be one too many

class SpfJudge {
 public:
    SpfJudge(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings)
        : question_(question), facts_(facts.spf), mx_(facts.mx.mx), findings_(findings) {}

    // `included` is what the verdict hangs on, `passes` what the providers ask; the former is about the record,
    // the latter about our addresses, so one may hold without the other.
    SpfVerdict judge() {
        if (facts_.text.status == DnsStatus::failed) {
            unknown(facts_.text.failure);
            return {Holds::unknown, Holds::unknown};
        }
        // Nothing stands there that could be extended; the proposal names the domain's own exchangers as well,
        // since they send its other mail today.
        if (facts_.records.empty()) {
            add(FindingCode::spf_missing, Severity::fault)
                .publish(Remedy::publish, record(spf_new(recommended(), has_exchangers())));
            return {Holds::no, Holds::no};
        }
        // RFC 7208 §4.5: two records are a permerror, whatever they say. Merged
        // they keep all senders that either named.
        if (facts_.records.size() > 1) {
            add(FindingCode::spf_several, Severity::fault)
                .fact("count", std::to_string(facts_.records.size()))
                .publish(Remedy::replace, record(with_ours(spf_merged(facts_.records))));
            return {Holds::no, Holds::no};
        }
        own_ = facts_.records.front();
        // Made before anything is judged: judge_include may still change it, and judge_end shows the result.
        proposed_ = spf_with_end(with_ours(own_));
        const auto& survey = facts_.survey;
        // Too many look-ups are certain even if one of them failed: more
        // answers could only add to the count (S43).
        if (survey.result == SpfResult::temperror && !too_expensive()) {
            unknown(survey.reason);
            return {Holds::unknown, Holds::unknown};
        }
        const bool sound = judge_soundness();
        const bool included = judge_include();
        judge_end();
        judge_cost(included);
        // judge_sources comes last in the braces and adds its findings last,
        // too: the list's order is the report's.
        return {sound && included ? Holds::yes : Holds::no, judge_sources(sound, included)};
    }

 private:
    FindingBuilder add(FindingCode code, Severity severity) {
        FindingBuilder finding(findings_, code, severity, question_.domain);
        finding.found(facts_.records);
        return finding;
    }

    // Told with the records that were found, so that a reader sees that there is something.
    void unknown(const std::string& reason) {
        add(FindingCode::spf_unknown, Severity::unknown).fact("reason", reason).remedy(Remedy::later);
    }

    [[nodiscard]] std::string recommended() const {
        return question_.spf_includes.empty() ? std::string() : question_.spf_includes.front();
    }

    // A null MX says that the domain has none (RFC 7505 §3); naming `mx` would then cost a look-up for nothing.
    [[nodiscard]] bool has_exchangers() const {
        return std::any_of(mx_.exchangers.begin(), mx_.exchangers.end(),
                           [](const MailExchanger& each) { return !each.name.empty(); });
    }

    [[nodiscard]] DnsRecord record(std::string text) const {
        DnsRecord out;
        out.name = question_.domain;
        out.value = std::move(text);
        return out;
    }

    // The first of our names that the record's own terms include; empty if none.
    // "First" by our list, not by the record: the recommended name is told rather than an older one beside it.
    [[nodiscard]] std::string direct(std::string_view text) const {
        for (const auto& name : question_.spf_includes)
            if (spf_includes(text, name)) return name;
        return {};
    }

    // Names are compared without regard to case, as the DNS does (RFC 4343).
    [[nodiscard]] std::string indirect() const {
        const auto& reached = facts_.survey.includes;
        for (const auto& name : question_.spf_includes)
            if (std::any_of(reached.begin(), reached.end(), [&](const std::string& each) { return same_letters(each, name); }))
                return name;
        return {};
    }

    // Leaves a record alone that reaches us already; with several records the survey
    // has not been made, so only direct counts.
    [[nodiscard]] std::string with_ours(const std::string& text) const {
        if (question_.spf_includes.empty() || !direct(text).empty()) return text;
        if (facts_.records.size() == 1 && !indirect().empty()) return text;
        return spf_with_include(text, recommended());
    }

    // Counts go over the limit in the survey, where a receiver would stop; that is
    // what makes the number in the finding true.
    [[nodiscard]] bool too_expensive() const {
        const SpfLimits limits;
        return facts_.survey.lookups > limits.lookups_max || facts_.survey.void_lookups > limits.void_lookups_max;
    }

    // "Invalid" is said only of what is wrong otherwise: the survey calls a record beyond its limits a
    // permerror as well, and that would be the same said twice.
    bool judge_soundness() {
        const SpfLimits limits;
        const auto& survey = facts_.survey;
        const auto over = [&](FindingCode code, int count, int most) {
            add(code, Severity::fault)
                .fact("count", std::to_string(count))
                .fact("most", std::to_string(most))
                .remedy(Remedy::correct);
        };
        if (survey.lookups > limits.lookups_max) over(FindingCode::spf_too_many_lookups, survey.lookups, limits.lookups_max);
        if (survey.void_lookups > limits.void_lookups_max)
            over(FindingCode::spf_too_many_voids, survey.void_lookups, limits.void_lookups_max);
        if (too_expensive()) return false;
        if (survey.result != SpfResult::permerror) return true;
        add(FindingCode::spf_invalid, Severity::fault).fact("detail", survey.reason).remedy(Remedy::correct);
        return false;
    }

    bool judge_include() {
        // A platform without SPF names has no include that could be missed; its
        // source addresses are judge_sources' affair.
        if (question_.spf_includes.empty()) return true;
        if (const auto name = direct(own_); !name.empty()) {
            if (name == recommended()) {
                add(FindingCode::spf_fine, Severity::fine).fact("include", name);
                return true;
            }
            // Still fine, so a remark: both names work, and one look-up is spent either way.
            proposed_ = spf_with_replaced(proposed_, name, recommended());
            add(FindingCode::spf_older_include, Severity::remark)
                .fact("include", name)
                .fact("recommended", recommended())
                .publish(Remedy::replace, record(proposed_));
            return true;
        }
        // Reached through somebody else's record: right today, but not in the customer's hand, hence the `via`.
        if (const auto name = indirect(); !name.empty()) {
            add(FindingCode::spf_through_includes, Severity::fine).fact("include", name).fact("via", via(name));
            return true;
        }
        add(FindingCode::spf_include_missing, Severity::fault)
            .fact("recommended", recommended())
            .publish(Remedy::replace, record(proposed_));
        return false;
    }

    // The name in the domain's own record behind which `name` is.
    [[nodiscard]] std::string via(const std::string& name) const {
        const auto& steps = facts_.survey.steps;
        auto step =
            // Steps are numbered in the order of the visits, each with the one that led to it;
            // going up from ours, the step whose parent is 0 is the one that the customer's own
            // record names. Step 0 is the domain itself.
            std::find_if(steps.begin(), steps.end(), [&](const SpfStep& each) { return same_letters(each.domain, name); });
        if (step == steps.end()) return question_.domain;
        auto at = static_cast<int>(step - steps.begin());
        while (steps[static_cast<std::size_t>(at)].from > 0) at = steps[static_cast<std::size_t>(at)].from;
        return steps[static_cast<std::size_t>(at)].domain;
    }

    // Independent of our include: a record that lets everybody send harms the domain, though our mail passes. A
    // redirect is left alone, since its target speaks for the end.
    void judge_end() {
        const auto end = spf_end(own_);
        if (end == SpfEnd::pass)
            add(FindingCode::spf_permits_all, Severity::warning).publish(Remedy::replace, record(proposed_));
        else if (end == SpfEnd::neutral || end == SpfEnd::open)
            add(FindingCode::spf_neutral_end, Severity::remark).publish(Remedy::replace, record(proposed_));
    }

    // Tells what it would cost with our name added, which is what the customer is about to do. Above the limit
    // without us, judge_soundness has said so already.
    void judge_cost(bool included) {
        const SpfLimits limits;
        const int needed = facts_.survey.lookups + (included ? 0 : facts_.include_lookups);
        if (facts_.survey.lookups > limits.lookups_max || needed < near_limit) return;
        add(FindingCode::spf_near_lookup_limit, needed > limits.lookups_max ? Severity::warning : Severity::remark)
            .fact("count", std::to_string(needed))
            .fact("most", std::to_string(limits.lookups_max))
            .remedy(needed > limits.lookups_max ? Remedy::correct : Remedy::none);
    }

    // While the customer's record is not in order, whether our addresses pass tells nothing that the other findings don't.
    Holds judge_sources(bool sound, bool included) {
        if (!sound || !included) return Holds::no;
        Holds all = Holds::yes;
        // One fault per address: with two machines, which of them fails is what must be known.
        for (const auto& [address, outcome] : facts_.sources) {
            if (outcome.result == SpfResult::temperror) {
                unknown(outcome.reason);
                all = all == Holds::yes ? Holds::unknown : all;
            } else if (outcome.result == SpfResult::pass) {
                add(FindingCode::spf_source_passes, Severity::fine).fact("address", address);
            } else {
                all = Holds::no;
                add(FindingCode::spf_source_fails, Severity::fault)
                    .fact("address", address)
                    .fact("result", std::string(to_text(outcome.result)))
                    .remedy(Remedy::ours);
            }
        }
        return all;
    }

    const DomainQuestion& question_;
    const SpfFacts& facts_;
    const DnsAnswer& mx_;
    std::vector<Finding>& findings_;
    std::string own_;
    std::string proposed_;  // the record with everything put right that can be put right here
};

}  // namespace

SpfVerdict judge_spf(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    return SpfJudge(question, facts, findings).judge();
}

}  // namespace ilbud
