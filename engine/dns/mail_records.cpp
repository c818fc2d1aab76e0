// The small relatives of DMARC, each of which hangs on one tag.
// A judge of other people's records, not a receiver: nothing here stops at the first fault. What is read first is what
// receivers would act on, and everything that they pass over is listed beside it.
#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

// `usable`, if the tag `name` is there and fits.
// These three stand or fall with one tag each. That the record is one of its kind was
// asked before, by is_tls_report and the others.
template <class Fits>
SimpleRecord with_tag(std::string_view record, std::string_view name, Fits fits) {
    TagList list = parse_tag_list(record);
    const auto* tag = list.find(name);
    const bool usable = tag != nullptr && fits(std::string_view(tag->value));
    if (tag == nullptr)
        list.problems.push_back({RecordProblem::Kind::missing, std::string(name), "", record.size()});
    else if (!usable)
        list.refuse(RecordProblem::Kind::invalid, *tag);
    return {usable, std::move(list.problems)};
}

bool is_https(std::string_view url) {
    return url.size() > 8 && same_letters(url.substr(0, 8), "https://");
}

}  // namespace

bool is_tls_report(std::string_view record) {
    return has_version(record, "TLSRPTv1");
}

SimpleRecord parse_tls_report(std::string_view record) {
    // RFC 8460 §3: by mail or by HTTPS POST, each equal to the other.
    return with_tag(record, "rua", [](std::string_view value) {
        const auto uris = split(value, ',');
        return std::all_of(uris.begin(), uris.end(),
                           [](std::string_view uri) { return is_report_address(uri) || is_https(uri); });
    });
}

bool is_mta_sts(std::string_view record) {
    return has_version(record, "STSv1");
}

SimpleRecord parse_mta_sts(std::string_view record) {
    // RFC 8461 §3.1: one to 32 letters and digits. With anything else in it senders cannot
    // tell that the policy has changed.
    return with_tag(record, "id", [](std::string_view value) {
        return !value.empty() && value.size() <= 32 && std::all_of(value.begin(), value.end(), is_letter_or_digit);
    });
}

bool is_bimi(std::string_view record) {
    return has_version(record, "BIMI1");
}

SimpleRecord parse_bimi(std::string_view record) {
    // An empty l= says on purpose that there is no logo.
    return with_tag(record, "l", [](std::string_view value) { return value.empty() || is_https(value); });
}

}  // namespace ilbud
