/// Encoding bodies for the wire: 7-bit lines of at most 76 to 78 columns, whatever the content.
///
/// In    text (UTF-8, any line ends) or bytes
/// Out   what stands in the message: CRLF line ends, printable ASCII, no line that a relay or a mailbox file would touch
///       (no leading dot, no "From ", no trailing white space), so that what was signed is what arrives
/// Pure
/// Control characters other than TAB and line ends are removed from text. Encoded text never holds "=_", so that a boundary
/// with these two characters cannot occur in it.
/// See   RFC 2045 §2.7, §6.7, §6.8; RFC 5322 §2.1.1; SECURITY S2–S6, S16
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "ilbud/settings/words.hpp"

namespace ilbud {

enum class TransferEncoding : std::uint8_t { seven_bit, quoted_printable, base64 };
template <>
inline constexpr std::array<std::string_view, 3> words<TransferEncoding>{"7bit", "quoted-printable", "base64"};

/// As it is if that is safe on every way, base64 if it is shorter than quoted-printable, else quoted-printable.
[[nodiscard]] TransferEncoding choose_encoding(std::string_view text);

/// Appends `text` in `encoding`; seven_bit only if choose_encoding says so. No line end is added that the text does not have.
void append_text(std::string& out, std::string_view text, TransferEncoding encoding);

/// Appends `bytes` as base64 in lines of 76 columns, without a line end after the last.
void append_base64(std::string& out, std::string_view bytes);

/// `text` with every LF, CR and CRLF as CRLF and without other control characters than TAB.
[[nodiscard]] std::string with_mail_line_ends(std::string_view text);

}  // namespace ilbud
