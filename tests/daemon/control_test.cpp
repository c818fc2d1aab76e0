#include "daemon/control.hpp"

#include <catch2/catch.hpp>

#include "support/daemon_world.hpp"

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
                     [this](std::string_view id) { return settings.accounts.contains(std::string(id)); },
                     [](std::string domain) { return unknown(std::move(domain)); }, [] { return std::optional<KeyView>(); },
                     [this](KeyRequest request) { return refuse(std::move(request)); }},
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
