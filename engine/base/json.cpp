// Text goes straight to the end of the caller's string: no tree is built, since everything written here is written
// once, in order. Nothing checks that braces match; whoever writes has the shape of the answer in front of them.
#include "ilbud/base/json.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// RFC 8259 §7 demands '"', '\' and what is below 0x20. DEL is escaped besides: answers are read on terminals.
void append_escaped(std::string& out, unsigned char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    static constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u00";
    out += hex[c >> 4U];
    out += hex[c & 15U];
}

}  // namespace

// Copies runs and not characters; most texts are one run. Good UTF-8 stays as it is, also U+2028 and bidirectional
// characters: a JSON reader does not mind, and the log escapes them itself.
void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;  // start of the run not yet copied
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
            ++i;
            continue;
        }
        const std::size_t length = c < 0x80 ? 0 : utf8_length(text.substr(i));
        if (length > 0) {
            i += length;
            continue;
        }
        out += text.substr(plain, i - plain);
        if (c < 0x80)
            append_escaped(out, c);
        else
            // One U+FFFD a bad byte, then reading goes on with the next: a broken first byte must
            // not swallow the quote behind it.
            out += "\xEF\xBF\xBD";
        plain = ++i;
    }
    out += text.substr(plain);
    out += '"';
}

// One flag does for all levels, without a stack: whatever was opened and closed again counts as an
// element that stands before the next.
void JsonWriter::separate() {
    if (!first_ && !after_key_) out_ += ',';
    first_ = false;
    after_key_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
}

JsonWriter& JsonWriter::value(bool flag) {
    return raw(flag ? "true" : "false");
}

// to_chars and not printf: no locale's comma, and the shortest digits that read back as the same
// number. 32 bytes hold any double.
JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return raw({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

}  // namespace ilbud
