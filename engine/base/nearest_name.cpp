#include "ilbud/base/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace ilbud {

// The matrix row by row: of each the two before it are all that is asked for. A cell is never less than the least one of the two
// rows before it, so that both above `most` end it.
std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t most) {
    const std::size_t longer = std::max(one.size(), other.size()), shorter = std::min(one.size(), other.size());
    if (longer - shorter > most || longer > compared_bytes_max) return std::min(most, longer) + 1;
    std::array<std::array<std::uint8_t, compared_bytes_max + 1>, 3> rows;
    for (std::size_t j = 0; j <= other.size(); ++j) rows[0][j] = static_cast<std::uint8_t>(j);
    std::size_t least_before = 0;
    for (std::size_t i = 1; i <= one.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& before = rows[(i + 2) % 3];
        const auto& before_that = rows[(i + 1) % 3];
        row[0] = static_cast<std::uint8_t>(i);
        std::size_t least = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const int changed = one[i - 1] == other[j - 1] ? 0 : 1;
            int cell = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + changed});
            const bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if (swapped) cell = std::min(cell, before_that[j - 2] + 1);
            row[j] = static_cast<std::uint8_t>(cell);
            least = std::min(least, static_cast<std::size_t>(cell));
        }
        if (least > most && least_before > most) return most + 1;
        least_before = least;
    }
    return std::min<std::size_t>(rows[one.size() % 3][other.size()], most == SIZE_MAX ? most : most + 1);
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
    if (name.empty() || name.size() > compared_bytes_max) return {};
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (const auto candidate : known) {
        const std::size_t changes =
            candidate.starts_with(name) && name.size() > 2 ? 1 : edit_distance(name, candidate, least - 1);
        if (changes >= least) continue;
        least = changes;
        nearest = candidate;
    }
    return nearest;
}

}  // namespace ilbud
