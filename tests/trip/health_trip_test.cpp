// What an operator sees of a daemon that is well, of one that is not, and of one that does not answer; and of test mode.
#include <catch2/catch.hpp>
#include <csignal>

#include <fstream>

#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

std::uint16_t port_of_nobody() {
    return SinkThread().port();  // whose listener is gone
}

}  // namespace

TEST_CASE("status --health: a daemon that is well, one that is stopped, and one that is away") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto well = world.ilbud({"status", "--health"});
    CHECK(well.status == 0);
    CHECK(well.out == "healthy\n");
    world.daemon().signal(SIGSTOP);
    const auto stopped = world.ilbud({"status", "--health", "--deadline", "200ms"});
    world.daemon().signal(SIGCONT);
    CHECK(stopped.status == 2);
    CHECK(stopped.out.find("daemon_silent") != std::string::npos);
    CHECK(world.stop() == 0);
    const auto away = world.ilbud({"status", "--health", "--json"});
    CHECK(away.status == 2);
    CHECK(away.out.find(R"("code":"daemon_away")") != std::string::npos);
}

TEST_CASE("status: with no relay up it tells the relay's last failure, what waits since when, what is deferred and not written") {
    WorldOptions options;
    options.relay_port = port_of_nobody();
    options.intake_extra = "attachments = \".\"\n";
    World world(options);
    world.start();
    CHECK(world.send({sample_event(EventType::created, {})}) == 0);
    auto invoice = sample_event(EventType::invoice_issued, {.id = "i-1", .number = "7"});
    const std::string member = R"("invoice":{)";
    const auto at = invoice.find(member);
    REQUIRE(at != std::string::npos);
    invoice.insert(at + member.size(), R"("pdf":{"filename":"a.pdf","content_type":"application/pdf","path":"none.pdf"},)");
    REQUIRE(world.ask(invoice).find("\"accepted\"") != std::string::npos);
    wait_until("the relay to be found down by all lanes", [&] {
        return world.ilbud({"status", "--health"}).out.starts_with("degraded\n  no_relay_up: ");
    });
    CHECK(world.ilbud({"status", "--health"}).status == 1);
    wait_until("the mail to be deferred", [&] { return world.status("deferred") >= 1; });
    wait_until("the letter to be told", [&] { return world.status("letter_failed") >= 1; });
    const auto status = world.ilbud({"status", "--json"}).out;
    for (const auto* part : {R"("state":"down")", R"("last_failure":{"at":)", R"("paused_until":)", R"("oldest_planned":)",
                             R"("health":{"state":"degraded")", R"("code":"no_relay_up")"}) {
        INFO(part << " in " << status);
        CHECK(status.find(part) != std::string::npos);
    }
    CHECK(world.ilbud({"status", "--health", "--relays-down", "0s"}).status == 2);
    CHECK(world.stop() == 0);
}

TEST_CASE("R39: what was planned before test mode waits, is told, and goes when it ends by a reload or at a start") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = port_of_nobody();
    World world(options);
    world.start();
    CHECK(world.send({sample_event(EventType::created, {})}) == 0);
    const auto account = world.folder() / "accounts/press.toml";
    const auto good = read_file(account);
    const auto test_mode = std::string(good).replace(good.find("[account]"), 9, "[account]\ntest_mode = true");
    const auto set_account = [&](const std::string& text) { std::ofstream(account) << text; };
    set_account(test_mode);
    options.relay_port = sink.port();
    world.write_settings(options);
    set_account(test_mode);
    CHECK(world.ilbud({"reload"}).status == 0);
    const auto mails = [&] { return world.ilbud({"mails"}).out; };
    wait_until("the mail to be kept back", [&] { return mails().find("test_mode") != std::string::npos; });
    wait_until("the relay that was down to be another one", [&] { return world.ilbud({"status", "--health"}).status == 0; });
    CHECK(world.ilbud({"status"}).out.find("test mode: account press, mail leaves to nobody; mail planned before waits") !=
          std::string::npos);
    CHECK(world.ilbud({"explain", "/test", "evt-1"}).out.find("kept back: the account is in test mode") != std::string::npos);
    const bool restarts = GENERATE(false, true);
    if (restarts) CHECK(world.stop() == 0);
    set_account(good);
    if (restarts)
        world.start();
    else
        CHECK(world.ilbud({"reload"}).status == 0);
    wait_until("the mail to arrive", [&] { return sink.count() == 1; });
    CHECK(world.stop() == 0);
    CHECK(mails().find("delivered") != std::string::npos);
}
