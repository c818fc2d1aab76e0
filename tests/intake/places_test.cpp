#include "intake/places.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

constexpr uid_t greedy = 1, honest = 2, other = 3;
const SteadyTime start{1h};

Place idle(uid_t user, Duration since) {
    return {user, start + since, false};
}

Place owed(uid_t user, Duration since) {
    return {user, start + since, true};
}

// Lets `newcomer` in as the socket does; whether there was a place.
bool let_in(std::vector<Place>& places, uid_t newcomer, Duration at) {
    const auto chosen = place_to_clear(places, newcomer);
    if (!chosen) return false;
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(*chosen));
    places.push_back(idle(newcomer, at));
    return true;
}

std::size_t count(const std::vector<Place>& places, uid_t user) {
    return static_cast<std::size_t>(std::count_if(places.begin(), places.end(), [&](auto& place) { return place.user == user; }));
}

}  // namespace

TEST_CASE("place_to_clear: the longest idle goes") {
    CHECK(place_to_clear({idle(greedy, 3s), idle(greedy, 1s), idle(greedy, 2s)}, greedy) == 1U);
}

TEST_CASE("place_to_clear: who is owed an answer keeps its place, however long it has been") {
    CHECK(place_to_clear({owed(greedy, 1s), idle(greedy, 9s)}, greedy) == 1U);
    CHECK_FALSE(place_to_clear({owed(greedy, 1s), owed(honest, 2s)}, greedy));
}

TEST_CASE("place_to_clear: a newcomer gets the place of the user who holds most, though another's is idle longer") {
    CHECK(place_to_clear({idle(honest, 1s), idle(greedy, 2s), idle(greedy, 3s), idle(greedy, 4s)}, honest) == 1U);
    CHECK(place_to_clear({idle(honest, 1s), idle(greedy, 2s), idle(greedy, 3s)}, other) == 1U);
}

TEST_CASE("place_to_clear: a user who holds most takes no place of another") {
    CHECK(place_to_clear({idle(honest, 1s), idle(greedy, 2s), idle(greedy, 3s)}, greedy) == 1U);
    CHECK_FALSE(place_to_clear({idle(honest, 1s), owed(greedy, 2s), owed(greedy, 3s)}, greedy));
}

TEST_CASE("place_to_clear: users with as many do not throw each other out") {
    CHECK(place_to_clear({idle(honest, 1s), idle(greedy, 2s)}, greedy) == 1U);
    CHECK(place_to_clear({idle(honest, 1s), idle(greedy, 2s), idle(greedy, 3s)}, honest) == 0U);
    CHECK(place_to_clear({idle(honest, 1s), idle(greedy, 2s), idle(honest, 3s)}, greedy) == 1U);
}

TEST_CASE("place_to_clear: with more users than places one without any gets the last of another") {
    CHECK(place_to_clear({idle(greedy, 1s)}, honest) == 0U);
    CHECK(place_to_clear({idle(greedy, 2s), idle(other, 1s)}, honest) == 1U);
    CHECK_FALSE(place_to_clear({owed(greedy, 1s)}, honest));
}

TEST_CASE("place_to_clear: every user comes to an equal share, whoever comes how often") {
    std::vector<Place> places(30, idle(greedy, 0s));
    for (int i = 1; i <= 1000; ++i) {
        CHECK(let_in(places, greedy, i * 1ms));
        if (i % 10 == 0) CHECK(let_in(places, honest, i * 1ms));
        if (i % 20 == 0) CHECK(let_in(places, other, i * 1ms));
    }
    CHECK(count(places, greedy) == 10);
    CHECK(count(places, honest) == 10);
    CHECK(count(places, other) == 10);
}
