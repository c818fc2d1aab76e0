/// Escaping: a value put into a template stays a value, wherever it stands.
///
/// In    UTF-8 from events and settings
/// Out   text that reads as the value did: never markup, never a second line
/// Pure  in every mode a run of control characters (C0, DEL, C1, line and paragraph separators) becomes one space, and the
///       bidirectional embedding, override and isolate characters are dropped
/// See   DESIGN §6; SECURITY S3, S4, S20; CommonMark §2.4 (backslash escapes)
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ilbud {

/// Where a value stands.
/// A value escaped for one place is not safe in another: HTML's entities mean
/// nothing in Markdown's code, and Markdown's backslashes stand as they are in HTML.
enum class Escape : std::uint8_t {
    html,      ///< element content or a quoted attribute
    markdown,  ///< Markdown text, table cell or link destination; in code and in an address fold marks values (value_place.hpp)
    plain,     ///< a header or a text part
};

/// Appends `value` to `out` as `mode` needs it.
/// Cost: one pass. `value` must not view into `out`, which grows.
void append_escaped(std::string& out, std::string_view value, Escape mode);
[[nodiscard]] std::string escaped(std::string_view value, Escape mode);
/// Appends one byte of HTML that is to be shown as it is: element content or a quoted attribute.
void append_html_character(std::string& out, char byte);

/// `value` without blanks and control characters around it: Markdown takes no emphasis from what begins or ends in a blank.
[[nodiscard]] std::string_view trimmed_value(std::string_view value);

/// Undoes the backslashes of Escape::markdown (CommonMark §2.4).
[[nodiscard]] std::string without_backslashes(std::string_view markdown);

/// `url` with the bytes RFC 3986 does not allow percent-encoded, if its scheme is http, https, mailto or tel; else empty.
[[nodiscard]] std::string safe_url(std::string_view url);
/// Whether `url` begins with one of the schemes a mail may link to.
[[nodiscard]] bool has_safe_scheme(std::string_view url);

}  // namespace ilbud
