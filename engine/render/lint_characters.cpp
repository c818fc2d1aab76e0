// What no text may hold, in whatever file it stands and however it is spelt. A value loses these characters when it is written
// (escape.cpp); a template is refused instead, since whoever wrote it there meant something by it.
#include <charconv>

#include "lint.hpp"
#include "lint_words.hpp"

namespace ilbud {
namespace {

// Embeddings, overrides and isolates (Unicode UAX #9 §2): with one of them a text reads in another order than it is written.
// The marks U+200E and U+200F turn nothing but themselves, and right-to-left names need them.
bool turns_direction(std::uint32_t point) {
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

// The number of the reference that `text` begins with ("&#8238;", "&#x202E"); 0 if it is none. HTML needs no ';' at the end.
std::uint32_t reference(std::string_view text) {
    if (!text.starts_with("&#")) return 0;
    const bool hex = text.size() > 2 && lower_letter(text[2]) == 'x';
    const auto digits = text.substr(hex ? 3 : 2);
    std::uint32_t point = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    return point;
}

}  // namespace

// U+001C to U+001F divide parts and mark values while a mail is made: no text brings one along.
void lint_characters(std::string_view text, const std::string& place, Findings& findings) {
    const auto divider = text.find_first_of("\x1c\x1d\x1e\x1f");
    if (divider != std::string_view::npos)
        findings.add("invalid_utf8", place, place_in(text, divider, {}), "a control character");
    for (auto at = text.find_first_of("\xe2&"); at != std::string_view::npos; at = text.find_first_of("\xe2&", at + 1)) {
        if (findings.full()) return;
        const auto byte = [&](std::size_t offset) {
            return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) & 0x3fU : 0U;
        };
        const std::uint32_t point = text[at] == '&' ? reference(text.substr(at)) : 0x2000U | byte(1) << 6 | byte(2);
        if (turns_direction(point))
            findings.add("text_direction", place, place_in(text, at, {}),
                         "a character that turns the direction of the text cannot stand here: what is read would not be what is "
                         "written");
    }
}

}  // namespace ilbud
