#include "paragraphs.hpp"

#include <algorithm>

#include "ilbud/base/log.hpp"
#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

constexpr std::size_t columns_max = 78;

}  // namespace

std::string filled(std::string_view text, const Facts& facts) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find('{', at);
        const auto close = text.find('}', open == std::string_view::npos ? text.size() : open);
        if (close == std::string_view::npos) return out.append(text.substr(at));
        out += text.substr(at, open - at);
        const auto name = text.substr(open + 1, close - open - 1);
        const auto fact = std::find_if(facts.begin(), facts.end(), [&](const auto& each) { return each.first == name; });
        out += fact == facts.end() ? std::string(text.substr(open, close - open + 1)) : on_one_line(fact->second);
        at = close + 1;
    }
    return out;
}

void Paragraphs::paragraph(std::string_view text, std::string_view first, std::string_view rest) {
    std::string line(first);
    bool empty = true;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        const auto word = text.substr(at, end - at);
        at = end + 1;
        if (word.empty()) continue;
        if (!empty && display_width(line) + 1 + display_width(word) > columns_max) {
            this->line(line);
            line = rest;
            empty = true;
        }
        if (!empty) line += ' ';
        line += word;
        empty = false;
    }
    this->line(line);
}

void Paragraphs::line(std::string_view text) {
    out_ += text.substr(0, text.find_last_not_of(' ') + 1);
    out_ += '\n';
}

void Paragraphs::gap() {
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void Paragraphs::heading(std::string_view text, char underline) {
    gap();
    line(text);
    line(std::string(std::min(display_width(text), columns_max), underline));
}

std::string Paragraphs::take() {
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::exchange(out_, {});
}

std::string padded(std::string_view text, std::size_t columns) {
    const auto width = display_width(text);
    return std::string(text) + std::string(columns > width ? columns - width : 0, ' ');
}

}  // namespace ilbud
