/// Encoding header fields: text, mailboxes and parameters, folded, ASCII only.
///
/// In    values as people wrote them, UTF-8; bytes that are not UTF-8 become U+FFFD
/// Out   whole fields ending in CRLF; lines of at most 78 columns (76 with encoded words) except for one word longer than that
/// Pure  the caller refuses control characters first (has_control): they would reach the header
/// See   RFC 5322 §2.2.3, §3.2; RFC 2047 §2, §5; RFC 2231 §3, §4; SECURITY S3, S5, S41
#pragma once
#include <string>
#include <string_view>

namespace ilbud {

/// Whether `text` holds a C0 control character (NUL, CR, LF, TAB, …) or DEL.
[[nodiscard]] bool has_control(std::string_view text);

/// Appends " word" to a field whose last line has `column` columns so far, on a new line if this one, of at most `most`, has no room
/// for it (RFC 5322 §2.1.1; a line that holds encoded words has 76, RFC 2047 §2).
void append_word(std::string& out, std::size_t& column, std::string_view word, std::size_t most = 78);

/// Appends "name: text\r\n": folded words where ASCII allows it, else encoded words ("B" or "Q", whichever is shorter).
void append_text_field(std::string& out, std::string_view name, std::string_view text);

/// Appends "name: display name <address>\r\n", or the address alone if there is no name. `address` stands as it is.
void append_mailbox_field(std::string& out, std::string_view name, std::string_view display_name, std::string_view address);

/// Appends "; name=value" to a field, as append_word does: quoted if it is short ASCII, else extended and, if long, in numbered
/// pieces (name*0*=utf-8''…; name*1*=…).
void append_parameter(std::string& out, std::size_t& column, std::string_view name, std::string_view value);

/// `filename` for readers that know no RFC 2231: printable ASCII without quotes, at most 60 characters, the extension kept.
[[nodiscard]] std::string ascii_filename(std::string_view filename);

}  // namespace ilbud
