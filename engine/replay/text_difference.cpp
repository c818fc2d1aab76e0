// Longest common subsequence by the plain table, not Myers' algorithm: texts of mails are short, and the table
// is a dozen lines of code whose result is the shortest. What is equal at both ends is cut off first, so the
// table is paid only for the part that differs.
#include "text_difference.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ilbud {
namespace {

// As `diff -u` has it by default; people know where they are with three.
constexpr std::size_t context_lines = 3;
constexpr std::size_t cells_max = 4'000'000;  // of the table below: 8 MB

using Lines = std::vector<std::string_view>;

// A last line without a line end counts as a line like any other, so texts
// that differ in nothing else show no hunk.
Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

struct Step {
    char sign;  // ' ' kept, '-' taken out, '+' put in
    std::string_view line;
};

// The shortest way from one to the other by longest common subsequences; lines are taken out before others are put in.
// Cost: rows times columns, in time and memory; above cells_max the answer is coarse but true.
void append_middle(const Lines& then, const Lines& now, std::vector<Step>& steps) {
    const std::size_t rows = then.size() + 1, columns = now.size() + 1;
    if (rows * columns > cells_max) {
        for (const auto line : then) steps.push_back({'-', line});
        for (const auto line : now) steps.push_back({'+', line});
        return;
    }
    std::vector<std::uint16_t> common(rows * columns);  // of what follows; less than 2^16, for cells_max is less than its square
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return common[i * columns + j]; };
    // Filled from the end, so that the walk below goes forward and writes its steps in order.
    for (std::size_t i = then.size(); i-- > 0;)
        for (std::size_t j = now.size(); j-- > 0;)
            at(i, j) =
                then[i] == now[j] ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1) : std::max(at(i + 1, j), at(i, j + 1));
    std::size_t i = 0, j = 0;
    while (i < then.size() || j < now.size()) {
        if (i < then.size() && j < now.size() && then[i] == now[j]) {
            steps.push_back({' ', then[i]});
            ++i, ++j;
        } else if (i < then.size() && (j == now.size() || at(i + 1, j) >= at(i, j + 1))) {
            steps.push_back({'-', then[i++]});
        } else {
            steps.push_back({'+', now[j++]});
        }
    }
}

// Takes the lists by value: they are cut down to their middles here. The
// lines themselves stay views into the texts.
std::vector<Step> steps_between(Lines then, Lines now) {
    const auto [then_middle, now_middle] = std::mismatch(then.begin(), then.end(), now.begin(), now.end());
    std::vector<Step> steps;
    for (auto line = then.begin(); line != then_middle; ++line) steps.push_back({' ', *line});
    then.erase(then.begin(), then_middle);
    now.erase(now.begin(), now_middle);
    Lines end;
    while (!then.empty() && !now.empty() && then.back() == now.back()) {
        end.push_back(then.back());
        then.pop_back();
        now.pop_back();
    }
    append_middle(then, now, steps);
    for (auto line = end.rbegin(); line != end.rend(); ++line) steps.push_back({' ', *line});
    return steps;
}

// A hunk's range as the format has it: one line needs no number, none is named by the line before.
std::string range(std::size_t first, std::size_t count) {
    if (count == 1) return std::to_string(first);
    return std::to_string(count == 0 ? first - 1 : first) + "," + std::to_string(count);
}

}  // namespace

std::string unified_difference(std::string_view then, std::string_view now) {
    if (then == now) return {};
    const auto steps = steps_between(lines_of(then), lines_of(now));
    std::string out;
    std::size_t done = 0, then_line = 1, now_line = 1;  // of steps[done]
    while (true) {
        const auto is_change = [](const Step& step) { return step.sign != ' '; };
        const auto next = [&](std::size_t from) {
            return static_cast<std::size_t>(
                std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(from), steps.end(), is_change) - steps.begin());
        };
        const std::size_t change = next(done);
        if (change == steps.size()) return out;
        const std::size_t first = std::max(done, change - std::min(change, context_lines));
        then_line += first - done;
        now_line += first - done;
        // Changes with at most twice the context between them share a hunk;
        // apart, their surroundings would overlap.
        std::size_t last = change + 1;  // behind the hunk's last change
        for (auto following = next(last); following < steps.size() && following - last <= 2 * context_lines;
             following = next(last))
            last = following + 1;
        const std::size_t end = std::min(last + context_lines, steps.size());
        std::string body;
        std::size_t then_count = 0, now_count = 0;
        for (std::size_t i = first; i < end; ++i) {
            body += steps[i].sign;
            body += steps[i].line;
            body += '\n';
            then_count += steps[i].sign != '+' ? 1 : 0;
            now_count += steps[i].sign != '-' ? 1 : 0;
        }
        out += "@@ -" + range(then_line, then_count) + " +" + range(now_line, now_count) + " @@\n" + body;
        then_line += then_count;
        now_line += now_count;
        done = end;
    }
}

}  // namespace ilbud
