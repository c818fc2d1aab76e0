/// How the daemon's CPU for a mail divides among the stages of its trip.
///
/// In    what each thread of the daemon used in the run (measured there); what the stages of a lane cost when they are timed
///       alone, in this process, right before and after the run
/// Out   parts that add up to the whole; each says whether it was measured or derived
/// Pure
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure.hpp"

namespace ilbud::bench {

/// Microseconds of CPU a mail, each stage alone on one thread.
struct LaneCosts {
    double render = 0, compose = 0, sign = 0, send = 0;
};

/// One line of the division; `us` of all lines of a run add up to its CPU a mail.
struct CpuPart {
    std::string key;       ///< in JSON: "render"
    std::string name;      ///< for people
    double us = 0;         ///< a mail
    double budget_r = 0;   ///< 0: it has none
    std::string thread;    ///< "main", "store", "lanes", "other"
    bool derived = false;  ///< from the stage timed alone; else measured in the run
};

/// `total` is the process's. Without `costs` the lanes stay in one piece; where the stages alone would cost more than the lanes
/// used, they are scaled down to it. `tls`: whether sending had to encrypt, for its budget.
[[nodiscard]] std::vector<CpuPart> divide_cpu(const ThreadCpu& threads, const CpuTime& total, std::uint64_t mails,
                                              const std::optional<LaneCosts>& costs, bool tls);

}  // namespace ilbud::bench
