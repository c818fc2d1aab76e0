// Whether there is anything to see. Nearly every text shows it by its first ASCII letter; what is left goes through ICU's properties.
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr UChar32 braille_blank = 0x2800;  // a symbol by its properties, and empty

// A mark that combines has no letter of its own to stand on.
bool shows_nothing(UChar32 character) {
    return u_isUWhiteSpace(character) != 0 || u_iscntrl(character) != 0 ||
           (U_GET_GC_MASK(character) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0 ||
           u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 || character == braille_blank;
}

}  // namespace

bool is_blank_text(std::string_view utf8) {
    if (std::any_of(utf8.begin(), utf8.end(), [](char c) { return c > ' ' && c < 0x7f; })) return false;
    const auto length = static_cast<std::int32_t>(utf8.size());
    for (std::int32_t at = 0; at < length;) {
        UChar32 character = 0;
        U8_NEXT(utf8.data(), at, length, character);
        if (character < 0 || !shows_nothing(character)) return false;
    }
    return true;
}

}  // namespace ilbud
