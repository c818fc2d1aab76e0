// The providers' published rules.
#include <catch2/catch.hpp>

#include "ilbud/check/sender_rules.hpp"

using namespace ilbud;

namespace {

SenderFacts everything() {
    const auto yes = RuleAnswer::passes;
    return {yes, yes, yes, yes, yes, yes, yes, yes, yes};
}

ProviderVerdict of(Provider provider, const SenderFacts& facts) {
    for (const auto& verdict : judge_by_providers(facts))
        if (verdict.provider == provider) return verdict;
    throw std::logic_error("no verdict");
}

}  // namespace

TEST_CASE("judge_by_providers: with everything in place mail passes everywhere, and unsubscribing is not asked of it") {
    for (const auto& verdict : judge_by_providers(everything())) {
        CHECK(verdict.any_volume == RuleAnswer::passes);
        CHECK(verdict.large_volume == RuleAnswer::passes);
        for (const auto& rule : verdict.rules)
            CHECK((rule.answer == RuleAnswer::not_asked) == (rule.rule == SenderRule::unsubscribe));
    }
}

TEST_CASE("judge_by_providers: SPF alone is enough for small numbers only") {
    auto facts = everything();
    facts.dkim = RuleAnswer::fails;
    for (const auto provider : {Provider::gmail, Provider::yahoo, Provider::outlook}) {
        CHECK(of(provider, facts).any_volume == RuleAnswer::passes);
        CHECK(of(provider, facts).large_volume == RuleAnswer::fails);
    }
}

TEST_CASE("judge_by_providers: neither SPF nor DKIM fails at Gmail and Yahoo whatever the number") {
    auto facts = everything();
    facts.dkim = facts.spf = RuleAnswer::fails;
    CHECK(of(Provider::gmail, facts).any_volume == RuleAnswer::fails);
    CHECK(of(Provider::yahoo, facts).any_volume == RuleAnswer::fails);
    CHECK(of(Provider::outlook, facts).any_volume == RuleAnswer::passes);
}

TEST_CASE("judge_by_providers: only Gmail asks for TLS, and Outlook.com does not ask for names of addresses") {
    auto facts = everything();
    facts.tls = RuleAnswer::fails;
    CHECK(of(Provider::gmail, facts).any_volume == RuleAnswer::fails);
    CHECK(of(Provider::yahoo, facts).large_volume == RuleAnswer::passes);
    facts = everything();
    facts.reverse_dns = RuleAnswer::fails;
    CHECK(of(Provider::yahoo, facts).any_volume == RuleAnswer::fails);
    CHECK(of(Provider::outlook, facts).large_volume == RuleAnswer::passes);
}

TEST_CASE("judge_by_providers: what is not known leaves it open, unless something else fails") {
    auto facts = everything();
    facts.dmarc = RuleAnswer::unknown;
    CHECK(of(Provider::gmail, facts).large_volume == RuleAnswer::unknown);
    CHECK(of(Provider::gmail, facts).any_volume == RuleAnswer::passes);
    facts.dkim = RuleAnswer::fails;
    CHECK(of(Provider::gmail, facts).large_volume == RuleAnswer::fails);
    facts.spf = RuleAnswer::unknown;
    CHECK(of(Provider::gmail, facts).any_volume == RuleAnswer::unknown);
}

TEST_CASE("judge_by_providers: GMX and WEB.DE want DKIM that agrees with From; SPF does not stand in for it") {
    auto facts = everything();
    facts.aligned_dkim = RuleAnswer::fails;
    CHECK(of(Provider::gmx, facts).any_volume == RuleAnswer::fails);
    CHECK(of(Provider::gmail, facts).large_volume == RuleAnswer::passes);
    facts.aligned_dkim = RuleAnswer::unknown;
    CHECK(of(Provider::gmx, facts).any_volume == RuleAnswer::unknown);
}

TEST_CASE("judge_by_providers: Outlook.com wants SPF, DKIM and DMARC together, and tells by 5.7.515 which mail lacks one") {
    for (auto SenderFacts::*fact : {&SenderFacts::spf, &SenderFacts::dkim, &SenderFacts::dmarc, &SenderFacts::alignment}) {
        auto facts = everything();
        facts.*fact = RuleAnswer::fails;
        const auto verdict = of(Provider::outlook, facts);
        CHECK(verdict.large_volume == RuleAnswer::fails);
        for (const auto& rule : verdict.rules)
            if (rule.answer == RuleAnswer::fails) CHECK(rule.codes == "5.7.515");
    }
}

TEST_CASE("judge_by_providers: Apple's rules are for bulk mail") {
    auto facts = everything();
    facts.dmarc = RuleAnswer::fails;
    CHECK(of(Provider::apple, facts).any_volume == RuleAnswer::passes);
    CHECK(of(Provider::apple, facts).large_volume == RuleAnswer::fails);
}

TEST_CASE("judge_by_providers: every rule names its source, and Google's those codes that it publishes") {
    for (const auto& verdict : judge_by_providers({}))
        for (const auto& rule : verdict.rules) {
            CHECK(rule.source.find('.') != std::string_view::npos);
            if (verdict.provider == Provider::gmail) CHECK(rule.codes.empty() == (rule.rule == SenderRule::unsubscribe));
        }
}

TEST_CASE("judge_by_providers: with nothing known nothing is promised") {
    for (const auto& verdict : judge_by_providers({})) {
        CHECK(verdict.large_volume == RuleAnswer::unknown);
        CHECK(verdict.any_volume != RuleAnswer::fails);
    }
}
