/// Facts of a finding, read back for its words, and numbers of items.
///
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/check/finding.hpp"
#include "ilbud/settings/words.hpp"
#include "paragraphs.hpp"

namespace ilbud {

/// Empty if there is none of that name.
[[nodiscard]] std::string fact_of(const Facts& facts, std::string_view name);
/// Items of a list that a fact holds.
[[nodiscard]] std::vector<std::string> items_of(std::string_view list);
/// What the parts of an SPF record cost, the dearest first: those are the ones to think about. Empty without the fact "costs".
[[nodiscard]] std::vector<std::pair<int, std::string>> bill_of(const Finding& finding);

/// Numbers of items, each once and in order: "1–3", "1 and 3".
[[nodiscard]] std::string numbers_text(const std::vector<int>& numbers, Locale language);

}  // namespace ilbud
