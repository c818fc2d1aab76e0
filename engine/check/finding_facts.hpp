/// Facts of a finding, read back for its words.
///
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/check/finding.hpp"
#include "paragraphs.hpp"

namespace ilbud {

/// Empty if there is none of that name.
[[nodiscard]] std::string fact_of(const Facts& facts, std::string_view name);
/// Items of a list that a fact holds.
[[nodiscard]] std::vector<std::string> items_of(std::string_view list);
/// What the parts of an SPF record cost, the dearest first: those are the ones to think about. Empty if the finding has no "costs".
[[nodiscard]] std::vector<std::pair<int, std::string>> bill_of(const Finding& finding);

}  // namespace ilbud
