// The words of SMTP in both directions. Reading is lenient about what cannot do harm (bare LF, case, missing text) and
// strict about what decides: codes, their agreement over lines, sizes. Writing is not lenient at all. What this file
// lets pass is put between "<" and ">" or behind DATA as it is; it is the last look before the wire, so it trusts
// neither the composer nor the checks at the door (S1, S2).
#include "ilbud/delivery/smtp.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// Bytes of a reply's text that are kept for the log (S34): enough for a provider's sentence with its link. And the
// longest address: local part, "@" and domain (RFC 5321 §4.5.3.1.1, §4.5.3.1.2).
constexpr std::size_t text_bytes_max = 500;
constexpr std::size_t path_bytes_max = 64 + 1 + 255;
constexpr std::size_t line_bytes_max = 998;  // RFC 5321 §4.5.3.1.6, without CRLF

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string_view without_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// The reply code a line begins with; 0 if it is no line of a reply.
/// 2 to 5: SMTP has no replies of 1yz. A code without any text is a reply as well (RFC 5321 §4.2).
int code_of(std::string_view line) {
    if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2])) return 0;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// The enhanced status code at the front of `text` (RFC 3463 §2); empty if there is none.
/// A class that contradicts the code ("550 2.1.5") is worth less than none: RFC 2034 §4
/// demands that they agree. Numbers have one to three digits.
std::string_view enhanced_of(std::string_view text, int code) {
    if (text.size() < 5 || text[0] != '0' + code / 100 || text[1] != '.') return {};
    std::size_t at = 2;
    for (int part = 0; part < 2; ++part) {
        const std::size_t begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        if (at == begin || at - begin > 3) return {};
        if (part == 0 && (at == text.size() || text[at++] != '.')) return {};
    }
    if (at < text.size() && text[at] != ' ') return {};
    return text.substr(0, at);
}

// What a server says ends up in logs, tables and terminals: nothing in it may be a line end, an escape or a direction.
void append_text(std::string& out, std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.empty() || out.size() >= text_bytes_max) return;
    if (!out.empty()) out += ' ';
    for (const char c : text.substr(0, text_bytes_max - std::min(text_bytes_max, out.size())))
        out += c >= 0x20 && c < 0x7f ? c : '?';
}

/// Bytes of the character beyond ASCII that `text` begins with; 0 if it is malformed or a control character (U+0080 to U+009F).
/// C1 controls are line ends and escapes to some programs, though UTF-8 has them as two harmless bytes.
std::size_t visible_length(std::string_view text) {
    const std::size_t length = utf8_length(text);
    return length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0 ? 0 : length;
}

/// Takes the first word off `text`.
std::string_view next_word(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

}  // namespace

// The limit holds for all lines of a reply together, also for one that is not finished (S33). `searched_` keeps a
// server that sends byte by byte from making the search quadratic.
Result<std::optional<ReplyReader::Parsed>> ReplyReader::next() {
    while (true) {
        const std::size_t newline = buffer_.find('\n', searched_);
        const std::size_t end = newline == std::string::npos ? buffer_.size() : newline + 1;
        if (end > bytes_max_) return Error{"reply_too_long", {}, "a reply of more than " + std::to_string(bytes_max_) + " bytes"};
        if (newline == std::string::npos) {
            searched_ = end;
            return std::optional<Parsed>{};
        }
        const std::string_view line = without_end(std::string_view(buffer_).substr(lines_end_, end - lines_end_));
        const int code = code_of(line);
        if (code == 0 || buffer_.compare(0, 3, line, 0, 3) != 0) return Error{"garbage", {}, "not an SMTP reply"};
        lines_end_ = searched_ = end;
        // More lines follow. They stay in the buffer, and the text is put together only when the last one is there.
        if (line.size() > 3 && line[3] == '-') continue;

        Parsed parsed;
        parsed.code = code;
        for (std::string_view rest = std::string_view(buffer_).substr(0, end); !rest.empty();) {
            const std::size_t length = rest.find('\n') + 1;
            std::string_view text = without_end(rest.substr(0, length));
            text.remove_prefix(std::min<std::size_t>(text.size(), 4));
            const std::string_view enhanced = enhanced_of(text, code);
            // Servers repeat the status on each line; it is taken once and left out of the text everywhere.
            if (parsed.enhanced.empty()) parsed.enhanced = enhanced;
            append_text(parsed.text, text.substr(enhanced.size()));
            rest.remove_prefix(length);
        }
        buffer_.erase(0, end);
        lines_end_ = searched_ = 0;
        return std::optional(std::move(parsed));
    }
}

// Unknown keywords are passed over, and so is a SIZE that is no number: the server will
// say itself what it does not take.
Extensions read_extensions(std::string_view ehlo_reply) {
    Extensions found;
    bool first = true;  // the greeting's own line names the server, not an extension
    while (!ehlo_reply.empty()) {
        const std::size_t newline = ehlo_reply.find('\n');
        const std::size_t length = newline == std::string_view::npos ? ehlo_reply.size() : newline + 1;
        std::string_view line = without_end(ehlo_reply.substr(0, length));
        ehlo_reply.remove_prefix(length);
        if (std::exchange(first, false) || line.size() <= 4) continue;
        line.remove_prefix(4);
        const std::string keyword = upper_case(next_word(line));
        if (keyword == "PIPELINING") found.pipelining = true;
        if (keyword == "SMTPUTF8") found.smtputf8 = true;
        if (keyword == "8BITMIME") found.eight_bit = true;
        if (keyword == "ENHANCEDSTATUSCODES") found.enhanced_codes = true;
        if (keyword == "SIZE") {
            const std::string_view word = next_word(line);
            std::size_t bytes = 0;
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), bytes);
            // SIZE=0 says that there is no fixed limit (RFC 1870 §4).
            if (error == std::errc() && end == word.data() + word.size() && bytes > 0) found.size_max = bytes;
        }
        if (keyword == "AUTH" || keyword.starts_with("AUTH=")) {
            // "AUTH=LOGIN" of servers from before the standard: the first method is part of the word.
            if (keyword.size() > 5) found.auth.push_back(keyword.substr(5));
            while (true) {
                const std::string_view word = next_word(line);
                if (word.empty()) break;
                found.auth.push_back(upper_case(word));
            }
        }
    }
    return found;
}

// Not whether the address is right, but whether it could break out of its place in the
// command. What is right was asked at the door, and the last word is the server's.
bool is_wire_path(std::string_view address) {
    if (address.empty() || address.size() > path_bytes_max) return false;
    const bool quoted = address.front() == '"';
    std::size_t at = 0;
    if (quoted) {  // a quoted local part: whatever stands inside, then its end and the @
        for (at = 1; at < address.size() && address[at] != '"'; ++at) {
            if (is_control(address[at])) return false;
            if (address[at] == '\\' && (++at == address.size() || is_control(address[at]))) return false;
            if (static_cast<unsigned char>(address[at]) >= 0x80) {
                const std::size_t length = visible_length(address.substr(at));
                if (length == 0) return false;
                at += length - 1;
            }
        }
        if (at + 1 >= address.size() || address[at + 1] != '@') return false;
        ++at;
    }
    // From here on the unquoted rest: the domain, or local part and domain. Controls are
    // asked for before strchr, which would find a NUL in every string.
    const std::size_t begin = at;
    std::size_t signs = 0;
    while (at < address.size()) {
        const char c = address[at];
        std::size_t length = 1;
        if (static_cast<unsigned char>(c) >= 0x80) {
            length = visible_length(address.substr(at));
        } else if (is_control(c) || std::strchr(" <>\"\\(),;:", c) != nullptr) {
            length = 0;
        } else if (c == '@') {
            ++signs;
            if (at + 1 == address.size() || (at == begin && !quoted)) return false;
        }
        if (length == 0) return false;
        at += length;
    }
    return signs == 1;
}

// No lookup and no RFC 1123: machines with an underscore in their name exist, and only
// what could end the command matters.
bool is_wire_host(std::string_view name) {
    if (name.empty() || name.size() > 255) return false;
    const bool literal = name.front() == '[' && name.back() == ']' && name.size() > 2;
    if (literal) name = name.substr(1, name.size() - 2);
    return std::all_of(name.begin(), name.end(), [&](char c) {
        return is_digit(c) || is_letter(c) || c == '-' || c == '.' || (literal ? c == ':' : c == '_');
    });
}

// memchr throughout, since every mail passes here at each attempt. RFC 5321 §2.3.8
// forbids CR and LF apart from each other: receivers differ in what they take for a
// line end, and a dot between two such ends could end the mail for some.
ContentForm inspect_content(std::string_view bytes) {
    ContentForm form;
    if (bytes.empty()) return {"the message is empty", false};
    if (std::memchr(bytes.data(), '\0', bytes.size()) != nullptr) return {"the message has a NUL", false};
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    while (at != end) {
        const auto left = static_cast<std::size_t>(end - at);
        const auto* newline = static_cast<const char*>(std::memchr(at, '\n', left));
        const char* stop = newline != nullptr ? newline : end;  // of the line with its CR, if any
        if (newline != nullptr && (newline == at || newline[-1] != '\r')) return {"the message has a bare LF", false};
        if (newline != nullptr) --stop;
        const auto length = static_cast<std::size_t>(stop - at);
        if (std::memchr(at, '\r', length) != nullptr) return {"the message has a bare CR", false};
        if (length > line_bytes_max) return {"the message has a line over 998 bytes", false};
        // Known in advance, so that the many mails without such a line are sent as they lie,
        // without being searched once more.
        if (*at == '.') form.dots = true;
        at = newline != nullptr ? newline + 1 : end;
    }
    return form;
}

}  // namespace ilbud
