/// A clock ticked by hand.
#pragma once
#include <atomic>

#include "ilbud/base/time.hpp"

namespace ilbud::test {

class ManualClock : public Clock {
 public:
    explicit ManualClock(Time start) : now_(start) {}
    [[nodiscard]] Time now() const override { return now_.load(); }
    void tick(Duration by) { now_.store(now_.load() + by); }
    void set(Time to) { now_.store(to); }

 private:
    std::atomic<Time> now_;
};

}  // namespace ilbud::test
