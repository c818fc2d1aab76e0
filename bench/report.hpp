/// What a run found: a table for people, JSON for programs, a page to look at.
///
/// Pure
#pragma once
#include <string>
#include <string_view>

#include "run.hpp"

namespace ilbud::bench {

[[nodiscard]] std::string table_text(const Report& report);
/// One JSON object on one line, with the keys that README.md names.
[[nodiscard]] std::string json_text(const Report& report);
/// One self-contained page: figures, throughput and CPU over time, the spread of latencies.
[[nodiscard]] std::string html_text(const Report& report);

/// "1234.5" with as many decimals as make sense for its size; "1,234" from a thousand on.
[[nodiscard]] std::string number_text(double number);
[[nodiscard]] std::string fixed_text(double number, int decimals);
/// What the run was, in a few words.
[[nodiscard]] std::string headline(const Report& report);

/// The rows of the table, also shown on the page.
/// Text as it is shown, not escaped for HTML.
struct ReportRow {
    std::string name, value, unit, note;
};
[[nodiscard]] std::vector<ReportRow> report_rows(const Report& report);

/// How the CPU of a mail divides, one row a stage; empty if that is not known.
struct PartRow {
    std::string name, us, r, budget_r, percent, source;
};
[[nodiscard]] std::vector<PartRow> part_rows(const Report& report);
inline constexpr std::string_view division_note =
    "Measured: each thread of the daemon in this run. Derived: the stages of a lane, timed alone before and after the run.";

}  // namespace ilbud::bench
