/// Errors for programs: what the control socket answers and what commands print with --json.
///
/// Pure
#pragma once
#include <string>
#include <vector>

#include "ilbud/base/result.hpp"

namespace ilbud {

/// {"error":{"code":…,"place":…,"detail":…}}; `place` only where there is one
[[nodiscard]] std::string error_line(const Error& error);
/// {"errors":[{"code":…,"place":…,"detail":…}]}
[[nodiscard]] std::string error_lines(const std::vector<Error>& errors);

}  // namespace ilbud
