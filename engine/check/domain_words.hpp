/// The words of a domain report: one table a language (words_da.cpp …), read by people who keep a customer's DNS.
///
/// {name} stands for a fact of the finding; {domain} is known everywhere. {why} is what the check could not get past, in words: a
/// sentence for what SPF meets (`causes`), else what the DNS said (`failures`); {help} is `take_out` or `take_out_any`. A finding
/// that is fine needs no `without`.
/// Pure
#pragma once
#include <array>
#include <string_view>

#include "ilbud/check/domain_check.hpp"
#include "ilbud/spf/spf_cause.hpp"

namespace ilbud {

/// Why the DNS gave no answer, as far as its reader can do something with it. `server`: it named an error, {code}.
enum class DnsFailure : std::uint8_t { unsaid, timeout, server, bogus, circle, unreadable, too_many };
inline constexpr std::size_t dns_failures = 7;
/// Of a DnsAnswer::failure, which is English.
[[nodiscard]] DnsFailure dns_failure(std::string_view failure);

/// `code` is there for the test that compares each entry with its place: the table is read by index, and a line
/// that is out of order would put the wrong words under a finding without any error.
struct FindingWords {
    FindingCode code{};
    std::string_view found;    ///< what is so
    std::string_view without;  ///< what happens as long as it is so; and what helps, where no record can be given
};

/// Literals all through, so the views are good for the whole life of the program. Members keep the order in
/// which tables fill them in (designated initialisers allow no other).
struct DomainWords {
    std::string_view title;
    std::string_view opening;  ///< {from}
    std::string_view opening_no_address;
    std::string_view result;                   ///< before the verdict's sentence
    std::array<std::string_view, 5> verdicts;  ///< by DomainVerdict

    // In the summary, behind SPF, DKIM, DMARC.
    std::string_view in_order;
    std::string_view to_change;
    std::string_view with_us;  ///< we see to it
    std::string_view not_checked;
    std::string_view legend;  ///< what these three are, and who is meant by a receiver

    // Headings.
    std::string_view changes;
    std::string_view unanswered;
    std::string_view ours;
    std::string_view suggestions;
    std::string_view all_well;
    std::string_view providers;

    // Subjects beside SPF, DKIM, DMARC, MX.
    std::string_view domain;
    std::string_view sources;
    std::string_view extras;

    std::string_view found;  ///< before the records that stand there
    std::string_view publish;
    std::string_view replace;
    std::string_view replace_text;   ///< as `replace`, of one TXT record among others of the same name
    std::string_view replace_alias;  ///< as `replace`, when what is found cannot stand beside a CNAME
    std::string_view correct;
    std::string_view mended_by;    ///< instead of `correct`, where items above put it right: {numbers}
    std::string_view same_record;  ///< {number}
    std::string_view bill;         ///< before the parts of an SPF record, with the look-ups that each costs
    std::string_view take_out;     ///< {terms}
    std::string_view take_out_any;
    std::string_view name;     ///< labels of a web form, with colon
    std::string_view in_full;  ///< {name}
    std::string_view type;
    std::string_view ttl;
    std::string_view value;
    std::string_view zone_line;  ///< before the same as a zone file's line

    std::string_view passes;
    std::string_view passes_small;                                 ///< {rules}
    std::string_view fails;                                        ///< {rules}
    std::string_view undecided;                                    ///< {rules}
    std::array<std::string_view, words<SenderRule>.size()> rules;  ///< by SenderRule
    std::string_view closing;

    std::array<std::string_view, dns_failures> failures;
    std::array<std::string_view, words<SpfCause::Kind>.size()> causes;  ///< {failure} is one of `failures`
    std::string_view led_by;  ///< behind a cause about a name: which {term} of which {record} led to it

    std::array<FindingWords, finding_codes> findings;  ///< by FindingCode
};

/// Never fails; each table is built at its first use and shared by all threads after that.
[[nodiscard]] const DomainWords& domain_words(Locale locale);

[[nodiscard]] const DomainWords& danish_domain_words();
[[nodiscard]] const DomainWords& norwegian_domain_words();
[[nodiscard]] const DomainWords& swedish_domain_words();
[[nodiscard]] const DomainWords& english_domain_words();
[[nodiscard]] const DomainWords& german_domain_words();

}  // namespace ilbud
