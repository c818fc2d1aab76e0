#include "dns/question_pace.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {
const SteadyTime start = SteadyTime{} + 24h;
}

TEST_CASE("question pace: a second's worth at a stroke, then one at a time") {
    QuestionPace pace(10);
    for (int i = 0; i < 11; ++i) CHECK(pace.next_start(start, start + 1h) == start);  // that of the moment itself is the eleventh
    for (int i = 1; i <= 20; ++i) CHECK(pace.next_start(start, start + 1h) == start + i * 100ms);
}

TEST_CASE("question pace: what would start after its deadline is told so and takes nobody's place") {
    QuestionPace pace(10);
    for (int i = 0; i < 13; ++i) CHECK(pace.next_start(start, start + 200ms) <= start + 200ms);
    for (int i = 0; i < 5; ++i) CHECK(pace.next_start(start, start + 200ms) == start + 300ms);
    CHECK(pace.next_start(start, start + 1s) == start + 300ms);
}

TEST_CASE("question pace: what was not asked for a long time does not add up") {
    QuestionPace pace(100);
    for (int i = 0; i < 101; ++i) CHECK(pace.next_start(start, start + 1h) == start);
    const auto later = start + 10h;
    for (int i = 0; i < 101; ++i) CHECK(pace.next_start(later, later + 1h) == later);
    CHECK(pace.next_start(later, later + 1h) == later + 10ms);
}
