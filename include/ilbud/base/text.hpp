/// What protocols do with text, whatever the locale: ASCII letters without regard to their case, text without the blanks around it,
/// well-formed UTF-8.
///
/// Pure  bytes beyond ASCII are neither letters, digits nor blanks and stay as they are
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace ilbud {

/// Not those of <cctype>: these go by the locale, and a negative char is undefined there.
[[nodiscard]] constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_letter_or_digit(char c) {
    return is_letter(c) || is_digit(c);
}

[[nodiscard]] constexpr char lower_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr char upper_letter(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower_letter);
    return out;
}

[[nodiscard]] inline std::string upper_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), upper_letter);
    return out;
}

/// Equal but for the case of letters.
[[nodiscard]] inline bool same_letters(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower_letter(a) == lower_letter(b); });
}

/// Whether nothing of `utf8` can be seen: it is empty, or white space, control and invisible characters of any script (Unicode's
/// White_Space and Default_Ignorable_Code_Point, the Braille blank), and marks that combine with no letter (Mn, Me).
[[nodiscard]] bool is_blank_text(std::string_view utf8);

/// `text` without spaces, tabs and line ends, or without `blanks`, at its ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n") {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Bytes of the well-formed UTF-8 sequence that `text` begins with; 0 if it begins with none or is empty (Unicode 15, table 3-7).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace ilbud
