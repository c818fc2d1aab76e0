/// Two texts as a unified difference, for people.
///
/// Pure
/// See   POSIX diff, "Diff -u Output Format" (hunks only)
#pragma once
#include <string>
#include <string_view>

namespace ilbud {

/// The hunks that lead from `then` to `now`, each with up to three lines around; empty for equal texts. Very different long texts
/// (more than some thousand lines each way) become one block taken out and one put in.
[[nodiscard]] std::string unified_difference(std::string_view then, std::string_view now);

}  // namespace ilbud
