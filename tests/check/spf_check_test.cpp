// R26: whether SPF lets our mail pass is found out as a receiver does it, and what is said of it is what its owner needs.
#include <catch2/catch.hpp>

#include "ilbud/check/domain_text.hpp"
#include "support/prepared_zones.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

/// A complete customer but for the SPF record.
DomainReport with_spf(const std::vector<std::string>& records, const std::function<void(ZoneResolver&)>& change = {},
                      const DomainQuestion& asked = question()) {
    auto zones = prepared(Stage::complete);
    zones.remove(customer, RecordType::txt);
    zones.add("_spf.host.example", RecordType::txt, "v=spf1 ip4:203.0.113.0/24 -all");
    for (const auto& record : records) zones.add(customer, RecordType::txt, record);
    if (change) change(zones);
    return check(zones, asked);
}

DomainQuestion without_addresses() {
    auto asked = question();
    asked.source_addresses.clear();
    return asked;
}

/// Whatever is known of our addresses must come out alike.
std::array<DomainReport, 2> both(const std::vector<std::string>& records, const std::function<void(ZoneResolver&)>& change = {}) {
    return {with_spf(records, change), with_spf(records, change, without_addresses())};
}

std::string proposal(const DomainReport& report, FindingCode code) {
    const auto* finding = find(report, code);
    return finding == nullptr || finding->publish.empty() ? "" : finding->publish.front().value;
}

std::function<void(ZoneResolver&)> services(int count) {
    return [count](ZoneResolver& zones) {
        for (int i = 0; i < count; ++i) zones.add("n" + std::to_string(i) + ".news.example", RecordType::txt, "v=spf1 -all");
    };
}

std::string include_services(int count) {
    std::string terms;
    for (int i = 0; i < count; ++i) terms += " include:n" + std::to_string(i) + ".news.example";
    return terms;
}

}  // namespace

TEST_CASE("R26: an include behind all authorises nobody") {
    for (const auto& report : both({"v=spf1 mx -all include:_spf.ilbud.example"})) {
        CHECK(report.verdict == DomainVerdict::blocked);
        const auto* finding = find(report, FindingCode::spf_include_not_counted);
        REQUIRE(finding != nullptr);
        CHECK(fact(*finding, "term") == "-all");
        CHECK(finding->remedy == Remedy::replace);
        CHECK(proposal(report, FindingCode::spf_include_not_counted) == "v=spf1 mx include:_spf.ilbud.example -all");
        CHECK(find(report, FindingCode::spf_fine) == nullptr);
    }
}

TEST_CASE("R26: an include with another qualifier authorises nobody") {
    for (const auto* sign : {"-", "~", "?"})
        for (const auto& report : both({"v=spf1 mx " + std::string(sign) + "include:_spf.ilbud.example ~all"})) {
            CHECK(report.verdict == DomainVerdict::blocked);
            CHECK(proposal(report, FindingCode::spf_include_not_counted) == "v=spf1 mx include:_spf.ilbud.example ~all");
        }
}

TEST_CASE("R26: an include that is misspelt as a modifier, which no receiver refuses, is told and mended") {
    for (const auto* word : {"include=_spf.ilbud.example", "INCLUDE=_spf.ilbud.example"})
        for (const auto& report : both({"v=spf1 mx " + std::string(word) + " ~all"})) {
            CHECK(report.verdict == DomainVerdict::blocked);
            REQUIRE(find(report, FindingCode::spf_include_not_counted) != nullptr);
            CHECK(fact(*find(report, FindingCode::spf_include_not_counted), "term") == word);
            CHECK(proposal(report, FindingCode::spf_include_not_counted) == "v=spf1 mx include:_spf.ilbud.example ~all");
        }
}

TEST_CASE("S43: without SPF, and with mail servers that nobody could look up, nothing is proposed yet") {
    const auto report = with_spf({}, [](auto& zones) { zones.fail_others(customer); });
    const auto unknown_servers = with_spf({"google-site-verification=x"},
                                          [](auto& zones) { zones.remove(customer, RecordType::mx).fail_others(customer); });
    CHECK(report.verdict == DomainVerdict::unknown);
    REQUIRE(find(unknown_servers, FindingCode::spf_missing) != nullptr);
    CHECK(find(unknown_servers, FindingCode::spf_missing)->publish.empty());
    CHECK(find(unknown_servers, FindingCode::spf_missing)->remedy == Remedy::later);
}

TEST_CASE("R26: an include in another record counts only if that record lets it pass, at every level") {
    for (const auto* inner : {"v=spf1 -all include:_spf.ilbud.example", "v=spf1 ?include:_spf.ilbud.example -all",
                              "v=spf1 -include:_spf.ilbud.example ~all", "v=spf1 -include:more.example -all"})
        for (const auto& report : both({"v=spf1 include:all.example -all"}, [&](auto& zones) {
                 zones.add("all.example", RecordType::txt, inner);
                 zones.add("more.example", RecordType::txt, "v=spf1 include:_spf.ilbud.example -all");
             })) {
            CAPTURE(inner);
            CHECK(report.verdict == DomainVerdict::blocked);
            CHECK(proposal(report, FindingCode::spf_include_missing) ==
                  "v=spf1 include:all.example include:_spf.ilbud.example -all");
        }
}

TEST_CASE("R26: terms behind all cost nothing, in whosever record") {
    for (const auto& report :
         both({"v=spf1 include:_spf.ilbud.example include:more.example -all" + include_services(11)}, [](auto& zones) {
             services(11)(zones);
             zones.add("more.example", RecordType::txt, "v=spf1 mx:a.example ~all" + include_services(9));
             zones.add("a.example", RecordType::mx, "10 mail.host.example");
         })) {
        CHECK(report.verdict == DomainVerdict::complete);
        CHECK(find(report, FindingCode::spf_too_many_lookups) == nullptr);
        CHECK(find(report, FindingCode::spf_near_lookup_limit) == nullptr);
    }
}

TEST_CASE("R26: where all our addresses pass the domain is not blocked, whatever lets them") {
    const std::vector<std::string> records{"v=spf1 include:%{ir}.%{v}.%{d}.spf.hosted.example ~all",
                                           "v=spf1 exists:%{i}.%{l}.ok.example -all",
                                           "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",
                                           "v=spf1 a:out1.ilbud.example -all",
                                           "v=spf1 mx:ours.example -all",
                                           "v=spf1 redirect=%{v}.redirected.example"};
    for (const auto& record : records) {
        CAPTURE(record);
        const auto report = with_spf({record}, [](auto& zones) {
            for (const auto* address :
                 {"10.2.0.192.in-addr", "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6"})
                zones.add(std::string(address) + ".dagbladet.example.spf.hosted.example", RecordType::txt,
                          "v=spf1 include:%{d2} ip4:192.0.2.10 ip6:2001:db8::10 -all");
            zones.add("hosted.example", RecordType::txt, "v=spf1 -all");
            for (const auto* local : {"faktura", "kundeservice"})
                for (const auto* address : {"192.0.2.10", "2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0"})
                    zones.add(std::string(address) + "." + local + ".ok.example", RecordType::a, "127.0.0.2");
            zones.add("ours.example", RecordType::mx, "1 out1.ilbud.example");
            for (const auto* family : {"in-addr", "ip6"})
                zones.add(std::string(family) + ".redirected.example", RecordType::txt, "v=spf1 a:out1.ilbud.example -all");
        });
        CHECK(report.verdict == DomainVerdict::complete);
        CHECK(find(report, FindingCode::spf_by_address) != nullptr);
        CHECK(find(report, FindingCode::spf_include_missing) == nullptr);
    }
}

TEST_CASE("R26: an address that the customer's own term refuses is the customer's to mend") {
    const auto report = with_spf({"v=spf1 -ip4:192.0.2.0/24 include:_spf.ilbud.example ~all"});
    CHECK(report.verdict == DomainVerdict::blocked);
    const auto* partial = find(report, FindingCode::spf_partial);
    REQUIRE(partial != nullptr);
    CHECK(fact(*partial, "address") == "192.0.2.10");
    CHECK(fact(*partial, "term") == "-ip4:192.0.2.0/24");
    CHECK(fact(*partial, "result") == "fail");
    CHECK(fact(*partial, "record") == customer);
    CHECK(fact(*partial, "at_fault") == "domain");
    CHECK(partial->remedy == Remedy::replace);
    CHECK(proposal(report, FindingCode::spf_partial) == "v=spf1 include:_spf.ilbud.example -ip4:192.0.2.0/24 ~all");
    CHECK(fact(*find(report, FindingCode::spf_source_passes), "address") == "2001:db8::10");
}

TEST_CASE("R26: an address that our own record forgets is ours to mend, and blocks all the same") {
    auto asked = question();
    asked.source_addresses = {"192.0.2.10", "192.0.2.99"};
    const auto report = with_spf({"v=spf1 mx include:_spf.ilbud.example ~all"}, {}, asked);
    CHECK(report.verdict == DomainVerdict::blocked);
    const auto* partial = find(report, FindingCode::spf_partial);
    REQUIRE(partial != nullptr);
    CHECK(fact(*partial, "address") == "192.0.2.99");
    CHECK(fact(*partial, "result") == "softfail");
    CHECK(fact(*partial, "term") == "include:_spf.ilbud.example");
    CHECK(fact(*partial, "record") == "_spf.ilbud.example");
    CHECK(fact(*partial, "at_fault") == "platform");
    CHECK(partial->remedy == Remedy::ours);
    CHECK(report.providers[0].large_volume == RuleAnswer::fails);
}

TEST_CASE("R26: some of our addresses named one by one are not enough") {
    auto asked = question();
    asked.source_addresses = {"192.0.2.10", "192.0.2.11"};
    const auto report = with_spf({"v=spf1 ip4:192.0.2.11 -all"}, {}, asked);
    CHECK(report.verdict == DomainVerdict::blocked);
    CHECK(fact(*find(report, FindingCode::spf_partial), "address") == "192.0.2.10");
    CHECK(proposal(report, FindingCode::spf_include_missing) == "v=spf1 ip4:192.0.2.11 include:_spf.ilbud.example -all");
}

TEST_CASE("R26: a redirect of one of two records is kept as an include") {
    const auto report = with_spf({"v=spf1 redirect=_spf.host.example", "v=spf1 include:_spf.ilbud.example ~all"});
    CHECK(report.verdict == DomainVerdict::blocked);
    CHECK(proposal(report, FindingCode::spf_several) == "v=spf1 include:_spf.host.example include:_spf.ilbud.example ~all");
}

TEST_CASE("R26: what is proposed is sound where what stands there is not") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"v=spf1 mx include:_spf.ilbud.example ~all;", "v=spf1 mx include:_spf.ilbud.example ~all"},
        {"v=spf1 ipv4:203.0.113.9 ~all", "v=spf1 ip4:203.0.113.9 include:_spf.ilbud.example ~all"},
        {"v=spf1 mx, include:_spf.host.example, -all", "v=spf1 mx include:_spf.host.example include:_spf.ilbud.example -all"},
        {"v=spf1 include:_spf.host.exampleinclude:_spf.ilbud.example-all",
         "v=spf1 include:_spf.host.example include:_spf.ilbud.example -all"},
        {"v=spf1 include:gone.example include:_spf.ilbud.example -all", "v=spf1 include:_spf.ilbud.example -all"}};
    for (const auto& [broken, sound] : cases) {
        CAPTURE(broken);
        const auto report = with_spf({broken});
        CHECK(report.verdict == DomainVerdict::blocked);
        CHECK(proposal(report, FindingCode::spf_invalid) == sound);
        const bool named = broken.find("_spf.ilbud.example") != std::string::npos;
        CHECK((find(report, FindingCode::spf_include_missing) == nullptr) == named);
        CHECK(with_spf({sound}).verdict == DomainVerdict::complete);
    }
    // What nobody understands is for its owner.
    const auto unclear = with_spf({"v=spf1 ip4:203.0.113.0/33 -all"});
    CHECK(find(unclear, FindingCode::spf_invalid)->remedy == Remedy::correct);
    CHECK(find(unclear, FindingCode::spf_invalid)->publish.empty());
}

TEST_CASE("R26: a record that is meant as SPF and is none is not called missing") {
    for (const auto* text : {"\"v=spf1 mx include:_spf.ilbud.example ~all\"", "v=spf1;mx;include:_spf.ilbud.example;~all",
                             "v=spf1,mx,include:_spf.ilbud.example,~all", " v=spf1 mx include:_spf.ilbud.example ~all",
                             "spf1 mx include:_spf.ilbud.example ~all", "v=spf1mx include:_spf.ilbud.example ~all"}) {
        CAPTURE(text);
        const auto report = with_spf({text, "google-site-verification=x"});
        CHECK(find(report, FindingCode::spf_missing) == nullptr);
        const auto* finding = find(report, FindingCode::spf_unrecognised);
        REQUIRE(finding != nullptr);
        CHECK(finding->found == std::vector<std::string>{text});
        CHECK(finding->remedy == Remedy::replace);
        CHECK(proposal(report, FindingCode::spf_unrecognised) == "v=spf1 mx include:_spf.ilbud.example ~all");
    }
}

TEST_CASE("R26: what is meant beside a record that counts is shown, and not lost in the proposal") {
    const auto report = with_spf({"v=spf1 ip4:203.0.113.9 -all", "\"v=spf1 include:_spf.ilbud.example ip4:203.0.113.77 -all\""});
    CHECK(report.verdict == DomainVerdict::blocked);
    REQUIRE(find(report, FindingCode::spf_include_missing) != nullptr);
    CHECK(find(report, FindingCode::spf_include_missing)->found.size() == 2);
    CHECK(proposal(report, FindingCode::spf_include_missing) ==
          "v=spf1 ip4:203.0.113.9 ip4:203.0.113.77 include:_spf.ilbud.example -all");
}

TEST_CASE("check_domain: where a text stands behind a CNAME, that is told, and its end is where it is to be changed") {
    const auto report = with_spf({}, [](auto& zones) {
        zones.remove(customer, RecordType::mx).set(customer, RecordType::cname, "pages.host.example");
        zones.add("pages.host.example", RecordType::txt, "v=spf1 ip4:203.0.113.9 -all");
        zones.remove("_dmarc." + customer, RecordType::txt).set("_dmarc." + customer, RecordType::cname, "dm.host.example");
        zones.add("dm.host.example", RecordType::txt, "v=dmarc1; p=none");
    });
    const auto* spf = find(report, FindingCode::spf_include_missing);
    REQUIRE(spf != nullptr);
    CHECK(spf->found == std::vector<std::string>{"CNAME pages.host.example.", "v=spf1 ip4:203.0.113.9 -all"});
    REQUIRE(spf->publish.size() == 1);
    CHECK(spf->publish[0].name == "pages.host.example");
    const auto* dmarc = find(report, FindingCode::dmarc_version_wrong);
    REQUIRE(dmarc != nullptr);
    CHECK(dmarc->found.front() == "CNAME dm.host.example.");
    REQUIRE(dmarc->publish.size() == 1);
    CHECK(dmarc->publish[0].name == "dm.host.example");
}

TEST_CASE("R26: too many look-ups block our mail only where it comes to them") {
    const auto last = with_spf({"v=spf1" + include_services(10) + " include:_spf.ilbud.example -all"}, services(10));
    CHECK(last.verdict == DomainVerdict::blocked);
    const auto* over = find(last, FindingCode::spf_too_many_lookups);
    REQUIRE(over != nullptr);
    CHECK(over->severity == Severity::fault);
    CHECK(fact(*over, "count") == "11");
    CHECK_THAT(fact(*over, "costs"), Catch::StartsWith("include:n0.news.example 1, include:n1.news.example 1, "));
    // First, our mail passes; the domain's other mail is harmed.
    const auto first = with_spf({"v=spf1 include:_spf.ilbud.example" + include_services(10) + " -all"}, services(10));
    CHECK(first.verdict == DomainVerdict::complete);
    CHECK(find(first, FindingCode::spf_too_many_lookups)->severity == Severity::warning);
    // Without addresses to try, nobody can say so.
    CHECK(with_spf({"v=spf1 include:_spf.ilbud.example" + include_services(10) + " -all"}, services(10), without_addresses())
              .verdict == DomainVerdict::blocked);
    const auto near = with_spf({"v=spf1 include:_spf.ilbud.example" + include_services(9) + " -all"}, services(9));
    CHECK(near.verdict == DomainVerdict::complete);
    REQUIRE(find(near, FindingCode::spf_near_lookup_limit) != nullptr);
    CHECK(find(near, FindingCode::spf_near_lookup_limit)->severity == Severity::remark);
}

TEST_CASE("R26: a record over the look-up limit was told three times; once, with what each part costs and what could go") {
    for (const auto& report : both({"v=spf1 mx" + include_services(10) + " include:_spf.ilbud.example -all"}, services(10))) {
        const auto* over = find(report, FindingCode::spf_too_many_lookups);
        REQUIRE(over != nullptr);
        CHECK(fact(*over, "count") == "12");
        CHECK(fact(*over, "terms") == "include:n9.news.example, include:n8.news.example");
        CHECK(find(report, FindingCode::spf_no_room) == nullptr);
        CHECK(find(report, FindingCode::spf_partial) == nullptr);
        const auto text = domain_text(report, Locale::da);
        CHECK_THAT(text, Catch::Contains("fjerne") && Catch::Contains("     1   include:n9.news.example\n"));
        CHECK_THAT(text, !Catch::Contains("Med vores navn"));
    }
}

TEST_CASE("R26: a record that cannot be read was told once more for each of our addresses") {
    const auto report = with_spf({"v=spf1 ipv4:203.0.113.9 include:_spf.ilbud.example -all"});
    CHECK(find(report, FindingCode::spf_invalid) != nullptr);
    CHECK(find(report, FindingCode::spf_partial) == nullptr);
}

TEST_CASE("R26: look-ups in vain block our mail only where it comes to them, and the proposal goes without them") {
    const std::string voids = " exists:v0.news.example a:v1.news.example mx:v2.news.example";
    const auto first = with_spf({"v=spf1 include:_spf.ilbud.example" + voids + " -all"});
    CHECK(first.verdict == DomainVerdict::complete);
    CHECK(find(first, FindingCode::spf_too_many_voids)->severity == Severity::warning);
    const auto last = with_spf({"v=spf1" + voids + " include:_spf.ilbud.example -all"});
    CHECK(last.verdict == DomainVerdict::blocked);
    CHECK(find(last, FindingCode::spf_too_many_voids)->severity == Severity::fault);
    CHECK(proposal(last, FindingCode::spf_too_many_voids) ==
          "v=spf1 exists:v0.news.example a:v1.news.example include:_spf.ilbud.example -all");
    REQUIRE(find(last, FindingCode::spf_terms_left_out) != nullptr);
    CHECK(fact(*find(last, FindingCode::spf_terms_left_out), "terms") == "mx:v2.news.example");
}

TEST_CASE("R26: where our name would be one look-up too many, it is said what costs how many and what could go") {
    const auto report = with_spf({"v=spf1 mx" + include_services(9) + " -all"}, services(9));
    CHECK(report.verdict == DomainVerdict::blocked);
    const auto* none = find(report, FindingCode::spf_no_room);
    REQUIRE(none != nullptr);
    CHECK(fact(*none, "count") == "11");
    CHECK(fact(*none, "terms") == "include:n0.news.example");  // not the domain's own servers
    CHECK_THAT(fact(*none, "costs"), Catch::Contains("include:n8.news.example 1"));
    CHECK(find(report, FindingCode::spf_include_missing)->remedy == Remedy::correct);
    for (const auto& finding : report.findings) CHECK(finding.publish.empty());
}

TEST_CASE("R26: whoever lets everybody pass is told, by whatever term and in whosever record") {
    for (const auto* record :
         {"v=spf1 include:_spf.ilbud.example +all", "v=spf1 include:_spf.ilbud.example all",
          "v=spf1 include:_spf.ilbud.example ip4:0.0.0.0/0 -all", "v=spf1 include:_spf.ilbud.example a/0 -all",
          "v=spf1 include:_spf.ilbud.example include:open.example -all",
          "v=spf1 include:_spf.ilbud.example redirect=open.example"}) {
        CAPTURE(record);
        const auto report = with_spf({record}, [](auto& zones) {
            zones.add("open.example", RecordType::txt, "v=spf1 +all").add(customer, RecordType::a, "203.0.113.80");
        });
        REQUIRE(find(report, FindingCode::spf_permits_all) != nullptr);
        CHECK(find(report, FindingCode::spf_permits_all)->severity == Severity::warning);
    }
    for (const auto* record :
         {"v=spf1 include:_spf.ilbud.example -all +all", "v=spf1 include:_spf.ilbud.example -include:open.example -all"})
        CHECK(find(with_spf({record}, [](auto& zones) { zones.add("open.example", RecordType::txt, "v=spf1 +all"); }),
                   FindingCode::spf_permits_all) == nullptr);
}

TEST_CASE("S43: a silent DNS decides only where our mail comes to it") {
    const auto fail = [](auto& zones) { zones.fail("_spf.host.example"); };
    CHECK(with_spf({"v=spf1 include:_spf.ilbud.example include:_spf.host.example -all"}, fail).verdict ==
          DomainVerdict::complete);
    CHECK(with_spf({"v=spf1 include:_spf.host.example include:_spf.ilbud.example -all"}, fail).verdict == DomainVerdict::unknown);
    CHECK(with_spf({"v=spf1 include:_spf.host.example -all"}, fail).verdict == DomainVerdict::unknown);
    for (const auto& report : both({"v=spf1 include:_spf.host.example -all"}, fail))
        CHECK(find(report, FindingCode::spf_include_missing) == nullptr);
}

TEST_CASE("R26: what stands in the record and counts for nothing is told, with the record as it was meant") {
    const std::string ours = "include:_spf.ilbud.example";
    for (const auto& report : both({"v=spf1 ip4=203.0.113.9 a:mx.host.example " + ours + " -all"})) {
        CHECK(report.verdict == DomainVerdict::complete);
        const auto* idle = find(report, FindingCode::spf_terms_idle);
        REQUIRE(idle != nullptr);
        CHECK(idle->severity == Severity::warning);
        CHECK(fact(*idle, "terms") == "ip4=203.0.113.9");
        CHECK(proposal(report, FindingCode::spf_terms_idle) == "v=spf1 ip4:203.0.113.9 a:mx.host.example " + ours + " -all");
    }
    for (const auto& report : both({"v=spf1 " + ours + " -all ip4:203.0.113.9 redirect=_spf.host.example foo=bar"})) {
        CHECK(report.verdict == DomainVerdict::complete);
        const auto* idle = find(report, FindingCode::spf_terms_idle);
        REQUIRE(idle != nullptr);
        CHECK(fact(*idle, "terms") == "ip4:203.0.113.9, redirect=_spf.host.example");
        CHECK(idle->remedy == Remedy::correct);
    }
    for (const auto& report : both({"v=spf1 " + ours + " -all v=spf1 a:mx.host.example -all"})) {  // two in one
        REQUIRE(find(report, FindingCode::spf_terms_idle) != nullptr);
        CHECK(fact(*find(report, FindingCode::spf_terms_idle), "terms") == "a:mx.host.example");
        CHECK(proposal(report, FindingCode::spf_terms_idle) == "v=spf1 " + ours + " a:mx.host.example -all");
    }
    for (const auto& report : both({"v=spf1 mx foo=bar exp=why.example " + ours + " redirect=_spf.host.example"}))
        CHECK(find(report, FindingCode::spf_terms_idle) == nullptr);
    for (const auto& report : both({"v=spf1 mx ipv4:203.0.113.9 " + ours + " -all"}))  // invalid, which is said
        CHECK(find(report, FindingCode::spf_terms_idle) == nullptr);
}

TEST_CASE("R26: a redirect to us beside all is told as one that does not count") {
    for (const auto& report : both({"v=spf1 mx ~all redirect=_spf.ilbud.example"})) {
        CHECK(report.verdict == DomainVerdict::blocked);
        const auto* finding = find(report, FindingCode::spf_include_not_counted);
        REQUIRE(finding != nullptr);
        CHECK(fact(*finding, "term") == "~all");
        CHECK(proposal(report, FindingCode::spf_include_not_counted) == "v=spf1 mx include:_spf.ilbud.example ~all");
        CHECK(find(report, FindingCode::spf_include_missing) == nullptr);
        CHECK(find(report, FindingCode::spf_terms_idle) == nullptr);
    }
}

TEST_CASE("R26: a term that turns our mail away before it comes to our name is named") {
    const auto aggregator = [](auto& zones) {
        zones.add("agg.example", RecordType::txt, "v=spf1 include:_spf.ilbud.example include:_spf.host.example -all");
    };
    for (const std::string term : {"-include:agg.example", "?include:_spf.ilbud.example"})
        for (const auto& report : both({"v=spf1 " + term + " mx include:_spf.ilbud.example -all"}, aggregator)) {
            CAPTURE(term);
            CHECK(report.verdict == DomainVerdict::blocked);
            const auto* finding = find(report, FindingCode::spf_include_not_counted);
            REQUIRE(finding != nullptr);
            CHECK(fact(*finding, "term") == term);
            const auto record = proposal(report, FindingCode::spf_include_not_counted);
            CHECK(record == (term.front() == '?' ? "v=spf1 mx include:_spf.ilbud.example -all"
                                                 : "v=spf1 include:_spf.ilbud.example -include:agg.example mx -all"));
        }
    const std::string record = "v=spf1 ~ip4:0.0.0.0/0 mx include:_spf.ilbud.example -all";
    const auto unknown_addresses = with_spf({record}, {}, without_addresses());
    const auto* finding = find(unknown_addresses, FindingCode::spf_include_not_counted);
    REQUIRE(finding != nullptr);
    CHECK(fact(*finding, "term") == "~ip4:0.0.0.0/0");
    // Where we send by IPv6 as well, the name is reached, and the address that is turned away is told.
    REQUIRE(find(with_spf({record}), FindingCode::spf_partial) != nullptr);
    CHECK(fact(*find(with_spf({record}), FindingCode::spf_partial), "term") == "~ip4:0.0.0.0/0");
}

TEST_CASE("R26: a term that may be meant otherwise is shown beside the proposal") {
    for (const auto& report : both({"v=spf1 ip4:203.0.113 mx -all"})) {
        const auto* guessed = find(report, FindingCode::spf_terms_guessed);
        REQUIRE(guessed != nullptr);
        CHECK(fact(*guessed, "terms") == "ip4:203.0.113 \xe2\x96\xb6 ip4:203.0.113.0/24");
    }
    for (const auto& report : both({"v=spf1 ipv4:203.0.113.9 mx -all"}))
        CHECK(find(report, FindingCode::spf_terms_guessed) == nullptr);
}

TEST_CASE("R26: of a record of five thousand bytes only the truth is said") {
    std::string terms;
    for (int i = 0; i < 350; ++i) terms += " ip4:203.0.113." + std::to_string(i % 250);
    for (const auto& report : both({"v=spf1" + terms + " include:_spf.ilbud.example -all"})) {
        CHECK(report.verdict == DomainVerdict::complete);
        CHECK(find(report, FindingCode::spf_invalid) == nullptr);
        CHECK(find(report, FindingCode::spf_fine) != nullptr);
    }
}

TEST_CASE("R26: an error in our own record is ours to mend, and not a fault of the customer's record") {
    for (const auto& report : both({"v=spf1 mx include:_spf.ilbud.example ~all"}, [](auto& zones) {
             zones.set("_spf.ilbud.example", RecordType::txt, "v=spf1 ip4:192.0.2 -all");
         })) {
        REQUIRE(find(report, FindingCode::spf_invalid) != nullptr);
        CHECK(find(report, FindingCode::spf_invalid)->remedy == Remedy::ours);
        for (const auto& finding : report.findings) CHECK(finding.publish.empty());
    }
}

TEST_CASE("S43: a name that does not answer was told once for each of our addresses") {
    const auto report = with_spf({"v=spf1 include:_spf.host.example include:_spf.ilbud.example -all"},
                                 [](auto& zones) { zones.fail("_spf.host.example"); });
    CHECK(std::count_if(report.findings.begin(), report.findings.end(),
                        [](const Finding& each) { return each.code == FindingCode::spf_unknown; }) == 1);
}

TEST_CASE("R26: without known addresses, those that our own record permits show what turns our mail away") {
    const auto include = [](auto& zones) { zones.add("wide.example", RecordType::txt, "v=spf1 ip4:192.0.2.0/24 -all"); };
    for (const std::string term :
         {"-ip4:192.0.2.0/24", "~ip4:128.0.0.0/1", "-include:wide.example", "-include:spf.old.example"}) {
        CAPTURE(term);
        const auto report = with_spf({"v=spf1 mx " + term + " include:_spf.ilbud.example -all"}, include, without_addresses());
        CHECK(report.verdict == DomainVerdict::blocked);
        const auto* finding = find(report, FindingCode::spf_include_not_counted);
        REQUIRE(finding != nullptr);
        CHECK(fact(*finding, "term") == term);
        CHECK(proposal(report, FindingCode::spf_include_not_counted) == "v=spf1 mx include:_spf.ilbud.example " + term + " -all");
    }
}

TEST_CASE("R26: what is permitted elsewhere, or was refused, is not told as counting for nothing") {
    const std::string ours = "include:_spf.ilbud.example";
    for (const auto& record : {"v=spf1 mx " + ours + " -all mx", "v=spf1 " + ours + " -all -ip4:203.0.113.9",
                               "v=spf1 " + ours + " +all mx", "v=spf1 mx " + ours + " redirect=_spf.ilbud.example -all"}) {
        CAPTURE(record);
        CHECK(find(with_spf({record}), FindingCode::spf_terms_idle) == nullptr);
    }
}

TEST_CASE("R26: of a record that nobody can read, only that is said") {
    for (const auto& report : both({"v=spf1 foobar include:_spf.ilbud.example... -all<br>"})) {
        CHECK(find(report, FindingCode::spf_invalid) != nullptr);
        CHECK(find(report, FindingCode::spf_include_missing) == nullptr);
        CHECK(find(report, FindingCode::spf_neutral_end) == nullptr);
    }
}
