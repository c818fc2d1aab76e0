/// Facts of findings about SPF.
///
/// Pure
#pragma once
#include <string>
#include <vector>

#include "ilbud/spf/spf_edit.hpp"
#include "judge.hpp"

namespace ilbud {

[[nodiscard]] std::string listed(const std::vector<std::string>& terms);
/// "include:_spf.example 4, mx 1"
[[nodiscard]] std::string bill(const std::vector<SpfTermCost>& costs);
/// What the words name of a cause.
void tell_cause(FindingBuilder& finding, const SpfCause& cause);
/// What somebody wrote in order to let servers pass, and receivers pass over: a modifier that nobody knows ("ip4=192.0.2.1"), a term
/// behind all, a redirect beside it. `terms`: of the record `text`, as they are meant; `repaired`: not all are as they stand there.
[[nodiscard]] std::vector<std::string> idle_spf_terms(const std::string& text, const SpfTermList& terms, bool repaired);

}  // namespace ilbud
