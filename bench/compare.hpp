/// Two builds of the daemon measured side by side: paired runs in turn, so that whatever else the machine does meets both.
///
/// In    the figures of each pair of runs
/// Out   ratios NEW/OLD, their median and spread, as a table or as JSON
/// Pure  but for measure_pairs()
#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "processor.hpp"
#include "run.hpp"

namespace ilbud::bench {

/// What one run of a pair brought.
struct RunFigures {
    double cpu_us = 0;  ///< of the daemon, a mail
    double ratio = 0;   ///< the same in R
    double mails_per_second = 0;
    double r_us = 0;  ///< R, of this run
    OthersLoad others;
    bool exact = false;  ///< every mail arrived exactly once
};
[[nodiscard]] RunFigures figures_of(const Report& report);

/// Two runs right after each other, whichever came first.
struct Pair {
    RunFigures before, after;  ///< OLD, NEW
};

/// A middle and how far the values lie about it.
struct Spread {
    double median = 0, lowest = 0, highest = 0;
    double quarter = 0, three_quarters = 0;  ///< interpolated between the values next to them
};
/// `values` must not be empty.
[[nodiscard]] Spread spread_of(std::vector<double> values);

struct Comparison {
    std::vector<Pair> pairs;
    Processor processor;

    /// NEW/OLD of CPU a mail: below 1 NEW is cheaper.
    [[nodiscard]] Spread cpu() const;
    /// NEW/OLD of mails a second: above 1 NEW is faster.
    [[nodiscard]] Spread rate() const;
    [[nodiscard]] bool exact() const;
};
[[nodiscard]] std::string comparison_table(const Comparison& comparison);
/// One JSON object on one line.
[[nodiscard]] std::string comparison_json(const Comparison& comparison);

struct CompareOptions {
    RunOptions run;                       ///< of every run but for program and templates
    std::filesystem::path before, after;  ///< two `ilbud`
    std::filesystem::path before_templates, after_templates;
    int pairs = 5;
};
/// Odd pairs run OLD first, even ones NEW. Progress goes to standard error.
/// Throws  std::runtime_error: a run could not be carried out, and of which program
Comparison measure_pairs(const CompareOptions& options);

}  // namespace ilbud::bench
