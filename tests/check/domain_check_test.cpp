// The domain check on prepared zones: findings, verdict, bounds.
#include <catch2/catch.hpp>

#include "support/prepared_zones.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

DomainReport check_changed(Stage stage, const std::function<void(ZoneResolver&)>& change,
                           const DomainQuestion& asked = question()) {
    auto zones = prepared(stage);
    change(zones);
    return check(zones, asked);
}

// Each finding but the fine ones.
std::vector<FindingCode> complaints(const DomainReport& report) {
    std::vector<FindingCode> codes;
    for (const auto& finding : report.findings)
        if (finding.severity != Severity::fine) codes.push_back(finding.code);
    return codes;
}

std::string proposal(const DomainReport& report, FindingCode code) {
    const auto* finding = find(report, code);
    return finding == nullptr || finding->publish.empty() ? "" : finding->publish.front().value;
}

}  // namespace

TEST_CASE("R29: the verdict grows with the zone: blocked, sendable, signed, complete") {
    const std::vector<DomainVerdict> expected{DomainVerdict::blocked, DomainVerdict::sendable, DomainVerdict::sendable,
                                              DomainVerdict::signing, DomainVerdict::complete};
    for (std::size_t i = 0; i < stages.size(); ++i) {
        auto zones = prepared(stages[i].first);
        INFO(stages[i].second);
        CHECK(check(zones).verdict == expected[i]);
    }
}

TEST_CASE("check_domain: a complete zone has no complaint") {
    auto zones = prepared(Stage::complete);
    const auto report = check(zones);
    CHECK(complaints(report).empty());
    CHECK(report.slots == std::array{SlotState::ready, SlotState::idle});
    CHECK(report.ttl == 300s);
    CHECK(report.queries == zones.asked.size());
    for (const auto& each : report.providers) CHECK(each.large_volume == RuleAnswer::passes);
}

TEST_CASE("R29: every record to publish is ready: published as proposed, the zone becomes complete") {
    for (const auto stage : {Stage::nothing, Stage::spf_only, Stage::one_alias_missing, Stage::signed_only}) {
        auto zones = prepared(stage);
        for (const auto& finding : check(zones).findings)
            for (const auto& record : finding.publish) zones.set(record.name, record.type, record.value);
        CHECK(check(zones).verdict == DomainVerdict::complete);
    }
}

TEST_CASE("R26: without an SPF record one is proposed, with the domain's own servers if it has any") {
    CHECK(proposal(check_changed(Stage::nothing, [](auto&) {}), FindingCode::spf_missing) ==
          "v=spf1 mx include:_spf.ilbud.example ~all");
    const auto without_mx = check_changed(Stage::nothing, [](auto& zones) { zones.set(customer, RecordType::mx, "0 "); });
    CHECK(proposal(without_mx, FindingCode::spf_missing) == "v=spf1 include:_spf.ilbud.example ~all");
    CHECK(find(without_mx, FindingCode::mx_null) != nullptr);
}

TEST_CASE("R26: several SPF records block, and are proposed as one") {
    const auto report = check_changed(Stage::complete, [](auto& zones) {
        zones.add(customer, RecordType::txt, "v=spf1 include:news.example -all");
        zones.add("news.example", RecordType::txt, "v=spf1 ip4:203.0.113.0/24 -all");
    });
    CHECK(report.verdict == DomainVerdict::blocked);
    CHECK(proposal(report, FindingCode::spf_several) == "v=spf1 mx include:_spf.ilbud.example include:news.example ~all");
}

TEST_CASE("R26: an SPF record without our name blocks, and the proposal keeps what stands there") {
    const auto report = check_changed(
        Stage::complete, [](auto& zones) { zones.set(customer, RecordType::txt, "v=spf1 ip4:198.51.100.0/24 -all"); });
    CHECK(report.verdict == DomainVerdict::blocked);
    CHECK(proposal(report, FindingCode::spf_include_missing) == "v=spf1 ip4:198.51.100.0/24 include:_spf.ilbud.example -all");
    CHECK(find(report, FindingCode::spf_partial) == nullptr);
}

TEST_CASE("R26: an older name of ours is still accepted, and the present one proposed") {
    const auto report = check_changed(
        Stage::complete, [](auto& zones) { zones.set(customer, RecordType::txt, "v=spf1 include:spf.old.example -all"); });
    CHECK(report.verdict == DomainVerdict::complete);
    CHECK(proposal(report, FindingCode::spf_older_include) == "v=spf1 include:_spf.ilbud.example -all");
}

TEST_CASE("R26: our name counts through other includes and redirects") {
    for (const auto* record : {"v=spf1 include:all.example -all", "v=spf1 redirect=all.example"}) {
        const auto report = check_changed(Stage::complete, [&](auto& zones) {
            zones.set(customer, RecordType::txt, record);
            zones.add("all.example", RecordType::txt, "v=spf1 include:more.example -all");
            zones.add("more.example", RecordType::txt, "v=spf1 include:_spf.ilbud.example -all");
        });
        CHECK(report.verdict == DomainVerdict::complete);
        REQUIRE(find(report, FindingCode::spf_through_includes) != nullptr);
        CHECK(fact(*find(report, FindingCode::spf_through_includes), "via") == "all.example");
    }
}

TEST_CASE("R26: a syntax error blocks") {
    const auto report = check_changed(Stage::complete, [](auto& zones) {
        zones.set(customer, RecordType::txt, "v=spf1 include:_spf.ilbud.example ipv4:192.0.2.1 -all");
    });
    CHECK(report.verdict == DomainVerdict::blocked);
    REQUIRE(find(report, FindingCode::spf_invalid) != nullptr);
    CHECK_FALSE(fact(*find(report, FindingCode::spf_invalid), "detail").empty());
}

TEST_CASE("R26: +all and ?all are told, with a record that ends in ~all") {
    const auto all = check_changed(
        Stage::complete, [](auto& zones) { zones.set(customer, RecordType::txt, "v=spf1 include:_spf.ilbud.example +all"); });
    CHECK(all.verdict == DomainVerdict::complete);
    CHECK(proposal(all, FindingCode::spf_permits_all) == "v=spf1 include:_spf.ilbud.example ~all");
    for (const auto* end : {" ?all", ""}) {
        const auto report = check_changed(Stage::complete, [&](auto& zones) {
            zones.set(customer, RecordType::txt, std::string("v=spf1 include:_spf.ilbud.example") + end);
        });
        CHECK(proposal(report, FindingCode::spf_neutral_end) == "v=spf1 include:_spf.ilbud.example ~all");
    }
}

TEST_CASE("R26: one proposal puts everything right at once") {
    const auto report =
        check_changed(Stage::complete, [](auto& zones) { zones.set(customer, RecordType::txt, "v=spf1 mx ?all"); });
    CHECK(proposal(report, FindingCode::spf_include_missing) == "v=spf1 mx include:_spf.ilbud.example ~all");
    CHECK(proposal(report, FindingCode::spf_neutral_end) == proposal(report, FindingCode::spf_include_missing));
}

TEST_CASE("R27: a selector whose CNAME is missing is told with the record; the idle one counts as well") {
    const auto report = check_changed(Stage::one_alias_missing, [](auto&) {});
    CHECK(report.slots == std::array{SlotState::ready, SlotState::missing});
    const auto* missing = find(report, FindingCode::dkim_alias_missing);
    REQUIRE(missing != nullptr);
    CHECK(missing->publish ==
          std::vector<DnsRecord>{{"ilbud2._domainkey." + customer, RecordType::cname, 1h, "ilbud2._domainkey.ilbud.example"}});
}

TEST_CASE("R27: the ways in which a CNAME goes wrong are told apart") {
    const auto name = "ilbud1._domainkey." + customer;
    const auto target = std::string("ilbud1._domainkey.ilbud.example");
    const auto with = [&](const std::function<void(ZoneResolver&)>& change) {
        auto report = check_changed(Stage::complete, [&](auto& zones) {
            zones.remove(name, RecordType::cname);
            change(zones);
        });
        CHECK(report.verdict == DomainVerdict::sendable);
        return report;
    };
    const auto wrong = with([&](auto& zones) { zones.add(name, RecordType::cname, "elsewhere.example"); });
    CHECK(proposal(wrong, FindingCode::dkim_alias_wrong) == target);
    CHECK(wrong.slots[0] == SlotState::wrong);
    CHECK(proposal(with([&](auto& zones) { zones.add(name, RecordType::cname, target + '.' + customer); }),
                   FindingCode::dkim_alias_extended) == target);
    const auto doubled = with([&](auto& zones) { zones.add(name + '.' + customer, RecordType::cname, target); });
    CHECK(proposal(doubled, FindingCode::dkim_alias_misplaced) == target);
    CHECK(doubled.slots[0] == SlotState::missing);
    CHECK(proposal(with([&](auto& zones) { zones.add(name, RecordType::txt, our_key); }), FindingCode::dkim_key_copied) ==
          target);
    CHECK(find(doubled, FindingCode::dkim_alias_misplaced)->found == std::vector<std::string>{"CNAME " + target + '.'});
    const auto doubled_key = with([&](auto& zones) { zones.add(name + '.' + customer, RecordType::txt, our_key); });
    CHECK(find(doubled_key, FindingCode::dkim_alias_misplaced) != nullptr);
    CHECK(find(doubled_key, FindingCode::dkim_alias_missing) == nullptr);
    // What else stands where the CNAME belongs was told as nothing there.
    const auto address = with([&](auto& zones) { zones.add(name, RecordType::a, "198.51.100.7"); });
    REQUIRE(find(address, FindingCode::dkim_alias_as_other) != nullptr);
    CHECK(find(address, FindingCode::dkim_alias_as_other)->found == std::vector<std::string>{"A 198.51.100.7"});
    CHECK(proposal(address, FindingCode::dkim_alias_as_other) == target);
    CHECK(address.slots[0] == SlotState::wrong);
    const auto any_address = with([&](auto& zones) {
        for (const auto& each : {name, "ilbud-no-such-selector._domainkey." + customer})
            zones.add(each, RecordType::a, "198.51.100.7");
    });
    CHECK(find(any_address, FindingCode::dkim_alias_missing) != nullptr);
    // A text where the alias belongs is shown, whatever it is; one that a wildcard gives stands nowhere.
    for (const auto& text : {target, target + '.', "\"" + our_key + "\"", std::string("v=spf1 -all")}) {
        const auto instead = with([&](auto& zones) { zones.add(name, RecordType::txt, text); });
        CHECK(proposal(instead, FindingCode::dkim_alias_as_text) == target);
        CHECK(find(instead, FindingCode::dkim_alias_as_text)->found == std::vector<std::string>{text});
        CHECK(find(instead, FindingCode::dkim_alias_as_text)->remedy == Remedy::replace);
        CHECK(instead.slots[0] == SlotState::wrong);
    }
    const auto wildcard = with([&](auto& zones) {
        for (const auto& each : {name, "ilbud-no-such-selector._domainkey." + customer})
            zones.add(each, RecordType::txt, "v=spf1 -all");
    });
    CHECK(proposal(wildcard, FindingCode::dkim_alias_missing) == target);
}

TEST_CASE("R27: a CNAME may lead to our target by way of another name") {
    const auto report = check_changed(Stage::complete, [](auto& zones) {
        for (const auto* each : {"ilbud1", "ilbud2"}) {
            zones.set(std::string(each) + "._domainkey." + customer, RecordType::cname,
                      std::string(each) + ".dkim.agency.example");
            zones.add(std::string(each) + ".dkim.agency.example", RecordType::cname,
                      std::string(each) + "._domainkey.ilbud.example");
        }
    });
    CHECK(report.slots == std::array{SlotState::ready, SlotState::idle});
}

TEST_CASE("R27: what stands at the active target must be our key; anything else is ours to mend") {
    const auto with = [&](const std::function<void(ZoneResolver&, const std::string&)>& change, FindingCode code) {
        const auto report =
            check_changed(Stage::complete, [&](auto& zones) { change(zones, "ilbud1._domainkey.ilbud.example"); });
        INFO(to_word(code));
        CHECK(report.verdict == DomainVerdict::sendable);
        CHECK(report.slots[0] == SlotState::keyless);
        REQUIRE(find(report, code) != nullptr);
        CHECK(find(report, code)->remedy == Remedy::ours);
        CHECK(report.providers[0].large_volume == RuleAnswer::fails);
    };
    with([](auto& zones, const auto& target) { zones.remove(target, RecordType::txt); }, FindingCode::dkim_key_missing);
    with([](auto& zones, const auto& target) { zones.set(target, RecordType::txt, other_key); }, FindingCode::dkim_key_other);
    with([](auto& zones, const auto& target) { zones.set(target, RecordType::txt, "v=DKIM1; p="); },
         FindingCode::dkim_key_revoked);
    with([](auto& zones, const auto& target) { zones.set(target, RecordType::txt, weak_key); }, FindingCode::dkim_key_unusable);
    with([](auto& zones, const auto& target) { zones.add(target, RecordType::txt, "v=spf1 -all"); },
         FindingCode::dkim_key_several);
    with([](auto& zones, const auto& target) { zones.set(target, RecordType::txt, our_key + "; k=rsa"); },
         FindingCode::dkim_key_doubled_tag);
    with([](auto& zones, const auto& target) { zones.set(target, RecordType::txt, our_key + "; h=sha256; h=sha256"); },
         FindingCode::dkim_key_doubled_tag);
}

TEST_CASE("R27: a key in test mode is told; a key that we do not know of counts if none is given") {
    const auto testing = check_changed(
        Stage::complete, [](auto& zones) { zones.set("ilbud1._domainkey.ilbud.example", RecordType::txt, our_key + "; t=y"); });
    CHECK(testing.verdict == DomainVerdict::complete);
    CHECK(find(testing, FindingCode::dkim_key_testing) != nullptr);
    auto asked = question();
    asked.slots[0].record.clear();
    CHECK(
        check_changed(
            Stage::complete, [](auto& zones) { zones.set("ilbud1._domainkey.ilbud.example", RecordType::txt, other_key); }, asked)
            .slots[0] == SlotState::ready);
}

TEST_CASE("check_domain: the CNAME of an Ed25519 key that is missing is a remark") {
    auto asked = question();
    asked.ed25519 = DkimSlot{"ilbud-ed", "ilbud-ed._domainkey.ilbud.example", "", true};
    const auto report = check_changed(
        Stage::complete, [](auto&) {}, asked);
    CHECK(report.verdict == DomainVerdict::complete);
    REQUIRE(find(report, FindingCode::dkim_alias_missing) != nullptr);
    CHECK(find(report, FindingCode::dkim_alias_missing)->severity == Severity::remark);
}

TEST_CASE("R28: DMARC at the organisational domain counts, with its policy for subdomains") {
    const std::string below = "post." + customer;
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, Stage::signed_only, below);
    zones.add("_dmarc." + customer, RecordType::txt, "v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@" + customer);
    const auto report = check(zones, question(below));
    CHECK(report.verdict == DomainVerdict::complete);
    const auto* inherited = find(report, FindingCode::dmarc_inherited);
    REQUIRE(inherited != nullptr);
    CHECK(fact(*inherited, "policy") == "quarantine");
    CHECK(fact(*inherited, "organisation") == customer);
}

TEST_CASE("R28: several DMARC records or one without a policy count as none, and the proposal keeps what is sound") {
    const auto name = "_dmarc." + customer;
    const auto several =
        check_changed(Stage::complete, [&](auto& zones) { zones.add(name, RecordType::txt, "v=DMARC1; p=none"); });
    CHECK(several.verdict == DomainVerdict::signing);
    CHECK(proposal(several, FindingCode::dmarc_several) == "v=DMARC1; p=none; rua=mailto:dmarc@" + customer + ";");
    const auto unusable =
        check_changed(Stage::complete, [&](auto& zones) { zones.set(name, RecordType::txt, "v=DMARC1; p=nonne; adkim=s"); });
    CHECK(unusable.verdict == DomainVerdict::signing);
    CHECK(proposal(unusable, FindingCode::dmarc_unusable) == "v=DMARC1; p=none; adkim=s;");
    CHECK(fact(*find(unusable, FindingCode::dmarc_unusable), "tag") == "p");
    CHECK(fact(*find(unusable, FindingCode::dmarc_unusable), "position") == "11");
}

TEST_CASE("R28: a DMARC record with a flaw still counts") {
    const auto report = check_changed(
        Stage::complete, [](auto& zones) { zones.set("_dmarc." + customer, RecordType::txt, "v=DMARC1; p=none; fo=7"); });
    CHECK(report.verdict == DomainVerdict::complete);
    CHECK(proposal(report, FindingCode::dmarc_tag_ignored) == "v=DMARC1; p=none;");
    CHECK(find(report, FindingCode::dmarc_only_watches) != nullptr);
    CHECK(find(report, FindingCode::dmarc_no_reports) != nullptr);
    CHECK(find(report, FindingCode::bimi_needs_policy) != nullptr);
}

TEST_CASE("R28: From must agree with the signature or the Return-Path, by the record's own mode") {
    auto asked = question();
    asked.signing_domain = asked.return_path_domain = "mail." + customer;
    CHECK(check_changed(
              Stage::complete, [](auto&) {}, asked)
              .verdict == DomainVerdict::complete);
    const auto strict = check_changed(
        Stage::complete,
        [](auto& zones) { zones.set("_dmarc." + customer, RecordType::txt, "v=DMARC1; p=reject; adkim=s; aspf=s"); }, asked);
    CHECK(strict.verdict == DomainVerdict::signing);
    REQUIRE(find(strict, FindingCode::dmarc_not_aligned) != nullptr);
    CHECK(find(strict, FindingCode::dmarc_not_aligned)->severity == Severity::fault);
    asked.signing_domain = asked.return_path_domain = "platform.example";
    const auto foreign = check_changed(
        Stage::complete, [](auto&) {}, asked);
    CHECK(find(foreign, FindingCode::dmarc_not_aligned) != nullptr);
    CHECK(foreign.providers[2].large_volume == RuleAnswer::fails);
}

TEST_CASE("check_domain: MX, null MX, the address instead of an MX, and none") {
    const auto with = [](const std::function<void(ZoneResolver&)>& change) {
        return check_changed(Stage::complete, [&](auto& zones) {
            zones.remove(customer, RecordType::mx);
            change(zones);
        });
    };
    CHECK(find(with([](auto& zones) { zones.add(customer, RecordType::mx, "0 "); }), FindingCode::mx_null) != nullptr);
    CHECK(find(with([](auto& zones) { zones.add(customer, RecordType::a, "198.51.100.1"); }), FindingCode::mx_by_address) !=
          nullptr);
    CHECK(find(with([](auto&) {}), FindingCode::mx_missing) != nullptr);
    const auto lost = with([](auto& zones) { zones.add(customer, RecordType::mx, "10 gone.example"); });
    REQUIRE(find(lost, FindingCode::mx_unresolved) != nullptr);
    CHECK(fact(*find(lost, FindingCode::mx_unresolved), "host") == "gone.example");
    CHECK(lost.verdict == DomainVerdict::complete);
}

TEST_CASE("check_domain: a domain that does not exist is said to be so") {
    ZoneResolver zones;
    const auto report = check(add_platform(zones));
    CHECK(report.verdict == DomainVerdict::blocked);
    CHECK(report.findings.front().code == FindingCode::domain_missing);
}

TEST_CASE("check_domain: our addresses need names that lead back") {
    const auto nameless =
        check_changed(Stage::complete, [](auto& zones) { zones.remove("10.2.0.192.in-addr.arpa", RecordType::ptr); });
    REQUIRE(find(nameless, FindingCode::source_without_name) != nullptr);
    CHECK(fact(*find(nameless, FindingCode::source_without_name), "address") == "192.0.2.10");
    CHECK(nameless.verdict == DomainVerdict::complete);
    CHECK(nameless.providers[0].any_volume == RuleAnswer::fails);
    const auto astray =
        check_changed(Stage::complete, [](auto& zones) { zones.set("out1.ilbud.example", RecordType::aaaa, "2001:db8::11"); });
    REQUIRE(find(astray, FindingCode::source_not_confirmed) != nullptr);
    CHECK(fact(*find(astray, FindingCode::source_not_confirmed), "address") == "2001:db8::10");
    auto asked = question();
    asked.helo = "nobody.example";
    CHECK(find(check_changed(
                   Stage::complete, [](auto&) {}, asked),
               FindingCode::helo_unresolved) != nullptr);
    asked.source_addresses.clear();
    const auto unknown = check_changed(
        Stage::complete, [](auto&) {}, asked);
    CHECK(find(unknown, FindingCode::sources_not_given) != nullptr);
    CHECK(unknown.verdict == DomainVerdict::complete);
    CHECK(unknown.providers[0].any_volume == RuleAnswer::unknown);
}

TEST_CASE("check_domain: without the records that are good to have there are remarks only") {
    const auto report = check_changed(Stage::signed_only, [](auto& zones) {
        zones.add("_mta-sts." + customer, RecordType::txt, "v=STSv1; id=no-good");
        zones.add("default._bimi." + customer, RecordType::txt, "v=BIMI1; l=ftp://x.example/l.svg");
    });
    CHECK(complaints(report) == std::vector{FindingCode::dmarc_missing, FindingCode::tls_report_missing,
                                            FindingCode::mta_sts_unusable, FindingCode::bimi_unusable});
    CHECK(proposal(report, FindingCode::tls_report_missing) == "v=TLSRPTv1; rua=mailto:postmaster@" + customer);
}

TEST_CASE("S43: a failure of the DNS is unknown, names its cause, and is never taken for an absent record") {
    const auto failing = [](const std::string& name) {
        return check_changed(Stage::complete, [&](auto& zones) { zones.fail(name, "timeout"); });
    };
    const auto spf = failing(customer);
    CHECK(spf.verdict == DomainVerdict::unknown);
    REQUIRE(find(spf, FindingCode::spf_unknown) != nullptr);
    CHECK(fact(*find(spf, FindingCode::spf_unknown), "reason") == "timeout");
    CHECK(find(spf, FindingCode::spf_missing) == nullptr);
    CHECK(find(spf, FindingCode::mx_unknown) != nullptr);
    const auto include = failing("_spf.ilbud.example");
    CHECK(include.verdict == DomainVerdict::unknown);
    CHECK(find(include, FindingCode::spf_include_missing) == nullptr);
    const auto alias = failing("ilbud1._domainkey." + customer);
    CHECK(alias.verdict == DomainVerdict::unknown);
    CHECK(alias.slots[0] == SlotState::unknown);
    CHECK(find(alias, FindingCode::dkim_alias_missing) == nullptr);
    const auto key = failing("ilbud1._domainkey.ilbud.example");
    CHECK(key.verdict == DomainVerdict::unknown);
    CHECK(find(key, FindingCode::dkim_key_missing) == nullptr);
    const auto dmarc = failing("_dmarc." + customer);
    CHECK(dmarc.verdict == DomainVerdict::unknown);
    CHECK(find(dmarc, FindingCode::dmarc_missing) == nullptr);
}

TEST_CASE("S43: a failure where the verdict does not hang on it leaves the verdict") {
    for (const auto& name : {"_smtp._tls." + customer, "_mta-sts." + customer, "default._bimi." + customer,
                             std::string("10.2.0.192.in-addr.arpa")}) {
        const auto report = check_changed(Stage::complete, [&](auto& zones) { zones.fail(name); });
        INFO(name);
        CHECK(report.verdict == DomainVerdict::complete);
        CHECK(complaints(report).size() == 1);
    }
    CHECK(check_changed(Stage::complete, [](auto& zones) { zones.fail("ilbud2._domainkey.ilbud.example"); }).verdict ==
          DomainVerdict::complete);
    const auto blocked = check_changed(Stage::nothing, [](auto& zones) { zones.fail("_dmarc." + customer); });
    CHECK(blocked.verdict == DomainVerdict::blocked);
}
