#include "lend.hpp"

#include <algorithm>

namespace ilbud {

void LendingTurns::set_weights(const std::array<int, urgency_count>& weights) {
    for (std::size_t i = 0; i < urgency_count; ++i) {
        circles_[i].weight = std::max(weights[i], 1);
        circles_[i].credit = 0;
    }
}

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
    for (auto& circle : circles_) {
        if (circle.units.empty()) continue;
        total += circle.weight;
        circle.credit += circle.weight;
        if (chosen == nullptr || circle.credit > chosen->credit) chosen = &circle;
    }
    if (chosen == nullptr) return std::nullopt;
    chosen->credit -= total;
    const auto unit = chosen->units.front();
    chosen->units.splice(chosen->units.end(), chosen->units, chosen->units.begin());
    return LendingLine{static_cast<int>(chosen - circles_.data()), unit};
}

}  // namespace ilbud
