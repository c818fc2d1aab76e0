#include "generate.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"

namespace ilbud::bench {
namespace {

const Time noon = *parse_time("2026-11-23T12:00:00Z");

/// What account_settings makes, by hand.
Settings settings_with(std::size_t units) {
    Settings settings;
    Account& account = settings.accounts["bench"];
    account.id = "bench";
    account.email = "drift@platform.example";
    CustomerService& service = account.customer_services["kundeservice"];
    service.id = "kundeservice";
    service.name = "Kundeservice";
    service.support_email = "kundeservice@dagbladet.example";
    account.forms["web"].id = "web";
    account.forms[std::string(confirming_form)].confirm_first = true;
    for (const auto& one : bench_units(units)) {
        Unit& unit = settings.units[one.id];
        unit.id = one.id;
        unit.account = "bench";
        unit.customer_service = "kundeservice";
        unit.name = "Dagbladet";
        unit.locales = {Locale::en};
        unit.invoice_email = "faktura@dagbladet.example";
    }
    return settings;
}

}  // namespace

TEST_CASE("line: every event is taken at the door and makes exactly one mail of its kind, with an id of its own") {
    const auto settings = settings_with(3);
    const Generator generator(7, bench_units(3), usual_mix, noon);
    std::set<std::string> mails;
    std::set<std::string> once_keys;
    std::map<Kind, int> kinds;
    std::set<std::string> units;
    std::set<Locale> locales;
    constexpr int count = 2000;
    for (std::uint64_t number = 0; number < count; ++number) {
        const auto line = generator.line(number);
        INFO(line);
        const auto event = parse_event(line);
        REQUIRE(event);
        CHECK(Generator::number_of(event->id) == number);
        const auto decision = decide(settings, *event, noon);
        REQUIRE(decision);
        REQUIRE(decision->mails.size() == 1);
        const auto& mail = decision->mails.front();
        REQUIRE(mail.kind == generator.kind(number));
        mails.insert(mail.id);
        if (!mail.once_key.empty()) REQUIRE(once_keys.insert(mail.once_key).second);
        ++kinds[mail.kind];
        units.insert(mail.unit);
        locales.insert(mail.locale);
    }
    CHECK(mails.size() == count);
    CHECK(kinds.size() == bench::mixed_kinds);
    CHECK(kinds[Kind::invoice] > kinds[Kind::confirmation] * 4);
    CHECK(units.size() == 3);
    CHECK(locales == std::set<Locale>{Locale::da, Locale::en});
}

TEST_CASE("line: the same seed makes the same events, another seed others") {
    const Generator one(1, bench_units(2), usual_mix, noon);
    const Generator same(1, bench_units(2), usual_mix, noon);
    const Generator other(2, bench_units(2), usual_mix, noon);
    CHECK(one.line(5) == same.line(5));
    CHECK(one.line(5) != one.line(6));
    CHECK(one.line(5) != other.line(5));
    CHECK(one.source() != other.source());
}

TEST_CASE("kind: a mix of one kind makes no other") {
    const Generator generator(1, bench_units(1), only(Kind::receipt), noon);
    for (std::uint64_t number = 0; number < 200; ++number) REQUIRE(generator.kind(number) == Kind::receipt);
}

TEST_CASE("number_of: an id that the generator did not make has no number") {
    CHECK(Generator::number_of("e-12") == 12U);
    for (const auto* id : {"", "e-", "e-x", "e-1x", "f-1", "1"}) CHECK_FALSE(Generator::number_of(id).has_value());
}

TEST_CASE("parse_burst: a kind that events make and a number, nothing else") {
    const auto burst = parse_burst("invoice:100000");
    REQUIRE(burst);
    CHECK(burst->kind == Kind::invoice);
    CHECK(burst->count == 100'000);
    for (const auto* text : {"", "invoice", "invoice:", "invoice:0", "invoice:10x", "invoice:-1", "post:10", "notice:10", ":5",
                             "invoice:99999999999"}) {
        INFO(text);
        const auto refused = parse_burst(text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().detail.find("confirmation, welcome") != std::string::npos);
    }
}

TEST_CASE("parse_mix: a notice is not made by events") {
    CHECK_FALSE(parse_mix("notice=1"));
    CHECK_FALSE(parse_mix("invoice=1001"));
    CHECK_FALSE(parse_mix("invoice=1x"));
}

TEST_CASE("parse_mix: kinds with weights, nothing else") {
    const auto mix = parse_mix("invoice=3,welcome=1");
    REQUIRE(mix);
    CHECK(mix_text(*mix) == "welcome=1,invoice=3");
    CHECK(*parse_mix(mix_text(usual_mix)) == usual_mix);
    for (const auto* text :
         {"", "invoice", "invoice=", "invoice=x", "invoice=-1", "bill=1", "invoice=0", "invoice=1,", "invoice=1001"})
        CHECK_FALSE(parse_mix(text));
}

}  // namespace ilbud::bench
