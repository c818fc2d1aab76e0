/// What the keeper of the keys does next besides a step of a key change, and when: look again, tell of what gets no further.
///
/// In    when the next step is due, which slots are stuck, the time
/// Out   how long to wait; what to tell of now
/// Pure  the time is a parameter
#pragma once
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "ilbud/keys/key_slots.hpp"

namespace ilbud {

/// Until the next look at what can be done. `next_due`: of the next step; nothing: none, or it waits for other things than time.
[[nodiscard]] Duration wait_for_step(std::optional<Time> next_due, Time now);

class StuckReminders {
 public:
    /// Of `stuck`, what is to be told now: each at once, then once an hour while it lasts.
    [[nodiscard]] std::vector<Stuck> to_tell(std::vector<Stuck> stuck, Time now);

 private:
    std::map<std::pair<int, bool>, Time> told_at_;  // by slot, and whether it waits for us or for domains
};

}  // namespace ilbud
