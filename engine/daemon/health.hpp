/// Whether somebody has to look: for monitoring.
///
/// In    how the daemon stands
/// Out   one word, and why
/// Pure  the time is a parameter
#pragma once
#include <array>
#include <string>
#include <vector>

#include "status.hpp"

namespace ilbud {

/// healthy: nothing to do. degraded: mail goes, but not all of it, or not by every way; somebody should look today. failing: no event is
/// taken, or no mail leaves; somebody should look now.
enum class HealthState : std::uint8_t { healthy, degraded, failing };
template <>
inline constexpr std::array<std::string_view, 3> words<HealthState>{"healthy", "degraded", "failing"};

struct HealthFinding {
    HealthState state;
    std::string code;  ///< snake_case, stable
    std::string text;  ///< what it is and what to do
};

struct Health {
    HealthState state = HealthState::healthy;  ///< the worst of the findings
    std::vector<HealthFinding> findings;       ///< the worst first
};

[[nodiscard]] Health judge_health(const Status& status, Time now, const HealthLimits& limits = {});

void write_json(JsonWriter& json, const Health& health);

}  // namespace ilbud
