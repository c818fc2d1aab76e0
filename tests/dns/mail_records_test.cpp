// What receivers make of DKIM, DMARC, TLS-RPT, MTA-STS and BIMI records.
#include <catch2/catch.hpp>

#include <iostream>
#include <random>
#include <sstream>

#include "check/support/prepared_zones.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

using Flaw = RecordProblem::Kind;

std::vector<std::pair<Flaw, std::string>> brief(const std::vector<RecordProblem>& problems) {
    std::vector<std::pair<Flaw, std::string>> out;
    for (const auto& each : problems) out.emplace_back(each.kind, each.tag);
    return out;
}

}  // namespace

TEST_CASE("parse_tag_list: tags with white space, empty parts and positions") {
    const auto list = parse_tag_list(" v=DMARC1 ;\tp = none;; rua=mailto:a@b?x=y ;");
    CHECK(list.tags == std::vector<RecordTag>{{"v", "DMARC1", 1}, {"p", "none", 12}, {"rua", "mailto:a@b?x=y", 23}});
    CHECK(list.problems.empty());
}

TEST_CASE("parse_tag_list: says where a part cannot be read or comes twice") {
    const auto list = parse_tag_list("v=1; nonsense; a b=c; v=2; =x");
    CHECK(list.tags == std::vector<RecordTag>{{"v", "1", 0}});
    CHECK(list.problems == std::vector<RecordProblem>{{Flaw::malformed, "", "nonsense", 5},
                                                      {Flaw::malformed, "", "a b=c", 15},
                                                      {Flaw::duplicate, "v", "2", 22},
                                                      {Flaw::malformed, "", "=x", 27}});
}

TEST_CASE("parse_dkim_key: the key, its bits and flags") {
    const auto key = parse_dkim_key(our_key);
    CHECK(key.state == DkimKey::State::usable);
    CHECK(key.algorithm == "rsa");
    CHECK(key.bits == 2048);
    CHECK(key.problems.empty());

    const auto bare = parse_dkim_key(other_key);
    CHECK(bare.state == DkimKey::State::usable);
    CHECK(bare.bits == 1024);

    const auto flags = parse_dkim_key("k=rsa; t=y:s; h=sha1 : sha256; s=email; n=note;" + our_key.substr(our_key.find(" p=")));
    CHECK(flags.state == DkimKey::State::usable);
    CHECK(flags.testing);
    CHECK(flags.same_domain);

    // RFC 8463 appendix A.2
    const auto ed25519 = parse_dkim_key("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    CHECK(ed25519.state == DkimKey::State::usable);
    CHECK(ed25519.bits == 256);
}

TEST_CASE("parse_dkim_key: folding white space within the key is no fault") {
    auto folded = our_key;
    for (std::size_t at = 60; at < folded.size(); at += 70) folded.insert(at, " \t");
    CHECK(parse_dkim_key(folded).key == parse_dkim_key(our_key).key);
}

TEST_CASE("parse_dkim_key: an empty p is a revoked key, and what verifiers refuse is unusable") {
    CHECK(parse_dkim_key("v=DKIM1; p=").state == DkimKey::State::revoked);
    CHECK(parse_dkim_key("v=DKIM1; p= ;").state == DkimKey::State::revoked);
    const auto refused = [](const std::string& record, Flaw kind, const std::string& tag) {
        const auto key = parse_dkim_key(record);
        INFO(record);
        CHECK(key.state == DkimKey::State::unusable);
        CHECK(brief(key.problems) == std::vector<std::pair<Flaw, std::string>>{{kind, tag}});
    };
    const auto p = our_key.substr(our_key.find("p="));
    refused("v=DKIM1; k=rsa", Flaw::missing, "p");
    refused("v=DKIM1; p=%%%", Flaw::invalid, "p");
    refused("v=DKIM1; p=AAAA", Flaw::invalid, "p");
    refused("v=DKIM1; k=ed25519; " + p, Flaw::invalid, "p");
    refused("v=DKIM1; k=dsa; " + p, Flaw::invalid, "k");
    refused("v=DKIM2; " + p, Flaw::invalid, "v");
    refused("k=rsa; v=DKIM1; " + p, Flaw::misplaced, "v");
    refused("v=DKIM1; h=sha1; " + p, Flaw::invalid, "h");
    refused("v=DKIM1; s=tlsrpt; " + p, Flaw::invalid, "s");
    const auto weak = parse_dkim_key(weak_key);
    CHECK(weak.bits == 512);
    CHECK(weak.state == DkimKey::State::unusable);
}

TEST_CASE("mail records: TLS-RPT, MTA-STS and BIMI need their one tag") {
    CHECK(is_tls_report("v=TLSRPTv1;rua=mailto:a@x.example"));
    CHECK(parse_tls_report("v=TLSRPTv1;rua=mailto:a@x.example,https://x.example/tls").usable);
    CHECK_FALSE(parse_tls_report("v=TLSRPTv1; rua=a@x.example").usable);
    CHECK_FALSE(parse_tls_report("v=TLSRPTv1").usable);
    CHECK(is_mta_sts("v=STSv1; id=1"));
    CHECK(parse_mta_sts("v=STSv1; id=20160831085700Z;").usable);
    CHECK_FALSE(parse_mta_sts("v=STSv1; id=").usable);
    CHECK_FALSE(parse_mta_sts("v=STSv1; id=2016-08-31").usable);
    CHECK_FALSE(parse_mta_sts("v=STSv1; id=" + std::string(33, '1')).usable);
    CHECK(is_bimi("v=BIMI1; l="));
    CHECK(parse_bimi("v=BIMI1; l=https://x.example/l.svg; a=").usable);
    CHECK(parse_bimi("v=BIMI1; l=").usable);
    CHECK_FALSE(parse_bimi("v=BIMI1; l=http://x.example/l.svg").usable);
}

TEST_CASE("S42: mail records of any bytes are read without harm") {
    std::mt19937 random(42);  // NOLINT: the same every time
    const std::vector<std::string> seeds{our_key, "v=TLSRPTv1; rua=mailto:a@b", "v=STSv1; id=1"};
    const std::string spice = "=;;:, \t\r\n\"\\\0\xff\xc3\x28vpDMARC1";
    for (int i = 0; i < 3000; ++i) {
        auto record = seeds[random() % seeds.size()];
        for (auto changes = random() % 8; changes > 0; --changes) {
            const auto at = random() % (record.size() + 1);
            if (random() % 3 == 0)
                record.erase(at, random() % 20);
            else
                record.insert(at, 1, spice[random() % spice.size()]);
        }
        CHECK(parse_dkim_key(record).bits <= 2048);
        CHECK((parse_tls_report(record).usable || !parse_tls_report(record).problems.empty()));
        CHECK((parse_mta_sts(record).usable || !parse_mta_sts(record).problems.empty()));
        CHECK((parse_bimi(record).usable || !parse_bimi(record).problems.empty()));
    }
    const auto many = parse_tag_list(std::string(65536, ';') + "a=b");
    CHECK(many.problems.size() == 1);
    CHECK(parse_dkim_key("p=" + std::string(65536, 'A')).state == DkimKey::State::unusable);
}

TEST_CASE("organisational_domain: every case of the public suffix list's own tests is right") {
    const auto folder = testdata("psl-tests");
    if (!folder) return;
    std::istringstream lines(read_file(*folder / "tests.txt"));
    int count = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.starts_with("//")) continue;
        std::istringstream words(line);
        std::string name, expected;
        words >> name >> expected;
        if (name == "null") continue;
        INFO(line);
        // "null": there is none, and the name stands for itself.
        CHECK(organisational_domain(name) == (expected == "null" ? lower_case(name) : expected));
        ++count;
    }
    CHECK(count > 70);
    std::cout << "public suffix list: " << count << " cases right\n";
}
