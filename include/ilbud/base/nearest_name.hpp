/// Which known name a wrong one was meant to be.
///
/// Pure
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ilbud {

/// Longer than any name that somebody here gave; beyond it none is near another.
inline constexpr std::size_t compared_bytes_max = 64;

/// How many letters must be changed, put in, left out or swapped with their neighbour to make one of the other (optimal string
/// alignment); more than `most`, where that is sooner known, if they are more, and for texts over compared_bytes_max. Letters are bytes.
[[nodiscard]] std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t most = SIZE_MAX);

/// The one of `known` that is nearest to `name`, the first of several; empty if none is near. A third of the name's letters may
/// be wrong, and one always; more is guessing. The beginning of a longer name counts as near, too ("time" for "time_zone").
[[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace ilbud
