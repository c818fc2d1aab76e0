/// When the next question may be asked: no more a second than allowed on average, and no more than that at a stroke.
///
/// Pure  the time is a parameter
#pragma once
#include <algorithm>

#include "ilbud/base/time.hpp"

namespace ilbud {

class QuestionPace {
 public:
    explicit QuestionPace(std::size_t per_second)
        : interval_(std::chrono::nanoseconds(1s) / static_cast<std::int64_t>(per_second)) {}

    /// When the next one may start: now, or later. One that would start only after its `deadline` takes nobody else's place.
    [[nodiscard]] SteadyTime next_start(SteadyTime now, SteadyTime deadline) {
        next_ = std::max(next_, now - 1s);
        const auto start = std::max(now, next_);
        if (start <= deadline) next_ += interval_;
        return start;
    }

 private:
    std::chrono::nanoseconds interval_;
    SteadyTime next_{};  // behind now by what may be asked at a stroke
};

}  // namespace ilbud
