/// The time by which mails become due: the wall clock, kept from waiting a day longer because someone set the clock back.
///
/// In    readings of the wall clock, and of one that nobody sets, as they come
/// Out   a time that never jumps back
/// Pure
/// See   SECURITY S47
///
/// A jump of the wall clock back (by more than a minute) is taken out: due time goes on from where it was, so that a deferred
/// mail waits what it had left to wait. A later jump forward by about as much puts that right again. Any other jump forward
/// counts as time that passed (a machine that slept): what was deferred falls due, each mail once.
#pragma once
#include <algorithm>
#include <chrono>

#include "ilbud/base/time.hpp"

namespace ilbud {

class DueTime {
 public:
    using Steady = std::chrono::steady_clock::time_point;

    /// `back`: how far due time is ahead of the wall clock, as kept from the last run; `seen`: the last wall time of that run.
    void resume(Duration back, Time seen, Time wall, Steady steady) {
        back_ = back;
        if (seen - wall > tolerance) back_ += seen - wall;
        wall_ = wall;
        steady_ = steady;
    }

    /// To be called before now() is believed; the longer the gap between calls, the later a jump is noticed.
    void advance(Time wall, Steady steady) {
        const auto passed = std::chrono::duration_cast<Duration>(steady - steady_);
        if (wall_ - wall > tolerance) {
            // Taken out whole: due time goes on from where it was, by what passed.
            back_ += wall_ - wall + std::max(passed, Duration{});
        } else if (const auto ahead = wall - wall_ - passed; back_ > Duration{} && ahead > tolerance && ahead >= back_ / 2) {
            back_ -= std::min(back_, ahead);
        }
        wall_ = wall;
        steady_ = steady;
    }

    /// Nothing waits: what was kept ahead for no longer matters.
    void settle_down() { back_ = Duration{}; }

    [[nodiscard]] Time now() const { return wall_ + back_; }
    [[nodiscard]] Time wall() const { return wall_; }
    [[nodiscard]] Duration back() const { return back_; }

 private:
    // Smaller corrections, as a time service makes them, are followed.
    static constexpr Duration tolerance = std::chrono::minutes(1);
    Duration back_{};
    Time wall_{};
    Steady steady_{};
};

}  // namespace ilbud
