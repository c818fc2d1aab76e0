#include "page.hpp"

#include <algorithm>

namespace ilbud::settings_file {
namespace {
constexpr std::size_t columns = 120;
}

void Page::comment(std::string_view text) {
    while (!text.empty()) {
        auto length = text.size();
        if (length > columns - 2) {
            length = text.rfind(' ', columns - 2);
            if (length == std::string_view::npos || length == 0) length = std::min(text.find(' '), text.size());
        }
        text_.append("# ").append(text.substr(0, length)) += '\n';
        text.remove_prefix(std::min(length + 1, text.size()));
    }
}

void Page::table(std::string_view name, std::string_view help) {
    empty_line();
    comment(help);
    line(name);
}

void Page::line(std::string_view text) {
    text_.append(text) += '\n';
}

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
