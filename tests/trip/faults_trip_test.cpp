// What the relay does to a mail, seen from both ends: what it heard and what the queue remembers.
#include <catch2/catch.hpp>

#include "support/sample_events.hpp"
#include "support/smtp_server.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

/// The real daemon with a relay that follows a script; retries come after a few hundred milliseconds.
struct ScriptedWorld {
    SmtpServer server;
    World world{options()};

    WorldOptions options() const {
        WorldOptions made;
        made.relay_port = server.port();
        made.platform_extra = "[delivery.retry.default]\nsteps = [\"300ms\"]\ngive_up_after = \"1h\"\njitter = 0.0\n";
        return made;
    }
    std::string mails(const std::string& state) const { return world.ilbud({"mails", "--json", "--state", state}).out; }
};

std::string welcome_event(const std::string& id, const std::string& email = "anna@example.com") {
    Sample sample;
    sample.id = id;
    sample.email = email;
    return sample_event(EventType::created, sample);
}

}  // namespace

TEST_CASE("trip: a greylisted mail goes again with the very same bytes, and once") {
    ScriptedWorld trip;
    trip.server.at(At::dot, say("451 4.7.1 greylisted, come back"), 1);
    trip.world.start();
    CHECK(trip.world.send({welcome_event("g-1")}) == 0);
    wait_until("the second attempt", [&] { return trip.world.status("delivered") == 1; });
    const auto messages = trip.server.messages();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].bytes == messages[1].bytes);
    CHECK(trip.mails("delivered").find("\"attempts\":2") != std::string::npos);
    CHECK(trip.world.status("deferred") == 1);
    CHECK(trip.world.stop() == 0);
}

TEST_CASE("S36: a mail whose final reply is lost is marked uncertain and goes again under the same Message-ID") {
    ScriptedWorld trip;
    trip.server.at(At::dot, hang_up(), 1);
    trip.world.start();
    CHECK(trip.world.send({welcome_event("u-1")}) == 0);
    wait_until("the second attempt", [&] { return trip.world.status("delivered") == 1; });
    const auto messages = trip.server.messages();
    REQUIRE(messages.size() == 2);
    CHECK(header_of(messages[0].bytes, "Message-ID") == header_of(messages[1].bytes, "Message-ID"));
    CHECK(trip.world.status("uncertain") == 1);
    CHECK(trip.mails("delivered").find("\"uncertain\":true") != std::string::npos);
    CHECK(trip.world.stop() == 0);
}

TEST_CASE("R7: a mailbox that does not exist gets no more mail from this account until it is unsuppressed") {
    ScriptedWorld trip;
    trip.server.at(At::rcpt, say("550 5.1.1 no such user"), 1);
    trip.world.start();
    CHECK(trip.world.send({welcome_event("b-1")}) == 0);
    wait_until("the bounce", [&] { return trip.world.status("bounced") == 1; });
    CHECK(trip.mails("bounced").find("no_such_mailbox") != std::string::npos);
    CHECK(trip.world.ilbud({"suppressions", "list", "--json"}).out.find("anna@example.com") != std::string::npos);
    CHECK(trip.world.ask(welcome_event("b-2")).find(R"("skipped":[{"kind":"welcome","reason":"suppressed"}])") !=
          std::string::npos);
    CHECK(trip.world.ilbud({"suppressions", "remove", "--account", "press", "anna@example.com"}).status == 0);
    CHECK(trip.world.send({welcome_event("b-3")}) == 0);
    wait_until("the mail after", [&] { return trip.world.status("delivered") == 1; });
    CHECK(trip.world.stop() == 0);
}

TEST_CASE("trip: a refused mail is told with the server's words and does not hold up the next one") {
    ScriptedWorld trip;
    trip.server.at(At::dot, say("554 5.7.1 this looks like spam"), 1);
    trip.world.start();
    CHECK(trip.world.send({welcome_event("s-1", "one@example.com")}) == 0);
    wait_until("the refusal", [&] { return trip.world.status("bounced") == 1; });
    CHECK(trip.world.send({welcome_event("s-2", "two@example.com")}) == 0);
    wait_until("the next one", [&] { return trip.world.status("delivered") == 1; });
    const auto bounced = trip.mails("bounced");
    CHECK(bounced.find("\"code\":554") != std::string::npos);
    CHECK(bounced.find("this looks like spam") != std::string::npos);
    CHECK(trip.world.ilbud({"suppressions", "list", "--json"}).out.empty());  // spam is no reason to suppress
    CHECK(trip.world.stop() == 0);
}
