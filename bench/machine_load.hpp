/// What else the machine did while something was measured, so that a reader sees whether a figure had company.
///
/// In    the text of /proc/stat before and after; the CPU time of those who took part
/// Out   shares of the whole machine's CPU
/// Pure  but for machine_cpu()
#pragma once
#include <string_view>

namespace ilbud::bench {

/// Seconds of all cores together since the machine started. Zeros if the text does not say.
struct MachineCpu {
    double processes = 0;  ///< in programs and in what they asked of the system; interrupts are nobody's and left out
    double stolen = 0;     ///< given to other machines by the host
    double all = 0;        ///< idle time included
};

/// `stat` is the text of /proc/stat; `ticks_per_second` is USER_HZ, not the kernel's own HZ.
[[nodiscard]] MachineCpu parse_machine_cpu(std::string_view stat, double ticks_per_second);
[[nodiscard]] MachineCpu machine_cpu();

/// From 0 to 1.
struct OthersLoad {
    double processes = 0;  ///< programs that did not take part
    double stolen = 0;     ///< other machines on the same host
};

/// `ours`: seconds that those who took part used between `before` and `after`. The system counts in ticks of some 10 ms, so a
/// short time says little.
[[nodiscard]] OthersLoad others_load(const MachineCpu& before, const MachineCpu& after, double ours);

}  // namespace ilbud::bench
