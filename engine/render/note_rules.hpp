// What declarations on the automatic note and around it may say, and what not.
#pragma once
#include <string_view>

#include "css_value.hpp"

namespace ilbud {

inline constexpr double note_font_px_min = 9, note_font_px_max = 60;
inline constexpr double note_far_px = 2000;  // beyond what anybody scrolls or turns

// Each gives what would be fine instead; nothing if the declaration is. The first is of properties that are bad wherever they stand
// around the note, the second of inherited ones where they come to its text, `clipped` if something around cuts off what runs over.
[[nodiscard]] std::string_view fine_alone(std::string_view property, std::string_view value, const CssBase& base);
[[nodiscard]] std::string_view fine_inherited(std::string_view property, std::string_view value, const CssBase& base,
                                              bool clipped);

}  // namespace ilbud
