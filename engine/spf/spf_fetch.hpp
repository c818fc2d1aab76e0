/// A domain's SPF record from the DNS, and the clock of one evaluation.
///
/// Threads  the resolver's
/// See   RFC 7208 §4.3–§4.5
#pragma once
#include <chrono>
#include <string>

#include "ilbud/spf/spf.hpp"
#include "ilbud/spf/spf_record.hpp"

namespace ilbud {

/// Asks on behalf of one evaluation; after its deadline every answer is failed "timeout" without a question.
class SpfAsker {
 public:
    SpfAsker(Resolver& resolver, const SpfLimits& limits)
        : resolver_(resolver), end_(std::chrono::steady_clock::now() + limits.deadline) {}
    Task<DnsAnswer> ask(std::string name, RecordType type);

 private:
    Resolver& resolver_;
    std::chrono::steady_clock::time_point end_;
};

struct SpfFetched {
    SpfResult result = SpfResult::none;  ///< neutral: there is one record, and it reads well; else why not
    std::string text;                    ///< of the record, also if it is malformed
    SpfRecord record;
    SpfWhy why;  ///< unless neutral
};

Task<SpfFetched> fetch_spf(SpfAsker& asker, std::string domain, std::size_t record_bytes_max);

/// Whether `name` can be the domain of a check: several labels, the last one no number and no address literal.
[[nodiscard]] bool is_checkable(std::string_view name);
/// `text` for a sentence: quoted, on one line, shortened.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace ilbud
