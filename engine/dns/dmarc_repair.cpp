// What was meant by a text that receivers pass over. The reader here takes nearly anything: it looks for names of tags followed
// by "=" and lets each value run to the next one, whatever was put between them. So one function serves a record with commas, one
// with quotes, and two records that must become one. What comes out is made of known tags with values that parse_dmarc accepts,
// and of nothing else.
#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/dmarc_record.hpp"

namespace ilbud {
namespace {

constexpr std::size_t shown_max = 100;
constexpr std::string_view names[] = {"adkim", "aspf", "psd", "pct", "rua", "ruf", "sp", "np", "fo", "rf", "ri", "p", "t", "v"};
constexpr std::string_view between = " \t\r\n;,|";
constexpr std::string_view marks = "\"\\'`";

// What a word processor or a web page makes of quotation marks, and the blank that must not break.
constexpr std::string_view wide_marks[] = {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x98", "\xe2\x80\x99",
                                           "\xc2\xab",     "\xc2\xbb",     "\xef\xbb\xbf", "\xc2\xa0"};

std::string without_marks(std::string_view text) {
    std::string out(text);
    for (const auto mark : wide_marks)
        for (auto at = out.find(mark); at != std::string::npos; at = out.find(mark, at)) out.replace(at, mark.size(), " ");
    std::erase_if(out, [](char c) { return marks.find(c) != std::string_view::npos; });
    return out;
}

bool has_marks(std::string_view text) {
    return text.find_first_of(marks) != std::string_view::npos ||
           std::any_of(std::begin(wide_marks), std::end(wide_marks),
                       [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

// A tag that begins at `at`: its name, and where its value begins.
struct Begin {
    std::string_view name;
    std::size_t at = 0;
    std::size_t value = 0;
};

std::optional<Begin> tag_at(std::string_view text, std::size_t at) {
    // A colon also separates, where somebody took it for a semicolon; but not the one of an address.
    if (at > 0 && between.find(text[at - 1]) == std::string_view::npos &&
        (text[at - 1] != ':' || (at >= 7 && same_letters(text.substr(at - 7, 7), "mailto:"))))
        return std::nullopt;
    for (const auto name : names) {
        if (!same_letters(text.substr(at, name.size()), name)) continue;
        const auto sign = text.find_first_not_of(" \t", at + name.size());
        if (sign == std::string_view::npos) continue;
        const bool policy = name.back() == 'p' || name == "v";
        if (text[sign] == '=' || (policy && text[sign] == ':')) return Begin{name, at, sign + 1};
    }
    return std::nullopt;
}

struct Meant {
    std::string_view name;
    std::string_view value;
    std::size_t at = 0;
};

// Views into `text`.
std::vector<Meant> meant_tags(std::string_view text) {
    std::vector<Begin> begins;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = tag_at(text, at);
        if (begin) begins.push_back(*begin);
        at = begin ? begin->value : at + 1;
    }
    std::vector<Meant> tags;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const auto end = i + 1 < begins.size() ? begins[i + 1].at : text.size();
        const auto value = text.substr(begins[i].value, end - begins[i].value);
        tags.push_back({begins[i].name, trimmed(value, " \t\r\n;,|:."), begins[i].at});
    }
    return tags;
}

std::string_view first_word(std::string_view value) {
    return value.substr(0, value.find_first_of(" \t\r\n;,|:"));
}

// An address without mailto: is the most frequent slip there; nothing else can be meant. A colon at the end goes as at the end of a
// value, or what stands in the midst of one record would be lost at the end of the next. What would be a tag behind a comma
// ("p:x", a scheme by its form) is none either.
std::optional<std::string> address_meant(std::string_view piece) {
    constexpr std::string_view around = " \t\r\n<>.:";
    const auto uri = trimmed(without_size_limit(trimmed(piece, around)), around);
    if (!meant_tags(uri).empty()) return std::nullopt;
    if (is_reporting_uri(uri) && (is_report_address(uri) || !same_letters(uri.substr(0, 7), "mailto:"))) return std::string(uri);
    const auto mail = "mailto:" + std::string(uri);
    if (uri.find(':') == std::string_view::npos && is_report_address(mail) && is_reporting_uri(mail)) return mail;
    return std::nullopt;
}

void add_addresses(std::string_view value, std::vector<std::string>& all) {
    for (std::size_t at = 0; at < value.size();) {
        const auto end = std::min(value.find_first_of(between, at), value.size());
        if (auto address = address_meant(value.substr(at, end - at));
            address &&
            std::none_of(all.begin(), all.end(), [&](const std::string& each) { return same_letters(each, *address); }))
            all.push_back(std::move(*address));
        at = end + 1;
    }
}

// What one record says of how strict receivers shall be, each at its mildest where a tag comes twice.
struct Wishes {
    std::optional<DmarcPolicy> policy, below, absent;
    bool strict_dkim = false, strict_spf = false, testing = false;
    // A percentage below 100 let the rest of the mail go with the next milder policy (RFC 7489 §6.6.4). There is none any more,
    // so the milder one is all that is not stricter for anybody.
    bool partial = false;
    std::string suffix;

    [[nodiscard]] DmarcPolicy whole(DmarcPolicy asked) const { return partial ? softened(asked) : asked; }
    [[nodiscard]] DmarcPolicy of_domain() const { return policy.value_or(DmarcPolicy::none); }
    [[nodiscard]] DmarcPolicy of_existing() const { return below.value_or(of_domain()); }
    [[nodiscard]] DmarcPolicy of_absent() const { return absent.value_or(of_existing()); }
};

void milder(std::optional<DmarcPolicy>& policy, std::string_view word) {
    const auto other = dmarc_policy(word).value_or(DmarcPolicy::none);
    policy = std::min(policy.value_or(other), other);
}

struct Merged {
    std::vector<Wishes> wishes;
    std::vector<std::string> aggregate, failure;
    std::string failure_options;
};

bool are_failure_options(std::string_view value) {
    return parse_dmarc("v=DMARC1; p=none; fo=" + std::string(value)).problems.empty();
}

void read(std::string_view text, Merged& into) {
    auto& wishes = into.wishes.emplace_back();
    for (const auto& tag : meant_tags(text)) {
        const auto word = first_word(tag.value);
        if (tag.name == "p")
            milder(wishes.policy, word);
        else if (tag.name == "sp")
            milder(wishes.below, word);
        else if (tag.name == "np")
            milder(wishes.absent, word);
        else if (tag.name == "adkim")
            wishes.strict_dkim = same_letters(word, "s");
        else if (tag.name == "aspf")
            wishes.strict_spf = same_letters(word, "s");
        else if (tag.name == "psd" && (same_letters(word, "y") || same_letters(word, "n")))
            wishes.suffix = lower_case(word);
        else if (tag.name == "pct")
            wishes.partial = parse_dmarc("v=DMARC1; pct=" + std::string(word)).percent < 100;
        else if (tag.name == "t")
            wishes.testing = same_letters(word, "y");
        else if (tag.name == "rua")
            add_addresses(tag.value, into.aggregate);
        else if (tag.name == "ruf")
            add_addresses(tag.value, into.failure);
        else if (tag.name == "fo" && into.failure_options.empty())
            if (const auto value = tag.value.substr(0, tag.value.find_first_of(between)); are_failure_options(value))
                into.failure_options = value;
    }
}

void append(std::string& out, std::string_view name, std::string_view value) {
    (((out += ' ') += name) += '=') += value;
    out += ';';
}

void append(std::string& out, std::string_view name, const std::vector<std::string>& addresses) {
    if (addresses.empty()) return;
    std::string list;
    for (const auto& each : addresses) list += (list.empty() ? "" : ",") + each;
    append(out, name, list);
}

DmarcSlip slip(DmarcSlip::Kind kind, std::string_view shown, std::size_t at) {
    return {kind, std::string(shown.substr(0, shown_max)), at};
}

// In a record that begins as it should: a value into which the next tag has run.
std::optional<DmarcSlip> slip_between_tags(std::string_view text) {
    const auto tags = meant_tags(text);
    for (std::size_t i = 1; i < tags.size(); ++i) {
        const auto before = text.substr(0, tags[i].at);
        const auto last = before.find_last_not_of(" \t\r\n");
        if (last == std::string_view::npos || before[last] == ';') continue;
        // A blank alone is shown with the word behind it, or nobody would see it.
        const bool seen = between.find(before[last]) != std::string_view::npos || before[last] == ':';
        const auto at = seen ? last : last + 1;
        return slip(DmarcSlip::Kind::separator, text.substr(at, seen ? 1 : tags[i].at + tags[i].name.size() - at), at);
    }
    return std::nullopt;
}

struct Strictness {
    DmarcPolicy policy, below, absent;
    bool dkim = false, spf = false, testing = false;
};

std::string written(const Merged& merged, const Strictness& as, const std::string& suffix) {
    // v must be the first tag, and p comes next, where readers of the older rule look for it (RFC 7489 §6.3).
    std::string out = "v=DMARC1; p=" + std::string(to_word(as.policy)) + ';';
    if (as.below != as.policy) append(out, "sp", to_word(as.below));
    if (as.absent != as.below) append(out, "np", to_word(as.absent));
    if (as.dkim) append(out, "adkim", "s");
    if (as.spf) append(out, "aspf", "s");
    if (!suffix.empty()) append(out, "psd", suffix);
    if (as.testing && std::max({as.policy, as.below, as.absent}) != DmarcPolicy::none) append(out, "t", "y");
    append(out, "rua", merged.aggregate);
    append(out, "ruf", merged.failure);
    if (!merged.failure_options.empty() && !merged.failure.empty()) append(out, "fo", merged.failure_options);
    return out;
}

// Strict alignment refuses mail as a stricter policy does: it stays only where every record asks for it.
Strictness mildest(const Merged& merged, DmarcPolicy at_most) {
    Strictness out{at_most, at_most, at_most, true, true, false};
    for (const auto& each : merged.wishes) {
        out.policy = std::min(out.policy, each.whole(each.of_domain()));
        out.below = std::min(out.below, each.whole(each.of_existing()));
        out.absent = std::min(out.absent, each.whole(each.of_absent()));
        out.dkim = out.dkim && each.strict_dkim;
        out.spf = out.spf && each.strict_spf;
        out.testing = out.testing || each.testing;
    }
    return out;
}

std::string composed(const Merged& merged, DmarcPolicy at_most) {
    // psd draws the border of an organisation: only as long as nobody contradicts.
    const auto suffix = merged.wishes.empty() ? std::string() : merged.wishes.front().suffix;
    const bool agreed =
        std::all_of(merged.wishes.begin(), merged.wishes.end(), [&](const Wishes& each) { return each.suffix == suffix; });
    return written(merged, mildest(merged, at_most), agreed ? suffix : std::string());
}

}  // namespace

std::optional<DmarcSlip> dmarc_slip(std::string_view text) {
    using Slip = DmarcSlip::Kind;
    const bool counts = is_dmarc(text);
    if (counts) {
        const auto read = parse_dmarc(text);
        if (std::all_of(read.problems.begin(), read.problems.end(),
                        [](const RecordProblem& each) { return each.kind == RecordProblem::Kind::obsolete; }))
            return std::nullopt;
    }
    if (has_marks(text) && is_dmarc(without_marks(text))) {
        const auto at = std::min(text.find_first_of(marks), text.find_first_of("\xc2\xe2\xef"));
        return slip(Slip::quoted, text.substr(at, 1), at);
    }
    if (counts) return slip_between_tags(text);
    const auto clean = without_marks(text);
    const auto tags = meant_tags(clean);
    const bool has_policy = std::any_of(tags.begin(), tags.end(),
                                        [](const Meant& tag) { return tag.name == "p" && dmarc_policy(first_word(tag.value)); });
    const bool named = lower_case(clean).find("dmarc") != std::string::npos;
    const bool wants =
        std::any_of(tags.begin(), tags.end(), [](const Meant& tag) { return tag.name == "p" || tag.name == "rua"; });
    const auto begin = std::min(clean.find_first_not_of(" \t\r\n"), clean.size());
    const auto end = std::min(clean.find_first_of(between, begin), clean.size());
    // "v=DMARC1" and then anything but a semicolon.
    if (!tags.empty() && tags[0].name == "v" && tags[0].at == begin && clean[begin] == 'v' &&
        clean[clean.find_first_of("=:", begin)] == '=') {
        const auto word = tags[0].value;
        if (word.starts_with("DMARC1") && (word.size() == 6 || !is_letter_or_digit(word[6]))) {
            const auto at = std::min(clean.find("DMARC1", begin) + 6, clean.size());
            const auto mark = clean.find_first_not_of(" \t", at);
            const bool blank = mark == std::string::npos || is_letter_or_digit(clean[mark]);
            const auto next = std::min(blank ? at : mark, clean.size() - 1);
            if (mark != std::string::npos)
                return slip(Slip::separator, std::string_view(clean).substr(next, blank ? 8 : 1), next);
        }
    }
    if (!tags.empty() && tags[0].name == "v" && tags[0].at == begin && lower_case(tags[0].value).starts_with("dmarc"))
        return slip(Slip::version, std::string_view(clean).substr(begin, end - begin), begin);
    // Only with something of a policy in it: texts that prove a domain to some service may name DMARC as well.
    if (named && wants && lower_case(std::string_view(clean).substr(begin)).starts_with("v"))
        return slip(Slip::version, std::string_view(clean).substr(begin, end - begin), begin);
    if (has_policy || (named && wants)) return slip(Slip::unversioned, std::string_view(clean).substr(begin, end - begin), begin);
    return std::nullopt;
}

std::string dmarc_proposal(const std::vector<std::string>& records, DmarcPolicy at_most) {
    Merged merged;
    for (const auto& record : records) read(without_marks(record), merged);
    return composed(merged, at_most);
}

std::string dmarc_instead(const std::vector<std::string>& records, const DmarcInForce& in_force) {
    Merged merged;
    for (const auto& record : records) read(without_marks(record), merged);
    auto as = mildest(merged, DmarcPolicy::reject);
    as.policy = in_force.policy;
    as.below = in_force.below;
    as.absent = in_force.absent;
    as.dkim = as.dkim && in_force.strict_dkim;
    as.spf = as.spf && in_force.strict_spf;
    as.testing = false;  // what is in force has been looked at with it
    return written(merged, as, {});
}

// Policy and alignment as receivers read them, not as a fragment of a tag might be meant; of the addresses all that can be.
std::string dmarc_tidied(const std::string& record) {
    const auto in_force = parse_dmarc(record);
    Merged merged;
    read(without_marks(record), merged);
    auto& wishes = merged.wishes.front();
    wishes.policy = in_force.policy;
    wishes.below = in_force.subdomain_policy;
    wishes.absent = in_force.absent_policy;
    wishes.strict_dkim = in_force.dkim == DmarcAlignment::strict;
    wishes.strict_spf = in_force.spf == DmarcAlignment::strict;
    wishes.testing = in_force.testing;
    wishes.partial = false;
    wishes.suffix = in_force.suffix == DmarcSuffix::unsaid ? "" : in_force.suffix == DmarcSuffix::yes ? "y" : "n";
    auto out = composed(merged, DmarcPolicy::reject);
    if (in_force.percent < 100) append(out, "pct", std::to_string(in_force.percent));
    return out;
}

}  // namespace ilbud
