#include "ilbud/watch/look_schedule.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

const Time start = *parse_time("2025-06-24T08:00:00Z");

LookSchedule schedule(double per_second) {
    LookSchedule made;
    made.set_limits({per_second, 6h});
    return made;
}

}  // namespace

TEST_CASE("look schedule: ten thousand domains that are due at once are spread by the rate") {
    auto looks = schedule(15);
    for (int i = 0; i < 10'000; ++i) looks.put("d" + std::to_string(i) + ".dk", start);
    std::size_t taken = 0;
    auto now = start;
    for (int second = 0; second < 600; ++second, now += 1s) {
        const auto due = looks.take(1000, now);
        CHECK(due.size() <= 15);
        taken += due.size();
    }
    CHECK(taken <= 15 * 600);
    CHECK(taken >= 15 * 598);
}

TEST_CASE("look schedule: takes the longest due first, and nothing before its time") {
    auto looks = schedule(100);
    looks.put("later.dk", start + 2s);
    looks.put("first.dk", start - 2s);
    looks.put("second.dk", start - 1s);
    CHECK(looks.take(10, start) == std::vector<std::string>{"first.dk"});  // it begins with one token
    CHECK(looks.take(10, start + 1s) == std::vector<std::string>{"second.dk"});
    CHECK(looks.next(start + 1s) == start + 2s);
    CHECK(looks.take(10, start + 2s) == std::vector<std::string>{"later.dk"});
    CHECK_FALSE(looks.next(start));
}

TEST_CASE("look schedule: a look that is to come soon is not put off") {
    auto looks = schedule(1);
    looks.put("a.dk", start - 1h);
    looks.put_by("a.dk", start + 6h);
    looks.put_by("b.dk", start + 6h);
    looks.put_by("b.dk", start + 1h);
    CHECK(looks.take(10, start) == std::vector<std::string>{"a.dk"});
    CHECK(looks.next(start + 1min) == start + 1h);
}

TEST_CASE("look schedule: next says when the rate allows one more") {
    auto looks = schedule(0.5);
    looks.put("a.dk", start);
    looks.put("b.dk", start);
    CHECK(looks.next(start) == start);
    CHECK(looks.take(10, start).size() == 1);
    CHECK(looks.next(start) == start + 2s);
    CHECK(looks.take(10, start + 1s).empty());
    CHECK(looks.take(10, start + 2s).size() == 1);
}

TEST_CASE("look schedule: a domain has one place; putting it again moves it") {
    auto looks = schedule(10);
    looks.put("a.dk", start);
    looks.put("a.dk", start + 1h);
    CHECK(looks.size() == 1);
    CHECK(looks.take(10, start).empty());
    looks.remove("a.dk");
    CHECK(looks.size() == 0);
}

TEST_CASE("S47: a clock set back by a day delays no look by more than the longest wait") {
    auto looks = schedule(10);
    looks.put("a.dk", start + 1h);
    CHECK(looks.take(1, start).empty());
    CHECK(looks.take(1, start - 24h).empty());
    CHECK(looks.next(start - 24h) == start - 24h + 6h);
}

TEST_CASE("S47: a clock that jumps ahead makes everything due, at the same rate") {
    auto looks = schedule(10);
    for (int i = 0; i < 1000; ++i) looks.put("d" + std::to_string(i) + ".dk", start + 1h);
    CHECK(looks.take(1000, start).empty());
    CHECK(looks.take(1000, start + 48h).size() == 10);
    CHECK(looks.take(1000, start + 48h + 1s).size() == 10);
}
