// Bodies are large and nearly always canonical already, because our own encoder leaves no white space at line ends.
// So a body is searched eight bytes at a time for the first place that would change, and where there is none the
// answer is a view of it. Header fields are short and always change (their names become lower case): they go byte
// by byte. Both forms of RFC 6376 §3.4 are here, "simple" only for the standard's examples and for other tools.
#include "ilbud/sign/canonical.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

constexpr std::uint64_t repeat(char c) {
    return 0x0101010101010101U * static_cast<unsigned char>(c);
}

// The highest bit of each of the eight bytes of `word` that equals `c`; exact.
// The shorter well-known test for a zero byte (subtract one from each, look at
// the borrows) marks a byte too many when a borrow runs on. Here no sum leaves
// its byte: 7 bits plus 0x7F reach the top bit exactly if they are not all zero.
std::uint64_t bytes_equal(std::uint64_t word, char c) {
    constexpr std::uint64_t low = repeat(0x7F);
    const auto difference = word ^ repeat(c);
    return ~(((difference & low) + low) | difference | low);
}

// The first position from `from` where relaxing changes something: a TAB, or a space before a space, TAB, CR or the end.
// A single space between words stays as it is, which is why a space counts by what
// follows it and a TAB always (§3.4.4 turns every run of the two into one space).
std::size_t find_blank_to_relax(std::string_view text, std::size_t from) {
    const auto changes = [&](std::size_t i) {
        if (text[i] == '\t') return true;
        return text[i] == ' ' && (i + 1 == text.size() || is_blank(text[i + 1]) || text[i + 1] == '\r');
    };
    auto at = from;
    // The second load is the first one's bytes moved on by one, so each byte meets its successor; hence nine
    // bytes. Which byte it was is left to the loop below: the order of bytes in the word then does not matter.
    for (; at + 9 <= text.size(); at += 8) {
        std::uint64_t here = 0, next = 0;
        std::memcpy(&here, text.data() + at, 8);
        std::memcpy(&next, text.data() + at + 1, 8);
        const auto tabs = bytes_equal(here, '\t');
        const auto before_blank =
            bytes_equal(here, ' ') & (bytes_equal(next, ' ') | bytes_equal(next, '\t') | bytes_equal(next, '\r'));
        if ((tabs | before_blank) != 0) break;
    }
    while (at < text.size() && !changes(at)) ++at;
    return at;
}

// Where the body ends once empty lines at its end are gone; relaxed: also white space at the end of lines.
// The two are taken off in turn, since a line of blanks alone is empty once its blanks are gone (§3.4.4).
std::size_t content_size(std::string_view body, bool relaxed) {
    while (!body.empty()) {
        if (relaxed && is_blank(body.back()))
            body.remove_suffix(1);
        else if (body.ends_with("\r\n"))
            body.remove_suffix(2);
        else
            break;
    }
    return body.size();
}

// Takes content that does not end in a blank (content_size saw to that),
// so that a run of blanks is followed by a character or by a line end.
void append_relaxed(std::string& out, std::string_view content) {
    std::size_t copied = 0;
    while (true) {
        auto at = find_blank_to_relax(content, copied);
        out += content.substr(copied, at - copied);
        if (at == content.size()) return;
        while (at < content.size() && is_blank(content[at])) ++at;
        const bool at_line_end = content.substr(at, 2) == "\r\n";
        if (!at_line_end) out += ' ';
        copied = at;
    }
}

}  // namespace

// Looks for LF alone: a bare LF ends a line here as it does
// for most readers of mail, so that a name behind one is seen.
std::vector<HeaderField> header_fields(std::string_view header) {
    std::vector<HeaderField> fields;
    // Our own headers have at most 14 fields and a signature or two.
    fields.reserve(24);
    while (!header.empty()) {
        std::size_t end = 0;
        do {  // a line that begins with white space continues the field
            const auto feed = header.find('\n', end);
            end = feed == std::string_view::npos ? header.size() : feed + 1;
        } while (end < header.size() && is_blank(header[end]));
        const auto bytes = header.substr(0, end);
        header.remove_prefix(end);
        const auto colon = bytes.find(':');
        if (colon == std::string_view::npos) continue;
        auto name = bytes.substr(0, colon);
        // Old syntax allows white space before the colon (RFC 5322 §4.5), and DKIM's names do not count it.
        while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
        fields.push_back({name, bytes});
    }
    return fields;
}

bool same_field_name(std::string_view left, std::string_view right) {
    return same_letters(left, right);
}

// Relaxed (RFC 6376 §3.4.2): name in lower case, lines unfolded, each run of white
// space one space, none at the value's start or end. The blank is written late,
// with the character after it, so that one at the end never has to be taken back.
void append_canonical_field(std::string& out, std::string_view field, bool relaxed) {
    if (field.ends_with("\r\n")) field.remove_suffix(2);
    const auto colon = field.find(':');
    if (!relaxed || colon == std::string_view::npos) {
        out += field;
        out += "\r\n";
        return;
    }
    auto name = field.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    for (const char c : name) out += lower_letter(c);
    out += ':';
    const auto value_start = out.size();
    bool blank = false;  // seen since the last character; written before the next
    for (const char c : field.substr(colon + 1)) {
        if (c == '\r' || c == '\n') continue;
        if (is_blank(c)) {
            blank = true;
            continue;
        }
        if (blank && out.size() > value_start) out += ' ';
        blank = false;
        out += c;
    }
    out += "\r\n";
}

// An empty body is where the two forms differ most: relaxed
// hashes nothing, simple hashes one line end (§3.4.3, §3.4.4).
std::string_view canonical_body(std::string_view body, bool relaxed, std::string& buffer) {
    const auto size = content_size(body, relaxed);
    const auto content = body.substr(0, size);
    if (content.empty() && relaxed) return {};
    // Blanks cut off the last line stand between it and its line end: then no view can give both.
    const bool ends_in_line_end = body.substr(size, 2) == "\r\n";
    const bool unchanged = !relaxed || find_blank_to_relax(content, 0) == size;
    if (unchanged && ends_in_line_end) return body.substr(0, size + 2);
    buffer.clear();
    buffer.reserve(size + 2);
    if (relaxed)
        append_relaxed(buffer, content);
    else
        buffer += content;
    buffer += "\r\n";
    return buffer;
}

}  // namespace ilbud
