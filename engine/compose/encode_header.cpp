// A value is written plain or encoded, never half: white space between two encoded words vanishes for the reader
// and between a word and an encoded word it stays (RFC 2047 §6.2), which is where mixing goes wrong. Encoded words
// are always UTF-8; B or Q is a matter of length alone. All folding is done while writing, by counting columns.
// Every function that appends leaves `column` at the end of the last line, and what it appends begins with the
// blank at which it may fold. Line ends in values are not looked for here: has_control is the caller's gate (S3).
#include "ilbud/compose/encode_header.hpp"

#include <algorithm>
#include <vector>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// RFC 5322 §2.1.1: 78 is advice, 998 the limit. One long word may go beyond the
// first; word_max and the limits of URLs and addresses keep it far below the second.
constexpr std::size_t line_max = 78;
constexpr std::size_t encoded_line_max = 76;  // RFC 2047 §2: a line that holds encoded words
constexpr std::size_t word_max = 60;          // a longer one does not fold, so it is encoded

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

// RFC 5322 §3.2.3. The dot is not among them: "J. Hansen" needs quotes.
bool is_atom(char c) {
    return is_letter_or_digit(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

void append_hex(std::string& out, char mark, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += mark;
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

// The length of the code point that `text` begins with; 0 if that is not UTF-8 (RFC 3629 §4).
std::size_t code_point_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) > 0x9F;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool beyond = first == 0xF4 && byte(1) > 0x8F;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

// Takes the first code point off `text`; a byte that begins none comes out as U+FFFD.
// U+FFFD is written from a text of its own, so what comes back is not always a view into `text`.
std::string_view take_code_point(std::string_view& text) {
    const auto length = code_point_length(text);
    const auto taken = length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(std::max<std::size_t>(length, 1));
    return taken;
}

// RFC 2047 §5 (3): the few characters that stand for themselves even in a display name.
bool is_plain_in_q(char c) {
    return is_letter_or_digit(c) || is_one_of(c, "!*+-/");
}

// In Q a space is an underscore (RFC 2047 §4.2), and costs one column.
std::size_t q_length(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text) length += is_plain_in_q(c) || c == ' ' ? 1 : 3;
    return length;
}

void append_q(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_plain_in_q(c))
            out += c;
        else if (c == ' ')
            out += '_';
        else
            append_hex(out, '=', c);
    }
}

// Appends " =?utf-8?…?=" as often as `text` needs; each holds whole code points.
// An encoded word has at most 75 characters and may not cut a character in two (RFC 2047 §2, §5):
// readers decode each by itself. A line's first column is the blank, so lines of 76 hold words of
// 75. With `least` columns free at least one code point goes into each word, and the loop ends.
void append_encoded_words(std::string& out, std::size_t& column, std::string_view text) {
    constexpr std::string_view q_start = "=?utf-8?Q?", b_start = "=?utf-8?B?", word_end = "?=";
    constexpr std::size_t frame = q_start.size() + word_end.size();
    constexpr std::size_t least = 12;  // columns of the longest code point in Q
    // Groups of three bytes, the last one filled up, make four columns in B.
    const bool q = q_length(text) <= (text.size() + 2) / 3 * 4;
    std::string piece;
    for (bool first = true; first || !text.empty(); first = false) {
        if (!first || column + 1 + frame + least > encoded_line_max) {
            out += "\r\n";
            column = 0;
        }
        const auto room = encoded_line_max - column - 1 - frame;
        const auto cost = [&](std::string_view part) { return q ? q_length(part) : part.size(); };
        const auto most = q ? room : room / 4 * 3;
        piece.clear();
        for (std::size_t used = 0; !text.empty();) {
            auto rest = text;
            const auto next = take_code_point(rest);
            used += cost(next);
            if (used > most) break;
            piece += next;
            text = rest;
        }
        const auto before = out.size();
        out += ' ';
        out += q ? q_start : b_start;
        if (q)
            append_q(out, piece);
        else
            out += base64(piece);
        out += word_end;
        column += out.size() - before;
    }
}

// Readers decode it wherever it stands, also where they should not.
bool looks_encoded(std::string_view text) {
    return text.find("=?") != std::string_view::npos;
}

// Whether `text` can stand as it is, folded at its spaces, and comes back the same from every reader.
// Double spaces and those at the ends may be lost where a field
// is folded or trimmed; "=?" would be decoded by the reader.
bool is_plain_text(std::string_view text) {
    if (text.starts_with(' ') || text.ends_with(' ') || looks_encoded(text)) return false;
    std::size_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_printable(text[i])) return false;
        word = text[i] == ' ' ? 0 : word + 1;
        if (word > word_max || (text[i] == ' ' && text[i - 1] == ' ')) return false;
    }
    return true;
}

// RFC 5322 §3.2.4; a backslash takes the meaning of a quote or a backslash away (§3.2.1).
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

// No quotes around encoded words: inside a quoted string they are no encoded words (RFC
// 2047 §5 (3)). The phrase goes in as one word, so a fold never comes between quotes.
// Returns how long the line may become.
std::size_t append_display_name(std::string& out, std::size_t& column, std::string_view name) {
    const bool atoms = std::all_of(name.begin(), name.end(), [](char c) { return is_atom(c) || c == ' '; });
    const auto phrase = atoms ? std::string(name) : quoted(name);
    if (is_plain_text(name) && phrase.size() <= word_max) {
        append_word(out, column, phrase);
        return line_max;
    }
    append_encoded_words(out, column, name);
    return encoded_line_max;
}

// RFC 2231 §7 attribute-char.
bool is_attribute(char c) {
    return is_letter_or_digit(c) || is_one_of(c, "!#$&+-.^_`{|}~");
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_attribute(c))
            out += c;
        else
            append_hex(out, '%', c);
    }
    return out;
}

// Cuts the extended value into pieces that fit a line each, between code points.
// Charset and (empty) language stand in the first piece alone (RFC 2231 §4.1). The standard
// would let a piece end inside a character; readers that decode each by itself would not.
std::vector<std::string> extended_pieces(std::string_view value, std::size_t most) {
    std::vector<std::string> pieces{"utf-8''"};
    while (!value.empty()) {
        const auto next = percent_encoded(take_code_point(value));
        if (pieces.back().size() + next.size() > most) pieces.emplace_back();
        pieces.back() += next;
    }
    return pieces;
}

}  // namespace

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

// A word longer than a line gets one to itself, even if that leaves the field's name alone on
// the first. A line of nothing but white space never comes about (RFC 5322 §3.2.2 forbids it).
void append_word(std::string& out, std::size_t& column, std::string_view word, std::size_t most) {
    if (column + 1 + word.size() > most) {
        out += "\r\n";
        column = 0;
    }
    out += ' ';
    out += word;
    column += 1 + word.size();
}

void append_text_field(std::string& out, std::string_view name, std::string_view text) {
    out += name;
    out += ':';
    auto column = name.size() + 1;
    if (!is_plain_text(text)) {
        append_encoded_words(out, column, text);
    } else {
        while (!text.empty()) {
            const auto space = text.find(' ');
            append_word(out, column, text.substr(0, space));
            text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        }
    }
    out += "\r\n";
}

// The address is never folded nor encoded: it is no text but something that programs compare.
void append_mailbox_field(std::string& out, std::string_view name, std::string_view display_name, std::string_view address) {
    out += name;
    out += ':';
    auto column = name.size() + 1;
    if (display_name.empty()) {
        out += ' ';
        out += address;
    } else {
        const auto most = append_display_name(out, column, display_name);
        append_word(out, column, std::string("<").append(address).append(">"), most);
    }
    out += "\r\n";
}

// Pieces have room for three digits in their number, a thousand of them. Every piece is marked extended
// ("*0*="), also one of ASCII alone: the standard allows both, and one form is less to go wrong.
void append_parameter(std::string& out, std::size_t& column, std::string_view name, std::string_view value) {
    const auto append = [&](const std::string& parameter) {
        out += ';';
        ++column;
        append_word(out, column, parameter);
    };
    const std::string label(name);
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return is_printable(c) && c != '"' && c != '\\'; });
    if (plain && value.size() <= word_max && !looks_encoded(value)) return append(label + "=\"" + std::string(value) + '"');
    const auto most = line_max - label.size() - std::string_view(" *999*=;").size();
    const auto pieces = extended_pieces(value, most);
    if (pieces.size() == 1) return append(label + "*=" + pieces.front());
    for (std::size_t i = 0; i < pieces.size(); ++i) append(label + '*' + std::to_string(i) + "*=" + pieces[i]);
}

// One '_' for each character, not for each byte, so that the name keeps its look. The extension is kept because
// old readers choose the program by it; longer than ten with its dot, it is taken for a part of the name.
std::string ascii_filename(std::string_view filename) {
    std::string out;
    while (!filename.empty()) {
        const auto next = take_code_point(filename);
        const bool encoded = next == "?" && out.ends_with('=');
        const bool plain = next.size() == 1 && is_printable(next[0]) && !is_one_of(next[0], "\"\\") && !encoded;
        out += plain ? next[0] : '_';
    }
    if (out.size() <= word_max) return out;
    const auto dot = out.rfind('.');
    const auto extension = dot != std::string::npos && out.size() - dot <= 10 ? out.substr(dot) : std::string();
    return out.substr(0, word_max - extension.size()) + extension;
}

}  // namespace ilbud
