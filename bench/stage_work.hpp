/// What each stage does while it is timed.
#pragma once
#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

#include "stages_world.hpp"

namespace ilbud::bench {

/// A stage as the table shows it. `budget` in R; 0: none of its own.
/// `run` is called by Google Benchmark, several times with growing numbers of iterations.
struct Stage {
    std::string name;
    double budget = 0;
    std::string note{};
    std::function<void(benchmark::State&)> run;
    std::size_t mails = 1;  ///< that one iteration handles
    bool all_threads = false;
    bool part_of_sum = false;
};

/// All stages in the order of the trip, on mails of the usual mix and of two kinds. They keep references to what they are given.
std::vector<Stage> stages_of(const StagesWorld& world, const std::vector<Specimen>& all, const std::vector<Specimen>& welcomes,
                             const std::vector<Specimen>& invoices);

/// "render", "compose", "sign", "send", as a lane does them. `alone`: signed one by one, else several together.
std::vector<Stage> stages_of_lane(const StagesWorld& world, const std::vector<Specimen>& mails, bool tls, bool alone);

}  // namespace ilbud::bench
