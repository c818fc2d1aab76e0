// What CSS a template may bring: declarations that every usual mail program knows and none of which loads anything.
#pragma once
#include <span>
#include <string_view>

#include "lint_source.hpp"

namespace ilbud {

// [begin, end) of the source is a style attribute's value, or a style sheet.
// Findings  unsafe_css  a property, function or rule that is not allowed, an escape, a variable other than a colour, and what a
//                       mail program might read in another way: comment marks in strings, braces that do not pair
//           split_section
void lint_declarations(LintSource& source, std::size_t begin, std::size_t end);
void lint_style_sheet(LintSource& source, std::size_t begin, std::size_t end);

// In order. A name that ends with '*' stands for all that begin so.
[[nodiscard]] std::span<const std::string_view> allowed_css();
[[nodiscard]] std::span<const std::string_view> allowed_css_functions();

}  // namespace ilbud
