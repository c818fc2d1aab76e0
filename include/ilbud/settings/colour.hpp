/// How well two colours can be told apart.
///
/// Pure
/// See   WCAG 2.1 §1.4.3
#pragma once
#include <string_view>

namespace ilbud {

/// Text on its ground needs at least this …
inline constexpr double contrast_least = 4.5;
/// … and large text this: from 24 px on, or bold from 18.66 px on.
inline constexpr double contrast_least_large = 3;

/// The contrast ratio, 1 to 21, of two colours written #rrggbb.
[[nodiscard]] double contrast(std::string_view colour, std::string_view other);

}  // namespace ilbud
