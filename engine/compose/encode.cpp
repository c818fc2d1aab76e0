// A body must arrive as it was signed, through relays that cut trailing blanks, mailbox files
// that quote "From " and servers that stumble over dots. It is therefore written so that nobody
// has a reason to touch it: also text that would be legal as it is gets quoted-printable if one
// of its lines is at risk. All the functions here divide characters by one table, so that what
// is dropped, encoded or a line end is the same in each encoding, and in the choice among them.
#include "ilbud/compose/encode.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "ilbud/base/id.hpp"

namespace ilbud {
namespace {

constexpr std::size_t plain_line_max = 78;    // RFC 5322 §2.1.1
constexpr std::size_t encoded_line_max = 76;  // RFC 2045 §6.7, §6.8

enum class Class : std::uint8_t { plain, encode, drop, carriage_return, line_feed };

// C0 controls and DEL go (S4): they have no meaning in a mail and some readers act on them.
// TAB stays. Only '=' must be encoded among printable characters (RFC 2045 §6.7, rule 2).
constexpr std::array<Class, 256> classes = [] {
    std::array<Class, 256> all{};
    for (std::size_t c = 0; c < all.size(); ++c) {
        if (c < ' ' || c == 0x7F)
            all[c] = Class::drop;
        else if (c > 0x7F || c == '=')
            all[c] = Class::encode;
    }
    all['\t'] = Class::plain;
    all['\r'] = Class::carriage_return;
    all['\n'] = Class::line_feed;
    return all;
}();

Class class_of(char c) {
    return classes[static_cast<unsigned char>(c)];
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// What mailbox files quote (">From ") and SMTP stuffs: never first on a line.
bool starts_riskily(std::string_view line) {
    return line.starts_with('.') || line.starts_with("From ");
}

// Counts bytes beyond ASCII, eight at a time.
// The product adds the eight bits up in its highest byte, where 8 is the most and nothing overflows.
std::size_t count_non_ascii(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    std::size_t count = 0;
    while (text.size() >= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data(), 8);
        count += (((eight >> 7U) & ones) * ones) >> 56U;
        text.remove_prefix(8);
    }
    return count + static_cast<std::size_t>(
                       std::count_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; }));
}

// "=_" begins every boundary of ours, so a line that has it
// is not left as it is: quoted-printable takes its '=' away.
bool is_safe_line(std::string_view line) {
    if (line.size() > plain_line_max || starts_riskily(line)) return false;
    if (!line.empty() && is_blank(line.back())) return false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (class_of(line[i]) == Class::plain) continue;
        const bool boundary_mark = i + 1 < line.size() && line[i + 1] == '_';
        if (line[i] != '=' || boundary_mark) return false;
    }
    return true;
}

// Takes one line off the front of `text`; its end, LF or CRLF, goes too.
// A CR alone stays in the line, which is then not safe: quoted-printable makes a line end of it.
std::string_view take_line(std::string_view& text, bool& ended) {
    const auto feed = text.find('\n');
    ended = feed != std::string_view::npos;
    auto line = text.substr(0, feed);
    text.remove_prefix(ended ? feed + 1 : text.size());
    if (ended && line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_safe_as_it_is(std::string_view text) {
    bool ended = false;
    while (!text.empty())
        if (!is_safe_line(take_line(text, ended))) return false;
    return true;
}

void append_seven_bit(std::string& out, std::string_view text) {
    bool ended = false;
    while (!text.empty()) {
        out += take_line(text, ended);
        if (ended) out += "\r\n";
    }
}

// One line of quoted-printable in the making, moved to `out` when it is full or ended.
// A line is built in a buffer of its own, because its last character may yet change (rule 3 of RFC 2045
// §6.7: no blank before a line end) and because one copy a line is cheaper than one append a character.
class QuotedLine {
 public:
    explicit QuotedLine(std::string& out) : out_(out) {}

    [[nodiscard]] bool empty() const { return column_ == 0; }

    // Takes plain characters from `from` on, as far as they and the line reach.
    const char* take_plain(const char* from, const char* end) {
        const char* const stop = from + std::min<std::ptrdiff_t>(end - from, static_cast<std::ptrdiff_t>(room() - column_));
        while (from != stop && class_of(*from) == Class::plain) text_[column_++] = *from++;
        return from;
    }

    void encode(char c) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        // The three characters of one byte stay together.
        if (column_ + 3 > room()) break_softly();
        const auto byte = static_cast<unsigned char>(c);
        text_[column_++] = '=';
        text_[column_++] = digits[byte >> 4U];
        text_[column_++] = digits[byte & 15U];
    }

    void break_softly() {
        text_[column_++] = '=';
        append("\r\n");
    }

    // The end of a line of the text ("\r\n"), or of all of it ("").
    void finish(std::string_view line_end) {
        // The blank may not fit as "=20" any more; then it goes alone to a line of its own, behind a soft break.
        if (column_ > 0 && is_blank(text_[column_ - 1])) encode(text_[--column_]);
        append(line_end);
    }

 private:
    // One column is kept for the "=" of a soft break.
    static constexpr std::size_t room() { return encoded_line_max - 1; }

    void append(std::string_view line_end) {
        const auto size =
            std::copy(line_end.begin(), line_end.end(), text_.begin() + static_cast<std::ptrdiff_t>(column_)) - text_.begin();
        out_.append(text_.data(), static_cast<std::size_t>(size));
        column_ = 0;
    }

    std::string& out_;
    // A full line, its "=" included, and the line end.
    std::array<char, encoded_line_max + 2> text_{};
    std::size_t column_ = 0;
};

// A line of the output is at risk wherever it begins, also
// behind a soft break: hence the look at each start of a line.
void append_quoted_printable(std::string& out, std::string_view text) {
    QuotedLine line(out);
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        if (line.empty() && starts_riskily({at, end})) line.encode(*at++);
        at = line.take_plain(at, end);
        if (at == end) break;
        switch (class_of(*at)) {
            case Class::plain:
                line.break_softly();
                continue;  // the line is full
            case Class::encode:
                line.encode(*at);
                break;
            case Class::drop:
                break;
            // CR, LF and CRLF are one line end each: a bare one on the wire is what SMTP smuggling is made of (S2).
            case Class::carriage_return:
                if (at + 1 != end && at[1] == '\n') ++at;
                [[fallthrough]];
            case Class::line_feed:
                line.finish("\r\n");
                break;
        }
        ++at;
    }
    line.finish("");
}

}  // namespace

// Danish, Swedish or German text usually stays quoted-printable, in which its
// source can be read; one in another alphabet becomes base64. That '=' costs as
// much as a letter beyond ASCII is left out of the count: it is rare outside links.
TransferEncoding choose_encoding(std::string_view text) {
    const auto non_ascii = count_non_ascii(text);
    // Base64 adds a third; quoted-printable adds two bytes for each that is not ASCII.
    if (non_ascii > text.size() / 6) return TransferEncoding::base64;
    if (non_ascii == 0 && is_safe_as_it_is(text)) return TransferEncoding::seven_bit;
    return TransferEncoding::quoted_printable;
}

// Base64 would keep any line end, so text gets CRLF first (RFC 2045 §6.8).
void append_text(std::string& out, std::string_view text, TransferEncoding encoding) {
    switch (encoding) {
        case TransferEncoding::seven_bit:
            return append_seven_bit(out, text);
        case TransferEncoding::quoted_printable:
            return append_quoted_printable(out, text);
        case TransferEncoding::base64:
            return append_base64(out, with_mail_line_ends(text));
    }
}

// Encoded whole and cut then: 76 is a multiple of 4, so no line breaks a group. No line can begin with a dot.
void append_base64(std::string& out, std::string_view bytes) {
    const auto encoded = base64(bytes);
    out.reserve(out.size() + encoded.size() + encoded.size() / encoded_line_max * 2);
    for (std::size_t at = 0; at < encoded.size(); at += encoded_line_max) {
        if (at > 0) out += "\r\n";
        out.append(encoded, at, encoded_line_max);
    }
}

// One byte more for each sixteen is room for a line end that grows in each short line.
std::string with_mail_line_ends(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 16);
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (class_of(text[i])) {
            case Class::drop:
                break;
            case Class::carriage_return:
                if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
                [[fallthrough]];
            case Class::line_feed:
                out += "\r\n";
                break;
            default:
                out += text[i];
        }
    }
    return out;
}

}  // namespace ilbud
