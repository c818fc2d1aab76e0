#include "../../engine/queue/due_time.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

struct Clocks {
    Time wall{std::chrono::hours(480000)};
    DueTime::Steady steady{};
    void pass(Duration time, DueTime& due) {
        wall += time;
        steady += time;
        due.advance(wall, steady);
    }
    void set(Duration by, DueTime& due) {
        wall += by;
        due.advance(wall, steady);
    }
};

DueTime begin(const Clocks& clocks, Duration back = {}, Duration seen_ahead = {}) {
    DueTime due;
    due.resume(back, clocks.wall + seen_ahead, clocks.wall, clocks.steady);
    return due;
}

}  // namespace

TEST_CASE("S47: due time goes with the wall clock, small steps back included") {
    Clocks clocks;
    auto due = begin(clocks);
    clocks.pass(1h, due);
    CHECK(due.now() == clocks.wall);
    clocks.set(-30s, due);
    CHECK(due.now() == clocks.wall);
    clocks.set(24h, due);
    CHECK(due.now() == clocks.wall);
}

TEST_CASE("S47: due time does not follow a jump back, and goes on from there") {
    Clocks clocks;
    auto due = begin(clocks);
    const auto before = due.now();
    clocks.set(-24h, due);
    CHECK(due.now() == before);
    clocks.pass(10min, due);
    CHECK(due.now() == before + 10min);
    clocks.set(24h, due);
    CHECK(due.now() == before + 10min);
    CHECK(due.now() == clocks.wall);
    clocks.set(24h, due);
    CHECK(due.now() == clocks.wall);
}

TEST_CASE("S47: a small jump forward after a jump back is time that passed") {
    Clocks clocks;
    auto due = begin(clocks);
    clocks.set(-24h, due);
    const auto before = due.now();
    clocks.set(10min, due);
    CHECK(due.now() == before + 10min);
}

TEST_CASE("S47: a jump back while nothing ran is noticed at the start, and what an earlier run took out is kept") {
    Clocks clocks;
    CHECK(begin(clocks, {}, 24h).now() == clocks.wall + 24h);
    CHECK(begin(clocks, 2h, 24h).now() == clocks.wall + 26h);
    CHECK(begin(clocks, 2h, -24h).now() == clocks.wall + 2h);
    auto due = begin(clocks, 2h);
    due.settle_down();
    CHECK(due.now() == clocks.wall);
}
