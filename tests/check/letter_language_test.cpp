// A letter is written in one language: what the evaluators say in English is for logs, and reaches no letter in another one.
#include <catch2/catch.hpp>

#include <set>

#include "check/domain_words.hpp"
#include "ilbud/check/domain_text.hpp"
#include "support/prepared_zones.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr std::array languages{Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de};

// Stands for every sentence of an evaluator: no letter may hold it.
const std::string sentence = "the evaluator says this in English";

// Every fact that any finding has, and the sentence wherever the evaluators put theirs.
Finding finding_of(FindingCode code, SpfCause::Kind kind) {
    Finding finding;
    finding.code = code;
    for (const auto* name : {"include", "recommended", "via",   "term",   "record",       "address", "name",     "selector",
                             "target",  "misplaced",   "tag",   "policy", "organisation", "shown",   "position", "signing",
                             "sender",  "host",        "costs", "terms",  "count",        "most",    "at"})
        finding.facts.emplace_back(name, "<" + std::string(name) + ">");
    finding.facts.emplace_back("detail", sentence);
    finding.facts.emplace_back("reason", "SERVFAIL: " + sentence);
    finding.facts.emplace_back("failure", "bogus: " + sentence);
    if (kind != SpfCause::Kind::none) finding.facts.emplace_back("cause", to_word(kind));
    return finding;
}

DomainReport with_spf(const std::string& record) {
    auto zones = prepared(Stage::complete);
    zones.set(customer, RecordType::txt, record);
    zones.add("two.example", RecordType::txt, "v=spf1 -all").add("two.example", RecordType::txt, "v=spf1 ~all");
    zones.add("bare.example", RecordType::a, "192.0.2.9").fail("dead.example", "timeout");
    zones.fail("forged.example", "bogus: the signatures do not hold");
    zones.fail("lame.example", "malformed answer: 3 bytes");
    for (int i = 0; i < 11; ++i)
        zones.add("many.example", RecordType::mx, std::to_string(i) + " a" + std::to_string(i) + ".example");
    return check(zones);
}

}  // namespace

TEST_CASE(
    "finding_text: no finding, for whatever reason, repeats an evaluator's English sentence, and every language has its own") {
    for (std::size_t i = 0; i < finding_codes; ++i)
        for (std::size_t kind = 0; kind < words<SpfCause::Kind>.size(); ++kind) {
            const auto finding = finding_of(static_cast<FindingCode>(i), static_cast<SpfCause::Kind>(kind));
            INFO(to_word(finding.code) << ' ' << words<SpfCause::Kind>[kind]);
            std::set<std::string> told;
            for (const auto language : languages) {
                const auto text = finding_text(finding, customer, language);
                CHECK((text.found + text.without).find(sentence) == std::string::npos);
                CHECK((text.found + text.without).find('{') == std::string::npos);
                told.insert(text.found);
            }
            CHECK(told.size() == languages.size());
        }
}

TEST_CASE("domain words: every cause and every failure of the DNS has words of its own in every language") {
    for (std::size_t kind = 0; kind < words<SpfCause::Kind>.size(); ++kind) {
        std::set<std::string_view> told;
        for (const auto language : languages) told.insert(domain_words(language).causes[kind]);
        INFO(words<SpfCause::Kind>[kind]);
        CHECK(told.size() == languages.size());
        CHECK_FALSE(told.contains(""));
    }
    for (std::size_t i = 0; i < dns_failures; ++i) {
        std::set<std::string_view> told;
        for (const auto language : languages) told.insert(domain_words(language).failures[i]);
        INFO(i);
        CHECK(told.size() == languages.size());
        CHECK_FALSE(told.contains(""));
    }
}

TEST_CASE("domain_text: a letter in Danish had the SPF evaluator's English in it") {
    for (const auto* record :
         {"v=spf1 include:gone.example -all", "v=spf1 include:bare.example -all", "v=spf1 include:two.example -all",
          "v=spf1 mx:many.example -all", "v=spf1 ip4:203.0.113.0/33 -all", "v=spf1 ip4:203.0.113 -all",
          "v=spf1 include:%{z}.example -all", "v=spf1 exp=a.example exp=b.example -all", "v=spf1 include:dagbladet.example -all",
          "v=spf1 include:dead.example include:_spf.ilbud.example -all", "v=spf1 include:forged.example -all",
          "v=spf1 include:lame.example -all", "v=spf1 mx include:_spf.ilbud.example whatever -all",
          "v=spf1 a:v1.example a:v2.example a:v3.example include:_spf.ilbud.example -all", "v=spf1 ip4:203.0.113.1"}) {
        const auto report = with_spf(record);
        for (const auto language : {Locale::da, Locale::nb, Locale::sv, Locale::de})
            for (const auto* english : {" the ", "expected", " record of ", "does not exist", "has no SPF", "are allowed",
                                        "answer", "signatures", "permerror", "temperror"}) {
                INFO(record << " in " << to_word(language));
                CHECK_THAT(domain_text(report, language), !Catch::Contains(english));
            }
    }
}

TEST_CASE("domain_text: a letter in Danish had the resolver's English in it") {
    for (const auto* failure :
         {"timeout", "SERVFAIL", "REFUSED", "bogus: no keys", "CNAME loop: a -> b", "malformed answer: empty",
          "answer too large: 70000 bytes, at most 65535", "too many questions", "stopped"}) {
        auto zones = prepared(Stage::complete);
        for (const auto& name : {customer, "ilbud1._domainkey." + customer, "_dmarc." + customer, "_mta-sts." + customer,
                                 std::string("10.2.0.192.in-addr.arpa")})
            zones.fail(name, failure);
        const auto report = check(zones);
        for (const auto language : {Locale::da, Locale::nb, Locale::sv, Locale::de})
            for (const auto* english : {"timeout", "bogus", "keys", "loop", "answer", "many", "stopped"}) {
                INFO(failure << " in " << to_word(language));
                CHECK_THAT(domain_text(report, language), !Catch::Contains(english));
            }
        CHECK((std::string(failure) != "REFUSED" || domain_text(report, Locale::da).find("REFUSED") != std::string::npos));
    }
}
