#include "ilbud/base/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace ilbud {
namespace {

constexpr std::size_t compared_bytes_max = 64;  // longer than any name; edit_distance() is quadratic

}  // namespace

// The matrix row by row: of each the two before it are all that is asked for.
std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::array<std::vector<std::size_t>, 3> rows;
    for (auto& row : rows) row.resize(other.size() + 1);
    std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= one.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& before = rows[(i + 2) % 3];
        const auto& before_that = rows[(i + 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const std::size_t changed = one[i - 1] == other[j - 1] ? 0 : 1;
            row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + changed});
            const bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if (swapped) row[j] = std::min(row[j], before_that[j - 2] + 1);
        }
    }
    return rows[one.size() % 3].back();
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
    if (name.empty() || name.size() > compared_bytes_max) return {};
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (const auto candidate : known) {
        const std::size_t changes = candidate.starts_with(name) && name.size() > 2 ? 1 : edit_distance(name, candidate);
        if (changes >= least) continue;
        least = changes;
        nearest = candidate;
    }
    return nearest;
}

}  // namespace ilbud
