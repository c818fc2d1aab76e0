// DMARC in the domain check: what is found and proposed, and whether mail as it leaves now would get through.
#include <catch2/catch.hpp>

#include "ilbud/check/domain_text.hpp"
#include "ilbud/dns/dmarc_record.hpp"
#include "support/prepared_zones.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const std::string place = "_dmarc." + customer;
const std::string platform = "mail.platform.test";

DomainQuestion by_platform() {
    auto asked = question();
    asked.platform_domain = platform;
    return asked;
}

// A zone whose DMARC records are these, complete otherwise.
ZoneResolver with_dmarc(const std::vector<std::string>& records) {
    auto zones = prepared(Stage::complete);
    zones.remove(place, RecordType::txt);
    for (const auto& record : records) zones.add(place, RecordType::txt, record);
    return zones;
}

// Our own keys are not shown, so the platform's domain signs.
ZoneResolver without_keys(const std::string& dmarc) {
    auto zones = with_dmarc({dmarc});
    for (const auto* each : {"ilbud1", "ilbud2"}) zones.remove(std::string(each) + "._domainkey." + customer, RecordType::cname);
    return zones;
}

// SPF lets others send, but not us.
void without_us(ZoneResolver& zones) {
    zones.set(customer, RecordType::txt, "v=spf1 mx -all");
}

std::string proposed(const DomainReport& report, FindingCode code) {
    const auto* finding = find(report, code);
    return finding == nullptr || finding->publish.empty() ? "" : finding->publish.front().value;
}

std::vector<std::string> dmarc_questions(const ZoneResolver& zones) {
    std::vector<std::string> names;
    for (const auto& [name, type] : zones.asked)
        if (name.starts_with("_dmarc.")) names.push_back(name);
    return names;
}

RuleAnswer answer(const DomainReport& report, Provider provider, SenderRule rule) {
    for (const auto& each : report.providers[static_cast<std::size_t>(provider)].rules)
        if (each.rule == rule) return each.answer;
    return RuleAnswer::not_asked;
}

}  // namespace

TEST_CASE("R28: a DMARC record that receivers do not recognise is shown with what is wrong, not called missing") {
    const std::vector<std::pair<std::string, FindingCode>> broken{{"v=DMARC1: p=none", FindingCode::dmarc_separator_wrong},
                                                                  {"v=DMARC1 p=none", FindingCode::dmarc_separator_wrong},
                                                                  {"v=DMARC1, p=none", FindingCode::dmarc_separator_wrong},
                                                                  {"V=DMARC1; p=none", FindingCode::dmarc_version_wrong},
                                                                  {"v=dmarc1; p=none", FindingCode::dmarc_version_wrong},
                                                                  {"\"v=DMARC1; p=none\"", FindingCode::dmarc_quoted},
                                                                  {"v=DMARC1\\; p=none", FindingCode::dmarc_quoted},
                                                                  {"p=none", FindingCode::dmarc_version_missing},
                                                                  {"v=DMARC1; p=none, fo=1", FindingCode::dmarc_separator_wrong}};
    for (const auto& [text, code] : broken) {
        auto zones = with_dmarc({text});
        const auto report = check(zones);
        INFO(text);
        CHECK(report.verdict == DomainVerdict::signing);
        CHECK(find(report, FindingCode::dmarc_missing) == nullptr);
        REQUIRE(find(report, code) != nullptr);
        const auto& finding = *find(report, code);
        CHECK(finding.found == std::vector{text});
        CHECK(finding.remedy == Remedy::replace);
        CHECK(finding.publish == std::vector<DnsRecord>{{place, RecordType::txt, 1h, "v=DMARC1; p=none;"}});
        for (const auto language : {Locale::da, Locale::en}) CHECK(domain_text(report, language).find(text) != std::string::npos);
    }
}

TEST_CASE("R28: texts that mean something else are shown where a DMARC record is missing") {
    auto zones = with_dmarc({"v=spf1 -all"});
    const auto report = check(zones);
    const auto* missing = find(report, FindingCode::dmarc_missing);
    REQUIRE(missing != nullptr);
    CHECK(missing->found == std::vector<std::string>{"v=spf1 -all"});
    CHECK(missing->remedy == Remedy::publish);
    auto alias = with_dmarc({});
    alias.add(place, RecordType::cname, "gone.vendor.test");
    const auto dangling = check(alias);
    REQUIRE(find(dangling, FindingCode::dmarc_missing) != nullptr);
    CHECK(find(dangling, FindingCode::dmarc_missing)->found == std::vector<std::string>{"CNAME gone.vendor.test."});
    CHECK(find(dangling, FindingCode::dmarc_missing)->remedy == Remedy::replace);
}

TEST_CASE("R28: two DMARC records become one that is no stricter than what was in force, with every report address") {
    const std::string strict = "v=DMARC1; p=reject; rua=mailto:a@x.example",
                      mild = "v=DMARC1; p=quarantine; rua=mailto:b@x.example";
    auto zones = with_dmarc({strict, mild});
    const auto report = check(zones);
    CHECK(report.verdict == DomainVerdict::signing);
    CHECK(proposed(report, FindingCode::dmarc_several) == "v=DMARC1; p=none; rua=mailto:a@x.example,mailto:b@x.example;");
    // Where the parent's policy holds meanwhile, that is what is in force.
    const auto below = "post." + customer;
    ZoneResolver under;
    add_platform(under);
    add_customer(under, Stage::signed_only, below);
    under.add("_dmarc." + below, RecordType::txt, strict).add("_dmarc." + below, RecordType::txt, mild);
    under.add(place, RecordType::txt, "v=DMARC1; p=reject; rua=mailto:c@x.example");
    const auto inherited = check(under, question(below));
    CHECK(proposed(inherited, FindingCode::dmarc_several) == "v=DMARC1; p=reject; rua=mailto:a@x.example,mailto:b@x.example;");
    CHECK(find(inherited, FindingCode::dmarc_inherited_meanwhile) != nullptr);
    CHECK(find(inherited, FindingCode::dmarc_older_none) == nullptr);
    CHECK(inherited.verdict == DomainVerdict::complete);
}

TEST_CASE("R28: a tag that stands twice in a DMARC record is said, with who takes it amiss") {
    auto zones = with_dmarc({"v=DMARC1; p=reject; rua=mailto:a@x.example; p=none; rua=mailto:b@x.example"});
    const auto report = check(zones);
    CHECK(report.verdict == DomainVerdict::signing);
    REQUIRE(find(report, FindingCode::dmarc_tag_twice) != nullptr);
    CHECK(fact(*find(report, FindingCode::dmarc_tag_twice), "tag") == "p");
    CHECK(proposed(report, FindingCode::dmarc_tag_twice) == "v=DMARC1; p=none; rua=mailto:a@x.example,mailto:b@x.example;");
    CHECK(domain_text(report, Locale::en).find("mailauth") != std::string::npos);
}

TEST_CASE("R28: tags of RFC 7489 are a remark; a percentage is not replaced by a stricter policy for anybody") {
    auto tidy = with_dmarc({"v=DMARC1; p=reject; pct=100; rf=afrf; ri=3600; rua=mailto:a@x.example"});
    const auto report = check(tidy);
    CHECK(report.verdict == DomainVerdict::complete);
    REQUIRE(find(report, FindingCode::dmarc_tag_obsolete) != nullptr);
    CHECK(find(report, FindingCode::dmarc_tag_obsolete)->severity == Severity::remark);
    CHECK(proposed(report, FindingCode::dmarc_tag_obsolete) == "v=DMARC1; p=reject; rua=mailto:a@x.example;");
    auto partly = with_dmarc({"v=DMARC1; p=reject; pct=50; rua=mailto:a@x.example"});
    const auto half = check(partly);
    REQUIRE(find(half, FindingCode::dmarc_tag_obsolete) != nullptr);
    CHECK(find(half, FindingCode::dmarc_tag_obsolete)->publish.empty());
    CHECK(find(half, FindingCode::bimi_needs_policy) != nullptr);
}

TEST_CASE("R28: t=y is told with the policy that is left of it") {
    auto zones = with_dmarc({"v=DMARC1; p=quarantine; t=y; rua=mailto:a@x.example"});
    const auto report = check(zones);
    CHECK(report.verdict == DomainVerdict::complete);
    CHECK(fact(*find(report, FindingCode::dmarc_fine), "policy") == "none");
    CHECK(fact(*find(report, FindingCode::dmarc_softened), "policy") == "none");
    CHECK(find(report, FindingCode::dmarc_only_watches) != nullptr);
}

TEST_CASE("R28: mail signed by the platform's domain under a customer's p=reject is refused, and the letter says so") {
    auto zones = without_keys("v=DMARC1; p=reject; rua=mailto:a@x.example");
    without_us(zones);
    const auto report = check(zones, by_platform());
    CHECK(report.verdict == DomainVerdict::blocked);
    const auto* refused = find(report, FindingCode::dmarc_refused);
    REQUIRE(refused != nullptr);
    CHECK(refused->severity == Severity::fault);
    CHECK(refused->remedy == Remedy::correct);
    CHECK(fact(*refused, "signing") == platform);
    CHECK(fact(*refused, "sender") == customer);
    CHECK(find(report, FindingCode::dmarc_aligned) == nullptr);
    CHECK(domain_text(report, Locale::en).find("Our mail will be refused") != std::string::npos);
    CHECK(domain_text(report, Locale::da).find("Vores mails vil blive afvist") != std::string::npos);
    CHECK(answer(report, Provider::outlook, SenderRule::alignment) == RuleAnswer::fails);
}

TEST_CASE("R28: mail that the customer's policy refuses: which records put it right was not said, as if the policy had to go") {
    auto zones = without_keys("v=DMARC1; p=reject; rua=mailto:a@x.example");
    without_us(zones);
    const auto report = check(zones, by_platform());
    CHECK(fact(*find(report, FindingCode::dmarc_refused), "mended_by") == "dkim spf");
    CHECK_THAT(domain_text(report, Locale::da), Catch::Contains("angivet under 1–3, retter dette; lad DMARC-politikken"));
    CHECK_THAT(domain_text(report, Locale::da), !Catch::Contains("Ret det venligst"));
    // Bounces go elsewhere, so SPF could not help.
    auto asked = by_platform();
    asked.return_path_domain = "bounce.platform.test";
    CHECK_THAT(domain_text(check(zones, asked), Locale::en), Catch::Contains("given under 2 and 3 puts this right"));
}

TEST_CASE("R28: under an inherited p=reject a broken record of the domain's own was to be replaced by p=none") {
    const auto below = "post." + customer;
    for (const auto* broken : {"v=DMARC1: p=none; rua=mailto:a@x.example", "v=DMARC1; p=none; p=none; rua=mailto:a@x.example"}) {
        ZoneResolver zones;
        add_platform(zones);
        add_customer(zones, Stage::signed_only, below);
        zones.add("_dmarc." + below, RecordType::txt, broken);
        zones.add(place, RecordType::txt, "v=DMARC1; p=reject; rua=mailto:c@x.example");
        const auto report = check(zones, question(below));
        INFO(broken);
        std::string value;
        for (const auto& finding : report.findings)
            for (const auto& record : finding.publish)
                if (record.name == "_dmarc." + below) value = record.value;
        CHECK(value == "v=DMARC1; p=reject; rua=mailto:a@x.example;");
        CHECK(find(report, FindingCode::dmarc_inherited) == nullptr);
        REQUIRE(find(report, FindingCode::dmarc_inherited_meanwhile) != nullptr);
        CHECK(fact(*find(report, FindingCode::dmarc_inherited_meanwhile), "organisation") == customer);
        for (const auto code : {FindingCode::dmarc_older_none, FindingCode::dmarc_older_other})
            CHECK(find(report, code) == nullptr);
        // What holds here is not known while the parent does not answer.
        zones.fail(place);
        const auto unknown = check(zones, question(below));
        for (const auto& finding : unknown.findings)
            for (const auto& record : finding.publish) CHECK(record.name != "_dmarc." + below);
    }
}

TEST_CASE("R28: a domain that inherits its policy is told so, and that nothing need be done") {
    const auto below = "post." + customer;
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::signed_only, below);
    zones.add(place, RecordType::txt, "v=DMARC1; p=reject; rua=mailto:c@x.example");
    const auto report = check(zones, question(below));
    CHECK(report.verdict == DomainVerdict::complete);
    const auto text = domain_text(report, Locale::en);
    CHECK_THAT(text, Catch::Contains("needs none") && Catch::Contains("policy reject") && !Catch::Contains("p=none"));
}

TEST_CASE("R28: a DMARC record with the domain's name twice, or at the domain itself, was told as missing") {
    const auto below = "post." + customer;
    const std::string record = "v=DMARC1; p=reject; rua=mailto:a@x.example";
    auto doubled = with_dmarc({});
    doubled.add(place + '.' + customer, RecordType::txt, record);
    auto at_domain = with_dmarc({});
    at_domain.add(customer, RecordType::txt, record);
    for (auto& [zones, code] :
         {std::pair{&doubled, FindingCode::dmarc_misplaced}, std::pair{&at_domain, FindingCode::dmarc_at_domain}}) {
        const auto report = check(*zones);
        CHECK(report.verdict == DomainVerdict::signing);
        CHECK(find(report, FindingCode::dmarc_missing) == nullptr);
        REQUIRE(find(report, code) != nullptr);
        CHECK(find(report, code)->found == std::vector{record});
        CHECK(find(report, code)->publish ==
              std::vector<DnsRecord>{{place, RecordType::txt, 1h, "v=DMARC1; p=none; rua=mailto:a@x.example;"}});
        CHECK_THAT(domain_text(report, Locale::da), Catch::Contains(record) && Catch::Contains("Slet venligst det fundne"));
    }
    // A form adds its zone, which may lie above; moved, the record asks for what is in force.
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::signed_only, below);
    zones.add("_dmarc." + below + '.' + customer, RecordType::txt, "v=DMARC1; p=none").add(place, RecordType::txt, record);
    const auto report = check(zones, question(below));
    CHECK(report.verdict == DomainVerdict::complete);
    REQUIRE(find(report, FindingCode::dmarc_misplaced) != nullptr);
    CHECK(find(report, FindingCode::dmarc_misplaced)->severity == Severity::remark);
    CHECK(proposed(report, FindingCode::dmarc_misplaced) == "v=DMARC1; p=reject;");
}

TEST_CASE("R28: p=quarantine sets the mail aside, p=none leaves it, and without a platform's domain it waits") {
    const auto with = [](const std::string& dmarc, const DomainQuestion& asked) {
        auto zones = without_keys(dmarc);
        without_us(zones);
        return check(zones, asked);
    };
    CHECK(find(with("v=DMARC1; p=quarantine", by_platform()), FindingCode::dmarc_set_aside) != nullptr);
    CHECK(find(with("v=DMARC1; p=reject; t=y", by_platform()), FindingCode::dmarc_set_aside) != nullptr);
    CHECK(find(with("v=DMARC1; p=reject", question()), FindingCode::dmarc_unsigned) != nullptr);
    const auto watched = with("v=DMARC1; p=none", by_platform());
    for (const auto code : {FindingCode::dmarc_refused, FindingCode::dmarc_set_aside, FindingCode::dmarc_unsigned})
        CHECK(find(watched, code) == nullptr);
}

TEST_CASE("R28: where SPF alone lets the mail pass it is not refused, but forwarding is warned of") {
    auto zones = without_keys("v=DMARC1; p=reject");
    const auto report = check(zones, by_platform());
    CHECK(report.verdict == DomainVerdict::sendable);
    REQUIRE(find(report, FindingCode::dmarc_spf_alone) != nullptr);
    CHECK(find(report, FindingCode::dmarc_refused) == nullptr);
    CHECK(answer(report, Provider::gmx, SenderRule::aligned_dkim) == RuleAnswer::fails);
    CHECK(answer(report, Provider::gmail, SenderRule::alignment) == RuleAnswer::passes);
    auto mild = without_keys("v=DMARC1; p=none");
    CHECK(find(check(mild, by_platform()), FindingCode::dmarc_spf_alone) == nullptr);
}

TEST_CASE("R28: a key that is missing at our own target is ours to mend, also where the policy refuses the mail") {
    auto zones = with_dmarc({"v=DMARC1; p=reject"});
    without_us(zones);
    zones.remove("ilbud1._domainkey.ilbud.example", RecordType::txt);
    const auto report = check(zones, by_platform());
    REQUIRE(find(report, FindingCode::dmarc_refused) != nullptr);
    CHECK(find(report, FindingCode::dmarc_refused)->remedy == Remedy::ours);
}

TEST_CASE("R30: during a key change the other slot's key signs, so that the mail still passes DMARC") {
    auto zones = with_dmarc({"v=DMARC1; p=reject"});
    zones.remove("ilbud1._domainkey." + customer, RecordType::cname);
    zones.add("ilbud2._domainkey.ilbud.example", RecordType::txt, other_key);
    auto asked = by_platform();
    CHECK(find(check(zones, asked), FindingCode::dmarc_spf_alone) != nullptr);
    asked.slots[1].record = other_key;
    CHECK(find(check(zones, asked), FindingCode::dmarc_aligned) != nullptr);
}

TEST_CASE("R28: without a record at the parent its signature no longer aligns, and older receivers differ") {
    const auto below = "post." + customer;
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::signed_only, below);
    zones.add("_dmarc." + below, RecordType::txt, "v=DMARC1; p=none; rua=mailto:a@x.example");
    auto asked = question(below);
    asked.signing_domain = asked.return_path_domain = customer;
    const auto report = check(zones, asked);
    CHECK(find(report, FindingCode::dmarc_not_aligned) != nullptr);
    CHECK(find(report, FindingCode::dmarc_older_aligned) != nullptr);
    zones.add(place, RecordType::txt, "v=DMARC1; p=none; rua=mailto:a@x.example");
    const auto joined = check(zones, asked);
    CHECK(find(joined, FindingCode::dmarc_aligned) != nullptr);
    CHECK(find(joined, FindingCode::dmarc_older_aligned) == nullptr);
}

TEST_CASE("R28: psd=n keeps a name apart today, while older receivers still join it with its parent") {
    const auto below = "post." + customer;
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::signed_only, below);
    zones.add("_dmarc." + below, RecordType::txt, "v=DMARC1; p=reject; psd=n; rua=mailto:a@x.example");
    zones.add(place, RecordType::txt, "v=DMARC1; p=none; rua=mailto:a@x.example");
    auto asked = question(below);
    asked.signing_domain = asked.return_path_domain = customer;
    CHECK(find(check(zones, asked), FindingCode::dmarc_older_aligned) != nullptr);
}

TEST_CASE("R28: a public suffix's policy holds, nothing is proposed for it, and older receivers find none") {
    auto zones = with_dmarc({});
    zones.add("_dmarc.example", RecordType::txt, "v=DMARC1; p=reject; psd=y; pct=10");
    const auto report = check(zones);
    CHECK(report.verdict == DomainVerdict::complete);
    REQUIRE(find(report, FindingCode::dmarc_inherited) != nullptr);
    CHECK(fact(*find(report, FindingCode::dmarc_inherited), "organisation") == "example");
    CHECK(find(report, FindingCode::dmarc_tag_obsolete) == nullptr);
    CHECK(find(report, FindingCode::dmarc_older_none) != nullptr);
    zones.set("_dmarc.example", RecordType::txt, "v=DMARC1");
    const auto unusable = check(zones);
    REQUIRE(find(unusable, FindingCode::dmarc_missing) != nullptr);
    CHECK(find(unusable, FindingCode::dmarc_missing)->publish.front().name == place);
}

TEST_CASE("R28: a record between the domain and the organisation is found by older receivers as another one") {
    const auto below = "a.b." + customer;
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::signed_only, below);
    zones.add("_dmarc.b." + customer, RecordType::txt, "v=DMARC1; p=none; psd=n; rua=mailto:a@x.example");
    CHECK(find(check(zones, question(below)), FindingCode::dmarc_older_none) != nullptr);
    zones.add(place, RecordType::txt, "v=DMARC1; p=none; sp=quarantine; rua=mailto:a@x.example");
    const auto report = check(zones, question(below));
    CHECK(fact(*find(report, FindingCode::dmarc_inherited), "organisation") == "b." + customer);
    REQUIRE(find(report, FindingCode::dmarc_older_other) != nullptr);
    CHECK(fact(*find(report, FindingCode::dmarc_older_other), "policy") == "quarantine");
}

TEST_CASE("S43: a failure anywhere in the walk is unknown, and never a missing record") {
    const auto below = "a.b." + customer;
    for (const auto& name : {"_dmarc." + below, "_dmarc.b." + customer, place, std::string("_dmarc.example")}) {
        ZoneResolver zones;
        add_platform(zones);
        add_customer(zones, Stage::signed_only, below);
        zones.fail(name, "timeout");
        const auto report = check(zones, question(below));
        INFO(name);
        CHECK(report.verdict == DomainVerdict::unknown);
        CHECK(find(report, FindingCode::dmarc_missing) == nullptr);
        REQUIRE(find(report, FindingCode::dmarc_unknown) != nullptr);
        CHECK(fact(*find(report, FindingCode::dmarc_unknown), "reason") == "timeout");
        CHECK(answer(report, Provider::gmail, SenderRule::dmarc) == RuleAnswer::unknown);
    }
}

TEST_CASE("S43: with an own record nothing hangs on what fails above it, unless another name might align") {
    auto zones = with_dmarc({"v=DMARC1; p=reject; rua=mailto:a@x.example"});
    zones.fail("_dmarc.example");
    CHECK(check(zones).verdict == DomainVerdict::complete);
    auto asked = question();
    asked.signing_domain = asked.return_path_domain = "mail." + customer;
    const auto report = check(zones, asked);
    CHECK(report.verdict == DomainVerdict::unknown);
    CHECK(find(report, FindingCode::dmarc_unknown) != nullptr);
    CHECK(find(report, FindingCode::dmarc_not_aligned) == nullptr);
}

TEST_CASE("S42: DMARC costs one question where the domain has a record, and the walk where it has none") {
    auto own = prepared(Stage::complete);
    check(own, by_platform());
    CHECK(dmarc_questions(own) == std::vector{place});
    auto none = prepared(Stage::signed_only);
    check(none, by_platform());
    CHECK(dmarc_questions(none) == std::vector<std::string>{place, "_dmarc.example", place + '.' + customer});
    auto asked = question();
    asked.return_path_domain = "bounce." + customer;
    auto other = prepared(Stage::complete);
    check(other, asked);
    CHECK(dmarc_questions(other) == std::vector<std::string>{place, "_dmarc.example", "_dmarc.bounce." + customer});
}

TEST_CASE("R28: every DMARC proposal, once published, applies without a complaint") {
    for (const auto& records : std::vector<std::vector<std::string>>{
             {"v=DMARC1; p=reject", "v=DMARC1; p=none; rua=a@x.example"},
             {"v=DMARC1; p=quarantaine; rua=mailto:a@x.example!10m; np=rejct"},
             {"v=DMARC1, p=quarantine, sp=none, rua=mailto:a@x.example,mailto:b@x.example, fo=1"},
             {"\"v=DMARC1\\; p=reject\\; rua=mailto:a@x.example\\;\""},
             {"v=DMARC1; p=reject; p=none; adkim=q"},
             {"v=dmarc1;p=reject;pct=20"},
             {"V=DMARC1 p=reject rua=a@x.example"},
             {"v=DMARC1"}}) {
        auto zones = with_dmarc(records);
        const auto report = check(zones);
        INFO(records.front());
        std::string value;
        for (const auto& finding : report.findings)
            for (const auto& record : finding.publish)
                if (record.name == place) value = record.value;
        REQUIRE_FALSE(value.empty());
        zones.set(place, RecordType::txt, value);
        const auto after = check(zones);
        CHECK(after.verdict == DomainVerdict::complete);
        CHECK(parse_dmarc(value).problems.empty());
        for (const auto& finding : after.findings) CHECK(finding.publish.empty());
    }
}

TEST_CASE("check_domain: Yahoo wants an SOA, of the domain or of the one above that it belongs to") {
    const auto zone = [](const std::function<void(ZoneResolver&)>& change, const std::string& domain = customer) {
        ZoneResolver zones;
        add_platform(zones);
        add_customer(zones, Stage::complete, domain);
        change(zones);
        return answer(check(zones, question(domain)), Provider::yahoo, SenderRule::zone);
    };
    const auto below = "post." + customer;
    CHECK(zone([](auto&) {}) == RuleAnswer::passes);
    CHECK(zone([](auto& zones) { zones.remove(customer, RecordType::soa); }) == RuleAnswer::fails);
    const auto moved = [&](auto& zones) {
        zones.remove(below, RecordType::soa);
        zones.add(customer, RecordType::soa, "ns.host.example hostmaster.host.example 1 3600 600 86400 60");
    };
    CHECK(zone(moved, below) == RuleAnswer::passes);
    CHECK(zone([&](auto& zones) { zones.remove(below, RecordType::soa).fail(customer); }, below) == RuleAnswer::unknown);
}

TEST_CASE("check_domain: a From that cannot be answered fails at GMX, and at Outlook.com in large numbers") {
    auto zones = prepared(Stage::complete);
    zones.set(customer, RecordType::mx, "0 ");
    const auto report = check(zones);
    CHECK(answer(report, Provider::gmx, SenderRule::reachable) == RuleAnswer::fails);
    CHECK(report.providers[static_cast<std::size_t>(Provider::gmx)].any_volume == RuleAnswer::fails);
    CHECK(report.providers[static_cast<std::size_t>(Provider::outlook)].large_volume == RuleAnswer::fails);
    auto lost = prepared(Stage::complete);
    lost.set(customer, RecordType::mx, "10 gone.test");
    CHECK(answer(check(lost), Provider::gmx, SenderRule::reachable) == RuleAnswer::fails);
    auto silent = prepared(Stage::complete);
    silent.fail("mail.host.example");
    CHECK(answer(check(silent), Provider::gmx, SenderRule::reachable) == RuleAnswer::unknown);
}
