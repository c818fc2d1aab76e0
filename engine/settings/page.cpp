// Plain text, built line by line. What it prints must read again: an option out of force begins with '#' alone, prose
// with "# ", so that taking one character away never puts prose in force.
#include "page.hpp"

#include <algorithm>

namespace ilbud::settings_file {
namespace {
// Counted in bytes, so lines with æ, ø, å break a little early; a test holds the limit.
constexpr std::size_t columns = 120;
}  // namespace

void Page::comment(std::string_view text) {
    while (!text.empty()) {
        auto length = text.size();
        if (length > columns - 2) {
            length = text.rfind(' ', columns - 2);
            // A word longer than the line stands alone and is not cut: it is a path or a URL.
            if (length == std::string_view::npos || length == 0) length = std::min(text.find(' '), text.size());
        }
        text_.append("# ").append(text.substr(0, length)) += '\n';
        text.remove_prefix(std::min(length + 1, text.size()));
    }
}

// Prose above the heading: below it, it would read as being about the first option.
void Page::table(std::string_view name, std::string_view help) {
    empty_line();
    comment(help);
    line(name);
}

void Page::line(std::string_view text) {
    text_.append(text) += '\n';
}

// A whole table at once, its lines kept as they are.
void Page::commented_out(std::string_view lines) {
    while (!lines.empty()) {
        const auto length = std::min(lines.find('\n'), lines.size());
        text_ += '#';
        line(lines.substr(0, length));
        lines.remove_prefix(std::min(length + 1, lines.size()));
    }
}

void Page::option(std::string_view name, std::string_view value, bool in_force) {
    if (!in_force) text_ += '#';
    text_.append(name).append(" = ").append(value) += '\n';
}

}  // namespace ilbud::settings_file
