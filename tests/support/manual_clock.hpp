/// A clock ticked by hand.
#pragma once
#include <atomic>
#include <string>

#include "ilbud/base/time.hpp"

namespace ilbud::test {

class ManualClock : public Clock {
 public:
    explicit ManualClock(Time start) : now_(start) {}
    [[nodiscard]] Time now() const override { return now_.load(); }
    [[nodiscard]] ClockReading read() const override { return {now_.load(), since_boot_.load(), boot}; }
    /// Time passes.
    void tick(Duration by) {
        now_.store(now_.load() + by);
        since_boot_.store(since_boot_.load() + by);
    }
    /// Somebody sets the clock: no time passes.
    void set(Time to) { now_.store(to); }
    /// The machine starts anew, at the time that it is.
    void reboot() {
        boot += "'";
        since_boot_.store(Duration(1));
    }

    std::string boot = "boot";

 private:
    std::atomic<Time> now_;
    std::atomic<Duration> since_boot_{std::chrono::hours(1)};
};

}  // namespace ilbud::test
