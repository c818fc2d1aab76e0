// Width as terminals and most mail programs with a fixed font show it (Unicode UAX #11). Characters that
// join into one picture, as emoji families do, are counted apart: a column then comes out too wide.
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

// Below U+0300, where all of Latin-1 and the Nordic letters lie, nothing combines and nothing is wide.
std::size_t width_of(UChar32 character) {
    if (character < 0x300) return character == 0xad ? 0 : 1;  // a soft hyphen shows only where a line breaks
    switch (u_charType(character)) {
        // These stand on the character before them.
        case U_NON_SPACING_MARK:
        case U_ENCLOSING_MARK:
        // Zero-width joiners and direction marks show nothing.
        case U_FORMAT_CHAR:
            return 0;
        // A private or unassigned character is shown as some box.
        default:
            break;
    }
    const auto width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_FULLWIDTH || width == U_EA_WIDE ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        if (static_cast<unsigned char>(text[static_cast<std::size_t>(at)]) < 0x80) {
            ++at;
            ++width;
            continue;
        }
        UChar32 character = 0;
        // Ill-formed bytes count as the one replacement character that is shown for them.
        U8_NEXT_OR_FFFD(text.data(), at, size, character);
        width += width_of(character);
    }
    return width;
}

}  // namespace ilbud
