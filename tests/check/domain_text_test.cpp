// The domain report in words. Golden files: tests/golden/domain/<case>.<language>.txt and .json; ILBUD_UPDATE_GOLDEN=1 writes
// them anew.
#include <simdjson.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <regex>
#include <set>

#include "check/domain_words.hpp"
#include "ilbud/check/domain_text.hpp"
#include "ilbud/render/format.hpp"
#include "support/prepared_zones.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr std::array languages{Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de};

std::set<std::string> placeholders(std::string_view text) {
    std::set<std::string> names;
    const std::string copy(text);
    static const std::regex placeholder(R"(\{(\w+)\})");
    for (std::sregex_iterator at(copy.begin(), copy.end(), placeholder), end; at != end; ++at) names.insert((*at)[1]);
    return names;
}

// The facts that a finding of each code brings, as the judges give them.
const std::map<std::string, std::set<std::string>>& facts_by_prefix() {
    static const std::map<std::string, std::set<std::string>> all{
        {"spf_fine", {"include"}},
        {"spf_older_include", {"include", "recommended"}},
        {"spf_through_includes", {"include", "via"}},
        {"spf_by_address", {"recommended"}},
        {"spf_include_not_counted", {"include", "term"}},
        {"spf_no_room", {"count", "most", "costs", "terms"}},
        {"spf_permits_all", {"term"}},
        {"spf_permits_half", {"term"}},
        {"spf_terms_left_out", {"terms"}},
        {"spf_terms_idle", {"terms"}},
        {"spf_terms_guessed", {"terms"}},
        {"spf_several", {"count"}},
        {"spf_include_missing", {"recommended"}},
        {"spf_invalid", {"detail", "cause"}},
        {"spf_too_many_lookups", {"count", "most", "costs"}},
        {"spf_near_lookup_limit", {"count", "most"}},
        {"spf_too_many_voids", {"count", "most"}},
        {"spf_source_passes", {"address"}},
        {"spf_partial", {"address", "result", "term", "record", "at_fault", "cause"}},
        {"spf_unknown", {"reason"}},
        {"dkim_alias_misplaced", {"name", "selector", "target", "misplaced"}},
        {"dkim_key_doubled_tag", {"name", "selector", "target", "tag"}},
        {"dkim_unknown", {"name", "selector", "target", "reason"}},
        {"dmarc_fine", {"policy"}},
        {"dmarc_inherited", {"policy", "organisation"}},
        {"dmarc_inherited_meanwhile", {"policy", "organisation"}},
        {"dmarc_misplaced", {"misplaced"}},
        {"dmarc_no_reports", {"organisation"}},
        {"dmarc_several", {"count"}},
        {"dmarc_version_wrong", {"shown", "position"}},
        {"dmarc_version_missing", {"shown", "position"}},
        {"dmarc_separator_wrong", {"shown", "position"}},
        {"dmarc_quoted", {"shown", "position"}},
        {"dmarc_tag_twice", {"tag", "position"}},
        {"dmarc_tag_obsolete", {"tag", "position"}},
        {"dmarc_softened", {"policy"}},
        {"dmarc_spf_alone", {"signing", "sender", "policy"}},
        {"dmarc_refused", {"signing", "sender", "policy", "organisation"}},
        {"dmarc_set_aside", {"signing", "sender", "policy", "organisation"}},
        {"dmarc_unsigned", {"signing", "sender", "policy", "organisation"}},
        {"dmarc_older_other", {"organisation", "policy"}},
        {"dmarc_unusable", {"tag", "position"}},
        {"dmarc_tag_ignored", {"tag", "position"}},
        {"dmarc_aligned", {"signing", "sender"}},
        {"dmarc_not_aligned", {"signing", "sender"}},
        {"dmarc_unknown", {"reason"}},
        {"mx_unresolved", {"host"}},
        {"mx_unknown", {"reason"}},
        {"source_fine", {"address", "host"}},
        {"source_without_name", {"address"}},
        {"source_not_confirmed", {"address", "host"}},
        {"source_unknown", {"address", "reason"}},
        {"helo_unresolved", {"host"}},
        {"tls_report_unusable", {"tag", "position"}},
        {"mta_sts_unusable", {"tag", "position"}},
        {"bimi_unusable", {"tag", "position"}},
        {"remark_unknown", {"name", "reason"}}};
    return all;
}

std::set<std::string> facts_of(FindingCode code) {
    const std::string word(to_word(code));
    std::set<std::string> names{"domain", "why", "help"};
    const auto found = facts_by_prefix().find(word);
    if (found != facts_by_prefix().end())
        names.insert(found->second.begin(), found->second.end());
    else if (word.starts_with("dkim_"))
        names.insert({"name", "selector", "target"});
    return names;
}

void compare(const std::string& name, const std::string& actual) {
    const auto file = std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/golden/domain" / name;
    if (std::getenv("ILBUD_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << actual;
        return;
    }
    INFO("golden file " << file << " (ILBUD_UPDATE_GOLDEN=1 writes it anew; read the difference)");
    REQUIRE(std::filesystem::exists(file));
    CHECK(actual == read_file(file));
}

// A zone with nearly everything wrong that can be wrong.
DomainReport troubled() {
    auto zones = prepared(Stage::nothing);
    zones.set(customer, RecordType::mx, "10 gone.example");
    zones.add(customer, RecordType::txt, "v=spf1 include:spf.old.example +all");
    zones.add("ilbud1._domainkey." + customer, RecordType::cname, "ilbud1._domainkey.ilbud.example");
    zones.set("ilbud1._domainkey.ilbud.example", RecordType::txt, other_key);
    zones.add("ilbud2._domainkey." + customer, RecordType::txt, our_key);
    zones.add("_dmarc." + customer, RecordType::txt, "v=DMARC1; p=quarantaine");
    zones.fail("_mta-sts." + customer);
    zones.remove("10.2.0.192.in-addr.arpa", RecordType::ptr);
    return check(zones);
}

// The platform's domain signs, SPF does not name us, and the customer's own policy is strict.
DomainReport refused() {
    auto zones = prepared(Stage::complete);
    zones.set(customer, RecordType::txt, "v=spf1 mx -all");
    for (const auto* each : {"ilbud1", "ilbud2"}) zones.remove(std::string(each) + "._domainkey." + customer, RecordType::cname);
    zones.set("_dmarc." + customer, RecordType::txt, "v=DMARC1; p=reject; pct=100; rua=mailto:dmarc@" + customer);
    auto asked = question();
    asked.platform_domain = "dkim.ilbud.example";
    return check(zones, asked);
}

// A DMARC record that receivers do not recognise.
DomainReport unrecognised() {
    auto zones = prepared(Stage::complete);
    zones.set("_dmarc." + customer, RecordType::txt, "v=DMARC1, p=quarantine, rua=dmarc@" + customer);
    return check(zones);
}

// More look-ups than receivers make, so that they never come to our include.
DomainReport over_limit() {
    auto zones = prepared(Stage::complete);
    std::string terms;
    for (int i = 0; i < 10; ++i) {
        const auto name = "n" + std::to_string(i) + ".news.example";
        zones.add(name, RecordType::txt, "v=spf1 -all");
        terms += " include:" + name;
    }
    zones.set(customer, RecordType::txt, "v=spf1 mx" + terms + " include:_spf.ilbud.example -all");
    return check(zones);
}

// Entered in full into forms that add the domain.
DomainReport misplaced() {
    auto zones = prepared(Stage::spf_only);
    zones.add("ilbud1._domainkey." + customer + '.' + customer, RecordType::cname, "ilbud1._domainkey.ilbud.example");
    zones.add("ilbud2._domainkey." + customer, RecordType::a, "198.51.100.7");
    zones.add("_dmarc." + customer + '.' + customer, RecordType::txt, "v=DMARC1; p=quarantine; rua=mailto:dmarc@" + customer);
    return check(zones);
}

}  // namespace

TEST_CASE("domain words: every code has words in every language, with the placeholders that its finding fills") {
    for (const auto language : languages) {
        const auto& words = domain_words(language);
        for (std::size_t i = 0; i < finding_codes; ++i) {
            const auto code = static_cast<FindingCode>(i);
            const auto& finding = words.findings[i];
            const auto& english = domain_words(Locale::en).findings[i];
            INFO(to_word(language) << ' ' << to_word(code));
            CHECK(finding.code == code);
            CHECK_FALSE(finding.found.empty());
            CHECK(finding.without.empty() == english.without.empty());
            CHECK(placeholders(finding.found) == placeholders(english.found));
            CHECK(placeholders(finding.without) == placeholders(english.without));
            const auto known = facts_of(code);
            for (const auto& name : placeholders(finding.found)) CHECK(known.count(name) == 1);
            for (const auto& name : placeholders(finding.without)) CHECK(known.count(name) == 1);
            CHECK((language == Locale::en || finding.found != english.found));
        }
    }
}

TEST_CASE("domain words: what is wrong says what happens because of it") {
    std::vector<DomainReport> reports{troubled(), refused(), unrecognised()};
    for (const auto& [stage, name] : stages) {
        auto zones = prepared(stage);
        reports.push_back(check(zones));
    }
    for (const auto& report : reports)
        for (const auto& finding : report.findings) {
            INFO(to_word(finding.code));
            CHECK(finding_text(finding, report.domain, Locale::da).without.empty() == (finding.severity == Severity::fine));
        }
}

TEST_CASE("domain_text: no placeholder is left, and no line is wider than 78 columns but for values to paste") {
    for (const auto language : languages)
        for (const auto& report : {troubled(), refused(), unrecognised(), [] {
                                       auto zones = prepared(Stage::nothing);
                                       return check(zones);
                                   }()}) {
            const auto text = domain_text(report, language);
            CHECK(text.find('{') == std::string::npos);
            CHECK(text.find("\n\n\n") == std::string::npos);
            std::istringstream lines(text);
            for (std::string line; std::getline(lines, line);) {
                INFO(to_word(language) << ": " << line);
                CHECK((display_width(line) <= 78 || line.find(customer) != std::string::npos ||
                       line.find("v=") != std::string::npos));
                CHECK_FALSE(line.ends_with(' '));
            }
        }
}

TEST_CASE("domain_text: prepared zones read as their golden files") {
    for (const auto& [stage, name] : stages) {
        auto zones = prepared(stage);
        const auto report = check(zones);
        for (const auto language : languages)
            compare(name + '.' + std::string(to_word(language)) + ".txt", domain_text(report, language));
        compare(name + ".json", domain_json(report, Locale::en) + '\n');
    }
    const std::vector<std::pair<std::string, DomainReport>> more{{"troubled", troubled()},
                                                                 {"refused", refused()},
                                                                 {"unrecognised", unrecognised()},
                                                                 {"over_limit", over_limit()},
                                                                 {"misplaced", misplaced()}};
    for (const auto& [name, report] : more)
        for (const auto language : languages)
            compare(name + '.' + std::string(to_word(language)) + ".txt", domain_text(report, language));
}

TEST_CASE("domain_text: a record that puts several things right stands there once") {
    const auto text = domain_text(troubled(), Locale::en);
    const std::string value = "v=spf1 include:_spf.ilbud.example ~all\n";
    const auto first = text.find(value);
    REQUIRE(first != std::string::npos);
    CHECK(text.find(value, first + 1) == std::string::npos);
    CHECK(text.find("puts this right as well") != std::string::npos);
}

TEST_CASE("domain_text: where SPF is replaced it was not said that the domain's other TXT records stay") {
    const auto text = domain_text(troubled(), Locale::en);
    CHECK_THAT(text, Catch::Contains("other TXT"));
    CHECK(text.find("other TXT") < text.find("DKIM: "));
    CHECK(text.find("other TXT", text.find("DKIM: ")) == std::string::npos);
}

TEST_CASE("domain_text: what a proposal leaves out stood among the suggestions, far from it, and ended in two dots") {
    auto zones = prepared(Stage::complete);
    zones.set(customer, RecordType::txt, "v=spf1 include:gone.example. include:_spf.ilbud.example ~all");
    const auto report = check(zones);
    REQUIRE(find(report, FindingCode::spf_terms_left_out) != nullptr);
    for (const auto language : languages) {
        const auto text = domain_text(report, language);
        const auto said = text.find("\"include:gone.example.\"", text.find(" IN TXT "));
        REQUIRE(said != std::string::npos);
        CHECK(said < text.find("\n2. "));
        CHECK(text.find("..") == std::string::npos);
        CHECK(records_text(report, language).find("\"include:gone.example.\"") != std::string::npos);
    }
}

TEST_CASE("domain_text: a name with other letters could not be read by its owner; now once, where it is first shown") {
    const std::string domain = "xn--smrrebrd-64af.example";
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::spf_only, domain);
    zones.set(domain, RecordType::mx, "10 mail.xn--bl-zia.example").add("_dmarc." + domain, RecordType::txt, "p=none");
    const auto report = check(zones, question(domain));
    for (const auto language : languages) {
        const auto text = domain_text(report, language);
        INFO(text);
        const auto first = text.find(domain);
        REQUIRE(first != std::string::npos);
        CHECK(text.find(" (smørrebrød.example)") == first + domain.size());
        CHECK(text.find("smørrebrød", first + domain.size() + 10) == std::string::npos);
        CHECK_THAT(text, Catch::Contains("mail.xn--bl-zia.example (mail.blå.example)"));
        CHECK_THAT(text, Catch::Contains("_dmarc." + domain + ". 3600 IN TXT"));
        CHECK_THAT(records_text(report, language), Catch::Contains("(ilbud1._domainkey.smørrebrød.example)"));
    }
    zones.set(domain, RecordType::mx, "10 mail.xn--zzzzzz99999.example");
    CHECK_FALSE(domain_text(check(zones, question(domain)), Locale::da).empty());
}

TEST_CASE("domain_text: how a proposal reads what can be meant in more than one way stands below it") {
    auto zones = prepared(Stage::complete);
    zones.set(customer, RecordType::txt, "v=spf1 ip4:203.0.113 mx -all");
    const auto report = check(zones);
    REQUIRE(find(report, FindingCode::spf_terms_guessed) != nullptr);
    for (const auto language : languages) {
        const auto text = domain_text(report, language);
        const auto said = text.find("\"ip4:203.0.113 \xe2\x96\xb6");
        CHECK(said > text.find(" IN TXT "));
        CHECK(said < text.find("\n2. "));
        CHECK(said == text.rfind("\"ip4:203.0.113 \xe2\x96\xb6"));
    }
}

TEST_CASE("domain_text: our name was called in order where our mail does not pass") {
    const auto text = domain_text(over_limit(), Locale::en);
    CHECK_THAT(text, !Catch::Contains("names us as a sender"));
    CHECK_THAT(text, Catch::Contains("\n     1   include:n0.news.example\n"));
}

TEST_CASE("domain_text: what was found was shown below every finding about it, and asked to be corrected where it cannot be") {
    auto zones = prepared(Stage::complete);
    std::string terms;
    for (int i = 0; i < 9; ++i) {
        zones.add("n" + std::to_string(i) + ".news.example", RecordType::txt, "v=spf1 -all");
        terms += " include:n" + std::to_string(i) + ".news.example";
    }
    zones.set(customer, RecordType::txt, "v=spf1 mx" + terms + " -all");
    const auto report = check(zones);
    REQUIRE(find(report, FindingCode::spf_include_missing) != nullptr);
    REQUIRE(find(report, FindingCode::spf_no_room) != nullptr);
    const auto text = domain_text(report, Locale::en);
    CHECK(text.find("v=spf1 mx") == text.rfind("v=spf1 mx"));
    CHECK(text.find("Please correct this") == text.rfind("Please correct this"));
    CHECK(text.find("Please correct this") > text.find("\n2. SPF"));
}

TEST_CASE("S26: control characters of a zone never reach a domain text") {
    auto zones = prepared(Stage::nothing);
    zones.add(customer, RecordType::txt, "v=spf1 \x1b[2J\xe2\x80\xae include:evil -all");
    zones.add("_dmarc." + customer, RecordType::txt, "v=DMARC1; \x1b]0;x\x07; p=none");
    const auto report = check(zones);
    for (const auto& text : {domain_text(report, Locale::da), domain_json(report, Locale::da)}) {
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find('\x07') == std::string::npos);
    }
    CHECK(domain_text(report, Locale::da).find("\xe2\x80\xae") == std::string::npos);
}

TEST_CASE("domain_json: is JSON with the findings and their records") {
    simdjson::dom::parser parser;
    const auto json = domain_json(troubled(), Locale::da);
    simdjson::dom::element report;
    REQUIRE(parser.parse(json).get(report) == simdjson::SUCCESS);
    CHECK(std::string_view(report["verdict"]) == "sendable");
    for (const simdjson::dom::element finding : report["findings"]) {
        CHECK(from_word<FindingCode>(std::string_view(finding["code"])));
        CHECK_FALSE(std::string_view(finding["text"]).empty());
        for (const simdjson::dom::element record : finding["publish"]) CHECK_FALSE(std::string_view(record["zone"]).empty());
    }
}

TEST_CASE("zone_text: one line where it fits, else several in parentheses, with every byte told") {
    DnsRecord record{"a.example", RecordType::cname, 1h, "b.example"};
    CHECK(zone_text(record) == "a.example. 3600 IN CNAME b.example.");
    CHECK(zone_text(record, 20) == "a.example. 3600 IN CNAME (\n    b.example. )");
    record = {"a.example", RecordType::txt, 5min, "say \"\\\" \xc3\xa5\n"};
    CHECK(zone_text(record) == R"(a.example. 300 IN TXT "say \"\\\" \195\165\010")");
    record.value = std::string(70, 'x');
    CHECK(zone_text(record) ==
          "a.example. 300 IN TXT (\n    \"" + std::string(60, 'x') + "\"\n    \"" + std::string(10, 'x') + "\" )");
    record.value = "v=spf1 include:" + std::string(30, 'a') + ".example include:" + std::string(30, 'b') + ".example -all";
    CHECK(zone_text(record) == "a.example. 300 IN TXT (\n    \"v=spf1 include:" + std::string(30, 'a') +
                                   ".example \"\n    \"include:" + std::string(30, 'b') + ".example -all\" )");
    record.value = std::string(300, 'x');
    CHECK(zone_text(record, std::string::npos) ==
          "a.example. 300 IN TXT ( \"" + std::string(255, 'x') + "\" \"" + std::string(45, 'x') + "\" )");
}

TEST_CASE("records_text: only what the domain's owner publishes") {
    auto zones = prepared(Stage::spf_only);
    const auto text = records_text(check(zones), Locale::da);
    CHECK(text.find("ilbud1._domainkey") != std::string::npos);
    CHECK(text.find("ilbud2._domainkey") != std::string::npos);
    CHECK(text.find("_dmarc") != std::string::npos);
    CHECK(text.find("Gmail:") == std::string::npos);
    auto complete = prepared(Stage::complete);
    CHECK(records_text(check(complete), Locale::da).empty());
}
