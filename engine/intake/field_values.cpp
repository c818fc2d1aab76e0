// Forms only: whether a URL answers or a folder exists is never asked (SECURITY S44). Everything is a walk over ASCII
// classes; no regular expression sees a stranger's bytes.
#include "field_values.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

// A set of ASCII characters.
// A table and not find() in a text: these run over every byte of every URL. Made by the compiler.
class Characters {
 public:
    constexpr Characters(std::initializer_list<std::string_view> parts) {
        for (const std::string_view part : parts)
            for (const char c : part) in_[static_cast<unsigned char>(c)] = true;
    }
    [[nodiscard]] constexpr bool has(char c) const { return in_[static_cast<unsigned char>(c)]; }
    [[nodiscard]] bool hold(std::string_view text) const {
        return std::all_of(text.begin(), text.end(), [this](char c) { return has(c); });
    }

 private:
    std::array<bool, 256> in_{};
};

constexpr Characters number{digits};
constexpr Characters hexadecimal{digits, "abcdefABCDEF"};
constexpr Characters uri{letters, digits, "-._~:/?#[]@!$&'()*+,;=%"};  // RFC 3986 §2
constexpr Characters scheme{letters, digits, "+-."};
constexpr Characters token{letters, digits, "!#$%&'*+-.^_`{|}~"};  // RFC 2045 §5.1
constexpr Characters tag{letters, digits, "-_"};
constexpr Characters network_scheme{letters, digits, ":-_"};

// Only characters of URIs, each '%' before two hexadecimal digits, at most one '#'.
bool has_uri_characters(std::string_view text) {
    if (!uri.hold(text) || std::count(text.begin(), text.end(), '#') > 1) return false;
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (at + 2 >= text.size() || !hexadecimal.has(text[at + 1]) || !hexadecimal.has(text[at + 2])) return false;
    return true;
}

}  // namespace

// Weights 1 and 3 by turns from the left, for 13 digits (GS1). It finds every single wrong digit and most swapped
// neighbours: an invoice to the wrong public body goes unpaid.
bool is_ean(std::string_view text) {
    if (text.size() != 13 || !number.hold(text)) return false;
    int sum = 0;
    for (std::size_t i = 0; i < 12; ++i) sum += (text[i] - '0') * (i % 2 == 0 ? 1 : 3);
    return (10 - sum % 10) % 10 == text[12] - '0';
}

bool is_scheme(std::string_view text) {
    return !text.empty() && text.size() <= 25 && network_scheme.hold(text);
}

bool is_uri_reference(std::string_view text) {
    if (!has_uri_characters(text)) return false;
    const std::size_t delimiter = text.find_first_of(":/?#");
    if (delimiter == std::string_view::npos || text[delimiter] != ':') return true;
    // RFC 3986 §4.2: a first segment with a colon would be a scheme.
    return delimiter > 0 && letters.find(text[0]) != std::string_view::npos && scheme.hold(text.substr(0, delimiter));
}

// RFC 2045 §5.1. Parameters are refused, since the composer writes its own.
bool is_attachment_type(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
    const std::string type = lower_case(text.substr(0, slash));
    return token.hold(type) && token.hold(text.substr(slash + 1)) && type != "multipart" && type != "message";
}

// ".profile" would be hidden where it is saved; a backslash is a folder on some machines. Text fields were freed of the
// other direction-changing characters by find_forbidden_character.
bool is_file_name(std::string_view text) {
    for (const std::string_view mark : {"\u061c", "\u200e", "\u200f"})  // direction marks that text fields may have
        if (text.find(mark) != std::string_view::npos) return false;
    return !text.empty() && text.front() != '.' && text.find_first_of("/\\") == std::string_view::npos;
}

// Segment by segment and not by resolving: what is refused cannot depend on what lies on the disk.
bool is_inner_path(std::string_view text) {
    if (text.find('\\') != std::string_view::npos) return false;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('/', start), text.size());
        const std::string_view segment = text.substr(start, end - start);
        if (segment.empty() || segment == "." || segment == "..") return false;
        start = end + 1;
    }
    return true;
}

// CloudEvents JSON format §3.1: data is JSON where the subtype is json or ends in "+json" (RFC 6839 §3.1), whatever the type.
bool is_json_type(std::string_view text) {
    std::string_view name = text.substr(0, text.find(';'));
    while (name.ends_with(' ')) name.remove_suffix(1);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos || slash == 0 || !token.hold(name.substr(0, slash)) ||
        !token.hold(name.substr(slash + 1)))
        return false;
    const std::string lower = lower_case(name);
    const auto subtype = std::string_view(lower).substr(slash + 1);
    return subtype == "json" || (subtype.ends_with("+json") && subtype.size() > std::string_view("+json").size());
}

// The shape alone: the underscore of POSIX locales is taken, too, since so many senders have it.
bool is_language_tag(std::string_view text) {
    constexpr std::size_t length_max = 35;  // RFC 5646 §4.4.1
    return !text.empty() && text.size() <= length_max && tag.hold(text) && letters.find(text.front()) != std::string_view::npos;
}

std::optional<Locale> locale_of(std::string_view text) {
    const std::string language = lower_case(text.substr(0, text.find_first_of("-_")));
    // "no" is the old tag for Norwegian as such; readers of nynorsk are better served by bokmål than by Danish.
    if (language == "no" || language == "nn") return Locale::nb;
    return from_word<Locale>(language);
}

}  // namespace ilbud
