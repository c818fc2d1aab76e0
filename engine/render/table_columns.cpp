#include "table_columns.hpp"

#include <algorithm>
#include <numeric>

namespace ilbud {
namespace {

// CSS pixels. A phone of 360 with the layout's padding of 20 on each side; between columns cells have 12.
constexpr std::size_t phone = 320, padding = 12;
constexpr std::size_t least = 64;  // what a column that breaks is left, so that it is not a row of single letters

// Of one byte at 14 pixels, bold. What is beyond ASCII has two bytes or more: the first counts for the letter.
std::size_t width_of(char byte) {
    constexpr std::string_view wide = "MWmw@%&", narrow = "Iijlftr.,:;!|'()[]/ ";
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x80 && code < 0xc0) return 0;
    if (code >= 0xc0) return code < 0xc4 ? 10 : 16;
    if (wide.find(byte) != std::string_view::npos) return 16;
    if (narrow.find(byte) != std::string_view::npos) return 6;
    if (byte >= '0' && byte <= '9') return 9;
    return byte >= 'A' && byte <= 'Z' ? 12 : 10;
}

// The widest word of each column. Links and emphasis do not end a word, blanks and hyphens do.
std::vector<std::size_t> widest_words(const std::vector<MarkdownEvent>& events, std::size_t at) {
    std::vector<std::size_t> widest(events[at].number);
    std::size_t column = 0, word = 0;
    for (++at; at < events.size() && events[at].mark != Mark::table; ++at) {
        const MarkdownEvent& event = events[at];
        if (event.mark == Mark::row && event.open) column = 0;
        if (event.mark == Mark::cell) word = 0;
        if (event.mark == Mark::cell && !event.open) ++column;
        if (event.mark == Mark::line_break || event.mark == Mark::soft_break) word = 0;
        if (column >= widest.size()) continue;
        if (event.mark == Mark::entity) word += 10;
        if (event.mark == Mark::text)
            for (const char byte : event.text) {
                word = byte == ' ' ? 0 : word + width_of(byte);
                widest[column] = std::max(widest[column], word);
                if (byte == '-') word = 0;
            }
        widest[column] = std::max(widest[column], word);
    }
    return widest;
}

// Which columns stand to the right, as figures do.
std::vector<bool> right_columns(const std::vector<MarkdownEvent>& events, std::size_t at) {
    std::vector<bool> right(events[at].number);
    std::size_t column = 0;
    for (++at; at < events.size() && events[at].mark != Mark::table; ++at) {
        const MarkdownEvent& event = events[at];
        if (event.mark == Mark::row && event.open) column = 0;
        if (event.mark != Mark::cell || event.open) continue;
        if (column < right.size()) right[column] = right[column] || event.align == Align::right;
        ++column;
    }
    return right;
}

}  // namespace

std::vector<bool> breaking_columns(const std::vector<MarkdownEvent>& events, std::size_t at) {
    std::vector<std::size_t> widths = widest_words(events, at);
    const auto amounts = right_columns(events, at);
    std::vector<bool> breaking(widths.size());
    const std::size_t most = phone - std::min(phone, padding * widths.size());
    const auto too_wide = [&] { return std::reduce(widths.begin(), widths.end()) > most; };
    // An amount that is cut in two is misread, so figures give way last. Ends: each round makes one column more break.
    for (const bool figures : {false, true})
        while (too_wide()) {
            auto which = widths.size();
            for (std::size_t i = 0; i < widths.size(); ++i)
                if (!breaking[i] && amounts[i] == figures && (which == widths.size() || widths[i] > widths[which])) which = i;
            if (which == widths.size()) break;
            breaking[which] = true;
            widths[which] = std::min(widths[which], least);
        }
    // Too many columns for a phone: then none can insist on whole words.
    if (too_wide()) breaking.assign(widths.size(), true);
    return breaking;
}

}  // namespace ilbud
