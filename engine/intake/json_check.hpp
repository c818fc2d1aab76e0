/// JSON at the level of bytes and structure: what is refused before anybody asks what a field means.
///
/// In    bytes
/// Out   a simdjson document without duplicate keys, forbidden characters or deep nesting, and its canonical form
/// Pure
/// See   RFC 8259; SECURITY S4, S21, S22
#pragma once
#include <simdjson.h>

#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"
#include "ilbud/intake/event.hpp"

namespace ilbud {

/// Parses strictly by RFC 8259; the document lives in `parser`.
/// Errors  too_large, invalid_utf8, invalid_json, too_deep
Result<simdjson::dom::element> parse_json(simdjson::dom::parser& parser, std::string_view bytes, const EventLimits& limits);

/// The canonical form of `document`: members sorted by the bytes of their keys, no white space, only '"' and '\' escaped, numbers
/// as integers where they are whole and exact, else in the shortest form that reads back. On the way, in one walk, it is checked:
/// no key twice in one object, at most `depth_max` objects and arrays in one another, no forbidden character in any string or
/// key (find_forbidden_character).
/// Errors  duplicate_key, too_deep, control_character
Result<std::string> to_canonical(simdjson::dom::element document, std::size_t depth_max);

/// Position of the first character that no string of an event may hold, or npos. Everything an event says stands on one line and
/// in the order it is read: control characters (C0, DEL, C1; TAB, LF and CR among them), line and paragraph separators
/// (U+2028, U+2029), bidirectional embeddings, overrides and isolates (U+202A–202E, U+2066–2069), U+FEFF and surrogates.
/// Noncharacters and private use are let through. `text` is UTF-8 apart from surrogates.
[[nodiscard]] std::size_t find_forbidden_character(std::string_view text);

}  // namespace ilbud
