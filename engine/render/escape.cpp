// One pass over the value, one table. What needs nothing is skipped byte by byte and copied
// in one piece when something else comes, because nearly all values are names and numbers
// without anything to escape. The table is of bytes, not of characters: the few unwanted
// characters beyond ASCII begin with one of two bytes (C2, E2), and only there more is looked
// at. A value that is no valid UTF-8 passes as it is; intake has refused those before.
#include "ilbud/render/escape.hpp"

#include <algorithm>
#include <array>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

enum class Class : std::uint8_t { plain, control, lead_c2, lead_e2, html, markdown, both, leading };

constexpr std::array<Class, 256> classify() {
    std::array<Class, 256> table{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = Class::control;
    table[0x7f] = Class::control;
    // C1 controls are C2 80 to C2 9F; C2 A0, the no-break space of amounts, has to pass.
    table[0xc2] = Class::lead_c2;
    // Line and paragraph separators and the bidirectional characters are E2 80 xx and E2 81 xx.
    table[0xe2] = Class::lead_e2;
    // '|' would end a table's cell, '(' and ')' a link's address, '~' fences code. ':' and '@' are
    // no markup here: the parser is not told to make links of bare addresses (md4c_parse.cpp).
    for (const char byte : std::string_view("\\`*_{}[]()#|~!")) table[static_cast<unsigned char>(byte)] = Class::markdown;
    // Quotes also in Markdown: behind a link's address one begins its title.
    for (const char byte : std::string_view("<>&\"'")) table[static_cast<unsigned char>(byte)] = Class::both;
    // Markup only where a line begins: lists, rules, underlines of headings.
    for (const char byte : std::string_view("-+=.")) table[static_cast<unsigned char>(byte)] = Class::leading;
    return table;
}
constexpr auto classes = classify();

// Letters beyond ASCII count as such by their bytes: all of them are 0x80 and more.
bool is_word(char byte) {
    return is_letter_or_digit(byte) || static_cast<unsigned char>(byte) >= 0x80;
}

// What stands at `at` beyond ASCII that no value may bring along: its length, and whether a space stays in its place.
// Separators leave a space, as line ends do, so that two words stay two.
// Directional characters leave none: they have no width. The marks U+200E
// and U+200F pass: they embed nothing and right-to-left names use them.
struct Unwanted {
    std::size_t length = 0;
    bool space = false;
};
Unwanted unwanted(std::string_view value, std::size_t at) {
    const auto byte = [&](std::size_t offset) {
        return at + offset < value.size() ? static_cast<unsigned char>(value[at + offset]) : 0U;
    };
    if (byte(0) == 0xc2) return byte(1) >= 0x80 && byte(1) <= 0x9f ? Unwanted{2, true} : Unwanted{};
    if (byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9)) return {3, true};  // U+2028, U+2029
    if (byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae) return {3, false};   // U+202A to U+202E
    if (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9) return {3, false};   // U+2066 to U+2069
    return {};
}

// A blank of Unicode (Zs), or what append_escaped turns into one or drops.
// `character` has one to three bytes and need not be a whole character: trimmed_value
// tries each length. No byte inside of a character looks like the first one of a blank.
bool is_blank(std::string_view character) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(character[at]); };
    if (character.size() == 1) return byte(0) <= 0x20 || byte(0) == 0x7f;
    if (character.size() == 2) return byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0xa0;
    if (character == "\u1680" || character == "\u205f" || character == "\u3000") return true;
    if (byte(0) == 0xe2 && byte(1) == 0x80) return byte(2) <= 0x8a || (byte(2) >= 0xa8 && byte(2) <= 0xaf);
    return unwanted(character, 0).length != 0 && byte(0) == 0xe2;
}

// Escaping each hyphen of a product or a number would only tear it into pieces
// for the parser. '-', '+' and '=' mean something only where a line or word
// begins, '.' only behind the digits of a numbered list (CommonMark §5.2).
bool needs_backslash(std::string_view value, std::size_t at) {
    if (value[at] == '.') return std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(at), is_digit);
    return at == 0 || !is_word(value[at - 1]);
}

}  // namespace

void append_html_character(std::string& out, char byte) {
    switch (byte) {
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '&':
            out += "&amp;";
            break;
        case '"':
            out += "&quot;";
            break;
        // By number, since &apos; is not in HTML 4, which Outlook reads.
        case '\'':
            out += "&#39;";
            break;
        default:
            out += byte;
            break;
    }
}

void append_escaped(std::string& out, std::string_view value, Escape mode) {
    std::size_t copied = 0;
    const auto begin = out.size();
    // Looks only at what this value has written: a space of the template before it stays apart.
    const auto space = [&] {
        if (out.size() == begin || out.back() != ' ') out += ' ';
    };
    for (std::size_t at = 0; at < value.size();) {
        const Class kind = classes[static_cast<unsigned char>(value[at])];
        // Copied later, with all that follows it.
        if (kind == Class::plain) {
            ++at;
            continue;
        }
        std::size_t length = 1;
        const auto flush = [&] {
            out.append(value, copied, at - copied);
            copied = at + length;
        };
        if (kind == Class::control) {
            flush();
            space();
        } else if (kind == Class::lead_c2 || kind == Class::lead_e2) {
            const Unwanted found = unwanted(value, at);
            if (found.length != 0) {
                length = found.length;
                flush();
                if (found.space) space();
            }
        } else if (mode == Escape::html) {
            if (kind == Class::both) {
                flush();
                append_html_character(out, value[at]);
            }
        } else if (mode == Escape::markdown && (kind != Class::leading || needs_backslash(value, at))) {
            flush();
            out += '\\';
            out += value[at];
        }
        at += length;
    }
    out.append(value, copied);
}

std::string escaped(std::string_view value, Escape mode) {
    std::string out;
    out.reserve(value.size() + value.size() / 8);
    append_escaped(out, value, mode);
    return out;
}

// A blank has one to three bytes: at each end three lengths
// are tried, and the longest that fits is taken off.
std::string_view trimmed_value(std::string_view value) {
    for (std::size_t length = 1; length != 0;) {
        length = 0;
        for (const std::size_t size : {1U, 2U, 3U})
            if (size <= value.size() && is_blank(value.substr(0, size))) length = size;
        value.remove_prefix(length);
    }
    for (std::size_t length = 1; length != 0;) {
        length = 0;
        for (const std::size_t size : {1U, 2U, 3U})
            if (size <= value.size() && is_blank(value.substr(value.size() - size))) length = size;
        value.remove_suffix(length);
    }
    return value;
}

// Only ASCII punctuation can be escaped (CommonMark §2.4):
// before anything else the backslash is one, and stays.
std::string without_backslashes(std::string_view markdown) {
    std::string out;
    out.reserve(markdown.size());
    for (std::size_t at = 0; at < markdown.size(); ++at) {
        const auto next = at + 1 < markdown.size() ? static_cast<unsigned char>(markdown[at + 1]) : 0U;
        const bool punctuation = (next > 0x20 && next < 0x7f) && !is_word(static_cast<char>(next));
        if (markdown[at] == '\\' && punctuation) ++at;
        out += markdown[at];
    }
    return out;
}

// A scheme with nothing behind it is refused too: such a
// link leads nowhere. Case does not count (RFC 3986 §3.1).
bool has_safe_scheme(std::string_view url) {
    constexpr std::array<std::string_view, 4> schemes{"https://", "http://", "mailto:", "tel:"};
    return std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
        return url.size() > scheme.size() && same_letters(url.substr(0, scheme.size()), scheme);
    });
}

// '%' stays as it is, as the address may be encoded already; brackets
// stay for hosts that are IPv6 addresses. What stands here is still to
// be escaped for its place: '&' and quotes are legal in an address.
std::string safe_url(std::string_view url) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    constexpr std::string_view refused = " \"<>\\^`{|}";
    if (!has_safe_scheme(url)) return {};
    std::string out;
    out.reserve(url.size());
    for (const char character : url) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte >= 0x7f || refused.find(character) != std::string_view::npos) {
            out += '%';
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += character;
        }
    }
    return out;
}

}  // namespace ilbud
