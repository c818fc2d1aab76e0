// Google Benchmark repeats each stage until its time is stable; its own report is replaced by a table in R
// beside the budgets, since microseconds alone mean little on another machine.
#include "stages.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <stdexcept>

#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "measure.hpp"
#include "processor.hpp"
#include "report.hpp"
#include "stage_work.hpp"

namespace ilbud::bench {
namespace {

// More than fit a core's first caches, as in a run.
constexpr std::size_t specimen_count = 256;

/// Keeps the CPU time of each and, on a terminal, says which one runs.
// Throws out of the library's loop: a stage that failed makes the table worthless.
class Keeper : public benchmark::BenchmarkReporter {
 public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const auto& run : runs) {
            if (run.error_occurred) throw std::runtime_error(run.run_name.function_name + ": " + run.error_message);
            // CPU time, not the wall's: whoever else runs is not counted.
            seconds_[run.run_name.function_name] = run.cpu_accumulated_time / static_cast<double>(run.iterations);
            if (::isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r\x1b[K%s", run.run_name.function_name.c_str());
        }
    }
    void Finalize() override {
        if (::isatty(STDERR_FILENO) == 1) std::fputs("\r\x1b[K", stderr);
    }
    /// Seconds an iteration; nothing if it did not run.
    [[nodiscard]] std::optional<double> of(const std::string& name) const {
        const auto found = seconds_.find(name);
        return found == seconds_.end() ? std::nullopt : std::optional(found->second);
    }

 private:
    std::map<std::string, double> seconds_;
};

// The library keeps registered stages and options globally, so both are set anew each
// time: LaneStages comes here twice in one process.
void run_benchmarks(const std::vector<Stage>& stages, double seconds_min, const std::string& filter, Keeper& keeper) {
    benchmark::ClearRegisteredBenchmarks();
    for (const auto& stage : stages) {
        auto* registered = benchmark::RegisterBenchmark(stage.name.c_str(), stage.run);
        if (stage.all_threads) registered->MeasureProcessCPUTime();
    }
    std::vector<std::string> words{"ilbud-bench", "--benchmark_min_time=" + std::to_string(seconds_min)};
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    int argc = static_cast<int>(argv.size());
    // Initialize may move entries of argv; the strings outlive it.
    benchmark::Initialize(&argc, argv.data());
    benchmark::RunSpecifiedBenchmarks(&keeper, filter);
}

}  // namespace

// R before and after, as in a run: a clock that moves meanwhile shows in both.
int run_stages(const StagesOptions& options) {
    const StagesWorld world(options);
    // The usual mix for the stages, and one kind each where a reader wants to see what a kind costs.
    const auto all = world.specimens(usual_mix, specimen_count);
    const auto welcomes = world.specimens(only(Kind::welcome), 32);
    const auto invoices = world.specimens(only(Kind::invoice), 32);
    const auto stages = stages_of(world, all, welcomes, invoices);
    const double before = rsa2048_sign_us();
    Keeper keeper;
    run_benchmarks(stages, options.seconds_min, options.filter, keeper);
    const double r = (before + rsa2048_sign_us()) / 2;

    Table table({"stage", "µs", "R", "budget R", "of it", ""});
    for (std::size_t column = 1; column <= 4; ++column) table.right_align(column);
    std::string text;
    JsonWriter json(text);
    const auto processor = this_processor();
    json.begin_object().field("rsa2048_sign_us", r).field("cpu_model", processor.name).key("processor");
    write_processor(json, processor);
    json.key("stages").begin_array();
    double sum = 0;
    double budget = 0;
    // Table and JSON in one go, so that they cannot differ.
    const auto add = [&](const std::string& name, double us, double limit, const std::string& note) {
        table.add({name, fixed_text(us, 1), fixed_text(us / r, 3), limit > 0 ? fixed_text(limit, 2) : "",
                   limit > 0 ? fixed_text(100 * us / r / limit, 0) + " %" : "", note});
        json.begin_object().field("stage", name).field("us", us).field("r", us / r);
        if (limit > 0) json.field("budget_r", limit);
        json.end_object();
    };
    for (const auto& stage : stages) {
        const auto seconds = keeper.of(stage.name);
        // Filtered out.
        if (!seconds) continue;
        const double us = *seconds * 1e6 / static_cast<double>(stage.mails);
        if (stage.part_of_sum) {
            sum += us;
            budget += stage.budget;
        }
        add(stage.name, us, stage.budget, stage.note);
    }
    // Only parts that make one whole trip are added up; the others overlap with them.
    if (sum > 0) add("sum", sum, budget, "event to decision, journal, whole letter (together), send");
    json.end_array().end_object();
    if (options.json != "-")
        print("R = " + fixed_text(r, 1) + " µs (one RSA-2048 signature), " + processor_text(processor) + "\nwith " +
              flags_text(processor) + "\n\n" + table.text());
    if (!options.json.empty()) {
        if (options.json == "-") {
            print(text + "\n");
        } else {
            std::ofstream file(options.json, std::ios::binary | std::ios::trunc);
            file << text << "\n";
            if (!file) throw std::runtime_error("cannot write " + options.json.string());
        }
    }
    return 0;
}

// The world is made once and used by both measurements: the same mails before and after the run.
LaneStages::LaneStages(const StagesOptions& options, const Mix& mix, bool tls, bool ed25519, bool alone)
    : world_(std::make_unique<StagesWorld>(options, ed25519)),
      specimens_(world_->specimens(mix, specimen_count)),
      tls_(tls),
      alone_(alone),
      seconds_min_(options.seconds_min) {}
LaneStages::~LaneStages() = default;

// Called in the order of stages_of_lane, whose four places are LaneCosts' members.
void LaneStages::measure() {
    const auto stages = stages_of_lane(*world_, specimens_, tls_, alone_);
    Keeper keeper;
    run_benchmarks(stages, seconds_min_, ".", keeper);
    const auto us = [&](std::size_t stage) {
        return keeper.of(stages[stage].name).value_or(0) * 1e6 / static_cast<double>(stages[stage].mails);
    };
    measured_.push_back({us(0), us(1), us(2), us(3)});
}

// Of both measurements, as R is.
LaneCosts LaneStages::mean() const {
    LaneCosts mean;
    for (const auto& one : measured_)
        for (auto LaneCosts::*stage : {&LaneCosts::render, &LaneCosts::compose, &LaneCosts::sign, &LaneCosts::send})
            mean.*stage += one.*stage / static_cast<double>(measured_.size());
    return mean;
}

}  // namespace ilbud::bench
