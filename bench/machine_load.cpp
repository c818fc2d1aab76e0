// The kernel's own counters, read before and after: what was used beyond our processes is others'. Coarse by
// nature (ticks), but enough to see that a figure had company.
#include "machine_load.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

namespace ilbud::bench {

// The first line is the sum of all cores; the lines of single cores follow and are not read.
MachineCpu parse_machine_cpu(std::string_view stat, double ticks_per_second) {
    std::istringstream line{std::string(stat.substr(0, stat.find('\n')))};
    std::string name;
    line >> name;
    if (name != "cpu") return {};
    // user nice system idle iowait irq softirq steal; then guests, which user and nice contain already (proc(5))
    std::vector<double> seconds;
    // Old kernels have fewer columns; without the eighth nothing is said about
    // stolen time, and then nothing at all.
    for (double ticks = 0; seconds.size() < 8 && line >> ticks;) seconds.push_back(ticks / ticks_per_second);
    if (seconds.size() < 8) return {};
    // Interrupts belong to nobody who could be named, and would make a busy network look like a busy program.
    return {.processes = seconds[0] + seconds[1] + seconds[2],
            .stolen = seconds[7],
            .all = std::accumulate(seconds.begin(), seconds.end(), 0.0)};
}

// The clock's ticks are 10 ms on common kernels (USER_HZ 100).
MachineCpu machine_cpu() {
    std::ifstream file("/proc/stat");
    std::string line;
    std::getline(file, line);
    return parse_machine_cpu(line, static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

// Clamped: readings are taken one after the other, so a share may come out a little below zero.
OthersLoad others_load(const MachineCpu& before, const MachineCpu& after, double ours) {
    const double all = after.all - before.all;
    if (all <= 0) return {};
    const auto share = [&](double seconds) { return std::clamp(seconds / all, 0.0, 1.0); };
    return {share(after.processes - before.processes - ours), share(after.stolen - before.stolen)};
}

}  // namespace ilbud::bench
