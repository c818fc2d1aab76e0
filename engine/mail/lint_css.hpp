// What CSS a template may bring: declarations that every usual mail program knows and none of which loads anything.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "ilbud/mail/escape.hpp"
#include "template_sources.hpp"

namespace ilbud {

// [begin, end) of `text` is a style attribute's value, or a style sheet.
// Findings  unsafe_css  a property or rule that is not allowed, a value that loads or computes, an escape, a variable other than a colour
void lint_declarations(std::string_view text, std::size_t begin, std::size_t end, const std::string& file, Findings& findings);
void lint_style_sheet(std::string_view text, std::size_t begin, std::size_t end, const std::string& file, Findings& findings);

// In order. A name that ends with '*' stands for all that begin so.
[[nodiscard]] std::span<const std::string_view> allowed_css();

}  // namespace ilbud
