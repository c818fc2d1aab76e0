// A relay that takes leave of its senses: it says of everybody that there is no such mailbox (R7, R39).
#include <catch2/catch.hpp>

#include <atomic>

#include "support/sample_events.hpp"
#include "support/smtp_server.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::vector<std::string> mails(int count, const std::string& unit, const std::string& domain) {
    std::vector<std::string> lines;
    for (int i = 0; i < count; ++i) {
        Sample sample;
        sample.id = unit + '-' + std::to_string(i);
        sample.unit = unit;
        sample.subscriber_id = sample.id;
        sample.email = "reader" + std::to_string(i) + '@' + domain;
        lines.push_back(sample_event(EventType::created, sample));
    }
    return lines;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

std::vector<Message> messages_to(const SmtpServer& relay, const std::string& recipient) {
    std::vector<Message> found;
    for (const auto& message : relay.messages())
        if (message.to == recipient) found.push_back(message);
    return found;
}

constexpr const char* operated = "[notices]\nfrom = \"notices@platform.example\"\noperator = \"ops@platform.example\"\n";

}  // namespace

TEST_CASE("trip: a relay that refuses everybody suppresses twenty of 500; the rest is held until `ilbud release`") {
    std::atomic<bool> mad = true;
    SmtpServer relay;
    relay.script([&](const Point& point) -> std::optional<Act> {
        if (!mad || point.at != At::rcpt || point.line.find("@press-readers.example") == std::string::npos) return std::nullopt;
        return say("550 5.1.1 no such user");
    });
    WorldOptions options;
    options.relay_port = relay.port();
    options.platform_extra = operated;
    World world(options);
    world.start();
    REQUIRE(world.send(mails(500, "daily", "press-readers.example")) == 0);
    const auto status = [&] { return world.ilbud({"status", "--json"}).out; };
    wait_until("the account to be held", [&] { return status().find("\"account\":\"press\"") != std::string::npos; });
    // What was on its way comes back, is lent once more and put aside.
    wait_until("the rest to be put aside", [&] {
        const auto waiting = world.ilbud({"mails", "--state", "queued", "--kind", "welcome", "--most", "1000", "--json"}).out;
        return world.status("in_hand") == 0 && occurrences(waiting, "\"reason\":\"held\"") == 480;
    });
    // Not those in flight as well: each reply asks before it suppresses.
    CHECK(world.status("suppressions") == 20);
    CHECK(world.status("bounced") == 20);
    CHECK(world.status("queued") == 480);
    CHECK(status().find("550 5.1.1 no such user") != std::string::npos);

    // The operator is told, once, by the relay that takes other mail.
    wait_until("the operator's mail", [&] { return !messages_to(relay, "ops@platform.example").empty(); });
    const auto told = messages_to(relay, "ops@platform.example").front().bytes;
    CHECK(header_of(told, "Subject").find("account press is held") != std::string::npos);
    CHECK(told.starts_with("DKIM-Signature: "));

    // Another account's mail goes on by the same relay.
    REQUIRE(world.send(mails(10, "club-da", "club-members.example")) == 0);
    wait_until("the other account's mails", [&] { return world.status("delivered") == 11; });
    CHECK(world.status("queued") == 480);

    // The hold survives a restart.
    CHECK(world.stop() == 0);
    world.start();
    CHECK(status().find("\"account\":\"press\"") != std::string::npos);
    CHECK(world.status("queued") == 480);

    // What the relay said is undone, and the rest goes when it is well.
    mad = false;
    const auto listed = world.ilbud({"suppressions", "remove", "--since", "1h", "--relay", "sink", "--dry-run"});
    CHECK(listed.status == 0);
    CHECK(listed.out.find("20 addresses would be mailed again") != std::string::npos);
    CHECK(world.status("suppressions") == 20);
    CHECK(world.ilbud({"suppressions", "remove", "--since", "1h", "--relay", "sink", "--account", "club"}).out ==
          "0 addresses are mailed again\n");
    CHECK(world.ilbud({"suppressions", "remove", "--since", "1h", "--relay", "sink", "--account", "press"})
              .out.find("20 addresses are mailed again") == 0);
    CHECK(world.status("suppressions") == 0);
    const auto released = world.ilbud({"release", "--account", "press"});
    CHECK(released.status == 0);
    CHECK(released.out.find("released: 480 mails go out") == 0);
    wait_until(
        "the rest", [&] { return world.status("delivered") == 491; }, 60);
    CHECK(world.status("queued") == 0);
    CHECK(world.stop() == 0);
    CHECK(relay.messages().size() == 491);
    CHECK(messages_to(relay, "ops@platform.example").size() == 1);
}

TEST_CASE("trip: a relay that refuses everybody refuses the operator as well, who is not suppressed and hears of it later") {
    std::atomic<bool> mad = true;
    SmtpServer relay;
    relay.script([&](const Point& point) -> std::optional<Act> {
        if (!mad || point.at != At::rcpt) return std::nullopt;
        return say("550 5.1.1 no such user");
    });
    WorldOptions options;
    options.relay_port = relay.port();
    options.platform_extra =
        std::string(operated) + "[delivery.brake]\nsuppressed_max = 5\n[delivery.retry.notice]\nsteps = [\"1s\"]\n";
    World world(options);
    world.start();
    REQUIRE(world.send(mails(50, "daily", "example.com")) == 0);
    wait_until("the operator to be refused", [&] {
        return world.ilbud({"mails", "--kind", "notice", "--json"}).out.find("\"reason\":\"brake\"") != std::string::npos;
    });
    CHECK(world.status("suppressions") == 5);
    mad = false;
    wait_until("the operator's mail", [&] { return messages_to(relay, "ops@platform.example").size() == 1; });
    CHECK(world.status("suppressions") == 5);
    CHECK(world.stop() == 0);
}

TEST_CASE("trip: a relay that denies us is told to the operator at once, and stands in the status") {
    SmtpServer relay;
    relay.script([&](const Point& point) -> std::optional<Act> {
        if (point.at != At::rcpt || point.line.find("@example.com") == std::string::npos) return std::nullopt;
        return say("550 5.7.1 relaying denied: account over quota");
    });
    WorldOptions options;
    options.relay_port = relay.port();
    options.platform_extra = operated;
    World world(options);
    world.start();
    REQUIRE(world.send(mails(5, "daily", "example.com")) == 0);
    wait_until("the operator's mail", [&] { return !messages_to(relay, "ops@platform.example").empty(); });
    CHECK(header_of(messages_to(relay, "ops@platform.example").front().bytes, "Subject") ==
          "Relay sink refuses our account (relay_denied)");
    const auto status = world.ilbud({"status", "--json"}).out;
    CHECK(status.find(R"("troubles":[{"relay":"sink","cause":"account","reason":"relay_denied","code":550)") !=
          std::string::npos);
    CHECK(world.ilbud({"status"}).out.find("trouble: relay sink refuses our account (relay_denied)") != std::string::npos);
    CHECK(world.status("suppressions") == 0);
    CHECK(world.stop() == 0);
    CHECK(messages_to(relay, "ops@platform.example").size() == 1);
}
