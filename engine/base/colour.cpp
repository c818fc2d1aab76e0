// The formula of WCAG 2.1, which averages what a screen emits and not what the numbers say: gamma is taken off first.
// Callers have checked the form "#rrggbb"; a part that is no number counts as 0.
#include "ilbud/base/colour.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ilbud {
namespace {

double luminance_of(std::string_view colour) {
    std::array<double, 3> rgb{};
    for (std::size_t i = 0; i < rgb.size(); ++i) {
        int part = 0;
        std::from_chars(colour.data() + 1 + 2 * i, colour.data() + 3 + 2 * i, part, 16);
        rgb[i] = part / 255.0;
    }
    return luminance(rgb);
}

}  // namespace

double luminance(const std::array<double, 3>& rgb) {
    // WCAG's threshold. That of the sRGB standard, 0.04045, makes no difference with eight bits a part: none
    // of the 256 values lies between.
    const auto linear = [](double share) { return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4); };
    // How much red, green and blue add to brightness, as WCAG has it; they sum up to 1.
    return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

double contrast(std::string_view colour, std::string_view other) {
    // With braces: the form with two arguments returns references to them, and both are temporaries. 0.05 stands
    // for the light a screen reflects.
    const auto [less, more] = std::minmax({luminance_of(colour), luminance_of(other)});
    return (more + 0.05) / (less + 0.05);
}

}  // namespace ilbud
