#include "daemon/lane_load.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ilbud;

namespace {

using Next = LaneLoad::Next;
const SteadyTime start = SteadyTime{} + 1h;
constexpr LaneLoad::Places twenty{20, 8};

// A lane with so many mails in flight.
LaneLoad loaded(std::size_t mails, LaneShare share = {}) {
    LaneLoad load(share);
    load.leased(mails);
    return load;
}

}  // namespace

TEST_CASE("lane load: an empty lane leases at once, in whole batches of what is signed together") {
    LaneLoad load({0, 2});
    CHECK(load.lease_next(twenty, start) == Next{16});
    CHECK(load.lease_next({6, 8}, start) == Next{6});
    CHECK(load.lease_next({1, 8}, start) == Next{1});
    CHECK(load.lease_next({16, 1}, start) == Next{16});
}

TEST_CASE("lane load: without a free place nothing is leased, and only a change can help") {
    auto load = loaded(20);
    CHECK(load.lease_next(twenty, start) == Next{});
    load.leased(5);  // the places have become fewer meanwhile
    CHECK(load.lease_next(twenty, start) == Next{});
    CHECK(load.lease_next({0, 8}, start) == Next{});
}

TEST_CASE("lane load: a few free places wait for more of them, but not for long") {
    auto load = loaded(20);
    load.concluded();
    CHECK(load.lease_next(twenty, start) == Next{0, start + 2ms});
    load.concluded();
    CHECK(load.lease_next(twenty, start + 1ms) == Next{0, start + 2ms});  // the time of the first one counts
    CHECK(load.lease_next(twenty, start + 2ms) == Next{2});
    CHECK(load.lease_next(twenty, start + 3ms) == Next{0, start + 5ms});  // and then anew
}

TEST_CASE("lane load: half of the places free is enough") {
    auto load = loaded(20);
    for (int i = 0; i < 9; ++i) load.concluded();
    CHECK(load.lease_next(twenty, start).mails == 0);
    load.concluded();
    CHECK(load.lease_next(twenty, start) == Next{8});
}

TEST_CASE("lane load: a mail with an answer takes no place, stored or not") {
    auto load = loaded(20);
    for (int i = 0; i < 20; ++i) load.concluded();
    CHECK(load.lease_next(twenty, start) == Next{16});
    load.storing(20);
    CHECK(load.in_hand() == 20);
    CHECK(load.lease_next(twenty, start) == Next{16});
    load.stored();
    CHECK(load.in_hand() == 0);
    CHECK(load.lease_next(twenty, start) == Next{16});
}

TEST_CASE("lane load: results gather for a moment, or until there are many") {
    auto load = loaded(60);
    CHECK(load.settle_next(start) == Next{});
    load.concluded();
    CHECK(load.settle_next(start) == Next{0, start + 10ms});
    CHECK(load.settle_next(start + 9ms) == Next{0, start + 10ms});
    CHECK(load.settle_next(start + 10ms) == Next{1});
    for (int i = 1; i < 48; ++i) load.concluded();
    CHECK(load.settle_next(start + 1ms) == Next{48});
    load.storing(48);
    load.concluded();
    CHECK(load.settle_next(start + 11ms) == Next{0, start + 21ms});  // the next batch has a time of its own
}

TEST_CASE("lane load: at the end results are stored as they come") {
    auto load = loaded(2);
    load.concluded();
    load.end();
    CHECK(load.settle_next(start) == Next{1});
    load.storing(1);
    load.stored();
    CHECK(load.settle_next(start) == Next{});
    CHECK(load.in_hand() == 1);
}

TEST_CASE("lane load: what a kill may repeat is bounded over all lanes") {
    for (const int lanes : {1, 2, 4, 7, 16, 20, 63, 64}) {
        CAPTURE(lanes);
        std::size_t all = 0;
        for (int lane = 0; lane < lanes; ++lane) {
            auto load = loaded(1000, {lane, lanes});
            std::size_t sent = 0;
            for (; load.may_send(); ++sent) {
                CHECK(load.may_send(0));
                load.concluded();
            }
            CHECK(sent >= 1);
            all += sent;
            load.storing(sent);
            CHECK_FALSE(load.may_send());  // given to the store is not stored
            load.stored();
            CHECK(load.may_send());
            CHECK(load.may_send(sent - 1));
            CHECK_FALSE(load.may_send(sent));  // answered counts before it is concluded
        }
        CHECK(all == 64);
    }
}

TEST_CASE("lane load: whatever happens in whatever order, no place is taken twice and nothing stands still for good") {
    std::mt19937 random(4711);
    for (int round = 0; round < 200; ++round) {
        LaneLoad load({0, 1 + static_cast<int>(random() % 4)});
        const LaneLoad::Places places{1 + random() % 40, 1 + random() % 16};
        std::size_t in_flight = 0, results = 0, storing = 0;
        auto now = start;
        for (int step = 0; step < 300; ++step) {
            const auto next = load.lease_next(places, now);
            if (next.mails > 0) {
                load.leased(next.mails);
                in_flight += next.mails;
            }
            REQUIRE(in_flight <= places.all);
            if (in_flight > 0 && random() % 2 == 0) {
                load.concluded();
                --in_flight;
                ++results;
            }
            if (const auto settle = load.settle_next(now); storing == 0 && settle.mails > 0) {
                REQUIRE(settle.mails == results);
                load.storing(results);
                storing = std::exchange(results, 0);
            } else if (storing > 0) {
                load.stored();
                storing = 0;
            }
            REQUIRE(load.in_hand() == in_flight + results + storing);
            now += std::chrono::microseconds(random() % 3000);
        }
        // Left alone, it leases again and stores all.
        for (; in_flight > 0; --in_flight) load.concluded();
        if (storing > 0) load.stored();
        CHECK(load.settle_next(now + 1s).mails == load.settle_next(now + 2s).mails);
        CHECK(load.lease_next(places, now + 1s).mails > 0);
    }
}
