/// Colours: whether text of one can be read on another.
///
/// In    colours as "#rrggbb"
/// Pure
/// See   WCAG 2.1 §1.4.3 (contrast), "relative luminance"
#pragma once
#include <array>
#include <string_view>

namespace ilbud {

/// The contrast ratio of two colours, 1 to 21.
[[nodiscard]] double contrast(std::string_view colour, std::string_view other);

/// The relative luminance of red, green and blue from 0 to 1: 0 for black to 1 for white.
[[nodiscard]] double luminance(const std::array<double, 3>& rgb);

/// What text needs at least (level AA) …
inline constexpr double readable_contrast = 4.5;
/// … and large text: from 24 px on, or bold from 18.66 px on.
inline constexpr double readable_contrast_large = 3;

}  // namespace ilbud
