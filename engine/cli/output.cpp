// Standard output carries results, standard error what is said about the run, so that a pipe gets only the
// former. stdio, not iostreams: buffered, fast for tables of a million rows, and not tied to a locale.
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>

#include "ilbud/base/error_json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/render/format.hpp"

namespace ilbud {

// Two passes, since a column is as wide as its widest cell. Widths are counted after escaping:
// an escaped cell is wider than its bytes looked.
std::string Table::text() const {
    std::vector<std::size_t> widths(rows_[0].size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(on_one_line(row[i])));
    std::string out;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto cell = on_one_line(row[i]);
            const std::string padding(widths[i] - display_width(cell), ' ');
            const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
            line += right ? padding + cell : cell + padding;
            line += "  ";
        }
        // A blank end of line would wrap in a narrow terminal and show in a diff.
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

// Commas whatever the locale: the command line speaks English.
std::string with_commas(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<std::size_t>(i), ",");
    return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
    return with_commas(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

// to_text always has seconds and a fraction or Z behind them; the first 19 characters are date and time.
std::string short_time(Time time) {
    return to_text(time).substr(0, 19) + "Z";
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

// One write for the whole line, so that lines of several threads or programs do not run into each other.
void print_error(std::string_view text) {
    std::string line = "ilbud: " + std::string(text) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

// With --json errors go to standard output: there the caller waits for an answer, and a refusal is one.
void print_errors(const std::vector<Error>& errors, bool json) {
    if (json) {
        print(error_lines(errors) + "\n");
        return;
    }
    // Cut at 2,000 bytes: a finding of the settings may quote a long line of a file.
    for (const auto& error : errors) print_error(on_one_line(to_text(error), 2000));
}

int refuse(const std::vector<Error>& errors, bool json) {
    print_errors(errors, json);
    return 1;
}

}  // namespace ilbud
