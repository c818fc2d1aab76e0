/// Colours: whether text of one can be read on another.
///
/// In    colours as "#rrggbb"
/// Pure
/// See   WCAG 2.1 §1.4.3 (contrast), "relative luminance"
#pragma once
#include <string_view>

namespace ilbud {

/// The contrast ratio of two colours, 1 to 21.
[[nodiscard]] double contrast(std::string_view colour, std::string_view other);

/// What text needs at least (level AA) …
inline constexpr double readable_contrast = 4.5;
/// … and large text: from 24 px on, or bold from 18.66 px on.
inline constexpr double readable_contrast_large = 3;

}  // namespace ilbud
