/// Whose turn it is: classes by their weights, business units in a circle inside a class.
///
/// In    which lines (class and unit) have something due
/// Out   the line whose mail leaves next
/// Pure
/// See   DESIGN §1.5, §5
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "ilbud/settings/kinds.hpp"

namespace ilbud {

/// The mails of one class (urgency) and one unit; they leave in the order of their due times.
struct LendingLine {
    int urgency = 0;
    std::int64_t unit = 0;
    auto operator<=>(const LendingLine&) const = default;
};

class LendingTurns {
 public:
    /// The share of each class while all have something due (smooth weighted round-robin); at least 1 each.
    void set_weights(const std::array<int, urgency_count>& weights);
    /// `line` has something due: it queues up at the end of its class's circle. Known lines stay where they are.
    void join(const LendingLine& line);
    void leave(const LendingLine& line);
    /// The line whose turn it is; it goes to the end of its circle.
    std::optional<LendingLine> next();
    /// The lines that come next, by class and then in turn, at most `most` of each class.
    template <class Visit>
    void each_next(std::size_t most, Visit visit) const {
        for (std::size_t urgency = 0; urgency < circles_.size(); ++urgency) {
            auto left = most;
            for (const auto unit : circles_[urgency].units) {
                if (left-- == 0) break;
                visit(LendingLine{static_cast<int>(urgency), unit});
            }
        }
    }

 private:
    struct Circle {
        std::list<std::int64_t> units;
        std::unordered_map<std::int64_t, std::list<std::int64_t>::iterator> places;
        std::int64_t weight = 1;
        std::int64_t credit = 0;
    };
    std::array<Circle, urgency_count> circles_;
};

}  // namespace ilbud
