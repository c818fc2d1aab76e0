/// The cases of tests/dns/data/dmarc_cases.json, and what our walk makes of one.
///
/// A case: a zone of TXT records, names that exist besides (they have an address), names whose questions fail; the domains of
/// From, of a DKIM signature and of SPF that passed; what must come out. `differs`: why mailauth says something else.
#pragma once
#include <simdjson.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ilbud/dns/dmarc_walk.hpp"
#include "support/run_task.hpp"
#include "support/zone_resolver.hpp"

namespace ilbud::test {

struct DmarcResult {
    std::string result;  ///< pass, fail, none, or temperror: the DNS failed where it matters
    std::string policy;
    std::string place;
    std::string organisation;  ///< empty: not known
    bool operator==(const DmarcResult&) const = default;
};

struct DmarcCase {
    std::string title;
    ZoneResolver zone;
    std::string from, dkim, spf, differs;
    DmarcResult expected;
};

inline DmarcResult dmarc_result(const simdjson::dom::element& json) {
    const auto text = [&](const char* name) { return std::string(std::string_view(json[name])); };
    return {text("result"), text("policy"), text("place"), text("organisation")};
}

inline std::filesystem::path dmarc_cases_file() {
    return std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/dns/data/dmarc_cases.json";
}

inline std::vector<DmarcCase> dmarc_cases() {
    simdjson::dom::parser parser;
    std::vector<DmarcCase> all;
    const simdjson::dom::element cases = parser.load(dmarc_cases_file().string());
    for (const simdjson::dom::element json : cases) {
        auto& one = all.emplace_back();
        const auto text = [&](const char* name) { return std::string(std::string_view(json[name])); };
        one.title = text("title");
        one.from = text("from");
        one.dkim = text("dkim");
        one.spf = text("spf");
        one.expected = dmarc_result(json["expected"]);
        if (json["differs"].error() == simdjson::SUCCESS) one.differs = text("differs");
        for (const auto [name, records] : simdjson::dom::object(json["zone"]))
            for (const std::string_view record : records.get_array())
                one.zone.add(std::string(name), RecordType::txt, std::string(record));
        if (json["exists"].error() == simdjson::SUCCESS)
            for (const std::string_view name : json["exists"].get_array())
                one.zone.add(std::string(name), RecordType::a, "192.0.2.1");
        if (json["fail"].error() == simdjson::SUCCESS)
            for (const std::string_view name : json["fail"].get_array()) one.zone.fail(std::string(name));
    }
    return all;
}

inline DmarcWalk walked(Resolver& resolver, const std::string& domain) {
    DmarcWalk walk(domain);
    while (!walk.question().empty()) walk.answer(run_task(resolver.query(walk.question(), RecordType::txt)));
    return walk;
}

/// As a receiver would judge a mail whose signature and SPF, where the case has them, pass.
inline DmarcResult judged(DmarcCase& one) {
    const auto author = walked(one.zone, one.from);
    const bool exists = run_task(one.zone.query(one.from, RecordType::a)).status != DnsStatus::no_name;
    const auto found = discover_dmarc(author, exists);
    DmarcResult out{"temperror", "", "", author.organisation().value_or("")};
    if (found.outcome == DmarcDiscovery::Outcome::unknown) return out;
    if (found.outcome == DmarcDiscovery::Outcome::none) return {"none", "", "", out.organisation};
    out.place = found.place->domain;
    bool known = true;
    const auto aligns = [&](const std::string& name, DmarcAlignment how) {
        if (name.empty()) return false;
        const auto answer = dmarc_aligned(author, walked(one.zone, name), how);
        known = known && answer.has_value();
        return answer.value_or(false);
    };
    const bool dkim = aligns(one.dkim, found.place->record->dkim), spf = aligns(one.spf, found.place->record->spf);
    if (!dkim && !spf && !known) return out;
    out.result = dkim || spf ? "pass" : "fail";
    out.policy = to_word(found.policy);
    return out;
}

}  // namespace ilbud::test
