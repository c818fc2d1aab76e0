// Width is counted in columns of a terminal (display_width), not in bytes: the words have umlauts and rings,
// and labels are aligned below each other. Lines are broken at spaces only; a word that is too long stands out
// rather than being cut, since it is most often something to paste.
#include "paragraphs.hpp"

#include <algorithm>

#include "ilbud/base/log.hpp"
#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

constexpr std::size_t columns_max = 78;

}  // namespace

// One pass, and what is filled in is not read again: a brace in a DNS record cannot name another fact. Values
// are strangers' bytes and are escaped here, at the one place where they enter the text (S26).
std::string filled(std::string_view text, const Facts& facts) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find('{', at);
        const auto close = text.find('}', open == std::string_view::npos ? text.size() : open);
        // A brace without a partner, and all that follows it, is plain text.
        if (close == std::string_view::npos) return out.append(text.substr(at));
        out += text.substr(at, open - at);
        const auto name = text.substr(open + 1, close - open - 1);
        const auto fact = std::find_if(facts.begin(), facts.end(), [&](const auto& each) { return each.first == name; });
        // A name that is not known stays visible, which is how a missing fact
        // shows up in a report instead of a hole.
        out += fact == facts.end() ? std::string(text.substr(open, close - open + 1)) : on_one_line(fact->second);
        at = close + 1;
    }
    return out;
}

void Paragraphs::paragraph(std::string_view text, std::string_view first, std::string_view rest) {
    std::string line(first);
    // Whether the line holds a word yet; `first` and `rest` are not words, so
    // the first word behind them never wraps.
    bool empty = true;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        const auto word = text.substr(at, end - at);
        at = end + 1;
        // Several spaces count as one; the tables break their literals where it suits the source.
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
    // Spaces at the end would show in a diff and be taken along when pasting. find_last_not_of
    // gives npos for an empty line, and npos + 1 is 0.
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

// No empty line at the end, so that a caller can put two pieces together as
// it likes; the writer is empty afterwards.
std::string Paragraphs::take() {
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::exchange(out_, {});
}

// Wider text stays whole: a column that is pushed out is easier to read than a label that is cut.
std::string padded(std::string_view text, std::size_t columns) {
    const auto width = display_width(text);
    return std::string(text) + std::string(columns > width ? columns - width : 0, ' ');
}

}  // namespace ilbud
