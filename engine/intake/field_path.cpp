// Paths are needed only when something is wrong, but the way down is walked for every event: so the chain is of
// pointers on the stack and the text is made at the end.
#include "field_path.hpp"

#include <vector>

namespace ilbud {
namespace {

// Keys come from outside and may be as long as the event.
constexpr std::size_t path_bytes_max = 200;
constexpr std::string_view ellipsis = "…";

// Cut in front of the character that does not fit, so that the path stays UTF-8.
void cut(std::string& text) {
    if (text.size() <= path_bytes_max) return;
    std::size_t end = path_bytes_max - ellipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    text += ellipsis;
}

}  // namespace

std::string FieldPath::text() const {
    std::vector<const FieldPath*> chain;
    for (const FieldPath* step = this; step != nullptr; step = step->parent) chain.push_back(step);
    std::string text;
    for (auto step = chain.rbegin(); step != chain.rend() && text.size() <= path_bytes_max; ++step) {
        if (!text.empty() && !(*step)->name.empty()) text += '.';
        // One byte more than the limit, so that cut() sees that something is missing.
        text += (*step)->name.substr(0, path_bytes_max + 1);
        if ((*step)->index != no_index) text += '[' + std::to_string((*step)->index) + ']';
    }
    cut(text);
    return text;
}

}  // namespace ilbud
