// What the linters of Markdown, HTML and CSS read alike.
#pragma once
#include <string>
#include <string_view>

namespace ilbud {

inline constexpr std::string_view fit_schemes = "http:, https:, mailto:, tel: or a variable that is a URL";

inline bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

inline char lower_letter(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

inline std::string_view without_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

// The name in a plain variable tag at the front of `text`; empty if there is none.
inline std::string_view leading_variable(std::string_view text) {
    if (!text.starts_with("{{")) return {};
    const auto end = text.find("}}");
    return end == std::string_view::npos ? std::string_view() : without_spaces(text.substr(2, end - 2));
}

}  // namespace ilbud
