/// What a domain check found, as values for programs; domain_text.hpp has the words for people.
///
/// Pure  types only
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/base/time.hpp"
#include "ilbud/dns/resolver.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

/// Stable names; each has words in every language (engine/check/words_*.cpp).
enum class FindingCode : std::uint8_t {
    domain_missing,
    spf_fine,
    spf_older_include,
    spf_through_includes,
    spf_by_address,
    spf_missing,
    spf_unrecognised,
    spf_several,
    spf_include_missing,
    spf_include_not_counted,
    spf_invalid,
    spf_too_many_lookups,
    spf_no_room,
    spf_near_lookup_limit,
    spf_too_many_voids,
    spf_permits_all,
    spf_permits_half,
    spf_neutral_end,
    spf_terms_left_out,
    spf_terms_idle,
    spf_terms_guessed,
    spf_source_passes,
    spf_partial,
    spf_unknown,
    dkim_ready,
    dkim_idle,
    dkim_alias_missing,
    dkim_alias_wrong,
    dkim_alias_extended,
    dkim_alias_misplaced,
    dkim_key_copied,
    dkim_alias_as_text,
    dkim_alias_as_other,
    dkim_key_missing,
    dkim_key_other,
    dkim_key_revoked,
    dkim_key_unusable,
    dkim_key_doubled_tag,
    dkim_key_several,
    dkim_key_testing,
    dkim_unknown,
    dmarc_fine,
    dmarc_inherited,
    dmarc_inherited_meanwhile,
    dmarc_missing,
    dmarc_misplaced,
    dmarc_at_domain,
    dmarc_several,
    dmarc_version_wrong,
    dmarc_version_missing,
    dmarc_separator_wrong,
    dmarc_quoted,
    dmarc_tag_twice,
    dmarc_unusable,
    dmarc_tag_ignored,
    dmarc_tag_obsolete,
    dmarc_softened,
    dmarc_only_watches,
    dmarc_no_reports,
    dmarc_aligned,
    dmarc_spf_alone,
    dmarc_not_aligned,
    dmarc_refused,
    dmarc_set_aside,
    dmarc_unsigned,
    dmarc_older_none,
    dmarc_older_other,
    dmarc_older_aligned,
    dmarc_older_not_aligned,
    dmarc_unknown,
    mx_fine,
    mx_null,
    mx_missing,
    mx_by_address,
    mx_unresolved,
    mx_unknown,
    source_fine,
    source_without_name,
    source_not_confirmed,
    source_unknown,
    sources_not_given,
    helo_unresolved,
    tls_report_fine,
    tls_report_missing,
    tls_report_unusable,
    mta_sts_fine,
    mta_sts_missing,
    mta_sts_unusable,
    bimi_fine,
    bimi_missing,
    bimi_unusable,
    bimi_needs_policy,
    remark_unknown
};
template <>
inline constexpr std::array<std::string_view, 93> words<FindingCode>{"domain_missing",
                                                                     "spf_fine",
                                                                     "spf_older_include",
                                                                     "spf_through_includes",
                                                                     "spf_by_address",
                                                                     "spf_missing",
                                                                     "spf_unrecognised",
                                                                     "spf_several",
                                                                     "spf_include_missing",
                                                                     "spf_include_not_counted",
                                                                     "spf_invalid",
                                                                     "spf_too_many_lookups",
                                                                     "spf_no_room",
                                                                     "spf_near_lookup_limit",
                                                                     "spf_too_many_voids",
                                                                     "spf_permits_all",
                                                                     "spf_permits_half",
                                                                     "spf_neutral_end",
                                                                     "spf_terms_left_out",
                                                                     "spf_terms_idle",
                                                                     "spf_terms_guessed",
                                                                     "spf_source_passes",
                                                                     "spf_partial",
                                                                     "spf_unknown",
                                                                     "dkim_ready",
                                                                     "dkim_idle",
                                                                     "dkim_alias_missing",
                                                                     "dkim_alias_wrong",
                                                                     "dkim_alias_extended",
                                                                     "dkim_alias_misplaced",
                                                                     "dkim_key_copied",
                                                                     "dkim_alias_as_text",
                                                                     "dkim_alias_as_other",
                                                                     "dkim_key_missing",
                                                                     "dkim_key_other",
                                                                     "dkim_key_revoked",
                                                                     "dkim_key_unusable",
                                                                     "dkim_key_doubled_tag",
                                                                     "dkim_key_several",
                                                                     "dkim_key_testing",
                                                                     "dkim_unknown",
                                                                     "dmarc_fine",
                                                                     "dmarc_inherited",
                                                                     "dmarc_inherited_meanwhile",
                                                                     "dmarc_missing",
                                                                     "dmarc_misplaced",
                                                                     "dmarc_at_domain",
                                                                     "dmarc_several",
                                                                     "dmarc_version_wrong",
                                                                     "dmarc_version_missing",
                                                                     "dmarc_separator_wrong",
                                                                     "dmarc_quoted",
                                                                     "dmarc_tag_twice",
                                                                     "dmarc_unusable",
                                                                     "dmarc_tag_ignored",
                                                                     "dmarc_tag_obsolete",
                                                                     "dmarc_softened",
                                                                     "dmarc_only_watches",
                                                                     "dmarc_no_reports",
                                                                     "dmarc_aligned",
                                                                     "dmarc_spf_alone",
                                                                     "dmarc_not_aligned",
                                                                     "dmarc_refused",
                                                                     "dmarc_set_aside",
                                                                     "dmarc_unsigned",
                                                                     "dmarc_older_none",
                                                                     "dmarc_older_other",
                                                                     "dmarc_older_aligned",
                                                                     "dmarc_older_not_aligned",
                                                                     "dmarc_unknown",
                                                                     "mx_fine",
                                                                     "mx_null",
                                                                     "mx_missing",
                                                                     "mx_by_address",
                                                                     "mx_unresolved",
                                                                     "mx_unknown",
                                                                     "source_fine",
                                                                     "source_without_name",
                                                                     "source_not_confirmed",
                                                                     "source_unknown",
                                                                     "sources_not_given",
                                                                     "helo_unresolved",
                                                                     "tls_report_fine",
                                                                     "tls_report_missing",
                                                                     "tls_report_unusable",
                                                                     "mta_sts_fine",
                                                                     "mta_sts_missing",
                                                                     "mta_sts_unusable",
                                                                     "bimi_fine",
                                                                     "bimi_missing",
                                                                     "bimi_unusable",
                                                                     "bimi_needs_policy",
                                                                     "remark_unknown"};
inline constexpr std::size_t finding_codes = words<FindingCode>.size();
static_assert(static_cast<std::size_t>(FindingCode::remark_unknown) + 1 == finding_codes);

/// `fault`: mail is harmed now. `warning`: should be put right. `remark`: could be better. `unknown`: the DNS failed.
enum class Severity : std::uint8_t { fine, remark, warning, fault, unknown };
template <>
inline constexpr std::array<std::string_view, 5> words<Severity>{"fine", "remark", "warning", "fault", "unknown"};

/// What is to be done. `replace`: what was found makes way for `publish`. `ours`: the platform's own affair, not the customer's.
/// `later`: nothing can be said now.
enum class Remedy : std::uint8_t { none, publish, replace, correct, ours, later };
template <>
inline constexpr std::array<std::string_view, 6> words<Remedy>{"none", "publish", "replace", "correct", "ours", "later"};

struct DnsRecord {
    std::string name;  ///< in full, without the last dot
    /// A record as somebody is to publish it. The TTL is short enough for a mistake to be mended the same day.
    RecordType type = RecordType::txt;
    Duration ttl = std::chrono::hours(1);
    std::string value;  ///< TXT: the text; CNAME: the target without the last dot

    bool operator==(const DnsRecord&) const = default;
};

struct Finding {
    FindingCode code{};
    /// One thing that was found, be it well or wrong. It says nothing of any language, so it
    /// can be stored and shown to another reader later.
    Severity severity{};
    Remedy remedy = Remedy::none;
    std::string name;                ///< the name in the DNS that it is about; empty for our source addresses
    std::vector<std::string> found;  ///< the records that stand there
    std::vector<DnsRecord> publish;  ///< ready to paste
    std::vector<std::pair<std::string, std::string>> facts;  ///< what the words name: {"include", "_spf.example.com"}

    bool operator==(const Finding&) const = default;
};

}  // namespace ilbud
