/// The SMTP client's side of a session as a state machine that never touches a socket.
///
/// In    what the server said at EHLO, bytes received, mails to send
/// Out   bytes to send, and one Reply for every mail: the one that decided about it
/// Pure  no I/O, no clock; the transport carries out what it answers and keeps the deadlines
/// See   RFC 5321 §3.3, §4.1.1.4, §4.2, §4.5.2 (dot-stuffing), §4.5.3.2; RFC 2920 (pipelining); RFC 3463, RFC 2034;
///       SECURITY S1, S2, S6, S10, S33–S36
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/reply/reply.hpp"

namespace ilbud {

/// Parses replies from a stream of bytes: multi-line, bounded. One object a connection.
/// Lines may end in a bare LF. All lines of one reply must have the same code (RFC 5321 §4.2.1).
class ReplyReader {
 public:
    struct Parsed {
        int code = 0;          ///< 200 to 599
        std::string enhanced;  ///< only if its class agrees with the code's (RFC 2034 §4)
        std::string text;      ///< all lines joined by spaces, at most 500 bytes, printable ASCII only: anything else becomes '?'
    };
    explicit ReplyReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    void feed(std::string_view bytes) { buffer_ += bytes; }
    /// The next complete reply; nothing if more bytes are needed.
    /// Errors  garbage (not a reply), reply_too_long
    Result<std::optional<Parsed>> next();
    [[nodiscard]] bool empty() const { return buffer_.empty(); }

 private:
    std::size_t bytes_max_;
    std::string buffer_;
    std::size_t lines_end_ = 0;  // end of the complete lines that belong to an unfinished reply
    std::size_t searched_ = 0;   // no line end stands before this
};

/// What the last EHLO reply offered (keywords in any case; AUTH also as "AUTH=", as old servers write it).
struct Extensions {
    bool pipelining = false;
    bool smtputf8 = false;
    bool eight_bit = false;
    bool enhanced_codes = false;
    std::optional<std::size_t> size_max;  ///< bytes; nothing if not offered or without a fixed limit (RFC 1870 §4)
    std::vector<std::string> auth;        ///< upper case
};
/// `ehlo_reply` is the reply as received: every line with its code.
Extensions read_extensions(std::string_view ehlo_reply);

struct Envelope {
    std::string from;  ///< wire form; empty: the null sender
    std::string to;
};

/// Whether `address` can stand between `<` and `>` of a command without ending it: one `@`-address, no control character, no
/// space or angle bracket outside of a quoted local part, valid UTF-8, at most 320 bytes (SECURITY S1).
[[nodiscard]] bool is_wire_path(std::string_view address);
/// Whether `name` can be an EHLO argument: letters, digits, hyphens, dots, or an address literal in brackets.
[[nodiscard]] bool is_wire_host(std::string_view name);

/// A message's bytes as they may be sent after DATA.
struct ContentForm {
    std::string_view problem;  ///< empty: CRLF line ends only, no NUL, no line over 998 bytes (SECURITY S2, S5)
    bool dots = false;         ///< a line begins with a dot, which must be doubled (RFC 5321 §4.5.2)
};
/// `bytes` is the whole message; an empty one is a problem too.
[[nodiscard]] ContentForm inspect_content(std::string_view bytes);

}  // namespace ilbud
