/// The charts of the report's page, each drawn for wide and for narrow screens.
///
/// Pure
#pragma once
#include <string>

#include "run.hpp"

namespace ilbud::bench {

/// Mails delivered a second, over time. Needs samples.
[[nodiscard]] std::string throughput_chart(const Report& report);
/// The daemon's CPU over time, its own code apart from the system's. Needs samples.
[[nodiscard]] std::string cpu_chart(const Report& report);
/// The share of mails by latency, on a logarithmic scale. Needs latencies.
[[nodiscard]] std::string latency_chart(const Report& report);
/// How the CPU of a mail divides: one bar, its stages above, the threads below, and a table. Needs parts.
[[nodiscard]] std::string stage_chart(const Report& report);

}  // namespace ilbud::bench
