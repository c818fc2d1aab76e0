// DMARC records: read, recognised though they are broken, and mended.
#include <catch2/catch.hpp>

#include <random>

#include "ilbud/dns/dmarc_record.hpp"

using namespace ilbud;

namespace {

using Flaw = RecordProblem::Kind;
using Slip = DmarcSlip::Kind;

std::vector<std::pair<Flaw, std::string>> brief(const std::vector<RecordProblem>& problems) {
    std::vector<std::pair<Flaw, std::string>> out;
    for (const auto& each : problems) out.emplace_back(each.kind, each.tag);
    return out;
}

std::optional<Slip> slip_of(std::string_view text) {
    const auto slip = dmarc_slip(text);
    return slip ? std::optional(slip->kind) : std::nullopt;
}

std::string mended(const std::string& record, DmarcPolicy at_most = DmarcPolicy::none) {
    return dmarc_proposal({record}, at_most);
}

}  // namespace

TEST_CASE("R28: parse_dmarc reads policies, alignment and report addresses") {
    CHECK(parse_dmarc("v=DMARC1;p=none;").applies);
    const auto dmarc = parse_dmarc(
        "v=DMARC1; p=Reject; sp=quarantine; np=reject; adkim=s; aspf=r; psd=n; t=y; "
        "rua=mailto:a@x.example!10m,mailto:b@y.example; "
        "ruf=mailto:f@x.example; fo=1:d");
    CHECK(dmarc.valid);
    CHECK(dmarc.applies);
    CHECK_FALSE(dmarc.assumed);
    CHECK(dmarc.policy == DmarcPolicy::reject);
    CHECK(dmarc.subdomain_policy == DmarcPolicy::quarantine);
    CHECK(dmarc.absent_policy == DmarcPolicy::reject);
    CHECK(dmarc.dkim == DmarcAlignment::strict);
    CHECK(dmarc.spf == DmarcAlignment::relaxed);
    CHECK(dmarc.suffix == DmarcSuffix::no);
    CHECK(dmarc.testing);
    CHECK(dmarc.aggregate_reports == std::vector<std::string>{"mailto:a@x.example", "mailto:b@y.example"});
    CHECK(dmarc.failure_reports == std::vector<std::string>{"mailto:f@x.example"});
    CHECK(dmarc.problems.empty());
}

TEST_CASE("parse_dmarc: the version comes first and is written exactly so") {
    for (const auto* yes : {"v=DMARC1", "v=DMARC1;p=none", " v = DMARC1 ; p=none"}) CHECK(is_dmarc(yes));
    for (const auto* no :
         {"", "p=none; v=DMARC1", "v=dmarc1; p=none", "v=DMARC10; p=none", "v=DMARC1 p=none", "V=DMARC1; p=none"})
        CHECK_FALSE(is_dmarc(no));
}

TEST_CASE("parse_dmarc: a bad policy counts as none if reports are wanted, else the record does not apply") {
    CHECK_FALSE(parse_dmarc("v=DMARC1").applies);
    CHECK_FALSE(parse_dmarc("v=DMARC1; p=nonne").applies);
    CHECK_FALSE(parse_dmarc("v=DMARC1; p=reject; sp=quarantin").applies);
    CHECK_FALSE(parse_dmarc("v=DMARC1; p=reject; np=quarantin").applies);
    const auto lenient = parse_dmarc("v=DMARC1; p=nonne; rua=mailto:a@x.example");
    CHECK(lenient.applies);
    CHECK(lenient.assumed);
    CHECK(lenient.policy == DmarcPolicy::none);
    CHECK(brief(lenient.problems) == std::vector<std::pair<Flaw, std::string>>{{Flaw::invalid, "p"}});
    CHECK(lenient.problems[0].at == 10);
}

TEST_CASE("parse_dmarc: invalid tags beside the policy are passed over and told, and those that are gone are told as gone") {
    const auto dmarc = parse_dmarc("v=DMARC1; p=none; adkim=x; rua=a@x.example, mailto:b@x.example; foo=1; ; bar; fo=7; t=1");
    CHECK(dmarc.applies);
    CHECK(dmarc.aggregate_reports == std::vector<std::string>{"mailto:b@x.example"});
    CHECK(dmarc.problems.size() == 6);
    const auto old = parse_dmarc("v=DMARC1; p=none; pct=20; rf=afrf; ri=86400");
    CHECK(old.percent == 20);
    CHECK(brief(old.problems) ==
          std::vector<std::pair<Flaw, std::string>>{{Flaw::obsolete, "pct"}, {Flaw::obsolete, "rf"}, {Flaw::obsolete, "ri"}});
    CHECK(parse_dmarc("v=DMARC1; p=none; pct=101").percent == 100);
}

TEST_CASE("parse_dmarc: a tag twice makes the record invalid, wherever it stands") {
    for (const auto* twice : {"v=DMARC1; p=none; p=none", "v=DMARC1; p=none; foo=1; foo=2", "v=DMARC1; p=none; v=DMARC1"}) {
        CHECK_FALSE(parse_dmarc(twice).valid);
        CHECK_FALSE(parse_dmarc(twice).applies);
    }
}

TEST_CASE("R28: a record that was meant as DMARC and is passed over is recognised, with what is wrong") {
    for (const auto* text :
         {"v=DMARC1: p=none", "v=DMARC1, p=none", "v=DMARC1 p=none", "v=DMARC1 ,p=none; rua=mailto:a@x.example",
          "v=DMARC1; p=none, rua=mailto:a@x.example", "v=DMARC1; p=none rua=mailto:a@x.example",
          "v=DMARC1; p=none: rua=mailto:a@x.example", "v=DMARC1|p=none"})
        CHECK((slip_of(text) == Slip::separator));
    for (const auto* text : {"v=dmarc1; p=none", "V=DMARC1; p=none", "v=DMARC; p=none", "v=DMARC2; p=none", "v=Dmarc1;p=none",
                             "v DMARC1; p=none", "v:DMARC1; p=none", "v=DMARC10; p=none", "v=DMARC-1; p=none"})
        CHECK((slip_of(text) == Slip::version));
    for (const auto* text : {"\"v=DMARC1; p=none\"", "\\\"v=DMARC1; p=none\\\"", "v=DMARC1\\; p=none", "'v=DMARC1; p=none;'",
                             "\xe2\x80\x9cv=DMARC1; p=none\xe2\x80\x9d", "v=DMARC1; p=\"none\"", "v=DMARC1; p=none\"",
                             "v=DMARC1; p=none\\; rua=mailto:a@x.example"})
        CHECK((slip_of(text) == Slip::quoted));
    for (const auto* text :
         {"p=none; rua=mailto:a@x.example", "p=none; v=DMARC1", "DMARC1; p=none", "DMARC p=reject", "p=reject"})
        CHECK((slip_of(text) == Slip::unversioned));
}

TEST_CASE("dmarc_slip: sound records and texts of others are no slips") {
    for (const auto* text : {"v=DMARC1; p=none", "v=DMARC1; p=none; pct=50", "", " ", "v=spf1 -all", "v=DKIM1; p=MIGf", "p=MIGf",
                             "dmarc-verification=1234", "google-site-verification=dmarc", "v=TLSRPTv1; rua=mailto:a@x.example",
                             "v=BIMI1; l=https://x.example/dmarc.svg", "v=STSv1; id=1"})
        CHECK_FALSE(dmarc_slip(text));
}

TEST_CASE("dmarc_slip: shows the part that is wrong and where it stands") {
    const auto colon = dmarc_slip("v=DMARC1: p=none");
    CHECK(colon->shown == ":");
    CHECK(colon->at == 8);
    CHECK(dmarc_slip("v=dmarc1; p=none")->shown == "v=dmarc1");
    CHECK(dmarc_slip("v=DMARC1; p=none, rua=mailto:a@x.example")->at == 16);
    CHECK(dmarc_slip("v=DMARC1; p=none rua=mailto:a@x.example")->shown == " rua");
    CHECK(dmarc_slip("v=DMARC1\\; p=none")->shown == "\\");
}

TEST_CASE("dmarc_proposal: broken records are mended with the policy that was asked for, as far as it may go") {
    const auto reject = DmarcPolicy::reject;
    for (const auto* text : {"v=DMARC1: p=reject", "V=DMARC1; p=reject", "v=dmarc1; p=reject;", "v=DMARC1 p=reject",
                             "\"v=DMARC1; p=reject\"", "v=DMARC1\\; p=reject\\;", "v=DMARC1, p=reject", "p:reject; v:DMARC1"}) {
        INFO(text);
        CHECK(mended(text, reject) == "v=DMARC1; p=reject;");
        CHECK(mended(text) == "v=DMARC1; p=none;");
    }
    CHECK(mended("v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; aspf=s; psd=n; t=y", reject) ==
          "v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; aspf=s; psd=n; t=y;");
    CHECK(mended("v=DMARC1; p=reject; sp=quarantine; pct=50", reject) == "v=DMARC1; p=quarantine; sp=none;");
    CHECK(mended("v=DMARC1; p=reject; pct=100; rf=afrf; ri=1", reject) == "v=DMARC1; p=reject;");
    CHECK(mended("v=DMARC1; p=none; sp=reject", reject) == "v=DMARC1; p=none; sp=reject;");
    CHECK(mended("v=DMARC1; p=nonne; adkim=s", reject) == "v=DMARC1; p=none; adkim=s;");
}

TEST_CASE("dmarc_tidied: a record in force loses what nobody reads, and its policy holds for as much mail as before") {
    CHECK(dmarc_tidied("v=DMARC1; p=reject; pct=50; foo=bar") == "v=DMARC1; p=reject; pct=50;");
    CHECK(dmarc_tidied("v=DMARC1; p=quarantine; sp=reject; pct=0; rua=a@x.example") ==
          "v=DMARC1; p=quarantine; sp=reject; rua=mailto:a@x.example; pct=0;");
    CHECK(dmarc_tidied("v=DMARC1; p=reject; pct=100; foo=bar") == "v=DMARC1; p=reject;");
    CHECK(dmarc_tidied("v=DMARC1; p=reject; p:none") == "v=DMARC1; p=reject;");
    CHECK(dmarc_tidied("v=DMARC1; p=none; pct=50; foo=bar") == "v=DMARC1; p=none; pct=50;");
}

TEST_CASE("dmarc_instead: a record that does not count gives way to what is in force, and is no stricter") {
    DmarcInForce parent;
    parent.policy = parent.below = DmarcPolicy::reject;
    CHECK(dmarc_instead({"v=DMARC1 p=quarantine; adkim=s; psd=n; rua=a@x.example"}, parent) ==
          "v=DMARC1; p=reject; np=none; rua=mailto:a@x.example;");
    parent.absent = DmarcPolicy::reject;
    parent.strict_dkim = true;
    CHECK(dmarc_instead({"v=DMARC1 p=none; adkim=s; aspf=s", "v=DMARC1; adkim=s"}, parent) == "v=DMARC1; p=reject; adkim=s;");
    CHECK(dmarc_instead({"v=DMARC1 p=none"}, parent) == "v=DMARC1; p=reject;");
}

TEST_CASE("dmarc_proposal: of several records the mildest policy at most, strict only where all are strict, and every address") {
    const auto both = [](const char* one, const char* other, DmarcPolicy most) { return dmarc_proposal({one, other}, most); };
    const auto* strict =
        "v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:a@x.example,mailto:b@x.example; ruf=mailto:f@x.example; fo=1";
    const auto* mild = "v=DMARC1; p=quarantine; aspf=s; rua=mailto:B@x.example!5m, mailto:c@x.example";
    CHECK(both(strict, mild, DmarcPolicy::reject) ==
          "v=DMARC1; p=quarantine; aspf=s; rua=mailto:a@x.example,mailto:b@x.example,mailto:c@x.example; ruf=mailto:f@x.example; "
          "fo=1;");
    CHECK(both(mild, strict, DmarcPolicy::none).starts_with("v=DMARC1; p=none; aspf=s; rua=mailto:B@x.example,"));
    CHECK(both("v=DMARC1; p=reject", "v=DMARC1", DmarcPolicy::reject) == "v=DMARC1; p=none;");
    CHECK(both("v=DMARC1; p=reject; sp=none", "v=DMARC1; p=reject", DmarcPolicy::reject) == "v=DMARC1; p=reject; sp=none;");
    CHECK(both("v=DMARC1; p=reject; p=none", "v=DMARC1; p=reject", DmarcPolicy::reject) == "v=DMARC1; p=none;");
}

TEST_CASE("dmarc_proposal: report addresses are never lost, however they were written") {
    for (const auto* rua : {"mailto:a@x.example,mailto:b@x.example", "a@x.example, b@x.example",
                            "mailto:a@x.example; mailto:b@x.example", "mailto:a@x.example!10m,b@x.example!1g",
                            "mailto: a@x.example , mailto:b@x.example", "<mailto:a@x.example>,<b@x.example>",
                            "\"mailto:a@x.example\",\"mailto:b@x.example\"", "mailto:a@x.example mailto:b@x.example"}) {
        INFO(rua);
        CHECK(mended("v=DMARC1; p=none; rua=" + std::string(rua)) ==
              "v=DMARC1; p=none; rua=mailto:a@x.example,mailto:b@x.example;");
        CHECK(mended("v=DMARC1, rua=" + std::string(rua) + ", p=none") ==
              "v=DMARC1; p=none; rua=mailto:a@x.example,mailto:b@x.example;");
    }
    CHECK(dmarc_proposal({"v=DMARC1; p=none; rua=mailto:a@x.example; rua=mailto:b@x.example"}, DmarcPolicy::none) ==
          "v=DMARC1; p=none; rua=mailto:a@x.example,mailto:b@x.example;");
    CHECK(mended("v=DMARC1; p=none; rua=mailto:t=1@x.example,https://x.example/r") ==
          "v=DMARC1; p=none; rua=mailto:t=1@x.example,https://x.example/r;");
    // A scheme without an address is none; what ends in a colon is proposed as it is read when it is proposed again.
    CHECK(mended("v=DMARC1; p=none; rua=T-:;!/M") == "v=DMARC1; p=none;");
    const auto colon = mended("v=DMARC1; p=none; rua=urn:a:; b@x.example");
    CHECK(colon == "v=DMARC1; p=none; rua=urn:a,mailto:b@x.example;");
    CHECK(mended(colon) == colon);
    // A scheme named as a tag would be one behind a comma.
    CHECK(mended("v=DMARC1; p=none; rua=p:x; ruf=<sp:x>,c@x.example") == "v=DMARC1; p=none; ruf=mailto:c@x.example;");
}

TEST_CASE("S42: DMARC records of any bytes are read without harm, and every proposal applies without a problem") {
    std::mt19937 random(9);  // NOLINT: the same every time
    const std::vector<std::string> seeds{"v=DMARC1; p=reject; sp=none; rua=mailto:a@b.example; pct=10",
                                         "v=DMARC1, p=quarantine, np=none, adkim=s, ruf=a@b.example, fo=1:d, t=y, psd=n",
                                         "\"v=dmarc1\\; p=none; rua=mailto:a@b.example!10m;mailto:c@d.example\"", "p=none"};
    const std::string spice = "=;;:,| \t\r\n\"\\'!%\0\xff\xc3\x28\xe2\x80\x9cvpDMARC1rua=sp=mailto:@";
    for (int i = 0; i < 4000; ++i) {
        std::vector<std::string> records;
        for (auto count = 1 + random() % 3; count > 0; --count) {
            auto record = seeds[random() % seeds.size()];
            for (auto changes = random() % 10; changes > 0; --changes) {
                const auto at = random() % (record.size() + 1);
                if (random() % 3 == 0)
                    record.erase(at, random() % 20);
                else
                    record.insert(at, 1, spice[random() % spice.size()]);
            }
            CHECK(parse_dmarc(record).percent <= 100);
            if (const auto slip = dmarc_slip(record)) CHECK(slip->at <= record.size());
            records.push_back(std::move(record));
        }
        const auto most = static_cast<DmarcPolicy>(random() % 3);
        const auto proposal = dmarc_proposal(records, most);
        INFO(proposal);
        const auto read = parse_dmarc(proposal);
        CHECK(read.applies);
        CHECK_FALSE(read.assumed);
        CHECK(read.problems.empty());
        CHECK(dmarc_proposal({proposal}, most) == proposal);
        CHECK(std::max({read.policy, read.subdomain_policy.value_or(read.policy), read.absent_policy.value_or(read.policy)}) <=
              most);
    }
}
