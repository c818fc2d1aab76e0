/// How many file descriptors the settings may take, and the system's limit of them.
///
/// In    the settings, how many lanes there are
/// Out   RLIMIT_NOFILE raised as far as they need, or why it cannot be
/// See   setrlimit(2)
#pragma once
#include <cstddef>

#include "ilbud/base/result.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// With every connection in use that the settings allow, but for those that are leaving the event socket. Pure.
[[nodiscard]] std::size_t descriptors_needed(const Platform& platform, std::size_t lanes);

/// Raises the soft limit to what is needed, if it is below, and as far as it goes for leaving_max more. How many of these there may
/// be, `leaving_least` at the least.
/// Errors  too_few_descriptors  the hard limit is below
Result<std::size_t> allow_descriptors(const Platform& platform, std::size_t lanes, std::size_t leaving_least = 0);

}  // namespace ilbud
