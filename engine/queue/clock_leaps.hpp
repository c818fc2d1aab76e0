/// How much time passed, whatever the wall clock says: an age is not to grow because somebody put the clock right.
///
/// In    readings of the clocks, as they come; the last one of the run before
/// Out   leaps of the wall clock, and how far they lie within a span of events
/// Pure
/// See   SECURITY S47
///
/// Within a boot a leap is what the wall clock did beyond the time that passed. Across boots nothing else tells the time that
/// passed, so the wall clock is believed, unless it went back or the machine would have been off for longer than `absence_max`.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "ilbud/base/time.hpp"

namespace ilbud {

struct ClockLeap {
    std::int64_t event = 0;  ///< the first one accepted behind it
    Time at{};               ///< what the wall clock said then
    Duration ahead{};        ///< how far it leapt; below zero: back

    bool operator==(const ClockLeap&) const = default;
};

class ClockLeaps {
 public:
    ClockLeaps() = default;
    explicit ClockLeaps(std::vector<ClockLeap> known) : leaps_(std::move(known)) {}

    /// The leap between two readings, if there was one.
    [[nodiscard]] static std::optional<Duration> between(const ClockReading& before, const ClockReading& now,
                                                         Duration absence_max) {
        auto ahead = now.wall - before.wall;
        if (before.boot == now.boot) {
            ahead -= now.since_boot - before.since_boot;
            if (ahead < tolerance && ahead > -tolerance) return std::nullopt;
        } else if (ahead > -tolerance && ahead <= absence_max) {
            return std::nullopt;
        }
        return ahead;
    }

    void add(const ClockLeap& leap) { leaps_.push_back(leap); }

    /// How long ago `event` was accepted, of which the wall clock said `accepted_at` then.
    [[nodiscard]] Duration age(std::int64_t event, Time accepted_at, Time wall) const {
        auto age = wall - accepted_at;
        for (const auto& leap : leaps_)
            if (leap.event > event) age -= leap.ahead;
        return std::max(age, Duration{});
    }

    /// Whether the wall clock leapt ahead lately and nobody has put it back: what it says of old things is not believed yet.
    [[nodiscard]] bool doubted(Time wall) const {
        Duration ahead{};
        for (const auto& leap : leaps_)
            if (wall >= leap.at && wall < leap.at + doubted_for) ahead += leap.ahead;
        return ahead > doubted_from;
    }

 private:
    static constexpr Duration tolerance =
        std::chrono::minutes(1);  // smaller corrections, as a time service makes them, are followed
    static constexpr Duration doubted_from = std::chrono::hours(1);
    static constexpr Duration doubted_for = std::chrono::hours(24);  // then somebody would have noticed
    std::vector<ClockLeap> leaps_;                                   // a handful: whoever sets a clock does not do it often
};

}  // namespace ilbud
