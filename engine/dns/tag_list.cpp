// One reader for five kinds of record whose grammars differ in details: this one takes what any of them allows and
// leaves it to each record to refuse more. It keeps positions, because a customer finds a fault in a line of 400 bytes
// only by its place. A name that comes twice is told and the first one stands; what that means is the record's matter.
#include "ilbud/dns/tag_list.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// A name is looked for among all that came before: the square of this is the worst
// case. None of these kinds of record has as many as 20.
constexpr std::size_t tags_max = 100;
// Bytes: a character may be cut in two.
constexpr std::size_t value_shown_max = 100;

// RFC 6376 §3.2 wants a letter in front; a digit there is let through, as no receiver knows such a name anyway. 32
// bytes are far more than any name has: a longer one is a part where the semicolon was forgotten.
bool is_tag_name(std::string_view name) {
    const auto allowed = [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), allowed);
}

std::string shown(std::string_view value) {
    return std::string(value.substr(0, value_shown_max));
}

void read_part(TagList& list, std::string_view part, std::size_t at) {
    const auto begin = part.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return;  // "a=b; ; c=d" and the last semicolon harm nobody
    at += begin;
    const auto equals = part.find('=');
    // With no "=" this is the whole part; the condition below refuses it before it counts as a name.
    const auto name = trimmed(part.substr(0, equals));
    if (equals == std::string_view::npos || !is_tag_name(name)) {
        list.problems.push_back({RecordProblem::Kind::malformed, "", shown(trimmed(part)), at});
        return;
    }
    // Only the first "=" ends the name: base64 and URIs have more of them in the value.
    RecordTag tag{std::string(name), std::string(trimmed(part.substr(equals + 1))), at};
    if (list.find(name) != nullptr)
        list.refuse(RecordProblem::Kind::duplicate, tag);
    else
        list.tags.push_back(std::move(tag));
}

}  // namespace

const RecordTag* TagList::find(std::string_view name) const {
    const auto found = std::find_if(tags.begin(), tags.end(), [&](const RecordTag& tag) { return tag.name == name; });
    return found == tags.end() ? nullptr : &*found;
}

void TagList::refuse(RecordProblem::Kind kind, const RecordTag& tag) {
    problems.push_back({kind, tag.name, shown(tag.value), tag.at});
}

TagList parse_tag_list(std::string_view record) {
    TagList list;
    // Empty parts count as well, or a record of nothing but semicolons would be walked through to its end.
    for (std::size_t at = 0, count = 0; at <= record.size(); ++count) {
        if (count == tags_max) {
            list.problems.push_back({RecordProblem::Kind::malformed, "", shown(record.substr(at)), at});
            break;
        }
        const auto end = std::min(record.find(';', at), record.size());
        read_part(list, record.substr(at, end - at), at);
        at = end + 1;
    }
    return list;
}

// What looks nearly like it is a TXT record of something else, which shares the name and is passed over.
bool has_version(std::string_view record, std::string_view version) {
    const auto first = split(record.substr(0, record.find(';')), '=');
    return first.size() == 2 && first[0] == "v" && first[1] == version;
}

bool is_report_address(std::string_view uri) {
    const auto at = uri.find('@');
    return uri.size() > 7 && same_letters(uri.substr(0, 7), "mailto:") && at != std::string_view::npos && at > 7 &&
           at + 1 < uri.size() && uri.find_first_of(" \t") == std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0;;) {
        const auto end = text.find(separator, at);
        parts.push_back(trimmed(text.substr(at, end == std::string_view::npos ? end : end - at)));
        if (end == std::string_view::npos) return parts;
        at = end + 1;
    }
}

}  // namespace ilbud
