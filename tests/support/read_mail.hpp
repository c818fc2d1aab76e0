/// A small reader of what the composer writes, by the letter of the RFCs: it throws where a message breaks a rule.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud::test {

/// The lines of `text` without their CRLF; throws if one ends otherwise, holds a bare CR or LF, or the last has no end.
std::vector<std::string> crlf_lines(std::string_view text);

/// The value of the first field `name`, unfolded, or "(absent)".
std::string field_value(std::string_view header, std::string_view name);

/// Decodes encoded words (RFC 2047), joining adjacent ones; each must hold whole UTF-8 sequences and at most 75 columns.
std::string decode_words(std::string_view value);

/// Decodes quoted-printable (RFC 2045 §6.7), strictly.
std::string decode_quoted_printable(std::string_view text);

/// Decodes base64 in lines.
std::string decode_base64_lines(std::string_view text);

struct Part {
    std::string header;
    std::string body;
};
/// The parts between the delimiters of `boundary`.
std::vector<Part> split_parts(std::string_view body, std::string_view boundary);

/// The value of a parameter, quoted, extended or in pieces (RFC 2231); "(absent)" if there is none.
std::string parameter(std::string_view field, std::string_view name);

bool is_utf8(std::string_view text);

}  // namespace ilbud::test
