/// A domain report in words: a plain text that can be mailed to whoever keeps the customer's DNS, and JSON for programs.
///
/// In    a report, a language
/// Out   UTF-8; the text has lines of at most 78 columns, but for values to paste, which stay in one piece
/// Pure
/// What comes from the DNS is shown with control and bidirectional characters escaped (S26).
#pragma once
#include <string>
#include <string_view>

#include "ilbud/check/domain_check.hpp"

namespace ilbud {

/// The whole report: a short summary, what is to be changed with the records to paste, what could not be checked, what is ours to
/// see to, suggestions, what is in order, and the providers.
[[nodiscard]] std::string domain_text(const DomainReport& report, Locale language);

/// Only the records that the domain's owner must publish or replace, each with a sentence; empty if there are none.
[[nodiscard]] std::string records_text(const DomainReport& report, Locale language);

/// One JSON object on one line, without a line end (README, "Checking a domain").
[[nodiscard]] std::string domain_json(const DomainReport& report, Locale language);

/// The words of a finding, facts filled in.
struct FindingText {
    std::string found;
    std::string without;  ///< what happens as long as it is so; empty for what is fine
};
[[nodiscard]] FindingText finding_text(const Finding& finding, std::string_view domain, Locale language);
/// The verdict's sentence, without the word "Result".
[[nodiscard]] std::string verdict_text(DomainVerdict verdict, Locale language);

/// `record` for a zone file, full names with their last dot: one line, or several in parentheses if it is wider than `columns`.
[[nodiscard]] std::string zone_text(const DnsRecord& record, std::size_t columns = 78);

[[nodiscard]] std::string_view type_name(RecordType type);  ///< "TXT"

}  // namespace ilbud
