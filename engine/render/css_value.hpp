// Values of CSS as numbers and colours, as far as it takes to tell whether a text is seen.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

// A colour, or what is known of one that settings will bring: its luminance lies between `low` and `high`.
struct CssColour {
    std::array<double, 3> rgb{};  // 0 to 1; of no meaning if `variable` is set
    double alpha = 1;
    double low = 0, high = 0;
    std::string variable = {};

    bool operator==(const CssColour&) const = default;
};

// `text` in lower case: #rgb, #rrggbb, with alpha or not, a name, rgb(), hsl() or {{a variable}}. Nothing if it is no colour.
[[nodiscard]] std::optional<CssColour> css_colour(std::string_view text);
[[nodiscard]] CssColour opaque(double red, double green, double blue);
// `over` painted upon `under`, which is opaque.
[[nodiscard]] CssColour painted(const CssColour& over, const CssColour& under);
// The least contrast that the two can have (WCAG 2.1), 1 to 21.
[[nodiscard]] double least_contrast(const CssColour& text, const CssColour& behind);

// What relative lengths are relative to, in pixels.
struct CssBase {
    double em = 16;
    double percent = 0;
    double width = 600;  // of the screen
    double rem = 16;     // the font's size of <html>
};
// In pixels, calc(), min() and max() computed. Nothing if it is no length: a number without a unit is one only if it is 0.
[[nodiscard]] std::optional<double> css_length(std::string_view text, const CssBase& base);
[[nodiscard]] std::optional<double> css_number(std::string_view text);

// A value's parts, divided by blanks outside of brackets and quotes; or, with ",", a list's.
[[nodiscard]] std::vector<std::string_view> css_parts(std::string_view value, char divider = ' ');

}  // namespace ilbud
