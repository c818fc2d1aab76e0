// The text first: quotes, commas, blanks of other kinds. Each fault is one that people make: in web forms that add quotes, in mail
// that turns hyphens into dashes, in zone files where a long record is torn into strings and the space goes missing between them.
#include "spf_words.hpp"

#include <algorithm>
#include <array>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::string_view version = "v=spf1";
constexpr std::string_view qualifiers = "+-~?";

constexpr std::array<std::string_view, 10> names{"include", "redirect", "exists", "all", "ip4", "ip6", "ptr", "exp", "mx", "a"};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// A line of a zone file, or a heading, that was pasted with the record: "@ 3600 IN TXT v=spf1 …", "SPF: v=spf1 …".
std::string_view without_heading(std::string_view text) {
    constexpr std::size_t heading_max = 100;
    const auto begin = lower_case(text.substr(0, heading_max)).find(version);
    if (begin == std::string::npos || begin == 0) return text;
    auto heading = lower_case(text.substr(0, begin));
    std::replace_if(
        heading.begin(), heading.end(), [](char c) { return c == ':' || c == '\t'; }, ' ');
    const bool named = (' ' + heading).find(" txt ") != std::string::npos || (' ' + heading).find(" spf ") != std::string::npos;
    return named ? text.substr(begin) : text;
}

// Between terms commas and semicolons are often put; inside a macro they are its own ("%{l,;}").
std::vector<SpfWord> between_marks(std::string_view text) {
    std::vector<SpfWord> words;
    std::string word;
    bool in_macro = false, listed = false;
    const auto end_word = [&] {
        if (word.empty()) return;
        words.push_back({std::move(word), listed});
        word.clear();
        listed = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{' && i > 0 && text[i - 1] == '%') in_macro = true;
        if (text[i] == '}') in_macro = false;
        const bool mark = !in_macro && (text[i] == ';' || text[i] == ',' || text[i] == '|');
        if (mark || text[i] == ' ')
            end_word();
        else
            word += text[i];
        listed = listed || mark;
    }
    end_word();
    return words;
}

// Not the rest of the word in front: "exp= include:a.example".
bool begins_term(std::string_view word) {
    const auto end = word.find_first_of(":=/");
    const auto name = lower_case(trimmed(word.substr(0, end), qualifiers));
    return name == "all" || (end != std::string_view::npos && is_spf_name(name));
}

// "include: a.example", "- all", "ip4 :192.0.2.1".
std::vector<SpfWord> joined(std::vector<SpfWord> words) {
    std::vector<SpfWord> out;
    const auto wants_more = [](const std::string& word) {
        const auto back = word.back();
        if (word.size() == 1) return qualifiers.find(back) != std::string_view::npos;
        if (back != ':' && back != '=') return false;
        const auto name = lower_case(trimmed(word.substr(0, word.size() - 1), qualifiers));
        // "a:" and "mx:" may be meant to stand alone.
        return is_spf_name(name) && name != "a" && name != "mx" && name != "ptr";
    };
    for (auto& word : words) {
        const bool goes_on =
            !out.empty() && (word.text.front() == ':' || word.text.front() == '=' ||
                             (wants_more(out.back().text) && (out.back().text.size() == 1 || !begins_term(word.text))));
        if (goes_on)
            out.back().text += word.text;
        else
            out.push_back(std::move(word));
    }
    return out;
}

// Each from one version to the next. What stands in front of the first is its heading.
std::vector<std::string_view> records_in(std::string_view text) {
    const auto lower = lower_case(text);
    std::vector<std::string_view> records;
    std::size_t from = 0;
    for (auto at = lower.find(version); at != std::string::npos; at = lower.find(version, at + version.size())) {
        const auto next = std::min(lower.find(version, at + version.size()), lower.size());
        records.push_back(text.substr(from, next - from));
        from = next;
    }
    if (records.empty()) records.push_back(text);
    return records;
}

}  // namespace

bool is_spf_name(std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string spf_in_ascii(std::string_view text, SpfJoint joint) {
    const std::string_view between = joint == SpfJoint::space ? " " : "";
    std::string out(text);
    for (const auto* blank : {"\xc2\xa0", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x89", "\xe2\x80\xaf", "\t", "\r", "\n"})
        replace_all(out, blank, " ");
    for (const auto* nothing : {"\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad"})
        replace_all(out, nothing, "");
    for (const auto* dash : {"\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x88\x92"})
        replace_all(out, dash, "-");
    for (const auto* tilde : {"\xcb\x9c", "\xe2\x88\xbc", "\xef\xbd\x9e"}) replace_all(out, tilde, "~");
    for (const auto* quote :
         {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xc2\xab", "\xc2\xbb", "'", "\xe2\x80\x98", "\xe2\x80\x99"})
        replace_all(out, quote, "\"");
    replace_all(out, "\\", "");
    for (auto at = out.find('"'); at != std::string::npos; at = out.find('"', at)) {
        const auto next = out.find_first_not_of(' ', at + 1);
        const bool torn = at > 0 && next != std::string::npos && out[next] == '"' && next + 1 < out.size();
        out.replace(at, torn ? next + 1 - at : 1, torn ? between : std::string_view());
    }
    return out;
}

std::optional<std::string_view> behind_spf_version(std::string_view text) {
    text = without_heading(trimmed(text));
    const auto take = [&](std::string_view word) {
        if (!same_letters(text.substr(0, word.size()), word)) return false;
        text = trimmed(text.substr(word.size()));
        return true;
    };
    const bool named = take("v");
    if (named && !take("=") && !take(":")) return std::nullopt;
    // "v=spf2.0/pra" is Sender ID, which is another thing.
    const bool slip = take("spfl ") || take("sfp1 ") || take("spf2 ");
    if (!slip && !take("spf1") && !(take("spf") && take("1"))) return std::nullopt;
    // "v=spf10" is somebody else's; "v=spf1include:" has lost its space.
    if (!text.empty() && (is_digit(text.front()) || text.front() == '_')) return std::nullopt;
    // "spf1-verification=abc" and "SPF1 is managed by us" are no records.
    if (!named && !text.empty() && !begins_term(text.substr(0, text.find(' ')))) {
        const auto word = trimmed(text.substr(0, text.find(' ')), "+-~?;,");
        if (!same_letters(word, "mx") && !same_letters(word, "a") && !same_letters(word, "ptr")) return std::nullopt;
    }
    while (!text.empty() && std::string_view(":=.,; ").find(text.front()) != std::string_view::npos) text.remove_prefix(1);
    return text;
}

std::vector<std::vector<SpfWord>> spf_words(std::string_view text, SpfJoint joint) {
    const auto plain = spf_in_ascii(text, joint);
    std::vector<std::vector<SpfWord>> records;
    for (const auto record : records_in(plain)) {
        auto words = joined(between_marks(behind_spf_version(record).value_or(record)));
        if (!words.empty()) records.push_back(std::move(words));
    }
    return records;
}

}  // namespace ilbud
