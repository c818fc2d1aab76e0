#include "cpu_division.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

namespace ilbud::bench {
namespace {

// A second of 1000 mails: 1000 µs each.
const ThreadCpu threads{
    {"main", {0.04, 0.01}}, {"store", {0.1, 0}}, {"lane-0", {0.3, 0.1}}, {"lane-1", {0.4, 0}}, {"ilbud", {0.01, 0}}};
constexpr CpuTime total{0.9, 0.1};

double sum(const std::vector<CpuPart>& parts) {
    return std::accumulate(parts.begin(), parts.end(), 0.0, [](double so_far, const CpuPart& part) { return so_far + part.us; });
}

CpuPart part_of(const std::vector<CpuPart>& parts, const std::string& key) {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const CpuPart& part) { return part.key == key; });
    return found == parts.end() ? CpuPart{} : *found;
}

}  // namespace

TEST_CASE("divide_cpu: threads as measured, lanes by their stages, and all parts make the whole") {
    const auto parts = divide_cpu(threads, total, 1000, LaneCosts{100, 50, 300, 150}, false);
    CHECK(sum(parts) == Approx(1000));
    CHECK(part_of(parts, "intake").us == Approx(50));
    CHECK(part_of(parts, "journal").us == Approx(100));
    CHECK(part_of(parts, "sign").us == Approx(300));
    CHECK(part_of(parts, "lanes_rest").us == Approx(200));
    CHECK(part_of(parts, "other").us == Approx(50));
    CHECK(part_of(parts, "send").derived);
    CHECK_FALSE(part_of(parts, "journal").derived);
}

TEST_CASE("divide_cpu: stages that would cost more than the lanes used are scaled down to it") {
    const auto parts = divide_cpu(threads, total, 1000, LaneCosts{400, 200, 800, 200}, false);
    CHECK(sum(parts) == Approx(1000));
    CHECK(part_of(parts, "sign").us == Approx(400));
    CHECK(part_of(parts, "lanes_rest").us == Approx(0).margin(1e-6));
}

TEST_CASE("divide_cpu: without the stages' costs the lanes stay in one piece") {
    const auto parts = divide_cpu(threads, total, 1000, std::nullopt, false);
    CHECK(sum(parts) == Approx(1000));
    CHECK(part_of(parts, "lanes").us == Approx(800));
    CHECK_FALSE(part_of(parts, "lanes").derived);
}

TEST_CASE("divide_cpu: a thread that has ended counts among the others") {
    const auto parts = divide_cpu({{"main", {0.1, 0}}}, total, 1000, std::nullopt, false);
    CHECK(part_of(parts, "other").us == Approx(900));
}

TEST_CASE("divide_cpu: sending with TLS has a budget of its own") {
    CHECK(part_of(divide_cpu(threads, total, 1000, LaneCosts{1, 1, 1, 1}, true), "send").budget_r == 0.35);
    CHECK(part_of(divide_cpu(threads, total, 1000, LaneCosts{1, 1, 1, 1}, false), "send").budget_r == 0.10);
}

TEST_CASE("divide_cpu: nothing measured makes no parts") {
    CHECK(divide_cpu(threads, total, 0, std::nullopt, false).empty());
    CHECK(divide_cpu({}, {}, 10, std::nullopt, false).empty());
}

}  // namespace ilbud::bench
