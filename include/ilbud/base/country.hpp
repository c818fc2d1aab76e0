/// Countries by their codes.
///
/// Pure
/// See   ISO 3166-1 alpha-2, as ICU lists it
#pragma once
#include <string_view>

namespace ilbud {

/// Whether `code` is a country's, in capitals: "DK".
[[nodiscard]] bool is_country(std::string_view code);

}  // namespace ilbud
