#include "compare.hpp"

#include <catch2/catch.hpp>

using namespace ilbud::bench;

namespace {

Pair pair_of(double before_us, double after_us, double before_rate, double after_rate) {
    Pair pair;
    pair.before = {before_us, before_us / 200, before_rate, 200, {}, true};
    pair.after = {after_us, after_us / 200, after_rate, 200, {}, true};
    return pair;
}

}  // namespace

TEST_CASE("spread_of: the middle, the ends and the quarters, of odd and even numbers of values") {
    const auto five = spread_of({1.04, 0.98, 1.00, 0.96, 1.02});
    CHECK(five.median == Approx(1.00));
    CHECK(five.lowest == Approx(0.96));
    CHECK(five.highest == Approx(1.04));
    CHECK(five.quarter == Approx(0.98));
    CHECK(five.three_quarters == Approx(1.02));
    CHECK(spread_of({1.0, 2.0}).median == Approx(1.5));
    CHECK(spread_of({3.0}).quarter == Approx(3.0));
}

TEST_CASE("Comparison: ratios are of pairs, not of means, so that a slow hour of the machine cancels out") {
    Comparison comparison;
    comparison.pairs = {pair_of(100, 90, 1000, 1100), pair_of(400, 360, 250, 275), pair_of(100, 90, 1000, 1100)};
    CHECK(comparison.cpu().median == Approx(0.9));
    CHECK(comparison.cpu().highest == Approx(0.9));
    CHECK(comparison.rate().lowest == Approx(1.1));
    CHECK(comparison.exact());
    comparison.pairs[1].after.exact = false;
    CHECK_FALSE(comparison.exact());
}

TEST_CASE("comparison_table, comparison_json: tell each pair, the spread and the processor") {
    Comparison comparison;
    comparison.pairs = {pair_of(100, 90, 1000, 1100)};
    comparison.processor.name = "Test Processor";
    const auto table = comparison_table(comparison);
    CHECK(table.find("0.900 (0.900 to 0.900") != std::string::npos);
    CHECK(table.find("Test Processor") != std::string::npos);
    const auto json = comparison_json(comparison);
    CHECK(json.find(R"("cpu_ratio":{"median":0.9)") != std::string::npos);
    CHECK(json.find(R"("old":{"daemon_cpu_us_per_mail":100)") != std::string::npos);
    CHECK(json.find(R"("exact":true)") != std::string::npos);
}
