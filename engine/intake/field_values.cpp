// Forms only: whether a URL answers or a folder exists is never asked (SECURITY S44). Everything is a walk over ASCII
// classes; no regular expression sees a stranger's bytes.
#include "field_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
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
// No '%' and no '@': neither encoded hosts nor user names, by which a link would show one host and lead to another.
constexpr Characters host_name{letters, digits, "-."};
constexpr Characters ip_literal{digits, "abcdefABCDEF:."};
constexpr Characters token{letters, digits, "!#$%&'*+-.^_`{|}~"};  // RFC 2045 §5.1
constexpr Characters tag{letters, digits, "-_"};

// Only characters of URIs, each '%' before two hexadecimal digits, at most one '#'.
bool has_uri_characters(std::string_view text) {
    if (!uri.hold(text) || std::count(text.begin(), text.end(), '#') > 1) return false;
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (at + 2 >= text.size() || !hexadecimal.has(text[at + 1]) || !hexadecimal.has(text[at + 2])) return false;
    return true;
}

// number.hold() comes beside from_chars, which alone would do for an unsigned type; 0 is a number and no port.
bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return number.hold(text) && error == std::errc{} && end == text.data() + text.size() && port > 0;
}

// "host", "host:port", "[::1]:port"
bool is_host_and_port(std::string_view authority) {
    std::size_t end = authority.find(':');
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        // The shortest literal is "[::]"; whether it is a good address is left to who opens the link.
        if (close == std::string_view::npos || close < 3 || !ip_literal.hold(authority.substr(1, close - 1))) return false;
        end = close + 1;
    } else {
        end = std::min(end, authority.size());
        const std::string_view host = authority.substr(0, end);
        if (host.empty() || !host_name.hold(host) || host.front() == '.' || host.find("..") != std::string_view::npos)
            return false;
    }
    return end == authority.size() || (authority[end] == ':' && is_port(authority.substr(end + 1)));
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

// The scheme decides what a click does: javascript:, data: and the rest never get in (S18). "'" is legal in a path and
// left out all the same: templates may put the URL between single quotes. Brackets have a place in the host only.
bool is_web_url(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.substr(colon, 3) != "://") return false;
    // Six letters are enough to see that it is neither.
    const std::string name = lower_case(text.substr(0, std::min<std::size_t>(colon, 6)));
    if (name != "http" && name != "https") return false;
    const std::string_view rest = text.substr(colon + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::string_view path = rest.substr(authority.size());
    return is_host_and_port(authority) && has_uri_characters(path) && path.find_first_of("'[]") == std::string_view::npos;
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

// CloudEvents JSON format: data is JSON where the type is application/json or ends in "+json" (RFC 6839 §3.1).
bool is_json_type(std::string_view text) {
    std::string_view name = text.substr(0, text.find(';'));
    while (name.ends_with(' ')) name.remove_suffix(1);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos || slash == 0 || !token.hold(name.substr(0, slash)) ||
        !token.hold(name.substr(slash + 1)))
        return false;
    const std::string lower = lower_case(name);
    return lower == "application/json" ||
           (lower.ends_with("+json") && lower.size() > slash + 1 + std::string_view("+json").size());
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
