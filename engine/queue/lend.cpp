// Smooth weighted round-robin: whoever has something due gains its weight, the richest
// goes and pays the sum. Weights of 16, 4 and 1 thus mix evenly; they do not come as 16
// of one class in a row. No class starves, and none saves up while it has nothing.
#include "lend.hpp"

#include <algorithm>

namespace ilbud {

void LendingTurns::set_weights(const std::array<int, urgency_count>& weights) {
    for (std::size_t i = 0; i < urgency_count; ++i) {
        circles_[i].weight = std::max(weights[i], 1);
        // Credits belong to the old weights; kept, they would favour somebody for some rounds.
        circles_[i].credit = 0;
    }
}

// A hash beside the list: a unit is found in constant time, however many wait.
void LendingTurns::join(const LendingLine& line) {
    auto& circle = circles_[static_cast<std::size_t>(line.urgency)];
    const auto [place, is_new] = circle.places.try_emplace(line.unit);
    if (is_new) place->second = circle.units.insert(circle.units.end(), line.unit);
}

void LendingTurns::leave(const LendingLine& line) {
    auto& circle = circles_[static_cast<std::size_t>(line.urgency)];
    const auto place = circle.places.find(line.unit);
    if (place == circle.places.end()) return;
    circle.units.erase(place->second);
    circle.places.erase(place);
}

std::optional<LendingLine> LendingTurns::next() {
    std::int64_t total = 0;
    Circle* chosen = nullptr;
    // The more urgent class wins where credits are equal, as it comes first.
    for (auto& circle : circles_) {
        if (circle.units.empty()) continue;
        total += circle.weight;
        circle.credit += circle.weight;
        if (chosen == nullptr || circle.credit > chosen->credit) chosen = &circle;
    }
    if (chosen == nullptr) return std::nullopt;
    // Only the weights of those that took part are paid, so credits sum up to what they
    // were before: they never run away.
    chosen->credit -= total;
    const auto unit = chosen->units.front();
    // Moves the node itself: nothing is allocated, and `places` stays true.
    chosen->units.splice(chosen->units.end(), chosen->units, chosen->units.begin());
    return LendingLine{static_cast<int>(chosen - circles_.data()), unit};
}

}  // namespace ilbud
