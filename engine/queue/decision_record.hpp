/// What is kept of a decision besides its mails: skips, rule chain and marks, as JSON text.
///
/// Pure
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/policy/decide.hpp"

namespace ilbud {

struct DecisionRecord {
    std::vector<Skip> skipped;
    std::vector<RuleStep> chain;
    std::vector<std::string> marks;
};

/// {"skips":[["welcome","no_email",""],["invoice","suppressed","a@example.org","",true],…],"chain":[["R9","…"],…],"marks":["…"]}, empty members left out.
[[nodiscard]] std::string write_decision_record(const std::vector<Skip>& skipped, const std::vector<RuleStep>& chain,
                                                const std::vector<std::string>& marks);

/// Nothing if `text` was not made by write_decision_record: it is damaged.
[[nodiscard]] std::optional<DecisionRecord> read_decision_record(std::string_view text);
/// For people: a chain that says so if it is damaged.
[[nodiscard]] DecisionRecord read_decision_record_or_tell(std::string_view text);

}  // namespace ilbud
