/// Why an SPF evaluation came out as it did, as a value: what a program goes by, and what is told in any language.
///
/// Pure  types only; the sentence in English, for logs, stands beside it (SpfOutcome::reason, SpfSurvey::reason)
#pragma once
#include <cstdint>
#include <string>

#include "ilbud/settings/words.hpp"

namespace ilbud {

struct SpfCause {
    enum class Kind : std::uint8_t {
        none,                 ///< nothing to tell
        matched,              ///< `term` of `record` decided
        unmatched,            ///< no term of `record` did
        too_many_lookups,     ///< at `term` of `record` the DNS would be asked more than `most` times
        lookups_in_all,       ///< the survey's: `count` look-ups, at most `most` are allowed
        too_many_voids,       ///< `term` of `record` is one of more than `most` that find nothing
        voids_in_all,         ///< the survey's: `count` of them
        too_many_exchangers,  ///< `name` has `count` MX records; `term` may look at `most`
        no_answer,            ///< the DNS says nothing about `name`, asked for by `term` unless that is empty; `failure` says why
        no_address,           ///< what was asked about, `name`, is no IP address
        no_name,              ///< `name` cannot be a domain
        absent,               ///< `name` does not exist
        no_record,            ///< `name` has no SPF record
        several_records,      ///< `record` is `count` records
        too_long,             ///< `record` has `count` bytes, of which at most `most` are read
        bad_character,        ///< the rest: `term` of `record`, at byte `at`, cannot be read
        bad_term,             ///< a word that SPF does not know
        twice,                ///< a modifier that stands there already
        behind_all,           ///< something hangs on "all"
        bad_domain,           ///< the domain is missing, or is none
        bad_prefix,           ///< the number behind the slash is not from 0 to `most`
        bad_address,          ///< the IP address is missing, or is none
        bad_macro,            ///< a "%" that is none of the known ones
        circle,               ///< `term` of `record` leads back to a record on the way
        too_many_records,     ///< more than `most` records are included
    };
    Kind kind = Kind::none;
    /// As written. For no_name, absent and no_record: what led to `name`; empty for the domain's own.
    std::string term = {};
    std::string record = {};   ///< the domain whose record it is
    std::string name = {};     ///< the name that was looked up
    std::string failure = {};  ///< DnsAnswer::failure
    std::size_t count = 0;
    std::size_t most = 0;
    std::size_t at = 0;  ///< in the record, from 1

    bool operator==(const SpfCause&) const = default;
};
template <>
inline constexpr std::array<std::string_view, 25> words<SpfCause::Kind>{"none",
                                                                        "matched",
                                                                        "unmatched",
                                                                        "too_many_lookups",
                                                                        "lookups_in_all",
                                                                        "too_many_voids",
                                                                        "voids_in_all",
                                                                        "too_many_exchangers",
                                                                        "no_answer",
                                                                        "no_address",
                                                                        "no_name",
                                                                        "absent",
                                                                        "no_record",
                                                                        "several_records",
                                                                        "too_long",
                                                                        "bad_character",
                                                                        "bad_term",
                                                                        "twice",
                                                                        "behind_all",
                                                                        "bad_domain",
                                                                        "bad_prefix",
                                                                        "bad_address",
                                                                        "bad_macro",
                                                                        "circle",
                                                                        "too_many_records"};
static_assert(static_cast<std::size_t>(SpfCause::Kind::too_many_records) + 1 == words<SpfCause::Kind>.size());

/// The cause, and the same as an English sentence.
struct SpfWhy {
    SpfCause cause;
    std::string text;
};

}  // namespace ilbud
