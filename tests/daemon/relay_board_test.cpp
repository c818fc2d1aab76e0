#include "daemon/relay_board.hpp"

#include <catch2/catch.hpp>

#include "support/manual_clock.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

RelayStanding failed(const std::string& relay, int code, Duration next_try = 1min) {
    RelayStanding standing{relay, false};
    standing.failure.stage = Stage::greeting;
    standing.failure.code = code;
    standing.failure.text = "no";
    standing.next_try = next_try;
    return standing;
}

class Board {
 public:
    Board() {
        relays.resize(2);
        relays[0].name = "r1";
        relays[1].name = "r2";
    }
    RelayView view(std::size_t relay = 0) { return board.views(relays, 2).at(relay); }

    ManualClock clock{*parse_time("2025-06-24T10:00:00.000000Z")};
    std::vector<Relay> relays;
    RelayBoard board{clock};
};

}  // namespace

TEST_CASE(
    "relay board: a relay nobody complained of is up, and one is down when all lanes find it down, since the first of them") {
    Board world;
    CHECK(world.view().state == RelayState::up);
    CHECK_FALSE(world.view().failed_at);
    const auto first = world.clock.now();
    world.board.stands(0, failed("r1", 421));
    CHECK(world.view().state == RelayState::part);
    world.clock.tick(5s);
    world.board.stands(1, failed("r1", 554, 2min));
    const auto view = world.view();
    CHECK(view.state == RelayState::down);
    CHECK(view.since == first);
    CHECK(view.failed_at == world.clock.now());
    CHECK(view.failure.code == 554);
    CHECK(view.paused_until == first + 1min);
    CHECK(world.view(1).state == RelayState::up);
}

TEST_CASE("relay board: what fails again fails since the first time, and when it is well its last failure is still told") {
    Board world;
    const auto first = world.clock.now();
    world.board.stands(0, failed("r1", 421));
    world.clock.tick(1min);
    world.board.stands(0, failed("r1", 450));
    CHECK(world.view().since == first);
    const auto last = world.clock.now();
    world.clock.tick(1min);
    world.board.stands(0, {"r1", true});
    CHECK(world.view().state == RelayState::up);
    CHECK_FALSE(world.view().since);
    CHECK(world.view().failed_at == last);
    CHECK(world.view().failure.code == 450);
    world.board.stands(0, failed("r1", 421));
    CHECK(world.view().since == world.clock.now());
}

TEST_CASE("relay board: a relay that can be reached again is on trial, also while no mail waits to show that it is well") {
    Board world;
    const auto first = world.clock.now();
    world.board.stands(0, failed("r1", 0));
    world.board.stands(1, failed("r1", 0));
    world.clock.tick(3s);
    world.board.stands(0, {"r1", false, true});
    CHECK(world.view().state == RelayState::part);
    world.board.stands(1, {"r1", false, true});
    CHECK(world.view().state == RelayState::trial);
    CHECK(world.view().since == first);
    CHECK_FALSE(world.view().paused_until);
    CHECK(world.view().failed_at == first);
    world.board.stands(0, {"r1", true});
    CHECK(world.view().state == RelayState::trial);
    world.board.stands(1, {"r1", true});
    CHECK(world.view().state == RelayState::up);
}

TEST_CASE("relay board: gone again after it was there has failed anew; one that lets us in and takes no mail was never well") {
    Board world;
    const auto first = world.clock.now();
    world.board.stands(0, failed("r1", 0));
    world.board.stands(0, {"r1", false, true});
    world.clock.tick(1h);
    auto refused = failed("r1", 554);
    refused.failure.stage = Stage::mail;
    world.board.stands(0, refused);
    CHECK(world.view().since == first);
    world.board.stands(0, {"r1", false, true});
    world.clock.tick(1h);
    world.board.stands(0, failed("r1", 0));
    CHECK(world.view().since == world.clock.now());
}

TEST_CASE("relay board: a relay that left the settings is not shown") {
    Board world;
    world.board.stands(0, failed("r1", 421));
    world.relays.erase(world.relays.begin());
    REQUIRE(world.board.views(world.relays, 1).size() == 1);
    CHECK(world.board.views(world.relays, 1).at(0).relay == "r2");
}

TEST_CASE("relay board: a view says state, times and what the relay said, without addresses") {
    Board world;
    auto standing = failed("r1", 554);
    standing.failure.text = "no mail from anna@example.com";
    world.board.stands(0, standing);
    std::string out;
    JsonWriter json(out);
    write_json(json, world.view());
    CHECK(out.starts_with(
        R"({"relay":"r1","state":"part","since":"2025-06-24T10:00:00.000000Z","paused_until":"2025-06-24T10:01:00.000000Z")"));
    CHECK(out.find(R"("last_failure":{"at":"2025-06-24T10:00:00.000000Z")") != std::string::npos);
    CHECK(out.find(R"("code":554)") != std::string::npos);
    CHECK(out.find("anna@") == std::string::npos);
}
