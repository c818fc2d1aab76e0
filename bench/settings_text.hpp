/// The settings of the daemon that the bench starts: the product's defaults, but for what the bench must say.
///
/// Pure
#pragma once
#include <string>

#include "child.hpp"

namespace ilbud::bench {

/// TOML, as an operator would write it.
[[nodiscard]] std::string platform_settings(const DaemonOptions& options);
/// One account with `units` business units ("unit-1", …), a customer service and the forms "web" and "confirm".
[[nodiscard]] std::string account_settings(std::size_t units);

}  // namespace ilbud::bench
