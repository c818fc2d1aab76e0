// A customer's DKIM is one CNAME a slot; the key behind it is ours (R27). So this judge asks two things in
// turn: does the name lead to our target, and if so, does our own zone hold the right key there. Everything up
// to the target is the customer's to mend, everything behind it ours, and the remedies follow that line.
#include <algorithm>

#include "judge.hpp"

namespace ilbud {
namespace {

// One slot, one judge, one state; several findings may come of it (a key
// marked as a test is a remark beside "ready").
class SlotJudge {
 public:
    SlotJudge(const DkimSlot& slot, const SlotFacts& facts, bool needed, std::vector<Finding>& findings)
        : slot_(slot), facts_(facts), needed_(needed), findings_(findings) {}

    SlotState judge() {
        // The target may come anywhere in the chain: some customers put a name of their own before ours.
        if (std::find(facts_.chain.begin(), facts_.chain.end(), slot_.target) != facts_.chain.end()) return judge_key();
        // Told before "wrong": an alias that could not be read is no wrong alias (S43).
        if (facts_.alias.status == DnsStatus::failed) return unknown(facts_.alias.failure);
        if (facts_.alias.status == DnsStatus::found) return judge_wrong_alias();
        return judge_absence();
    }

 private:
    // The three facts that every sentence about a slot may name.
    FindingBuilder add(FindingCode code, Severity severity) {
        FindingBuilder finding(findings_, code, severity, facts_.name);
        finding.fact("name", facts_.name).fact("selector", slot_.selector).fact("target", slot_.target);
        return finding;
    }

    // An absent Ed25519 key harms no mail: the RSA signature stands beside it.
    [[nodiscard]] Severity missing() const { return needed_ ? Severity::fault : Severity::remark; }

    // The same record whatever is wrong: there is only one right one.
    [[nodiscard]] DnsRecord alias() const {
        DnsRecord record;
        record.name = facts_.name;
        record.type = RecordType::cname;
        record.value = slot_.target;
        return record;
    }

    SlotState unknown(const std::string& reason) {
        add(FindingCode::dkim_unknown, Severity::unknown).fact("reason", reason).remedy(Remedy::later);
        return SlotState::unknown;
    }

    SlotState judge_wrong_alias() {
        // A web form, or a zone file's name without the last dot, adds the zone's name.
        // An alias that was found has at least one name; the empty chain is only for an answer without any.
        const auto& leads_to = facts_.chain.empty() ? std::string() : facts_.chain.front();
        const bool extended = leads_to.starts_with(slot_.target + '.');
        add(extended ? FindingCode::dkim_alias_extended : FindingCode::dkim_alias_wrong, missing())
            .found(facts_.alias.records)
            .publish(Remedy::replace, alias());
        return SlotState::wrong;
    }

    static bool is_key(const std::string& record) {
        return parse_dkim_key(record).state != DkimKey::State::unusable || record.starts_with("v=DKIM1");
    }

    // No alias, so whoever answers under this name answers in TXT, or not at all. The order goes from the most
    // telling to the least: a key copied by hand, another text, another type, a record one level too deep, and last nothing.
    SlotState judge_absence() {
        // The TXT question may have failed where the one for the CNAME did not.
        if (facts_.key.status == DnsStatus::failed) return unknown(facts_.key.failure);
        if (std::any_of(facts_.key.records.begin(), facts_.key.records.end(), is_key)) {
            add(FindingCode::dkim_key_copied, missing()).found(facts_.key.records).publish(Remedy::replace, alias());
            return SlotState::wrong;
        }
        // A wildcard's text answers for every name and was not put here.
        const bool is_here = facts_.key.status == DnsStatus::found && facts_.wildcard.records != facts_.key.records;
        if (is_here) {
            add(FindingCode::dkim_alias_as_text, missing()).found(facts_.key.records).publish(Remedy::replace, alias());
            return SlotState::wrong;
        }
        if (!facts_.beside.empty()) {
            add(FindingCode::dkim_alias_as_other, missing()).found(facts_.beside).publish(Remedy::replace, alias());
            return SlotState::wrong;
        }
        if (!facts_.doubled.empty()) {
            add(FindingCode::dkim_alias_misplaced, missing())
                .found(facts_.doubled)
                .fact("misplaced", facts_.doubled_name)
                .publish(Remedy::replace, alias());
            return SlotState::missing;
        }
        add(FindingCode::dkim_alias_missing, missing()).publish(Remedy::publish, alias());
        return SlotState::missing;
    }

    // From here on everything is ours to mend: the customer's alias is right.
    SlotState judge_key() {
        // An idle slot: the next key is published there only when a change begins,
        // so no key is what should be found (R30).
        if (!slot_.active) {
            add(FindingCode::dkim_idle, Severity::fine).found(facts_.alias.records);
            return SlotState::idle;
        }
        if (facts_.key.status == DnsStatus::failed) return unknown(facts_.key.failure);
        // Not found is definite here: the customer's part is right, and our target has no key.
        if (facts_.key.status != DnsStatus::found) return keyless(FindingCode::dkim_key_missing);
        // With several, RFC 6376 §3.6.2.2 leaves open what a verifier does, so a valid signature may fail.
        if (facts_.key.records.size() > 1) return keyless(FindingCode::dkim_key_several);
        const auto key = parse_dkim_key(facts_.key.records.front());
        // An empty p= is a key that was withdrawn (RFC 6376 §3.6.1).
        if (key.state == DkimKey::State::revoked) return keyless(FindingCode::dkim_key_revoked);
        if (key.state == DkimKey::State::unusable) return keyless(FindingCode::dkim_key_unusable);
        const auto doubled = std::find_if(key.problems.begin(), key.problems.end(), [](const RecordProblem& problem) {
            return problem.kind == RecordProblem::Kind::duplicate;
        });
        // RFC 6376 §3.2: then the whole list is invalid. Some verifiers go by that, others by one of the two.
        if (doubled != key.problems.end()) return keyless(FindingCode::dkim_key_doubled_tag, doubled->tag);
        if (!slot_.record.empty()) {
            // Compared as keys, not as text: order of tags, white space and the splitting into
            // strings may all differ. Without a record of ours there is nothing to compare with,
            // and a usable key is taken for the right one.
            const auto ours = parse_dkim_key(slot_.record);
            if (key.algorithm != ours.algorithm || key.key != ours.key) return keyless(FindingCode::dkim_key_other);
        }
        // Still ready: the signature verifies. t=y (RFC 6376 §3.6.1) marks a
        // test, and it is ours to take it away.
        if (key.testing) add(FindingCode::dkim_key_testing, Severity::remark).found(facts_.key.records).remedy(Remedy::ours);
        add(FindingCode::dkim_ready, Severity::fine).found(facts_.alias.records);
        return SlotState::ready;
    }

    // The customer's part is done; what stands at the target is ours.
    SlotState keyless(FindingCode code, const std::string& tag = {}) {
        auto finding = add(code, missing());
        finding.found(facts_.key.records).remedy(Remedy::ours);
        if (!tag.empty()) finding.fact("tag", tag);
        return SlotState::keyless;
    }

    const DkimSlot& slot_;
    const SlotFacts& facts_;
    bool needed_;
    std::vector<Finding>& findings_;
};

}  // namespace

SlotState judge_slot(const DkimSlot& slot, const SlotFacts& facts, bool needed, std::vector<Finding>& findings) {
    return SlotJudge(slot, facts, needed, findings).judge();
}

}  // namespace ilbud
