#include "daemon/control.hpp"

#include <catch2/catch.hpp>

#include "support/daemon_world.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// The socket's commands over a real queue; what else they act on answers what a test wants.
class ControlWorld : public DaemonWorld {
 public:
    std::string ask(std::string_view line) { return run_task(context, control.handle({line})); }

    Status status;
    std::vector<Error> findings;
    std::optional<KeyRequest> asked;
    Control control{{[this] { return give_status(); }, [this] { return reload(); },
                     [this] { return std::shared_ptr<const Settings>(std::shared_ptr<void>(), &settings); },
                     [](std::string domain) { return unknown(std::move(domain)); }, [] { return std::optional<KeyView>(); },
                     [this](KeyRequest request) { return refuse(std::move(request)); },
                     [this](MailScope scope) { return release(*store, settings, std::move(scope)); }},
                    store->suppressions(),
                    clock};

 private:
    Task<Status> give_status() {
        auto one = status;
        one.counters = &counters;
        co_return one;
    }
    Task<Result<std::vector<std::string>, std::vector<Error>>> reload() {
        if (!findings.empty()) co_return findings;
        std::vector<std::string> notes{"daemon.lanes takes effect at the next start"};
        co_return notes;
    }
    static Task<Result<DomainSeen>> unknown(std::string domain) { co_return Error{"unknown_domain", domain, "not watched"}; }
    Task<Result<KeyAnswer>> refuse(KeyRequest request) {
        asked = std::move(request);
        co_return Error{"not_ready", "", "the daemon is starting"};
    }
};

}  // namespace

TEST_CASE("control: what is no command is told with what was expected") {
    ControlWorld world;
    CHECK(world.ask("status").find(R"("code":"invalid_json")") != std::string::npos);
    CHECK(world.ask(R"({"command":"dance"})").find(R"("code":"unknown_command")") != std::string::npos);
    CHECK(world.ask(R"({"command":"dkim_dance"})").find(R"("code":"unknown_command")") != std::string::npos);
}

TEST_CASE("control: status writes how the daemon stands") {
    ControlWorld world;
    world.status.lanes = 2;
    world.status.in_hand = 7;
    world.status.keys = KeySummary{"ilbud1", true, 1};
    world.counters.delivered = 12;
    const auto answer = world.ask(R"({"command":"status"})");
    for (const auto* member :
         {R"("lanes":2)", R"("in_hand":7)", R"("signing":"ilbud1")", R"("changing":true)", R"("delivered":12)"}) {
        INFO(member << " in " << answer);
        CHECK(answer.find(member) != std::string::npos);
    }
}

TEST_CASE(
    "control: status tells the oldest mail that waits, the relays, test mode, the store and the health, and keeps what it told") {
    ControlWorld world;
    world.status.counts.oldest_planned = world.clock.now() - 90s;
    world.status.counts.trouble = "store_lost";
    world.status.relays = {{"r1", RelayState::down, world.clock.now() - 5min}};
    world.status.test_modes = {{"press", {"bladet.example"}, true}};
    const auto answer = world.ask(R"({"command":"status","relays_down":"4m"})");
    for (const auto* member :
         {R"("oldest_planned":"2025-06-24T09:58:30.000000Z","oldest_age_s":90)", R"("store":{"trouble":"store_lost"})",
          R"("relays":[{"relay":"r1","state":"down")",
          R"("test_mode":[{"account":"press","domains":["bladet.example"],"keeps_back":true}])",
          R"("health":{"state":"failing","findings":[{"state":"failing","code":"store_lost")", R"("code":"no_relay_up")",
          R"("mails":{"queued":0)", R"("holds":[])", R"("troubles":[])", R"("letter_failed":0)"}) {
        INFO(member << " in " << answer);
        CHECK(answer.find(member) != std::string::npos);
    }
}

TEST_CASE("control: a reload answers its notes, or every finding with its place") {
    ControlWorld world;
    CHECK(world.ask(R"({"command":"reload"})") ==
          "{\"status\":\"reloaded\",\"notes\":[\"daemon.lanes takes effect at the next start\"]}\n");
    world.findings = {{"out_of_range", "ilbud.toml:3:1", "expected 0 to 256"}};
    CHECK(world.ask(R"({"command":"reload"})") ==
          "{\"errors\":[{\"code\":\"out_of_range\",\"place\":\"ilbud.toml:3:1\",\"detail\":\"expected 0 to 256\"}]}\n");
}

TEST_CASE("control: key requests are read as values; a value that is none is refused before the keys are asked") {
    ControlWorld world;
    CHECK(world.ask(R"({"command":"dkim_new_key","type":"dsa"})").find(R"("code":"invalid_value")") != std::string::npos);
    CHECK_FALSE(world.asked);
    CHECK(world.ask(R"({"command":"dkim_retire","selector":"s2","force":true,"dry_run":true})").find("not_ready") !=
          std::string::npos);
    REQUIRE(world.asked);
    CHECK(world.asked->what == KeyRequest::What::retire);
    CHECK(world.asked->selector == "s2");
    CHECK(world.asked->force);
    CHECK(world.asked->dry_run);
    CHECK(world.ask(R"({"command":"dkim_new_key","type":"ed25519","bits":0})").find("not_ready") != std::string::npos);
    CHECK(world.asked->type == KeyType::ed25519);
    CHECK_FALSE(world.asked->bits);
    CHECK(world.ask(R"({"command":"dkim_status"})").find("not_ready") != std::string::npos);
}

TEST_CASE("control: a suppression is stored for its account, and only for one that is known") {
    ControlWorld world;
    CHECK(world.ask(R"({"command":"suppress","account":"press","address":"Anna@Example.com"})") ==
          "{\"status\":\"done\",\"changed\":true}\n");
    CHECK(world.ask(R"({"command":"suppress","account":"press","address":"anna@example.com"})") ==
          "{\"status\":\"done\",\"changed\":false}\n");
    const auto stored = world.reader()->suppressions("press");
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].address == "anna@example.com");
    CHECK(stored[0].reason == "by_hand");
    CHECK(world.ask(R"({"command":"suppress","account":"nobody","address":"a@b.dk"})").find("unknown_account") !=
          std::string::npos);
    CHECK(world.ask(R"({"command":"suppress","address":"a@b.dk"})").find("missing_field") != std::string::npos);
    CHECK(world.ask(R"({"command":"suppress","account":"press","address":"a b"})").find("invalid_address") != std::string::npos);
    CHECK(world.ask(R"({"command":"unsuppress","account":"press","address":"anna@example.com"})") ==
          "{\"status\":\"done\",\"changed\":true}\n");
    CHECK(world.reader()->suppressions("press").empty());
}

TEST_CASE("control: a look at a domain that is none is refused before the watch is asked") {
    ControlWorld world;
    CHECK(world.ask(R"({"command":"look","domain":"a b"})").find("unknown_domain") == std::string::npos);
    CHECK(world.ask(R"({"command":"look","domain":"other.dk"})").find("unknown_domain") != std::string::npos);
}

TEST_CASE("control: what a relay's replies suppressed since a time is mailed again, and nothing else") {
    ControlWorld world;
    const auto suppress = [&world](const std::string& address, const std::string& relay, Time since) {
        Suppression one{"press", address, "no_such_mailbox", since};
        one.source = SuppressionSource::reply;
        one.relay = relay;
        run_task(world.context, world.store->suppressions().add(std::move(one)));
    };
    const auto now = world.clock.now();
    suppress("old@example.com", "r1", now - 2h);
    suppress("anna@example.com", "r1", now);
    suppress("bo@example.com", "r2", now);
    const auto ask = R"({"command":"unsuppress","relay":"r1","since":")" + to_text(now - 1h) + '"';
    world.settings.accounts["other"].id = "other";
    world.settings.platform.delivery.relays.resize(1);
    world.settings.platform.delivery.relays[0].name = "r1";
    CHECK(world.ask(ask + R"(,"account":"other"})") == "{\"status\":\"done\",\"removed\":0}\n");
    CHECK(world.ask(ask + "}") == "{\"status\":\"done\",\"removed\":1}\n");
    CHECK(world.reader()->suppressions("press").size() == 2);
    CHECK(world.ask(R"({"command":"unsuppress","relay":"r1"})").find("invalid_value") != std::string::npos);
}

TEST_CASE("control: a release ends the account's hold, tells how many mails go, and what is held still") {
    ControlWorld world;
    world.accept({sample_event(EventType::created, {.id = "a"}), sample_event(EventType::invoice_issued, {.id = "b"})});
    const auto hold = [&world](MailScope scope, const std::string& reason) {
        run_task(world.context, world.queue->hold({std::move(scope), reason, world.clock.now()}));
    };
    hold({.account = "press"}, "brake: 20 of 20");
    hold({.account = "press", .unit = "daily"}, "by hand");
    hold({.account = "other"}, "of somebody else");
    const auto held = run_task(world.context, held_mails(*world.store, world.settings));
    REQUIRE(held.size() == 3);
    CHECK(held[0].waiting == 0);  // other's
    CHECK(held[1].waiting == 2);
    CHECK(held[2].waiting == 2);
    const auto answer = world.ask(R"({"command":"release","account":"press"})");
    CHECK(answer.find(R"({"status":"done","changed":true,"waiting":2,"others":[{"account":"press","unit":"daily")") == 0);
    CHECK(answer.find("of somebody else") == std::string::npos);
    CHECK(world.ask(R"({"command":"release","account":"press"})").find(R"("changed":false)") != std::string::npos);
    CHECK(world.ask(R"({"command":"release","account":"press","unit":"daily"})") ==
          "{\"status\":\"done\",\"changed\":true,\"waiting\":2,\"others\":[]}\n");
    CHECK(world.ask(R"({"command":"release"})").find("missing_field") != std::string::npos);
}

TEST_CASE("control: what would change nothing and names an account, a unit or a relay that nobody has is refused") {
    ControlWorld world;
    world.settings.platform.delivery.relays.resize(1);
    world.settings.platform.delivery.relays[0].name = "r1";
    world.settings.accounts["other"].id = "other";
    const auto code_of = [&world](const std::string& line) {
        const auto answer = world.ask(line);
        const auto begin = answer.find(R"("code":")");
        return begin == std::string::npos ? answer : answer.substr(begin + 8, answer.find('"', begin + 8) - begin - 8);
    };
    CHECK(code_of(R"({"command":"release","account":"pres"})") == "unknown_account");
    CHECK(code_of(R"({"command":"release","account":"press","unit":"dayly"})") == "unknown_unit");
    CHECK(code_of(R"({"command":"release","account":"other","unit":"daily"})") == "unknown_unit");
    CHECK(world.ask(R"({"command":"release","account":"press","unit":"daily"})").find(R"("changed":false)") != std::string::npos);
    CHECK(code_of(R"({"command":"unsuppress","account":"pres","address":"a@b.dk"})") == "unknown_account");
    CHECK(world.ask(R"({"command":"unsuppress","account":"press","address":"a@b.dk"})").find(R"("changed":false)") !=
          std::string::npos);
    const std::string since = R"(,"since":"2025-06-24T09:00:00Z")";
    CHECK(code_of(R"({"command":"unsuppress","relay":"r11")" + since + "}") == "unknown_relay");
    CHECK(code_of(R"({"command":"unsuppress","relay":"r1","account":"pres")" + since + "}") == "unknown_account");
    CHECK(world.ask(R"({"command":"unsuppress","relay":"r1")" + since + "}").find(R"("removed":0)") != std::string::npos);

    // What has left the settings is still released and mailed again.
    run_task(world.context, world.queue->hold({{.account = "gone"}, "by hand", world.clock.now()}));
    CHECK(world.ask(R"({"command":"release","account":"gone"})").find(R"("changed":true)") != std::string::npos);
    run_task(world.context, world.store->suppressions().add({"gone", "a@b.dk", "by_hand", world.clock.now()}));
    CHECK(world.ask(R"({"command":"unsuppress","account":"gone","address":"a@b.dk"})").find(R"("changed":true)") !=
          std::string::npos);
}

TEST_CASE("control: status shows what is held, why, and how many mails wait for it") {
    ControlWorld world;
    world.status.holds = {{{{.account = "press"}, "brake: 20 of 20", world.clock.now()}, 480}};
    world.status.troubles = {{"r1", "auth_failed", 535, "5.7.8", "no", world.clock.now(), world.clock.now(), 3}};
    const auto answer = world.ask(R"({"command":"status"})");
    CHECK(answer.find(R"("holds":[{"account":"press","unit":"","site":"","kind":"","reason":"brake: 20 of 20","since":")") !=
          std::string::npos);
    CHECK(answer.find(R"("waiting":480}])") != std::string::npos);
    CHECK(answer.find(R"("troubles":[{"relay":"r1","cause":"account","reason":"auth_failed","code":535)") != std::string::npos);
}
