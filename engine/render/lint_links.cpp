// Looks for addresses without parsing Markdown: wherever one could begin, it is
// checked. Code, where it would be harmless, is checked too. A last gate follows
// in the HTML part, which drops what is no safe address (markdown_html.cpp).
#include <algorithm>
#include <array>

#include "ilbud/render/variables.hpp"
#include "lint.hpp"
#include "lint_words.hpp"
#include "value_place.hpp"

namespace ilbud {
namespace {

// The end of a link's text: whether "](", "]:" or "<" at `at` begins an address, and where; `line` is where its line begins.
// A link's text in brackets is followed by "(" or, in a definition, by ":" (CommonMark §6.3, §4.7).
std::size_t address_at(std::string_view text, std::size_t at, std::size_t line) {
    if (text.substr(at).starts_with("](")) return at + 2;
    if (!text.substr(at).starts_with("]:")) return std::string_view::npos;
    // A reference definition stands at the beginning of a line.
    return without_spaces(text.substr(line)).starts_with('[') ? at + 2 : std::string_view::npos;
}

// "a@b.example>", roughly as CommonMark §6.5 has it: md4c decides, and what it refuses comes out as text.
bool is_mail_autolink(std::string_view text) {
    const auto end = text.find('>');
    if (end == std::string_view::npos) return false;
    const auto address = text.substr(0, end);
    const auto at = address.find('@');
    return at != std::string_view::npos && at != 0 && at + 1 < end &&
           address.find_first_of(" \t\n<\\\"(){}") == std::string_view::npos &&
           std::all_of(address.begin() + static_cast<std::ptrdiff_t>(at + 1), address.end(),
                       [](char byte) { return is_letter_or_digit(byte) || byte == '-' || byte == '.'; });
}

// Where the tag ends whose braces begin at `at`; the text's end if it is never closed, which read_template tells.
std::size_t tag_end(std::string_view text, std::size_t at) {
    const std::string_view braces = text.substr(at).starts_with("{{{") ? "}}}" : "}}";
    const auto close = text.find(braces, at + braces.size());
    return close == std::string_view::npos ? text.size() : close + braces.size();
}

// Whether the bracket at text[close] ends a picture's description: the '[' that pairs with it has a '!' in front of it, with or
// without tags between, which may print nothing. Not looked for further than a description may be long.
bool ends_picture(std::string_view text, std::size_t close) {
    constexpr std::size_t description_max = 1000;
    std::size_t depth = 1, at = close;
    for (const auto least = close - std::min(close, description_max); at > least && depth != 0;) {
        --at;
        if (at > 0 && text[at - 1] == '\\') continue;
        depth += text[at] == ']' ? 1U : 0U;
        depth -= text[at] == '[' ? 1U : 0U;
    }
    if (depth != 0) return false;
    while (text.substr(0, at).ends_with("}}")) {
        const auto open = text.substr(0, at).rfind("{{");
        if (open == std::string_view::npos) break;
        at = open;
    }
    if (at == 0 || text[at - 1] != '!') return false;
    // Behind an odd number of backslashes the '!' is text.
    std::size_t backslashes = 0;
    while (backslashes < at - 1 && text[at - 2 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 0;
}

// The address that begins at text[from] in Markdown, up to the blank or the bracket that ends it; tags may hold blanks.
std::string_view address_in_markdown(std::string_view text, std::size_t from) {
    std::size_t depth = 0, at = from;
    while (at < text.size() && std::string_view(" \t\n<>").find(text[at]) == std::string_view::npos) {
        if (text.substr(at).starts_with("{{")) {
            at = tag_end(text, at);
            continue;
        }
        if (text[at] == ')' && depth == 0) break;
        depth += text[at] == '(' ? 1U : text[at] == ')' ? std::size_t(-1) : 0U;
        ++at;
    }
    return text.substr(from, at - from);
}

// Why Markdown would not read the address at text[from] in a link's parentheses to its end; else empty.
std::string cut_address(std::string_view text, std::size_t from) {
    const auto address = address_in_markdown(text, from);
    if (address.find("{{>") != std::string_view::npos) return "a partial cannot stand in an address: it may hold blanks";
    const auto behind = text.substr(std::min(from + address.size(), text.size()));
    const auto next = behind.find_first_not_of(" \t\n>");
    if (next == std::string_view::npos || std::string_view(")\"'(").find(behind[next]) == std::string_view::npos)
        return "a link's address ends in ')', or in a blank and a title in quotes: a blank within it is written %20";
    return {};
}

// Addresses that stand in text as such, as mail programs make links of them. Each is gone through once.
void lint_bare_addresses(std::string_view text, const std::string& file, Findings& findings) {
    for (const std::string_view scheme : {"https://", "http://", "mailto:", "www."})
        for (auto at = text.find(scheme); at != std::string_view::npos;) {
            const auto address = address_in_markdown(text, at);
            const bool inner = at > 0 && (is_letter_or_digit(text[at - 1]) || text[at - 1] == '/');
            const auto before = text.substr(0, at);
            const bool link = before.ends_with("](") || before.ends_with('<') || before.ends_with("]: ");
            if (const auto unfit = inner || link ? std::string() : unfit_value(address); !unfit.empty())
                findings.add("url_scheme", file, place_in(text, at, {}), unfit);
            at = text.find(scheme, at + std::max(address.size(), scheme.size()));
        }
}

}  // namespace

// By the tags alone: what is written out is the same for all. A section in it prints one thing or another, which tells as much
// as a value does.
std::string unfit_picture(std::string_view address) {
    for (auto at = address.find("{{"); at != std::string_view::npos; at = address.find("{{", tag_end(address, at))) {
        const auto tag = address.substr(at, tag_end(address, at) - at);
        if (tag.starts_with("{{!")) continue;
        const auto name = trimmed(tag, "{}#^/>& \t\n");
        const auto which = find_variable(name);
        if (!which || variable(*which).source != VariableSource::unit)
            return "a picture's address cannot hold '" + std::string(name) +
                   "': fetched, it would tell who opened the mail. It is written out, or is of the unit ({{unit.logo_url}})";
    }
    return {};
}

// Behind the host a value is percent-encoded (value_place.hpp). In a host it could lead anywhere.
std::string unfit_value(std::string_view address) {
    // What stands before each value is read for each.
    constexpr std::size_t address_bytes_max = 4096;
    if (address.size() > address_bytes_max) return "an address has at most 4,096 bytes";
    for (auto at = address.find("{{"); at != std::string_view::npos; at = address.find("{{", tag_end(address, at))) {
        const auto tag = address.substr(at, tag_end(address, at) - at);
        const auto name = leading_variable(tag);
        const auto which = find_variable(name);
        if (!which) continue;  // a section, or read_template's finding
        const auto place = address_place(address.substr(0, at));
        const bool mailbox = place == AddressPlace::mailbox && variable(*which).type != VariableType::email;
        const auto before = lower_case(address.substr(0, at));
        const auto field = before.substr(before.find_last_of("?&") + 1);
        if (before.starts_with("tel:")) return "a telephone number is written out; '" + std::string(name) + "' may be any text";
        if (before.starts_with("mailto:") && place == AddressPlace::rest && field.find("subject=") != 0 &&
            field.find("body=") != 0)
            return "a value can stand in the subject and the body of a mail; '" + std::string(name) +
                   "' could name one more recipient";
        if (before.ends_with('%') || (before.size() > 1 && before[before.size() - 2] == '%'))
            return "a '%' in front of '" + std::string(name) + "' is written %25";
        if (place == AddressPlace::host || mailbox)
            return "a value can stand in a path, a query or a fragment; '" + std::string(name) + "' is part of a " +
                   (mailbox ? "mailbox's name" : "host's name");
    }
    return {};
}

// A variable's own scheme is checked when its value comes
// (safe_url); here only that nothing else can become the scheme.
bool is_fit_address(std::string_view address, std::string_view ends) {
    const auto name = leading_variable(address);
    if (name.empty()) return has_safe_scheme(address);
    const auto which = find_variable(name);
    // An empty URL would leave the scheme to what follows.
    const auto rest = address.substr(address.find("}}") + 2);
    const bool ended = rest.empty() || rest.find_first_of("/?#") == 0 || rest.find_first_of(ends) == 0;
    return ended && which && variable(*which).type == VariableType::url;
}

void lint_text_links(std::string_view text, const std::string& file, Findings& findings) {
    lint_bare_addresses(text, file, findings);
}

void lint_markdown_links(std::string_view text, const std::string& file, Findings& findings) {
    lint_bare_addresses(text, file, findings);
    // Each line is gone through once, however many brackets it has.
    std::size_t line = 0, seen = 0;
    for (std::size_t at = text.find_first_of("]<"); at != std::string_view::npos; at = text.find_first_of("]<", at + 1)) {
        if (findings.full()) return;
        if (const auto end = text.substr(seen, at - seen).rfind('\n'); end != std::string_view::npos) line = seen + end + 1;
        seen = at;
        // An escaped one is text. Behind a '{' it is taken for
        // a part of a tag, which is read_template's to judge.
        if (at > 0 && (text[at - 1] == '\\' || text[at - 1] == '{')) continue;
        if (text[at] == ']') {
            const auto found = address_at(text, at, line);
            const bool picture = ends_picture(text, at);
            // Where the definition stands, and what it holds, may be another file's affair.
            if (picture && !text.substr(at).starts_with("]("))
                findings.add(
                    "picture_address", file, place_in(text, at, {}),
                    "a picture's address stands directly behind it: ![text](https://…); a '!' in front of '[' is written \\!");
            if (found == std::string_view::npos) continue;
            auto from = std::min(text.find_first_not_of(" \t\n", found), text.size());
            // An address may stand in angle brackets.
            if (from < text.size() && text[from] == '<') ++from;
            if (!is_fit_address(text.substr(from), ")> \t\n"))
                findings.add("url_scheme", file, place_in(text, from, {}), "a link must begin with " + std::string(fit_schemes));
            else if (const auto unfit = unfit_value(address_in_markdown(text, from)); !unfit.empty())
                findings.add("url_scheme", file, place_in(text, from, {}), unfit);
            if (text[found - 1] == '(')
                if (const auto cut = cut_address(text, from); !cut.empty())
                    findings.add("url_scheme", file, place_in(text, from, {}), cut);
            if (picture)
                if (const auto why = unfit_picture(address_in_markdown(text, from)); !why.empty())
                    findings.add("picture_address", file, place_in(text, from, {}), why);
            at = from - 1;
            continue;
        }
        const auto rest = text.substr(at + 1);
        // An autolink: <https://…>, <a@b.example>.
        if (has_safe_scheme(rest)) {
            if (const auto unfit = unfit_value(address_in_markdown(text, at + 1)); !unfit.empty())
                findings.add("url_scheme", file, place_in(text, at, {}), unfit);
            continue;
        }
        if (is_mail_autolink(rest)) continue;
        if (rest.starts_with("{{"))
            findings.add("html_in_markdown", file, place_in(text, at, {}), "write a link to a variable as [text]({{variable}})");
        else if (!rest.empty() && (is_letter(rest[0]) || rest[0] == '/' || rest[0] == '!'))
            findings.add("html_in_markdown", file, place_in(text, at, {}),
                         "HTML in Markdown would come out as text; a '<' is written \\<");
    }
}

}  // namespace ilbud
