// RFC 9989's tree walk on zones of our own; dmarc_oracle_test.cpp asks somebody else about the same zones.
#include <catch2/catch.hpp>

#include <iostream>

#include "dns/dmarc_cases.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::vector<std::string> asked(const std::string& domain) {
    ZoneResolver zone;
    walked(zone, domain);
    std::vector<std::string> names;
    for (const auto& [name, type] : zone.asked) names.push_back(name);
    return names;
}

}  // namespace

TEST_CASE("R28: every case of DMARC by RFC 9989 has its result, policy, place and organisation") {
    auto cases = dmarc_cases();
    CHECK(cases.size() >= 60);
    for (auto& one : cases) {
        INFO(one.title);
        const auto ours = judged(one);
        CHECK(ours.result == one.expected.result);
        CHECK(ours.policy == one.expected.policy);
        CHECK(ours.place == one.expected.place);
        CHECK(ours.organisation == one.expected.organisation);
    }
    std::cout << "DMARC by RFC 9989: " << cases.size() << " cases\n";
}

TEST_CASE("DmarcWalk: asks from the name upwards, the top level too") {
    CHECK(asked("a.mail.example.com") ==
          std::vector<std::string>{"_dmarc.a.mail.example.com", "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com"});
    CHECK(asked("Example.COM.") == std::vector<std::string>{"_dmarc.example.com", "_dmarc.com"});
    CHECK(asked("").empty());
}

TEST_CASE("S42: a walk asks eight questions at most, and a long name goes on with its last seven labels") {
    CHECK(asked("a.b.c.d.e.f.g.h.i.j.mail.example.com") ==
          std::vector<std::string>{"_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com", "_dmarc.g.h.i.j.mail.example.com",
                                   "_dmarc.h.i.j.mail.example.com", "_dmarc.i.j.mail.example.com", "_dmarc.j.mail.example.com",
                                   "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com"});
    CHECK(asked("b.c.d.e.f.g.h.com").size() == 8);
    std::string deep = "com";
    for (int i = 0; i < 100; ++i) deep = "x." + deep;
    CHECK(asked(deep).size() == 8);
}

TEST_CASE("S43: a walk that fails anywhere knows no organisation, and what it did not ask is never absent") {
    auto zones = [] {
        ZoneResolver zone;
        zone.add("_dmarc.example.com", RecordType::txt, "v=DMARC1; p=reject");
        return zone;
    };
    for (const auto* name : {"_dmarc.a.b.example.com", "_dmarc.b.example.com", "_dmarc.example.com", "_dmarc.com"}) {
        auto zone = zones();
        zone.fail(name, "timeout");
        const auto walk = walked(zone, "a.b.example.com");
        INFO(name);
        CHECK(walk.failed());
        CHECK(walk.failure() == "timeout");
        CHECK_FALSE(walk.organisation());
        CHECK(discover_dmarc(walk, true).outcome == DmarcDiscovery::Outcome::unknown);
        CHECK_FALSE(dmarc_aligned(walk, walked(zone, "example.com"), DmarcAlignment::relaxed));
    }
}

TEST_CASE("DmarcWalk: a walk that is not over knows its own policy and nothing of its organisation") {
    ZoneResolver zone;
    zone.add("_dmarc.a.example", RecordType::txt, "v=DMARC1; p=reject");
    DmarcWalk walk("a.example");
    CHECK(discover_dmarc(walk, true).outcome == DmarcDiscovery::Outcome::unknown);
    walk.answer(run_task(zone.query(walk.question(), RecordType::txt)));
    CHECK(discover_dmarc(walk, true).policy == DmarcPolicy::reject);
    CHECK_FALSE(walk.organisation());
    CHECK(dmarc_aligned(walk, DmarcWalk("A.example."), DmarcAlignment::strict) == true);
    CHECK(dmarc_aligned(walk, DmarcWalk("a.test"), DmarcAlignment::relaxed) == false);
    CHECK_FALSE(dmarc_aligned(walk, DmarcWalk("b.example"), DmarcAlignment::relaxed));
}

TEST_CASE("must_walk: only names at or below the author's organisation can have the same one") {
    ZoneResolver zone;
    zone.add("_dmarc.a.example", RecordType::txt, "v=DMARC1; p=reject");
    const auto walk = walked(zone, "b.a.example");
    CHECK(must_walk(walk, "a.example"));
    CHECK(must_walk(walk, "C.A.example"));
    CHECK_FALSE(must_walk(walk, "b.a.example"));
    CHECK_FALSE(must_walk(walk, "xa.example"));
    CHECK_FALSE(must_walk(walk, "a.test"));
}
