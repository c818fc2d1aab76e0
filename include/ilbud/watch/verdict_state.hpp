/// Whether SPF and DMARC of a watched domain still let our mail pass, and whether that is news (R28).
///
/// In    domain reports, the time
/// Out   the state as it is then; what fell or rose; when to look again
/// Pure
/// See   SECURITY S43: a look that failed changes nothing. DKIM, which decides who signs, is domain_state.hpp's
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/check/domain_check.hpp"

namespace ilbud {

enum class DomainAspect : std::uint8_t { spf, dmarc };
template <>
inline constexpr std::array<std::string_view, 2> words<DomainAspect>{"spf", "dmarc"};
inline constexpr std::size_t domain_aspects = words<DomainAspect>.size();

struct AspectState {
    std::optional<bool> holds;         ///< nothing: no look ever brought an answer
    std::optional<Time> fallen_since;  ///< it held before, and does not since then
    std::vector<std::string> told;     ///< accounts that know of it

    bool operator==(const AspectState&) const = default;
};

struct VerdictState {
    std::string domain;
    DomainVerdict verdict = DomainVerdict::unknown;  ///< the last that was known
    std::array<AspectState, domain_aspects> aspects;
    Time looked_at{};  ///< the last look that brought an answer for all of them
    int failures = 0;  ///< looks in a row that did not
    Time next_look{};

    bool operator==(const VerdictState&) const = default;
};

/// Both come with every look as long as they hold, so that what a crash kept from being told comes again.
struct AspectNews {
    bool broken = false;  ///< accounts that are not in `told` are to be told
    bool fixed = false;   ///< those in `told` are to be told, then forgotten
};
using VerdictNews = std::array<AspectNews, domain_aspects>;

/// What a look brought. A domain that never let our mail pass has not fallen: setting it up is its operator's business.
VerdictNews record_report(VerdictState& state, const DomainReport& report, Duration check_every, Time now);

/// The finding that says most of an aspect that does not hold; null if there is none.
[[nodiscard]] const Finding* finding_of(const DomainReport& report, DomainAspect aspect);

[[nodiscard]] std::string to_json(const VerdictState& state);
/// Errors  invalid_json
Result<VerdictState> read_verdict_state(std::string_view json);

}  // namespace ilbud
