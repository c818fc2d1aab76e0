#include "read_mail.hpp"

#include <unicode/utf8.h>

#include <stdexcept>

#include "ilbud/base/id.hpp"
#include "ilbud/sign/canonical.hpp"

namespace ilbud::test {
namespace {

[[noreturn]] void broken(const std::string& what) {
    throw std::runtime_error(what);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    broken("no upper-case hex digit");
}

// Replaces `mark` and two hex digits by the byte they stand for.
std::string decode_hex(std::string_view text, char mark) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != mark) {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) broken("a hex code is cut off");
        out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
        i += 2;
    }
    return out;
}

std::string decode_word(std::string_view word) {
    if (word.size() > 75) broken("an encoded word of more than 75 columns");
    const auto payload = word.substr(10, word.size() - 12);
    std::string out;
    if (word.starts_with("=?utf-8?B?")) {
        const auto bytes = from_base64(payload);
        if (!bytes) broken("bad base64 in an encoded word");
        out = *bytes;
    } else if (word.starts_with("=?utf-8?Q?")) {
        std::string spaced(payload);
        for (char& c : spaced)
            if (c == '_') c = ' ';
        out = decode_hex(spaced, '=');
    } else {
        broken("an encoded word of another kind");
    }
    if (!is_utf8(out)) broken("an encoded word splits a code point");
    return out;
}

}  // namespace

bool is_utf8(std::string_view text) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t i = 0; i < text.size();) {
        UChar32 c = 0;
        U8_NEXT(bytes, i, text.size(), c);
        if (c < 0) return false;
    }
    return true;
}

std::vector<std::string> crlf_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        if (end == std::string_view::npos) broken("the last line has no end");
        const auto line = text.substr(0, end);
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) broken("a bare CR, LF or NUL");
        lines.emplace_back(line);
        text.remove_prefix(end + 2);
    }
    return lines;
}

std::string field_value(std::string_view header, std::string_view name) {
    for (const auto& field : header_fields(header)) {
        if (!same_field_name(field.name, name)) continue;
        std::string value;
        for (const char c : field.bytes.substr(field.bytes.find(':') + 1))
            if (c != '\r' && c != '\n') value += c;
        return value.starts_with(' ') ? value.substr(1) : value;
    }
    return "(absent)";
}

std::string decode_words(std::string_view value) {
    std::string out;
    bool after_word = false;
    while (!value.empty()) {
        const auto start = value.find("=?");
        const auto between = value.substr(0, start);
        const bool dropped =
            after_word && start != std::string_view::npos && between.find_first_not_of(' ') == std::string_view::npos;
        if (!dropped) out += between;
        if (start == std::string_view::npos) break;
        const auto end = value.find("?=", start + 10);
        if (end == std::string_view::npos) broken("an encoded word without an end");
        out += decode_word(value.substr(start, end + 2 - start));
        value.remove_prefix(end + 2);
        after_word = true;
    }
    return out;
}

std::string decode_quoted_printable(std::string_view text) {
    std::string joined;
    while (true) {
        const auto end = text.find("\r\n");
        auto line = text.substr(0, end);
        if (line.size() > 76) broken("a quoted-printable line of more than 76 columns");
        if (line.ends_with(' ') || line.ends_with('\t')) broken("white space at the end of a line");
        for (const char c : line)
            if ((c < ' ' || c > '~') && c != '\t') broken("a byte that is not printable ASCII");
        const bool soft = line.ends_with('=');
        if (soft) line.remove_suffix(1);
        joined += line;
        if (end == std::string_view::npos) break;
        if (!soft) joined += "\r\n";
        text.remove_prefix(end + 2);
    }
    return decode_hex(joined, '=');
}

std::string decode_base64_lines(std::string_view text) {
    std::string joined;
    while (true) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        if (line.size() > 76) broken("a base64 line of more than 76 columns");
        joined += line;
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 2);
    }
    const auto bytes = from_base64(joined);
    if (!bytes) broken("bad base64");
    return *bytes;
}

std::vector<Part> split_parts(std::string_view body, std::string_view boundary) {
    const std::string delimiter = "--" + std::string(boundary);
    std::vector<Part> parts;
    std::string_view rest = body;
    if (!rest.starts_with(delimiter + "\r\n")) broken("the body does not begin with its boundary");
    rest.remove_prefix(delimiter.size() + 2);
    while (true) {
        const auto end = rest.find("\r\n" + delimiter);
        if (end == std::string_view::npos) broken("the closing boundary is missing");
        const auto part = rest.substr(0, end);
        const auto blank = part.find("\r\n\r\n");
        if (blank == std::string_view::npos) broken("a part without a blank line");
        parts.push_back({std::string(part.substr(0, blank + 2)), std::string(part.substr(blank + 4))});
        rest.remove_prefix(end + 2 + delimiter.size());
        if (rest == "--\r\n") return parts;
        if (!rest.starts_with("\r\n")) broken("text after a boundary");
        rest.remove_prefix(2);
    }
}

std::string parameter(std::string_view field, std::string_view name) {
    const auto piece = [&](const std::string& label) -> std::string {
        const auto start = field.find("; " + label + '=');
        if (start == std::string_view::npos) return "(absent)";
        auto value = field.substr(start + label.size() + 3);
        if (!value.starts_with('"')) return std::string(value.substr(0, value.find(';')));
        value.remove_prefix(1);
        return std::string(value.substr(0, value.find('"')));
    };
    const auto extended = [&](std::string encoded) {
        if (!encoded.starts_with("utf-8''")) broken("an extended value in another charset");
        return decode_hex(encoded.substr(7), '%');
    };
    const std::string label(name);
    if (const auto whole = piece(label + '*'); whole != "(absent)") return extended(whole);
    std::string joined;
    for (int i = 0;; ++i) {
        const auto next = piece(label + '*' + std::to_string(i) + '*');
        if (next == "(absent)") break;
        joined += next;
    }
    return joined.empty() ? piece(label) : extended(joined);
}

}  // namespace ilbud::test
