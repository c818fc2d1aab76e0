// The openspf suite for RFC 7208: every case's result is among those that the suite allows, and explanations are the suite's.
#include <simdjson.h>

#include <iostream>

#include "ilbud/dns/ip_address.hpp"
#include "ilbud/spf/spf.hpp"
#include "support/run_task.hpp"
#include "support/testdata.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

using Json = simdjson::dom::element;

// The suite writes bytes as code points up to U+00FF.
std::string bytes_of(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80 || i + 1 == utf8.size())
            out += utf8[i];
        else
            out += static_cast<char>((c & 0x03U) << 6U | (static_cast<unsigned char>(utf8[++i]) & 0x3FU));
    }
    return out;
}

std::string joined(Json value) {
    if (value.is_string()) return bytes_of(value.get_string().value());
    std::string out;
    for (const auto part : value.get_array()) out += bytes_of(part.get_string().value());
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string full_address(const std::string& text) {
    const auto ip = parse_ip_address(text);
    return ip ? ip->text() : text;
}

void add_record(ZoneResolver& zones, const std::string& name, std::string_view type, Json value) {
    if (type == "MX")
        zones.add(name, RecordType::mx,
                  std::to_string(value.get_array().at(0).get_int64().value()) + ' ' +
                      std::string(value.get_array().at(1).get_string().value()));
    else
        zones.add(name,
                  type == "A"       ? RecordType::a
                  : type == "AAAA"  ? RecordType::aaaa
                  : type == "PTR"   ? RecordType::ptr
                  : type == "CNAME" ? RecordType::cname
                                    : RecordType::txt,
                  type == "A" || type == "AAAA" ? full_address(joined(value)) : joined(value));
}

// A name's records. Type SPF (99) is no more: what the suite writes as SPF is published as TXT, unless TXT is written too; the TXT
// "NONE" says that there is none. "TIMEOUT" fails what was not said.
void add_name(ZoneResolver& zones, const std::string& name, simdjson::dom::array records) {
    bool has_text = false;
    for (const auto record : records)
        if (record.is_object())
            for (const auto [type, value] : record.get_object()) has_text = has_text || type == "TXT";
    for (const auto record : records) {
        if (record.is_string()) {
            zones.fail_others(name);
            continue;
        }
        for (const auto [type, value] : record.get_object()) {
            if (type == "SPF" && has_text) continue;
            if (type == "TXT" && value.is_string() && value.get_string().value() == std::string_view("NONE")) continue;
            add_record(zones, name, type, value);
        }
    }
}

std::string member(simdjson::dom::object from, const char* name) {
    const auto value = from[name];
    return value.error() == simdjson::SUCCESS && value.is_string() ? bytes_of(value.get_string().value()) : std::string();
}

std::vector<std::string> alternatives(Json value) {
    std::vector<std::string> out;
    if (value.is_string()) return {joined(value)};
    for (const auto each : value.get_array()) out.push_back(joined(each));
    return out;
}

}  // namespace

TEST_CASE("spf: every case of the RFC 7208 suite has a result that the suite allows") {
    const auto folder = testdata("spf-rfc7208");
    if (!folder) return;
    simdjson::dom::parser parser;
    int cases = 0, explanations = 0;
    Json suite;
    REQUIRE(parser.load((*folder / "rfc7208-tests.json").string()).get(suite) == simdjson::SUCCESS);
    for (const auto scenario : suite.get_array()) {
        ZoneResolver zones;
        for (const auto [name, records] : scenario["zonedata"].get_object()) add_name(zones, bytes_of(name), records.get_array());
        for (const auto [name, test] : scenario["tests"].get_object()) {
            INFO(scenario["description"].get_string().value() << ": " << name);
            SpfQuestion question;
            question.ip = member(test, "host");
            question.mail_from = member(test, "mailfrom");
            question.helo = member(test, "helo");
            const auto outcome = run_task(check_spf(zones, question, SpfLimits{}));
            const auto allowed = alternatives(test["result"]);
            INFO("got " << to_text(outcome.result) << ": " << outcome.reason);
            CHECK(std::find(allowed.begin(), allowed.end(), std::string(to_text(outcome.result))) != allowed.end());
            CHECK(outcome.lookups <= 11);
            ++cases;
            if (test["explanation"].error() != simdjson::SUCCESS) continue;
            const auto expected = alternatives(test["explanation"]);
            INFO("explanation " << outcome.explanation);
            const auto got = outcome.explanation.empty() ? std::string("DEFAULT") : outcome.explanation;
            CHECK(std::find_if(expected.begin(), expected.end(), [&](const auto& text) { return lower(text) == lower(got); }) !=
                  expected.end());
            ++explanations;
        }
    }
    CHECK(cases >= 100);
    std::cout << "spf suite: " << cases << " cases, " << explanations << " explanations\n";
}
