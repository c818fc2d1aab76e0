/// The currencies in which people are invoiced.
///
/// In    three capital letters
/// Out   how many digits its minor units take
/// Pure
/// See   ISO 4217 list one, without the codes for metals, funds and tests
#pragma once
#include <optional>
#include <string_view>

namespace ilbud {

/// DKK 2 (an amount counts øre), JPY 0, KWD 3; nothing if `currency` is none.
[[nodiscard]] std::optional<int> minor_unit_digits(std::string_view currency);

}  // namespace ilbud
