// What no text may hold, in whatever file it stands and however it is spelt. A value loses these characters when it is written
// (escape.cpp); a template is refused instead, since whoever wrote it there meant something by it.
#include <charconv>

#include "ilbud/base/text.hpp"
#include "lint.hpp"
#include "lint_words.hpp"

namespace ilbud {
namespace {

// Embeddings, overrides and isolates (Unicode UAX #9 §2): with one of them a text reads in another order than it is written.
// The marks U+200E and U+200F turn nothing but themselves, and right-to-left names need them.
bool turns_direction(std::uint32_t point) {
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

// Of C0 and C1, and the two that end a line or a paragraph. A tab and a line end are written as such.
bool is_control(std::uint32_t point) {
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x2028 || point == 0x2029;
}

constexpr std::uint32_t no_reference = 0xffffffff;

// The number of the reference that `text` begins with ("&#8238;", "&#x202E"). HTML needs no ';' at the end.
std::uint32_t number_of_reference(std::string_view text) {
    if (!text.starts_with("&#")) return no_reference;
    const bool hex = text.size() > 2 && lower_letter(text[2]) == 'x';
    const auto digits = text.substr(hex ? 3 : 2);
    std::uint32_t point = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    return read.ec == std::errc() ? point : no_reference;
}

// Whether a tag or the file's end stands within the reference that `text` begins with: the rest of it may come from elsewhere.
bool is_divided(std::string_view text) {
    std::size_t at = 1;
    if (at < text.size() && text[at] == '#')
        for (++at; at < text.size() && is_letter_or_digit(text[at]);) ++at;
    const auto rest = text.substr(at);
    return rest.starts_with("{{") || rest.empty() || rest == "\n";
}

}  // namespace

// U+001C to U+001F divide parts and mark values while a mail is made; the others show nothing, or end a line where nobody sees it.
void lint_characters(std::string_view text, const std::string& place, Findings& findings) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (findings.full()) return;
        const unsigned first = byte(at);
        const bool reference = first == '&';
        if (!reference && first != 0xc2 && first != 0xe2 && first != 0x7f && (first >= 0x20 || first == '\t' || first == '\n'))
            continue;
        const std::uint32_t point = reference       ? number_of_reference(text.substr(at))
                                    : first == 0xc2 ? byte(at + 1)
                                    : first == 0xe2 ? 0x2000U | (byte(at + 1) & 0x3fU) << 6 | (byte(at + 2) & 0x3fU)
                                                    : first;
        if (turns_direction(point))
            findings.add("text_direction", place, place_in(text, at, {}),
                         "a character that turns the direction of the text cannot stand here: what is read would not be what is "
                         "written");
        else if (is_control(point) && (!reference || point != no_reference))
            findings.add("invalid_utf8", place, place_in(text, at, {}), "a control character");
        else if (reference && is_divided(text.substr(at)))
            findings.add("text_direction", place, place_in(text, at, {}),
                         "'&' in front of a tag is written &amp;: what the tag prints could make another character of it");
    }
}

}  // namespace ilbud
