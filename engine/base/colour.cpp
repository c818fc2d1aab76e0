#include "ilbud/base/colour.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ilbud {
namespace {

double luminance(std::string_view colour) {
    std::array<double, 3> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        int part = 0;
        std::from_chars(colour.data() + 1 + 2 * i, colour.data() + 3 + 2 * i, part, 16);
        const double share = part / 255.0;
        parts[i] = share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

}  // namespace

double contrast(std::string_view colour, std::string_view other) {
    const auto [less, more] = std::minmax({luminance(colour), luminance(other)});
    return (more + 0.05) / (less + 0.05);
}

}  // namespace ilbud
