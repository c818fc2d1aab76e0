// Reads a DMARC record as RFC 9989 tells receivers to: what they do not know they pass over, and only a bad policy or a tag that
// comes twice ends it. A judge of other people's records stops at no fault: whatever is passed over is listed beside what counts.
#include "ilbud/dns/dmarc_record.hpp"

#include <algorithm>
#include <charconv>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// Receivers may stop much earlier. Addresses beyond are forgotten in silence; the record can be used as before.
constexpr std::size_t reports_max = 20;

// from_chars takes a minus sign and stops at the first byte that is no digit: both are asked for.
std::optional<int> number(std::string_view text, int most) {
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
    return value;
}

struct Reports {
    std::vector<std::string> addresses;
    bool any_uri = false;  // what §4.10.1 asks for: the scheme does not matter there
};

// One bad address spoils the others for nobody: they are kept, and the tag is told once.
Reports read_reports(TagList& list, std::string_view name) {
    Reports out;
    const auto* tag = list.find(name);
    if (tag == nullptr) return out;
    bool sound = true;
    for (const auto part : split(tag->value, ',')) {
        const auto uri = without_size_limit(part);
        sound = sound && is_reporting_uri(uri);
        out.any_uri = out.any_uri || is_reporting_uri(uri);
        // Mail is all that every receiver must be able to do (§4.7, rua).
        if (is_reporting_uri(uri) && is_report_address(uri) && out.addresses.size() < reports_max)
            out.addresses.emplace_back(uri);
    }
    if (!sound) list.refuse(RecordProblem::Kind::invalid, *tag);
    return out;
}

// Values are words of an ABNF, so their case does not count (RFC 5234 §2.3). One that nobody knows leaves the default in force
// (§4.7).
template <class Value>
void read_word(TagList& list, std::string_view name, std::initializer_list<std::pair<std::string_view, Value>> known,
               Value& into) {
    const auto* tag = list.find(name);
    if (tag == nullptr) return;
    for (const auto& [word, value] : known)
        if (same_letters(tag->value, word)) {
            into = value;
            return;
        }
    list.refuse(RecordProblem::Kind::invalid, *tag);
}

// Whether the tag, if there is one, holds a policy.
bool read_policy(TagList& list, std::string_view name, std::optional<DmarcPolicy>& into) {
    const auto* tag = list.find(name);
    if (tag == nullptr) return true;
    into = dmarc_policy(tag->value);
    if (!into) list.refuse(RecordProblem::Kind::invalid, *tag);
    return into.has_value();
}

bool is_failure_option(std::string_view word) {
    return word == "0" || word == "1" || same_letters(word, "d") || same_letters(word, "s");
}

void read_failure_options(TagList& list) {
    const auto* tag = list.find("fo");
    if (tag == nullptr) return;
    const auto words = split(tag->value, ':');
    if (!std::all_of(words.begin(), words.end(), is_failure_option)) list.refuse(RecordProblem::Kind::invalid, *tag);
}

// pct, rf and ri had a meaning in RFC 7489 and have none now (RFC 9989 §9.3).
void note_unknown(TagList& list) {
    static constexpr std::string_view known[] = {"v", "p", "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "psd", "t"};
    static constexpr std::string_view gone[] = {"pct", "rf", "ri"};
    for (const auto& tag : list.tags) {
        if (std::find(std::begin(gone), std::end(gone), tag.name) != std::end(gone))
            list.refuse(RecordProblem::Kind::obsolete, tag);
        else if (std::find(std::begin(known), std::end(known), tag.name) == std::end(known))
            list.refuse(RecordProblem::Kind::invalid, tag);
    }
}

}  // namespace

std::optional<DmarcPolicy> dmarc_policy(std::string_view word) {
    for (const auto policy : {DmarcPolicy::none, DmarcPolicy::quarantine, DmarcPolicy::reject})
        if (same_letters(word, to_word(policy))) return policy;
    return std::nullopt;
}

DmarcPolicy softened(DmarcPolicy policy) {
    return policy == DmarcPolicy::reject ? DmarcPolicy::quarantine : DmarcPolicy::none;
}

std::string_view without_size_limit(std::string_view uri) {
    const auto mark = uri.rfind('!');
    if (mark == std::string_view::npos) return uri;
    auto limit = uri.substr(mark + 1);
    if (!limit.empty() && std::string_view("kmgt").find(lower_letter(limit.back())) != std::string_view::npos)
        limit.remove_suffix(1);
    return !limit.empty() && std::all_of(limit.begin(), limit.end(), is_digit) ? uri.substr(0, mark) : uri;
}

// A scheme, a colon, and letters that a URI may have (RFC 3986 §2); commas and "!" must be escaped there.
bool is_reporting_uri(std::string_view uri) {
    const auto colon = uri.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_letter(uri.front())) return false;
    static constexpr std::string_view in_scheme = "+-.";
    static constexpr std::string_view in_rest = "-._~:/?#[]@$&'()*+;=%";
    const auto of = [](std::string_view marks) {
        return [marks](char c) { return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos; };
    };
    const auto scheme = uri.substr(0, colon), rest = uri.substr(colon + 1);
    return std::all_of(scheme.begin(), scheme.end(), of(in_scheme)) && std::all_of(rest.begin(), rest.end(), of(in_rest));
}

bool is_dmarc(std::string_view record) {
    return has_version(record, "DMARC1");
}

Dmarc parse_dmarc(std::string_view record) {
    TagList list = parse_tag_list(record);
    Dmarc out;
    // RFC 6376 §3.2: a name that comes twice makes the whole list invalid. Not every receiver minds, which the check tells.
    out.valid = is_dmarc(record) && std::none_of(list.problems.begin(), list.problems.end(), [](const RecordProblem& each) {
                    return each.kind == RecordProblem::Kind::duplicate;
                });
    using enum DmarcAlignment;
    read_word(list, "adkim", {{"r", relaxed}, {"s", strict}}, out.dkim);
    read_word(list, "aspf", {{"r", relaxed}, {"s", strict}}, out.spf);
    read_word(list, "psd", {{"y", DmarcSuffix::yes}, {"n", DmarcSuffix::no}, {"u", DmarcSuffix::unsaid}}, out.suffix);
    read_word(list, "t", {{"y", true}, {"n", false}}, out.testing);
    if (const auto* percent = list.find("pct")) out.percent = number(percent->value, 100).value_or(100);
    auto aggregate = read_reports(list, "rua");
    out.aggregate_reports = std::move(aggregate.addresses);
    out.failure_reports = read_reports(list, "ruf").addresses;
    read_failure_options(list);
    note_unknown(list);

    // sp and np count as much as p: §4.10.1 takes a bad word in any of them for a record without a sound policy.
    std::optional<DmarcPolicy> asked;
    bool sound = read_policy(list, "p", asked);
    sound = read_policy(list, "sp", out.subdomain_policy) && sound;
    sound = read_policy(list, "np", out.absent_policy) && sound;
    if (list.find("p") == nullptr) list.problems.push_back({RecordProblem::Kind::missing, "p", "", record.size()});
    out.assumed = !sound || !asked;
    // Without a sound policy it is p=none if reports are wanted, else nothing.
    if (out.assumed) {
        out.subdomain_policy.reset();
        out.absent_policy.reset();
    } else {
        out.policy = *asked;
    }
    out.applies = out.valid && (!out.assumed || aggregate.any_uri);
    out.problems = std::move(list.problems);
    return out;
}

}  // namespace ilbud
