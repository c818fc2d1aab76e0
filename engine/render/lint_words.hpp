// What the linters of Markdown, HTML and CSS read alike.
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/text.hpp"

namespace ilbud {

// For messages; has_safe_scheme decides.
inline constexpr std::string_view fit_schemes = "http:, https:, mailto:, tel: or a variable that is a URL";

// Around the text, not within it; '\r' is not among them, as template files have none.
inline std::string_view without_spaces(std::string_view text) {
    return trimmed(text, " \t\n");
}

// The name in a plain variable tag at the front of `text`; empty if there is none.
inline std::string_view leading_variable(std::string_view text) {
    if (!text.starts_with("{{")) return {};
    const auto end = text.find("}}");
    return end == std::string_view::npos ? std::string_view() : without_spaces(text.substr(2, end - 2));
}

}  // namespace ilbud
