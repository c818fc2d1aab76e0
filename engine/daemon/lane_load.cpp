// Two taps on one thread: leasing, which is opened by free places, and sending, which is closed by results that the store
// does not have yet. Both batches close by number or by time, whichever comes first. A time begins when a
// free place, or a result, is first seen, so that a relay which is slow holds up neither.
#include "lane_load.hpp"

#include <algorithm>

#include "ilbud/settings/settings.hpp"

namespace ilbud {
namespace {

// Results that the relay has answered and the store has not: what a kill may repeat (DESIGN §1.2). Divided among the lanes.
constexpr std::size_t unsettled_max = 64;
static_assert(unsettled_max >= lanes_max);  // a lane without a share could send nothing
// Leases and results travel to the store in batches: each trip wakes its thread, and results cost a commit.
// More gives fuller batches and a later start of each mail; none would wake the store for every single place.
constexpr Duration lease_gather = 2ms;
constexpr Duration settle_gather = 10ms;

}  // namespace

LaneLoad::LaneLoad(LaneShare share) : unsettled_most_(share.of(unsettled_max)) {}

LaneLoad::Next LaneLoad::lease_next(const Places& places, SteadyTime now) {
    // What has its answer takes no place, although the store does not know yet: the relay's connections are free for the
    // next.
    const auto in_flight = in_hand_ - unsettled();
    if (in_flight >= places.all) {
        lease_by_.reset();
        return {};
    }
    const auto free = places.all - in_flight;
    if (!lease_by_) lease_by_ = now + lease_gather;
    // With room for fewer than are signed together, all of it is enough.
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

// The next batch gets a time of its own, from when it is first asked for: while this one is being stored nobody asks.
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
