// First the text (quotes, commas, blanks of other kinds), then the words (names, addresses, domains), then terms that have grown
// together. Each fault is one that people make: in web forms that add quotes, in mail that turns hyphens into dashes, in zone files
// where a long record is torn into strings and the space goes missing between them.
// A term is changed only where it makes no sense as it stands. What cannot be understood is given back as such: a proposal that leaves
// out a sender would lose mail.
#include "ilbud/spf/spf_repair.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/dns_packet.hpp"
#include "ilbud/dns/ip_address.hpp"
#include "ilbud/dns/tag_list.hpp"
#include "ilbud/spf/spf_record.hpp"

namespace ilbud {
namespace {

constexpr std::size_t text_max = 4096;  // a longer record is beyond what is read (SpfLimits), and beyond repair
constexpr std::string_view version = "v=spf1";
constexpr std::string_view qualifiers = "+-~?";

constexpr std::array<std::string_view, 10> names{"include", "redirect", "exists", "all", "ip4", "ip6", "ptr", "exp", "mx", "a"};

bool is_modifier(std::string_view name) {
    return name == "redirect" || name == "exp";
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// Blanks that are no space, dashes that are no hyphen, and quotes of all kinds. `between` stands where one string ended and the next
// began ('" "'): a torn record has nothing there, one pasted term by term a space.
std::string in_ascii(std::string_view text, std::string_view between) {
    std::string out(text);
    for (const auto* blank : {"\xc2\xa0", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x89", "\xe2\x80\xaf", "\t", "\r", "\n"})
        replace_all(out, blank, " ");
    for (const auto* nothing : {"\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad"})
        replace_all(out, nothing, "");
    for (const auto* dash : {"\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x88\x92"})
        replace_all(out, dash, "-");
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

// Behind a version that may be written in many ways; nothing if there is none.
std::optional<std::string_view> behind_version(std::string_view text) {
    text = without_heading(trimmed(text));
    const auto take = [&](std::string_view word) {
        if (!same_letters(text.substr(0, word.size()), word)) return false;
        text = trimmed(text.substr(word.size()));
        return true;
    };
    if (take("v") && !take("=") && !take(":")) return std::nullopt;
    // "v=spf2.0/pra" is Sender ID, which is another thing.
    const bool slip = take("spfl ") || take("sfp1 ") || take("spf2 ");
    if (!slip && !take("spf1") && !(take("spf") && take("1"))) return std::nullopt;
    // "v=spf10" is somebody else's; "v=spf1include:" has lost its space.
    if (!text.empty() && (is_digit(text.front()) || text.front() == '_')) return std::nullopt;
    return text;
}

std::vector<std::string> between_spaces(std::string_view text) {
    std::vector<std::string> words;
    for (const auto word : split(text, ' '))
        if (!word.empty()) words.emplace_back(word);
    return words;
}

// Between terms commas and semicolons are often put; inside a macro they are its own ("%{l,;}").
std::vector<std::string> words_of(std::string_view text) {
    std::string spaced;
    bool in_macro = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{' && i > 0 && text[i - 1] == '%') in_macro = true;
        if (text[i] == '}') in_macro = false;
        spaced += !in_macro && (text[i] == ';' || text[i] == ',') ? ' ' : text[i];
    }
    return between_spaces(spaced);
}

// "include: a.example", "- all", "ip4 :192.0.2.1".
std::vector<std::string> joined(std::vector<std::string> words) {
    std::vector<std::string> out;
    const auto wants_more = [](const std::string& word) {
        const auto back = word.back();
        if (word.size() == 1) return qualifiers.find(back) != std::string_view::npos;
        if (back != ':' && back != '=') return false;
        const auto name = lower_case(trimmed(word.substr(0, word.size() - 1), qualifiers));
        // "a:" and "mx:" may be meant to stand alone.
        return std::find(names.begin(), names.end(), name) != names.end() && name != "a" && name != "mx" && name != "ptr";
    };
    for (auto& word : words) {
        const bool goes_on = !out.empty() && (word.front() == ':' || word.front() == '=' || wants_more(out.back()));
        if (goes_on)
            out.back() += word;
        else
            out.push_back(std::move(word));
    }
    return out;
}

// A top-level domain has no hyphen but in "xn--": "com-all" has lost the space before its "-all".
bool is_host(std::string_view name) {
    const auto dot = name.rfind('.', name.ends_with('.') ? name.size() - 2 : name.npos);
    if (!is_askable(name) || dot == std::string_view::npos) return false;
    const auto top = name.substr(dot + 1);
    return (top.find('-') == std::string_view::npos || same_letters(top.substr(0, 4), "xn--")) &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

// How many letters must be put in, left out, changed or swapped to make one of the other; 3 is as good as more.
std::size_t distance(std::string_view from, std::string_view to) {
    constexpr std::size_t most = 12;
    if (from.size() > most || to.size() > most) return 3;
    std::array<std::array<std::size_t, most + 1>, most + 1> d{};
    for (std::size_t i = 0; i <= from.size(); ++i)
        for (std::size_t j = 0; j <= to.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[from.size()][to.size()];
}

// The name that is meant; empty if it is none of ours.
std::string meant_name(std::string_view written) {
    auto name = lower_case(written);
    if (std::find(names.begin(), names.end(), name) != names.end()) return name;
    if (name == "ipv4" || name == "ip" || name == "ip-4" || name == "ip_4") return "ip4";
    if (name == "ipv6" || name == "ip-6" || name == "ip_6") return "ip6";
    for (const std::string_view known : {"include", "redirect", "exists"})
        if (name.size() >= 5 && distance(name, known) <= 2) return std::string(known);
    return {};
}

// "203.0.113", "203.0.113.*", "203.0.113.0/24" as a network's term; nothing if it is no address.
std::optional<std::string> network_term(std::string_view value) {
    const auto slash = std::min(value.find('/'), value.size());
    std::string address(value.substr(0, slash));
    std::string prefix(value.substr(slash));
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (address.ends_with('.')) address.pop_back();
    int octets_cut = 0;
    while (address.ends_with(".*") || address.ends_with(".x")) {
        address.resize(address.size() - 2);
        ++octets_cut;
    }
    const auto dots = std::count(address.begin(), address.end(), '.');
    const bool digits =
        !address.empty() && std::all_of(address.begin(), address.end(), [](char c) { return is_digit(c) || c == '.'; });
    // Two octets alone may be a version or a slip of any kind; three are a network.
    if (digits && prefix.empty() && dots < 3 && (octets_cut > 0 || dots == 2)) {
        prefix = '/' + std::to_string(8 * (dots + 1));
        for (auto i = dots; i < 3; ++i) address += ".0";
    }
    const auto read = parse_ip_address(address);
    if (!read) return std::nullopt;
    std::string term = (read->v6 ? "ip6:" : "ip4:") + address + prefix;
    return is_sound_spf_term(term) ? std::optional(term) : std::nullopt;
}

// "https://_spf.example/" is a link to what should be a name.
std::string plain_domain(std::string value) {
    if (const auto scheme = value.find("://"); scheme != std::string::npos) value.erase(0, scheme + 3);
    while (value.ends_with('/') || value.ends_with('.') || value.ends_with(':')) value.pop_back();
    while (value.starts_with(':') || value.starts_with('=') || value.starts_with('.') || value.starts_with('@'))
        value.erase(0, 1);
    return value;
}

// What is meant by a word that is no sound term; nothing if nobody can tell.
std::optional<std::string> mended(std::string_view word) {
    std::string sign;
    while (!word.empty() && qualifiers.find(word.front()) != std::string_view::npos) {
        sign = word.front();
        word.remove_prefix(1);
    }
    const auto end = std::min(word.find_first_of(":=/"), word.size());
    auto name = meant_name(word.substr(0, end));
    auto value = end < word.size() ? std::string(word.substr(word[end] == '/' ? end : end + 1)) : std::string();
    const auto sound = [&](const std::string& term) {
        return is_sound_spf_term(sign + term) ? std::optional(sign + term) : std::nullopt;
    };
    if (name.empty()) {
        if (const auto network = network_term(word)) return sound(*network);
        auto bare = lower_case(trimmed(word, ".:=\"'"));
        while (!bare.empty() && qualifiers.find(bare.back()) != std::string_view::npos) {  // "all-"
            sign = bare.back();
            bare.pop_back();
        }
        if (bare == "all" || bare == "al" || bare == "alll" || bare == "aall") return sound("all");
        return std::nullopt;
    }
    if (name == "all") return sound("all");
    if (name == "ip4" || name == "ip6") {
        const auto network = network_term(plain_domain(value));
        return network ? sound(*network) : std::nullopt;
    }
    if (name == "a" || name == "mx" || name == "ptr") {
        if (value.starts_with('/')) return sound(name + value);
        const auto slash = std::min(value.find('/'), value.size());
        const auto host = plain_domain(value.substr(0, slash));
        if (host.empty()) return sound(name + value.substr(slash));
        if (parse_ip_address(host)) {
            const auto network = network_term(host + value.substr(slash));
            return network ? sound(*network) : std::nullopt;
        }
        return sound(name + ':' + host + value.substr(slash));
    }
    const auto domain = plain_domain(value);
    if (const auto network = network_term(domain); network && name == "include") return sound(*network);
    if (is_modifier(name)) sign.clear();
    return sound(name + (is_modifier(name) ? '=' : ':') + domain);
}

// Where a second term may begin inside a word: "a.exampleinclude:b.example", "192.0.2.1~all".
bool begins_term(std::string_view rest) {
    const bool signed_term = qualifiers.find(rest.front()) != std::string_view::npos;
    if (signed_term) rest.remove_prefix(1);
    for (const std::string_view name : {"include:", "redirect=", "exists:", "ip4:", "ip6:", "ipv4:", "ipv6:", "exp="})
        if (same_letters(rest.substr(0, name.size()), name)) return true;
    if (!signed_term) return false;  // "a.exampleall" is a name
    for (const std::string_view name : {"a:", "mx:", "ptr:", "a/", "mx/"})
        if (same_letters(rest.substr(0, name.size()), name)) return true;
    return same_letters(rest, "all") || same_letters(rest, "a") || same_letters(rest, "mx");
}

void read_word(std::string_view word, SpfTerms& out, int depth = 0) {
    if (behind_version(word) && behind_version(word)->empty()) return;  // the version once more
    if (is_sound_spf_term(word)) {
        out.terms.emplace_back(word);
        return;
    }
    for (std::size_t i = 1; depth < 20 && i < word.size(); ++i) {
        if (!begins_term(word.substr(i))) continue;
        const auto first = word.substr(0, i);
        const auto before = is_sound_spf_term(first) ? std::optional<std::string>(first) : mended(first);
        if (!before) continue;
        out.terms.push_back(*before);
        return read_word(word.substr(i), out, depth + 1);
    }
    if (auto term = mended(word))
        out.terms.push_back(*std::move(term));
    else
        out.unreadable.emplace_back(word);
}

SpfTerms read(std::string_view text, std::string_view between) {
    SpfTerms out;
    const auto plain = in_ascii(text, between);
    const auto terms = behind_version(plain).value_or(plain);
    for (const auto& word : joined(words_of(terms))) read_word(word, out);
    return out;
}

// Without any version: terms that let somebody pass, and all at the end.
bool is_bare(std::string_view text) {
    const auto words = between_spaces(text);
    return words.size() > 1 && text.find('=') == std::string_view::npos &&
           std::all_of(words.begin(), words.end(), is_sound_spf_term) &&
           qualifiers.find(words.back().front()) != std::string_view::npos && same_letters(words.back().substr(1), "all");
}

}  // namespace

bool resembles_spf(std::string_view text) {
    if (is_spf_record(text)) return true;
    const auto plain = in_ascii(text.substr(0, 200), "");
    return behind_version(plain).has_value() || (text.size() <= 200 && is_bare(plain));
}

// A name that no resolver could be asked for, and a modifier that is called like a mechanism, are slips.
bool is_sound_spf_term(std::string_view term) {
    const auto record = parse_spf_record("v=spf1 " + std::string(term));
    if (!record || term.find(' ') != std::string_view::npos) return false;
    const auto end = std::min(term.find_first_of(":=/"), term.size());
    const bool assigned = end < term.size() && term[end] == '=';
    if (assigned) {
        const auto name = meant_name(trimmed(term.substr(0, end), qualifiers));
        if (!name.empty() && !is_modifier(name)) return false;
    }
    const auto sound_domain = [](const std::vector<SpfMacroPart>& parts) {
        return parts.empty() || has_macro(parts) || is_host(expand_spf_domain(parts, {}));
    };
    if (!record->directives.empty()) return sound_domain(record->directives.front().domain);
    if (record->redirect) return sound_domain(record->redirect->domain);
    return true;
}

SpfTerms read_spf_terms(std::string_view text) {
    SpfTerms out;
    if (text.size() > text_max) {
        out.unreadable.emplace_back("more than " + std::to_string(text_max) + " bytes");
        return out;
    }
    if (is_spf_record(text)) {
        auto terms = between_spaces(text.substr(version.size()));
        if (parse_spf_record(text) && std::all_of(terms.begin(), terms.end(), is_sound_spf_term)) {
            out.terms = std::move(terms);
            return out;
        }
    }
    out = read(text, "");
    if (!out.unreadable.empty()) {
        auto other = read(text, " ");
        if (other.unreadable.empty()) out = std::move(other);
    }
    out.repaired = true;
    return out;
}

}  // namespace ilbud
