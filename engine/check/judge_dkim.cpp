#include <algorithm>

#include "judge.hpp"

namespace ilbud {
namespace {

class SlotJudge {
 public:
    SlotJudge(const DkimSlot& slot, const SlotFacts& facts, std::string_view domain, bool needed, std::vector<Finding>& findings)
        : slot_(slot), facts_(facts), domain_(domain), needed_(needed), findings_(findings) {}

    SlotState judge() {
        if (std::find(facts_.chain.begin(), facts_.chain.end(), slot_.target) != facts_.chain.end()) return judge_key();
        if (facts_.alias.status == DnsStatus::failed) return unknown(facts_.alias.failure);
        if (facts_.alias.status == DnsStatus::found) return judge_wrong_alias();
        return judge_absence();
    }

 private:
    FindingBuilder add(FindingCode code, Severity severity) {
        FindingBuilder finding(findings_, code, severity, facts_.name);
        finding.fact("name", facts_.name).fact("selector", slot_.selector).fact("target", slot_.target);
        return finding;
    }

    [[nodiscard]] Severity missing() const { return needed_ ? Severity::fault : Severity::remark; }

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
        const auto& leads_to = facts_.chain.empty() ? std::string() : facts_.chain.front();
        const bool extended = leads_to.starts_with(slot_.target + '.');
        add(extended ? FindingCode::dkim_alias_extended : FindingCode::dkim_alias_wrong, missing())
            .found(facts_.alias.records)
            .publish(Remedy::replace, alias());
        return SlotState::wrong;
    }

    // A wildcard's TXT record is no key.
    static bool is_key(const std::string& record) {
        return parse_dkim_key(record).state != DkimKey::State::unusable || record.starts_with("v=DKIM1");
    }

    SlotState judge_absence() {
        if (facts_.key.status == DnsStatus::failed) return unknown(facts_.key.failure);
        if (std::any_of(facts_.key.records.begin(), facts_.key.records.end(), is_key)) {
            add(FindingCode::dkim_key_copied, missing()).found(facts_.key.records).publish(Remedy::replace, alias());
            return SlotState::wrong;
        }
        const auto& doubled = facts_.doubled.records;
        if (!doubled.empty() && doubled.front().starts_with(slot_.target)) {
            const auto there = facts_.name + '.' + std::string(domain_);
            add(FindingCode::dkim_alias_misplaced, missing())
                .found(doubled)
                .fact("misplaced", there)
                .publish(Remedy::publish, alias());
            return SlotState::missing;
        }
        add(FindingCode::dkim_alias_missing, missing()).publish(Remedy::publish, alias());
        return SlotState::missing;
    }

    SlotState judge_key() {
        if (!slot_.active) {
            add(FindingCode::dkim_idle, Severity::fine).found(facts_.alias.records);
            return SlotState::idle;
        }
        if (facts_.key.status == DnsStatus::failed) return unknown(facts_.key.failure);
        if (facts_.key.status != DnsStatus::found) return keyless(FindingCode::dkim_key_missing);
        if (facts_.key.records.size() > 1) return keyless(FindingCode::dkim_key_several);
        const auto key = parse_dkim_key(facts_.key.records.front());
        if (key.state == DkimKey::State::revoked) return keyless(FindingCode::dkim_key_revoked);
        if (key.state == DkimKey::State::unusable) return keyless(FindingCode::dkim_key_unusable);
        if (!slot_.record.empty()) {
            const auto ours = parse_dkim_key(slot_.record);
            if (key.algorithm != ours.algorithm || key.key != ours.key) return keyless(FindingCode::dkim_key_other);
        }
        if (key.testing) add(FindingCode::dkim_key_testing, Severity::remark).found(facts_.key.records).remedy(Remedy::ours);
        add(FindingCode::dkim_ready, Severity::fine).found(facts_.alias.records);
        return SlotState::ready;
    }

    // The customer's part is done; what stands at the target is ours.
    SlotState keyless(FindingCode code) {
        add(code, missing()).found(facts_.key.records).remedy(Remedy::ours);
        return SlotState::keyless;
    }

    const DkimSlot& slot_;
    const SlotFacts& facts_;
    std::string_view domain_;
    bool needed_;
    std::vector<Finding>& findings_;
};

}  // namespace

SlotState judge_slot(const DkimSlot& slot, const SlotFacts& facts, std::string_view domain, bool needed,
                     std::vector<Finding>& findings) {
    return SlotJudge(slot, facts, domain, needed, findings).judge();
}

}  // namespace ilbud
