#include "ilbud/watch/verdict_state.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

VerdictState named(std::string domain) {
    VerdictState state;
    state.domain = std::move(domain);
    return state;
}

struct Watched {
    VerdictNews look(RuleAnswer spf, RuleAnswer dmarc = RuleAnswer::passes) {
        DomainReport report;
        report.domain = state.domain;
        report.spf = spf;
        report.dmarc = dmarc;
        report.verdict = spf == RuleAnswer::unknown  ? DomainVerdict::unknown
                         : spf == RuleAnswer::passes ? DomainVerdict::complete
                                                     : DomainVerdict::blocked;
        now += 1h;
        return record_report(state, report, 24h, now);
    }
    VerdictState state = named("avisen.dk");
    Time now = Time{} + 24h * 20000;
};

constexpr auto passes = RuleAnswer::passes;
constexpr auto fails = RuleAnswer::fails;
constexpr auto unknown = RuleAnswer::unknown;

}  // namespace

TEST_CASE("R28: a domain that never let our mail pass has not fallen") {
    Watched watched;
    const auto first = watched.look(fails, fails);
    CHECK_FALSE(first[0].broken);
    CHECK_FALSE(first[1].broken);
    CHECK_FALSE(watched.look(passes)[0].fixed);
    CHECK(watched.state.verdict == DomainVerdict::complete);
}

TEST_CASE("R28: what falls is told until it is known, what rises to those who know") {
    Watched watched;
    watched.look(passes);
    const auto fell = watched.look(fails);
    CHECK(fell[0].broken);
    CHECK_FALSE(fell[1].broken);
    CHECK(watched.state.aspects[0].fallen_since == watched.now);
    const auto since = watched.now;
    CHECK(watched.look(fails)[0].broken);
    CHECK(watched.state.aspects[0].fallen_since == since);
    watched.state.aspects[0].told = {"press"};
    const auto rose = watched.look(passes);
    CHECK_FALSE(rose[0].broken);
    CHECK(rose[0].fixed);
    watched.state.aspects[0].told.clear();
    CHECK_FALSE(watched.look(passes)[0].fixed);
    CHECK(watched.look(passes, fails)[1].broken);
}

TEST_CASE("S43: a look that failed changes no verdict, and is made again soon") {
    Watched watched;
    watched.look(passes);
    const auto known = watched.state;
    CHECK(known.next_look >= watched.now + 24h);
    for (int i = 1; i <= 5; ++i) {
        const auto news = watched.look(unknown, i % 2 == 0 ? passes : unknown);
        CHECK_FALSE(news[0].broken);
        CHECK_FALSE(news[0].fixed);
        CHECK(watched.state.aspects == known.aspects);
        CHECK(watched.state.verdict == known.verdict);
        CHECK(watched.state.failures == i);
        CHECK(watched.state.next_look <= watched.now + 67min);
    }
    // The one that answered moves on.
    CHECK(watched.look(unknown, fails)[1].broken);
    watched.look(fails);
    CHECK(watched.state.next_look <= watched.now + 67min);
    CHECK(watched.state.failures == 0);
}

TEST_CASE("R28: what is known of a domain comes back from the shelf") {
    Watched watched;
    watched.look(passes);
    watched.look(fails, unknown);
    watched.state.aspects[0].told = {"press", "other"};
    const auto read = read_verdict_state(to_json(watched.state));
    REQUIRE(read);
    CHECK(*read == watched.state);
    CHECK(read_verdict_state(to_json(named("a.dk")))->aspects[0].holds == std::nullopt);
    for (const auto* text : {"", "[]", "{}", R"({"domain":7})"}) CHECK_FALSE(read_verdict_state(text));
}
