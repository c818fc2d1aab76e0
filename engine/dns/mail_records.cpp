// DMARC (RFC 7489 §6.3): a receiver ignores what it does not know, and drops a record only for a bad policy. And its small relatives.
// A judge of other people's records, not a receiver: nothing here stops at the first fault. What is read first is what
// receivers would act on, and everything that they pass over is listed beside it.
#include <algorithm>
#include <charconv>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

// Receivers may stop much earlier. Addresses beyond are forgotten in silence; the record can be used as before.
constexpr std::size_t reports_max = 20;

// In any case: words in an ABNF are (RFC 5234 §2.3). Only v= is compared to the letter.
std::optional<DmarcPolicy> policy_named(std::string_view word) {
    if (same_letters(word, "none")) return DmarcPolicy::none;
    if (same_letters(word, "quarantine")) return DmarcPolicy::quarantine;
    if (same_letters(word, "reject")) return DmarcPolicy::reject;
    return std::nullopt;
}

// from_chars takes a minus sign and stops at the first byte that is no digit: both are asked for.
std::optional<int> number(std::string_view text, int most) {
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
    return value;
}

// mailto: with an address; a size limit may follow ("!10m"). Receivers send to nothing else.
bool is_report_address(std::string_view uri) {
    const auto at = uri.find('@');
    return uri.size() > 7 && same_letters(uri.substr(0, 7), "mailto:") && at != std::string_view::npos && at > 7 &&
           at + 1 < uri.size() && uri.find_first_of(" \t") == std::string_view::npos;
}

// One bad address spoils the others for nobody: they are kept, and the tag is told once.
std::vector<std::string> report_addresses(TagList& list, std::string_view name) {
    std::vector<std::string> all;
    const auto* tag = list.find(name);
    if (tag == nullptr) return all;
    bool sound = true;
    for (const auto part : split(tag->value, ',')) {
        sound = sound && is_report_address(part);
        if (is_report_address(part) && all.size() < reports_max) all.emplace_back(part);
    }
    if (!sound) list.refuse(RecordProblem::Kind::invalid, *tag);
    return all;
}

// A word that nobody knows leaves the default, relaxed, in force (RFC 7489 §6.3).
void read_alignment(TagList& list, std::string_view name, DmarcAlignment& into) {
    const auto* tag = list.find(name);
    if (tag == nullptr) return;
    if (same_letters(tag->value, "s"))
        into = DmarcAlignment::strict;
    else if (!same_letters(tag->value, "r"))
        list.refuse(RecordProblem::Kind::invalid, *tag);
}

void note_unknown(TagList& list) {
    // Of RFC 7489 and of those that came after it: np, psd and t are written by people who
    // follow the newer rules, and pct, rf and ri still stand in most records. A warning
    // about either would send the reader after something that is right.
    static constexpr std::string_view known[] = {"v",   "p",   "sp", "np", "adkim", "aspf", "pct",
                                                 "rua", "ruf", "fo", "rf", "ri",    "psd",  "t"};
    for (const auto& tag : list.tags)
        if (std::find(std::begin(known), std::end(known), tag.name) == std::end(known))
            list.refuse(RecordProblem::Kind::invalid, tag);
}

// Whether v=`version` is the first tag.
// Version first, exactly and in this case: what looks nearly like it is a TXT record of
// something else, which shares the name and is passed over.
bool begins_with(std::string_view record, std::string_view version) {
    const auto first = split(record.substr(0, record.find(';')), '=');
    return first.size() == 2 && first[0] == "v" && first[1] == version;
}

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

bool is_dmarc(std::string_view record) {
    return begins_with(record, "DMARC1");
}

Dmarc parse_dmarc(std::string_view record) {
    TagList list = parse_tag_list(record);
    Dmarc out;
    read_alignment(list, "adkim", out.dkim);
    read_alignment(list, "aspf", out.spf);
    if (const auto* percent = list.find("pct")) {
        if (const auto value = number(percent->value, 100))
            out.percent = *value;
        else
            list.refuse(RecordProblem::Kind::invalid, *percent);
    }
    out.aggregate_reports = report_addresses(list, "rua");
    out.failure_reports = report_addresses(list, "ruf");
    note_unknown(list);

    // sp= counts as much as p=: RFC 7489 §6.6.3 takes a bad word in either for a record without a sound policy.
    const auto* policy = list.find("p");
    const auto* below = list.find("sp");
    const auto asked = policy == nullptr ? std::nullopt : policy_named(policy->value);
    if (below != nullptr) out.subdomain_policy = policy_named(below->value);
    const bool sound = asked && (below == nullptr || out.subdomain_policy);
    if (policy == nullptr)
        list.problems.push_back({RecordProblem::Kind::missing, "p", "", record.size()});
    else if (!asked)
        list.refuse(RecordProblem::Kind::invalid, *policy);
    if (below != nullptr && !out.subdomain_policy) list.refuse(RecordProblem::Kind::invalid, *below);
    // RFC 7489 §6.6.3 step 6: without a sound policy it is p=none if reports are wanted, else nothing.
    if (sound)
        out.policy = *asked;
    else
        out.subdomain_policy.reset();
    out.applies = is_dmarc(record) && (sound || !out.aggregate_reports.empty());
    out.problems = std::move(list.problems);
    return out;
}

bool is_tls_report(std::string_view record) {
    return begins_with(record, "TLSRPTv1");
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
    return begins_with(record, "STSv1");
}

SimpleRecord parse_mta_sts(std::string_view record) {
    // RFC 8461 §3.1: one to 32 letters and digits. With anything else in it senders cannot
    // tell that the policy has changed.
    return with_tag(record, "id", [](std::string_view value) {
        return !value.empty() && value.size() <= 32 && std::all_of(value.begin(), value.end(), is_letter_or_digit);
    });
}

bool is_bimi(std::string_view record) {
    return begins_with(record, "BIMI1");
}

SimpleRecord parse_bimi(std::string_view record) {
    // An empty l= says on purpose that there is no logo.
    return with_tag(record, "l", [](std::string_view value) { return value.empty() || is_https(value); });
}

}  // namespace ilbud
