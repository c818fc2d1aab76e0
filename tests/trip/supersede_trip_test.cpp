// Mails that a newer event makes pointless (R36), with the real daemon.
#include <catch2/catch.hpp>

#include "support/sample_events.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Catch::Matchers::Contains;

TEST_CASE("R36: of two confirmation requests that wait, the first is withdrawn, and everybody who looks is told") {
    WorldOptions options;
    options.relay_port = 1;  // nobody there: mails wait
    World world(options);
    world.start();
    Sample sample;
    sample.form = "confirm";
    sample.confirmation_url = "https://example.com/confirm?t=1";
    for (const char* id : {"c-1", "c-2"}) {
        sample.id = id;
        CHECK_THAT(world.ask(sample_event(EventType::created, sample)), Contains("\"accepted\""));
    }
    wait_until("the first one to be withdrawn", [&] { return world.status("cancelled") == 1; });
    CHECK(world.status("superseded") == 1);
    // A lane looks at it now and then, and two questions may fall on either side of that.
    wait_until("the second one to wait", [&] { return world.status("queued") + world.status("leased") == 1; });
    CHECK(world.stop() == 0);
    CHECK_THAT(world.ilbud({"explain", "/test", "c-1"}).out, Contains("superseded by event c-2 from /test"));
    CHECK_THAT(world.ilbud({"explain", "/test", "c-2"}).out,
               Contains("waited and is withdrawn") || Contains("on its way already"));
    CHECK_THAT(world.ilbud({"mails", "--state", "queued", "--json"}).out, Contains(R"("event":"c-2")"));
    CHECK_THAT(world.ilbud({"mails", "--state", "cancelled"}).out, Contains("superseded by c-2"));
    CHECK_THAT(world.ilbud({"mails", "--event", "c-1", "--json"}).out,
               Contains(R"("superseded_by":{"source":"/test","id":"c-2"})"));
}

TEST_CASE("R36: a confirmation request that waits is withdrawn when the sign-up is confirmed, or its subscription ends") {
    WorldOptions options;
    options.relay_port = 1;  // nobody there: mails wait
    World world(options);
    world.start();
    Sample sample;
    sample.form = "confirm";
    sample.confirmation_url = "https://example.com/confirm?t=1";
    sample.id = "asked";
    CHECK_THAT(world.ask(sample_event(EventType::created, sample)), Contains("\"accepted\""));
    const bool ends = GENERATE(false, true);
    sample.id = "answer";
    if (ends) sample.origin = "publisher";  // mails nothing
    CHECK_THAT(world.ask(sample_event(ends ? EventType::stopped : EventType::confirmed, sample)), Contains("\"accepted\""));
    wait_until("the request to be withdrawn", [&] { return world.status("cancelled") == 1; });
    CHECK(world.status("superseded") == 1);
    CHECK(world.stop() == 0);
    CHECK_THAT(world.ilbud({"explain", "/test", "asked"}).out, Contains("superseded by event answer from /test"));
    CHECK_THAT(world.ilbud({"explain", "/test", "answer"}).out,
               Contains("confirmation request") && (Contains("waited and is withdrawn") || Contains("on its way already")));
}
