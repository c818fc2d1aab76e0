/// The forms in which DKIM hashes a message, so that harmless changes on the way do no harm.
///
/// In    header and body with CRLF line ends
/// Out   the canonical bytes
/// Pure
/// See   RFC 6376 §3.4
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

struct HeaderField {
    std::string_view name;   ///< as written, without white space before the colon
    std::string_view bytes;  ///< the whole field with its folded lines and its last CRLF
};

/// The fields of `header`, in order; views into it. A line that belongs to none (no colon) is left out.
[[nodiscard]] std::vector<HeaderField> header_fields(std::string_view header);

/// Whether two field names are the same, regardless of case.
[[nodiscard]] bool same_field_name(std::string_view left, std::string_view right);

/// Appends one field in canonical form, with its CRLF. `field` may lack it (a signature's own field is hashed without).
void append_canonical_field(std::string& out, std::string_view field, bool relaxed);

/// The canonical body: a view into `body` where nothing changes but its end, else into `buffer`.
[[nodiscard]] std::string_view canonical_body(std::string_view body, bool relaxed, std::string& buffer);

}  // namespace ilbud
