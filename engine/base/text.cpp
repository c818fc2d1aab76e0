// utf8_length goes by the table of well-formed sequences (Unicode, table 3-7), row by row: the first byte says how
// long, and for four of the first bytes the second one has a narrower range. No decoding, since nobody here wants the
// code point. C0, C1 and F5 upwards begin nothing.
#include "ilbud/base/text.hpp"

namespace ilbud {

std::size_t utf8_length(std::string_view text) {
    // 0 behind the end: no byte of a sequence is 0, so a text that stops in the middle is
    // malformed without a check of its own.
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    const unsigned second = byte(1);
    if (text.empty()) return 0;
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        // A longer form of a shorter sequence, and halves of UTF-16's pairs, are not well formed.
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
        return tail(1) && tail(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        // Longer forms again, and what lies beyond U+10FFFF.
        if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
        return tail(1) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace ilbud
