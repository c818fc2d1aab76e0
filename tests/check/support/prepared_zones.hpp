/// A platform with its own DNS, and customers' zones in five stages, for tests of the domain check.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ilbud/check/domain_check.hpp"
#include "support/run_task.hpp"
#include "support/zone_resolver.hpp"

namespace ilbud::test {

inline const std::string our_key =
    "v=DKIM1; k=rsa; p="
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwiy8OSdjjOzQtastc891CjtS7/J8gFwc1MaRh+nRjWQJTA0cLojv1Kziq0oaqwaIbDmM1cJD4Bs5qZaO"
    "KaVNMc6i1UT/yV3Z6kgiXThTAgCA+/LKkbDXwsZ7daWH/6++E+8G09ZUmAHh7p629S7mEpRBCeQilj49sfMeN5pHeVJdy5X9sN9LVavTXWOAmoxOKigIyuYbCHr8"
    "/eckT+RefmHRnY65a0ToylsXFGaXJQn2iMhvH18eoyprwX6pcEl+r8viC3s6JDVJAAuitM1bI1qzkZq7qqBLdBshtNTsHW3iLmlf9GETwUHw0A3EmoGz/I8hfZUZ"
    "giNbAAc8Ld9uOwIDAQAB";
inline const std::string other_key =  // RSA with 1024 bits, as the bare RSAPublicKey that some publish
    "v=DKIM1; "
    "p=MIGJAoGBAL3zKN4Cf/nK2ITVg500fRyMcANiLm0tl8c8b+Ljqa/9Z6SVhS7ewBi6tEp61CBvzdg7quEEiKOwDgi5fcsNhsjESbweNxC+50jATKQSSGEr"
    "MAZRo1DbUi0GeMcAl3Q9BFMR+f1EI3J4ir7iVRntj9M0crSsagIGD85gmET5dlIPAgMBAAE=";
inline const std::string weak_key =
    "v=DKIM1; "
    "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMkeHPL3F/Z7teJvolN1GGu1i/"
    "JLxlZsMhVbnCOBlnP4Sf2akO3fMTpdpTYqCVVZkJJbwR0jFRkXP122cKCOFM8CAwEAAQ==";

/// The customer's domain in these tests.
inline const std::string customer = "dagbladet.example";

/// ilbud.example, which includes are made for, with the key of the first slot, and the names of our two addresses.
inline ZoneResolver& add_platform(ZoneResolver& zones) {
    zones.add("_spf.ilbud.example", RecordType::txt, "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 -all");
    zones.add("spf.old.example", RecordType::txt, "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 -all");
    zones.add("ilbud1._domainkey.ilbud.example", RecordType::txt, our_key);
    zones.add("10.2.0.192.in-addr.arpa", RecordType::ptr, "out1.ilbud.example");
    zones.add("0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", RecordType::ptr, "out1.ilbud.example");
    zones.add("out1.ilbud.example", RecordType::a, "192.0.2.10");
    zones.add("out1.ilbud.example", RecordType::aaaa, "2001:db8:0:0::10");
    return zones;
}

/// How that platform asks.
inline DomainQuestion question(const std::string& domain = customer) {
    DomainQuestion out;
    out.domain = domain;
    out.from = {"faktura@" + domain, "kundeservice@" + domain};
    out.spf_includes = {"_spf.ilbud.example", "spf.old.example"};
    out.slots = {
        {{"ilbud1", "ilbud1._domainkey.ilbud.example", our_key, true}, {"ilbud2", "ilbud2._domainkey.ilbud.example", "", false}}};
    out.source_addresses = {"192.0.2.10", "2001:db8::10"};
    out.helo = "out1.ilbud.example";
    return out;
}

enum class Stage { nothing, spf_only, one_alias_missing, signed_only, complete };
inline const std::vector<std::pair<Stage, std::string>> stages{{Stage::nothing, "nothing"},
                                                               {Stage::spf_only, "spf_only"},
                                                               {Stage::one_alias_missing, "one_alias_missing"},
                                                               {Stage::signed_only, "signed"},
                                                               {Stage::complete, "complete"}};

/// A customer's zone; each stage adds to the one before.
inline ZoneResolver& add_customer(ZoneResolver& zones, Stage stage, const std::string& domain = customer) {
    zones.add(domain, RecordType::mx, "10 mail.host.example").add("mail.host.example", RecordType::a, "198.51.100.25");
    zones.add(domain, RecordType::soa, "ns.host.example hostmaster.host.example 1 3600 600 86400 60");
    if (stage >= Stage::spf_only) zones.add(domain, RecordType::txt, "v=spf1 mx include:_spf.ilbud.example ~all");
    if (stage >= Stage::one_alias_missing)
        zones.add("ilbud1._domainkey." + domain, RecordType::cname, "ilbud1._domainkey.ilbud.example");
    if (stage >= Stage::signed_only)
        zones.add("ilbud2._domainkey." + domain, RecordType::cname, "ilbud2._domainkey.ilbud.example");
    if (stage >= Stage::complete) {
        zones.add("_dmarc." + domain, RecordType::txt, "v=DMARC1; p=reject; rua=mailto:dmarc@" + domain);
        zones.add("_smtp._tls." + domain, RecordType::txt, "v=TLSRPTv1; rua=mailto:tls@" + domain);
        zones.add("_mta-sts." + domain, RecordType::txt, "v=STSv1; id=20250624");
        zones.add("default._bimi." + domain, RecordType::txt, "v=BIMI1; l=https://" + domain + "/logo.svg");
    }
    return zones;
}

inline ZoneResolver prepared(Stage stage) {
    ZoneResolver zones;
    add_platform(zones);
    add_customer(zones, stage);
    return zones;
}

inline DomainReport check(Resolver& resolver, const DomainQuestion& asked = question()) {
    return run_task(check_domain(resolver, asked));
}

/// The first finding of that code, or null.
inline const Finding* find(const DomainReport& report, FindingCode code) {
    for (const auto& finding : report.findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

/// The fact `name` of a finding; empty if it has none.
inline std::string fact(const Finding& finding, const std::string& name) {
    for (const auto& [known, value] : finding.facts)
        if (known == name) return value;
    return {};
}

}  // namespace ilbud::test
