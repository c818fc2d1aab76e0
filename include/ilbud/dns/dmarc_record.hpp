/// DMARC records: what receivers make of one, why they pass over one that was meant so, and what to publish instead.
///
/// In    TXT records at _dmarc.<domain> (their strings joined), whatever they hold
/// Out   policy, alignment, report addresses, and what in it is ignored or refused, with positions; never fails
/// Pure
/// See   RFC 9989 §4.7 (tags), §4.8 (grammar), §4.10.1 (what a bad policy means); RFC 6376 §3.2 (the list)
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/dns/tag_list.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

/// From mild to strict.
enum class DmarcPolicy : std::uint8_t { none, quarantine, reject };
template <>
inline constexpr std::array<std::string_view, 3> words<DmarcPolicy>{"none", "quarantine", "reject"};

enum class DmarcAlignment : std::uint8_t { relaxed, strict };
/// `psd`: whether others register names below this one.
enum class DmarcSuffix : std::uint8_t { unsaid, yes, no };

struct Dmarc {
    bool valid = false;    ///< a DMARC record, and no tag comes twice: it counts in a tree walk
    bool applies = false;  ///< and it has a policy or wants reports (§4.10.1); else receivers do no DMARC
    bool assumed = false;  ///< the policy is none only because p, sp or np is missing or bad
    DmarcPolicy policy = DmarcPolicy::none;
    std::optional<DmarcPolicy> subdomain_policy;  ///< `sp`
    std::optional<DmarcPolicy> absent_policy;     ///< `np`: of names below that do not exist
    DmarcAlignment dkim = DmarcAlignment::relaxed;
    DmarcAlignment spf = DmarcAlignment::relaxed;
    DmarcSuffix suffix = DmarcSuffix::unsaid;
    bool testing = false;                        ///< t=y: receivers go one step milder
    int percent = 100;                           ///< `pct`, which only receivers of RFC 7489 still know
    std::vector<std::string> aggregate_reports;  ///< `rua`: mail addresses as URIs, without size limits
    std::vector<std::string> failure_reports;    ///< `ruf`
    std::vector<RecordProblem> problems;
};

/// Whether a TXT record at _dmarc.<domain> counts as DMARC at all: it begins with v=DMARC1.
[[nodiscard]] bool is_dmarc(std::string_view record);
[[nodiscard]] Dmarc parse_dmarc(std::string_view record);
/// The policy by its word, in any case.
[[nodiscard]] std::optional<DmarcPolicy> dmarc_policy(std::string_view word);
/// One step milder, as t=y asks for.
[[nodiscard]] DmarcPolicy softened(DmarcPolicy policy);
/// `uri` without the size limit that RFC 7489 allowed behind it ("!10m").
[[nodiscard]] std::string_view without_size_limit(std::string_view uri);
/// A URI that reports could go to (§4.8), of any scheme.
[[nodiscard]] bool is_reporting_uri(std::string_view uri);

/// Why receivers pass over a text that was plainly meant as DMARC, or over a part of one.
struct DmarcSlip {
    enum class Kind : std::uint8_t {
        quoted,       ///< quotation marks or backslashes were pasted along
        version,      ///< begins nearly as v=DMARC1, but not in these letters
        separator,    ///< something else stands where a semicolon should
        unversioned,  ///< v=DMARC1 is missing or does not come first
    };
    Kind kind{};
    std::string shown;   ///< the part that is wrong, at most 100 bytes
    std::size_t at = 0;  ///< where it stands, in bytes from 0
};
/// Nothing for a sound record, and for a text that means something else.
[[nodiscard]] std::optional<DmarcSlip> dmarc_slip(std::string_view text);

/// What is in force for a name that has no record which counts: it is inherited.
struct DmarcInForce {
    DmarcPolicy policy = DmarcPolicy::none;
    DmarcPolicy below = DmarcPolicy::none;   ///< for names below it that exist
    DmarcPolicy absent = DmarcPolicy::none;  ///< and for those that do not
    bool strict_dkim = false, strict_spf = false;
};
/// One record instead of `records`, which may be broken in any way, with the policies in force, all their report addresses, strict
/// alignment only where they ask for it and it is in force, and no border of an organisation, as none of theirs counts.
[[nodiscard]] std::string dmarc_instead(const std::vector<std::string>& records, const DmarcInForce& in_force);

/// One record instead of `records`, which may be broken in any way: their mildest policy, but none stricter than `at_most`, and
/// all their report addresses. parse_dmarc finds no problem in it.
[[nodiscard]] std::string dmarc_proposal(const std::vector<std::string>& records, DmarcPolicy at_most);
/// A record in force (applies, nothing assumed) without what receivers pass over. Its policy stays; so does a percentage, by which
/// receivers of the older rule still go: no mail is treated otherwise than before.
[[nodiscard]] std::string dmarc_tidied(const std::string& record);

}  // namespace ilbud
