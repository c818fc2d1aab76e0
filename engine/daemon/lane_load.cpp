#include "lane_load.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// Results that the relay has answered and the store has not: what a kill may repeat (DESIGN §1.2). Divided among the lanes.
constexpr std::size_t unsettled_max = 64;
constexpr std::size_t unsettled_least = 4;  // with fewer, a lane of many would stand still for every commit
// Leases and results travel to the store in batches: each trip wakes its thread, and results cost a commit.
constexpr Duration lease_gather = 2ms;
constexpr Duration settle_gather = 10ms;

}  // namespace

LaneLoad::LaneLoad(int lanes)
    : unsettled_most_(std::max(unsettled_max / static_cast<std::size_t>(std::max(lanes, 1)), unsettled_least)) {}

LaneLoad::Next LaneLoad::lease_next(const Places& places, SteadyTime now) {
    const auto in_flight = in_hand_ - unsettled();
    if (in_flight >= places.all) {
        lease_by_.reset();
        return {};
    }
    const auto free = places.all - in_flight;
    if (!lease_by_) lease_by_ = now + lease_gather;
    const auto enough = std::max(std::min(places.together, places.all), (places.all + 1) / 2);
    if (free < enough && now < *lease_by_) return {0, *lease_by_};
    lease_by_.reset();
    return {free > places.together ? free - free % places.together : free};  // a rest would be signed one by one
}

LaneLoad::Next LaneLoad::settle_next(SteadyTime now) {
    if (results_ == 0) return {};
    if (!settle_by_) settle_by_ = now + settle_gather;
    // Three quarters: the store is to be done with them before the lane has to stand still (may_send).
    if (results_ * 4 < unsettled_most_ * 3 && now < *settle_by_ && !ended_) return {0, *settle_by_};
    return {results_};
}

void LaneLoad::storing(std::size_t results) {
    results_ -= results;
    storing_ += results;
    settle_by_.reset();
}

void LaneLoad::stored() {
    in_hand_ -= storing_;
    storing_ = 0;
}

}  // namespace ilbud
