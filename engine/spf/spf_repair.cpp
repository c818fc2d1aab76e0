// What each word means (spf_words.cpp splits the text): names, addresses, domains, terms that have grown together.
// A term is changed only where it makes no sense as it stands. What cannot be understood is given back as such: a proposal that leaves
// out a sender would lose mail.
#include "ilbud/spf/spf_repair.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "ilbud/base/address.hpp"
#include "ilbud/base/nearest_name.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/dns/dns_packet.hpp"
#include "ilbud/dns/ip_address.hpp"
#include "ilbud/dns/tag_list.hpp"
#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"
#include "spf_words.hpp"

namespace ilbud {
namespace {

constexpr std::size_t text_max =
    16'384;  // four times the longest that was seen; some of the mending goes over the text again and again
constexpr std::string_view version = "v=spf1";
constexpr std::string_view qualifiers = "+-~?";

bool is_modifier(std::string_view name) {
    return name == "redirect" || name == "exp";
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

// The name that is meant; empty if it is none of ours.
std::string meant_name(std::string_view written) {
    auto name = lower_case(written);
    if (is_spf_name(name)) return name;
    if (name == "ipv4" || name == "ip" || name == "ip-4" || name == "ip_4") return "ip4";
    if (name == "ipv6" || name == "ip-6" || name == "ip_6") return "ip6";
    for (const std::string_view known : {"include", "redirect", "exists"})
        if (name.size() >= 5 && name.size() <= 12 && edit_distance(name, known) <= 2) return std::string(known);
    return {};
}

// A term, and whether more than one meaning was possible: then its owner is asked to look at it.
struct Mended {
    std::string term;
    bool guessed = false;
};

// "203.000.113.009": by the eye decimal, to some programs octal.
std::string without_leading_zeros(std::string_view address) {
    std::string out;
    for (const auto octet : split(address, '.')) {
        const auto digit = std::min(octet.find_first_not_of('0'), octet.empty() ? 0 : octet.size() - 1);
        (out += out.empty() ? "" : ".") += octet.substr(digit);
    }
    return out;
}

// "/24" for "/024", "/255.255.255.0" and itself; nothing if it is no prefix.
std::optional<std::string> prefix_meant(std::string_view prefix) {
    if (prefix.size() < 2) return std::nullopt;
    const auto mask = parse_ip_address(prefix.substr(1));
    if (mask && !mask->v6) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 4; ++i) bits = bits << 8U | mask->bytes[i];
        const auto ones = std::countl_one(bits);
        if (ones + std::countr_zero(bits) < 32) return std::nullopt;
        return '/' + std::to_string(ones);
    }
    const auto number = prefix.find_first_not_of('0', 1);
    return '/' + std::string(number == prefix.npos ? "0" : prefix.substr(number));
}

// "203.0.113", "203.0.113.*", "203.0.113.0/24" as a network's term; nothing if it is no address.
std::optional<Mended> network_term(std::string_view value) {
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
    bool guessed = false;
    // "/24" is meant by "/024" and by "/255.255.255.0".
    if (const auto bits = prefix_meant(prefix); bits && prefix != *bits) {
        prefix = *bits;
        guessed = true;
    }
    if (digits && !prefix.empty() && dots < 3 && dots > 0) {  // "203.0.113/24"
        for (auto i = dots; i < 3; ++i) address += ".0";
        guessed = true;
    }
    // Two octets alone may be a version or a slip of any kind; three are a network.
    if (digits && prefix.empty() && dots < 3 && (octets_cut > 0 || dots == 2)) {
        guessed = octets_cut == 0;
        prefix = '/' + std::to_string(8 * (dots + 1));
        for (auto i = dots; i < 3; ++i) address += ".0";
    }
    if (digits && !parse_ip_address(address)) {
        address = without_leading_zeros(address);
        guessed = true;
    }
    const auto read = parse_ip_address(address);
    if (!read) return std::nullopt;
    std::string term = (read->v6 ? "ip6:" : "ip4:") + address + prefix;
    return is_sound_spf_term(term) ? std::optional(Mended{std::move(term), guessed}) : std::nullopt;
}

bool has_percent(std::string_view value) {
    return value.find('%') != std::string_view::npos;
}

// "https://_spf.example/" is a link to what should be a name, "<_spf.example>" the hole of a form that was filled in with its border.
std::string plain_domain(std::string value) {
    if (const auto scheme = value.find("://"); scheme != std::string::npos) value.erase(0, scheme + 3);
    const auto border = [](char c) { return std::string_view("/.:=@<>()[]{}").find(c) != std::string_view::npos; };
    if (has_percent(value)) return value;  // the braces are a macro's
    while (!value.empty() && border(value.back())) value.pop_back();
    while (!value.empty() && border(value.front())) value.erase(0, 1);
    if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        if (auto ascii = parse_domain(value)) return *std::move(ascii);
    return value;
}

// What is meant by a word that is no sound term; nothing if nobody can tell.
std::optional<Mended> mended(std::string_view word) {
    std::string sign;
    while (!word.empty() && qualifiers.find(word.front()) != std::string_view::npos) {
        sign = word.front();
        word.remove_prefix(1);
    }
    const auto end = std::min(word.find_first_of(":=/"), word.size());
    auto name = meant_name(word.substr(0, end));
    auto value = end < word.size() ? std::string(word.substr(word[end] == '/' ? end : end + 1)) : std::string();
    const auto sound = [&](const std::string& term, bool guessed = false) {
        return is_sound_spf_term(sign + term) ? std::optional(Mended{sign + term, guessed}) : std::nullopt;
    };
    const auto network = [&](std::string_view text) {
        const auto term = network_term(text);
        return term ? sound(term->term, term->guessed) : std::nullopt;
    };
    if (name.empty()) {
        if (auto term = network(trimmed(word, "<>()"))) return term;
        // Names under which nothing stands but SPF.
        const auto bare_name = lower_case(word);
        if ((bare_name.starts_with("_spf.") || bare_name.starts_with("spf.")) && is_host(word))
            return sound("include:" + std::string(word), true);
        auto bare = lower_case(trimmed(word, ".:=\"'"));
        while (!bare.empty() && qualifiers.find(bare.back()) != std::string_view::npos) {  // "all-"
            sign = bare.back();
            bare.pop_back();
        }
        if (bare == "all" || bare == "al" || bare == "alll" || bare == "aall") return sound("all");
        return std::nullopt;
    }
    if (name == "all") return sound("all");
    if (name == "exp" && trimmed(value, " .:=").empty()) return Mended{};  // an explanation that is none
    if (name == "ip4" || name == "ip6") return network(plain_domain(value));
    if (name == "a" || name == "mx" || name == "ptr") {
        if (value.starts_with('/')) {
            auto term = sound(name + value);
            const auto prefix = prefix_meant(value);
            return term || !prefix ? term : sound(name + *prefix, true);
        }
        const auto slash = std::min(value.find('/', value.find("://") == value.npos ? 0 : value.find("://") + 3), value.size());
        const auto host = plain_domain(value.substr(0, slash));
        if (host.empty()) return sound(name + value.substr(slash));
        if (parse_ip_address(host)) return network(host + value.substr(slash));
        return sound(name + ':' + host + value.substr(slash));
    }
    const auto domain = plain_domain(value);
    if (name == "include")
        if (auto term = network(domain)) return term;
    if (is_modifier(name)) sign.clear();
    const auto assigned = name + (is_modifier(name) ? '=' : ':');
    if (auto term = sound(assigned + domain)) return term;
    // A network's length behind a name, or a page behind a host: nothing that these terms know.
    return sound(assigned + domain.substr(0, domain.find('/')), true);
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
    if (same_letters(word.substr(0, 2), "v=")) return;  // the version once more, or another's
    if (const auto rest = behind_spf_version(word); rest && rest->empty()) return;
    if (is_sound_spf_term(word)) {
        out.terms.emplace_back(word);
        return;
    }
    const auto take = [&](std::string_view written, Mended term) {
        if (term.term.empty()) return;
        if (term.guessed) out.guesses.push_back({std::string(written), term.term});
        out.terms.push_back(std::move(term.term));
    };
    for (std::size_t i = 1; depth < 20 && i < word.size(); ++i) {
        if (!begins_term(word.substr(i))) continue;
        const auto first = word.substr(0, i);
        auto before = is_sound_spf_term(first) ? std::optional(Mended{std::string(first)}) : mended(first);
        if (!before) continue;
        take(first, *std::move(before));
        return read_word(word.substr(i), out, depth + 1);
    }
    if (auto term = mended(word))
        take(word, *std::move(term));
    else
        out.unreadable.emplace_back(word);
}

// "include:a.example,b.example", "a:a.example/24,b.example/24": the second name is a term like the first.
bool goes_on_with_list(const SpfWord& word, SpfTerms& out) {
    if (!word.listed || out.terms.empty() || network_term(word.text)) return false;
    const auto slash = std::min(word.text.find('/'), word.text.size());
    const auto name = plain_domain(word.text.substr(0, slash));
    const auto& last = out.terms.back();
    const auto colon = last.find(':');
    if (!is_host(name) || colon == std::string::npos || !is_host(last.substr(colon + 1, last.find('/') - colon - 1)))
        return false;
    auto term = last.substr(0, colon + 1) + name + word.text.substr(slash);
    // Who is refused must be written out.
    if (!is_sound_spf_term(term) || last.front() == '-' || last.front() == '~') return false;
    out.guesses.push_back({word.text, term});
    out.terms.push_back(std::move(term));
    return true;
}

SpfTerms read(std::string_view text, SpfJoint joint) {
    SpfTerms out;
    std::vector<SpfTermList> records;
    for (const auto& words : spf_words(text, joint)) {
        SpfTerms record;
        for (const auto& word : words)
            if (!goes_on_with_list(word, record)) read_word(word.text, record);
        records.push_back(with_single_terms(std::move(record.terms)));
        std::move(record.unreadable.begin(), record.unreadable.end(), std::back_inserter(out.unreadable));
        std::move(record.guesses.begin(), record.guesses.end(), std::back_inserter(out.guesses));
    }
    if (!records.empty()) out.terms = records.size() > 1 ? spf_merged(records) : std::move(records.front());
    return out;
}

std::vector<std::string> between_spaces(std::string_view text) {
    std::vector<std::string> words;
    for (const auto word : split(text, ' '))
        if (!word.empty()) words.emplace_back(word);
    return words;
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
    const auto plain = spf_in_ascii(text.substr(0, 200), SpfJoint::nothing);
    return behind_spf_version(plain).has_value() || (text.size() <= 200 && is_bare(plain));
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
    if (is_spf_record(text)) {
        auto terms = between_spaces(text.substr(version.size()));
        // A modifier "v" is a second record that ran into the first.
        const auto stands = [](const std::string& term) {
            return is_sound_spf_term(term) && !same_letters(term.substr(0, 2), "v=");
        };
        if (parse_spf_record(text) && std::all_of(terms.begin(), terms.end(), stands)) {
            out.terms = std::move(terms);
            return out;
        }
    }
    if (text.size() > text_max) {
        out.unreadable.emplace_back("more than " + std::to_string(text_max) + " bytes");
        return out;
    }
    out = read(text, SpfJoint::nothing);
    if (!out.unreadable.empty()) {
        auto other = read(text, SpfJoint::space);
        if (other.unreadable.empty()) out = std::move(other);
    }
    out.repaired = true;
    return out;
}

}  // namespace ilbud
