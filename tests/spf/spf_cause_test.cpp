// What ended an evaluation, as a value beside its English sentence: whoever tells it in another language needs no English.
#include <catch2/catch.hpp>

#include "ilbud/spf/spf.hpp"
#include "support/run_task.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

using Cause = SpfCause::Kind;

ZoneResolver zones_with(const std::string& record) {
    ZoneResolver zones;
    zones.add("a.test", RecordType::txt, record);
    zones.add("two.test", RecordType::txt, "v=spf1 -all").add("two.test", RecordType::txt, "v=spf1 ~all");
    zones.add("long.test", RecordType::txt, "v=spf1 " + std::string(66000, ' ') + "-all");
    zones.add("bare.test", RecordType::a, "192.0.2.9").fail("dead.test", "timeout");
    for (int i = 0; i < 11; ++i) zones.add("many.test", RecordType::mx, std::to_string(i) + " mx" + std::to_string(i) + ".test");
    return zones;
}

SpfOutcome checked(const std::string& record) {
    auto zones = zones_with(record);
    return run_task(check_spf(zones, SpfQuestion{"192.0.2.1", "x@a.test", "mail.test", "rx.test"}, {}));
}

SpfSurvey surveyed(const std::string& record) {
    auto zones = zones_with(record);
    return run_task(survey_spf(zones, "a.test", {}));
}

std::string repeated(const std::string& term, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += ' ' + term;
    return all;
}

}  // namespace

TEST_CASE("spf: what is wrong with a record is told as a value, by evaluation and survey alike") {
    struct Case {
        std::string record;
        Cause kind;
        std::string term, whose, name;
    };
    const std::vector<Case> cases{{"v=spf1 include:gone.test -all", Cause::absent, "include:gone.test", "a.test", "gone.test"},
                                  {"v=spf1 include:bare.test -all", Cause::no_record, "include:bare.test", "a.test", "bare.test"},
                                  {"v=spf1 redirect=gone.test", Cause::absent, "redirect=gone.test", "a.test", "gone.test"},
                                  {"v=spf1 include:two.test -all", Cause::several_records, "", "two.test", ""},
                                  {"v=spf1 include:long.test -all", Cause::too_long, "", "long.test", ""},
                                  {"v=spf1 include:dead.test -all", Cause::no_answer, "", "", "dead.test"},
                                  {"v=spf1 mx:many.test -all", Cause::too_many_exchangers, "mx:many.test", "", "many.test"},
                                  {"v=spf1 ip4:192.0.2.9\t-all", Cause::bad_character, "ip4:192.0.2.9?-all", "a.test", ""},
                                  {"v=spf1 ipv4:192.0.2.9 -all", Cause::bad_term, "ipv4:192.0.2.9", "a.test", ""},
                                  {"v=spf1 redirect=b.test redirect=c.test", Cause::twice, "redirect=c.test", "a.test", ""},
                                  {"v=spf1 -all:", Cause::behind_all, "-all:", "a.test", ""},
                                  {"v=spf1 include: -all", Cause::bad_domain, "include:", "a.test", ""},
                                  {"v=spf1 include:b_ -all", Cause::bad_domain, "include:b_", "a.test", ""},
                                  {"v=spf1 ip4:192.0.2.0/33 -all", Cause::bad_prefix, "ip4:192.0.2.0/33", "a.test", ""},
                                  {"v=spf1 ip4:192.0.2 -all", Cause::bad_address, "ip4:192.0.2", "a.test", ""},
                                  {"v=spf1 exists:%{z}.test -all", Cause::bad_macro, "exists:%{z}.test", "a.test", ""}};
    for (const auto& each : cases) {
        CAPTURE(each.record);
        const auto outcome = checked(each.record);
        for (const auto& cause : {outcome.cause, surveyed(each.record).cause}) {
            CHECK(to_word(cause.kind) == to_word(each.kind));
            CHECK(cause.term == each.term);
            CHECK(cause.record == each.whose);
            CHECK(cause.name == each.name);
        }
        CHECK_FALSE(outcome.reason.empty());
    }
    CHECK(checked("v=spf1 ip4:192.0.2.0/33 -all").cause.most == 32);
    CHECK(checked("v=spf1 ip4:192.0.2.0/33 -all").cause.at == 22);
    CHECK(checked("v=spf1 include:dead.test -all").cause.failure == "timeout");
    CHECK(checked("v=spf1 include:two.test -all").cause.count == 2);
}

TEST_CASE("spf: what decides without being an error is told as a value") {
    CHECK(checked("v=spf1 -all").cause == SpfCause{Cause::matched, "-all", "a.test", "", "", 0, 0, 0});
    CHECK(checked("v=spf1 ip4:192.0.2.9").cause == SpfCause{Cause::unmatched, "", "a.test", "", "", 0, 0, 0});
    const auto lookups = checked("v=spf1" + repeated("a:bare.test", 11) + " -all");
    CHECK(lookups.cause == SpfCause{Cause::too_many_lookups, "a:bare.test", "a.test", "", "", 0, 10, 0});
    const auto voids = checked("v=spf1 a:v1.test a:v2.test a:v3.test -all");
    CHECK(voids.cause == SpfCause{Cause::too_many_voids, "a:v3.test", "a.test", "", "", 0, 2, 0});
    auto zones = zones_with("v=spf1 -all");
    CHECK(run_task(check_spf(zones, SpfQuestion{"none", "x@a.test", "", ""}, {})).cause.kind == Cause::no_address);
    CHECK(run_task(check_spf(zones, SpfQuestion{"192.0.2.1", "x@gone.test", "", ""}, {})).cause ==
          SpfCause{Cause::absent, "", "", "gone.test", "", 0, 0, 0});
    CHECK(run_task(check_spf(zones, SpfQuestion{"192.0.2.1", "", "host", ""}, {})).cause.kind == Cause::no_name);
}

TEST_CASE("spf: what only a survey sees is told as a value") {
    CHECK(surveyed("v=spf1" + repeated("a:bare.test", 11) + " -all").cause ==
          SpfCause{Cause::lookups_in_all, "", "", "", "", 11, 10, 0});
    CHECK(surveyed("v=spf1 a:v1.test a:v2.test a:v3.test -all").cause == SpfCause{Cause::voids_in_all, "", "", "", "", 3, 2, 0});
    CHECK(surveyed("v=spf1 include:a.test -all").cause == SpfCause{Cause::circle, "include:a.test", "a.test", "", "", 0, 0, 0});
    auto zones = zones_with("v=spf1" + repeated("include:b.test", 50));
    zones.add("b.test", RecordType::txt, "v=spf1 -all");
    CHECK(run_task(survey_spf(zones, "a.test", {})).cause.kind == Cause::too_many_records);
}
