// Machines drift: other guests, heat, caches. So nothing is said about two runs far apart; runs come in pairs,
// right after each other, and only ratios within a pair are compared. Their median is told with the spread, so
// that a reader sees when a difference drowns in noise.
#include "compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "report.hpp"

namespace ilbud::bench {
namespace {

// Zero, not infinity, where nothing was measured.
double ratio_of(double before, double after) {
    return before > 0 ? after / before : 0;
}

// One ratio a pair, never the ratio of two means: a slow minute then meets both sides of its pair.
template <class Of>
Spread ratios(const std::vector<Pair>& pairs, Of of) {
    std::vector<double> values;
    for (const auto& pair : pairs) values.push_back(ratio_of(of(pair.before), of(pair.after)));
    return spread_of(std::move(values));
}

// What the machine did besides, in percent of all cores; a pair with much of it deserves doubt.
double busy(const RunFigures& run) {
    return 100 * (run.others.processes + run.others.stolen);
}

// The range shows the worst, the middle half what usually happens.
std::string spread_text(const Spread& spread) {
    return fixed_text(spread.median, 3) + " (" + fixed_text(spread.lowest, 3) + " to " + fixed_text(spread.highest, 3) +
           ", middle half " + fixed_text(spread.quarter, 3) + " to " + fixed_text(spread.three_quarters, 3) + ")";
}

void write_figures(JsonWriter& json, std::string_view name, const RunFigures& run) {
    json.key(name).begin_object().field("daemon_cpu_us_per_mail", run.cpu_us).field("ratio", run.ratio);
    json.field("mails_per_second", run.mails_per_second).field("rsa2048_sign_us", run.r_us);
    json.field("others_cpu_share", run.others.processes).field("stolen_cpu_share", run.others.stolen);
    json.field("exact", run.exact).end_object();
}

// One spelling for both ratios.
void write_spread(JsonWriter& json, std::string_view name, const Spread& spread) {
    json.key(name).begin_object().field("median", spread.median).field("lowest", spread.lowest).field("highest", spread.highest);
    json.field("quarter", spread.quarter).field("three_quarters", spread.three_quarters).end_object();
}

// The failing side is named: with two builds the message alone would not tell which one.
RunFigures measure(const CompareOptions& options, bool after, int pair) {
    const auto& program = after ? options.after : options.before;
    std::fprintf(stderr, "pair %d of %d: %s %s\n", pair, options.pairs, after ? "NEW" : "OLD", program.c_str());
    auto wanted = options.run;
    wanted.program = program;
    wanted.templates = after ? options.after_templates : options.before_templates;
    try {
        return figures_of(run(wanted));
    } catch (const std::exception& failure) {
        throw std::runtime_error(std::string(after ? "NEW " : "OLD ") + program.string() + ": " + failure.what());
    }
}

}  // namespace

RunFigures figures_of(const Report& report) {
    return {report.cpu_us_per_mail(), report.ratio(), report.mails_per_second(),
            report.rsa2048_sign_us,   report.others,  report.exact()};
}

// Quartiles are interpolated between neighbours: with five pairs there is no value at a quarter.
Spread spread_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        const double place = share * static_cast<double>(values.size() - 1);
        const auto low = static_cast<std::size_t>(std::floor(place));
        const auto high = std::min(low + 1, values.size() - 1);
        return values[low] + (values[high] - values[low]) * (place - std::floor(place));
    };
    return {at(0.5), values.front(), values.back(), at(0.25), at(0.75)};
}

Spread Comparison::cpu() const {
    return ratios(pairs, [](const RunFigures& run) { return run.cpu_us; });
}

Spread Comparison::rate() const {
    return ratios(pairs, [](const RunFigures& run) { return run.mails_per_second; });
}

// A build that loses mails is not faster, so exactness is asked of every run of both.
bool Comparison::exact() const {
    return std::all_of(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.before.exact && pair.after.exact; });
}

std::string comparison_table(const Comparison& comparison) {
    Table table({"pair", "OLD us", "NEW us", "OLD R", "NEW R", "CPU NEW/OLD", "OLD mails/s", "NEW mails/s", "others %", "exact"});
    int number = 0;
    for (const auto& [before, after] : comparison.pairs)
        table.add({std::to_string(++number), fixed_text(before.cpu_us, 1), fixed_text(after.cpu_us, 1),
                   fixed_text(before.ratio, 3), fixed_text(after.ratio, 3), fixed_text(ratio_of(before.cpu_us, after.cpu_us), 3),
                   number_text(before.mails_per_second), number_text(after.mails_per_second),
                   // The busier one of both runs: the pair is as good as its worse half.
                   fixed_text(std::max(busy(before), busy(after)), 1), before.exact && after.exact ? "yes" : "no"});
    return table.text() + "\nCPU a mail, NEW/OLD    " + spread_text(comparison.cpu()) + "\nmails a second         " +
           spread_text(comparison.rate()) + "\nprocessor              " + processor_text(comparison.processor) +
           "\n                       " + flags_text(comparison.processor) + "\n";
}

std::string comparison_json(const Comparison& comparison) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("pairs").begin_array();
    for (const auto& pair : comparison.pairs) {
        json.begin_object();
        write_figures(json, "old", pair.before);
        write_figures(json, "new", pair.after);
        json.end_object();
    }
    json.end_array();
    write_spread(json, "cpu_ratio", comparison.cpu());
    write_spread(json, "rate_ratio", comparison.rate());
    json.field("exact", comparison.exact()).key("processor");
    write_processor(json, comparison.processor);
    json.end_object();
    return out + "\n";
}

// Odd and even pairs run in opposite order, so that an advantage of the
// second place cancels out over an even number.
Comparison measure_pairs(const CompareOptions& options) {
    Comparison comparison;
    comparison.processor = this_processor();
    for (int number = 1; number <= options.pairs; ++number) {
        Pair pair;
        const bool after_first = number % 2 == 0;  // whoever runs second meets warmer caches, or a warmer processor
        (after_first ? pair.after : pair.before) = measure(options, after_first, number);
        (after_first ? pair.before : pair.after) = measure(options, !after_first, number);
        comparison.pairs.push_back(pair);
    }
    return comparison;
}

}  // namespace ilbud::bench
