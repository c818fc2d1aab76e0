/// What a mail got from a server: the reply that decided, or why there was none, and where on the way.
///
/// Out of the SMTP session (delivery/smtp_session.hpp), into find_cause (cause.hpp), which says what it means
/// See   RFC 5321 §4.2 (codes); RFC 3463 (enhanced status)
#pragma once
#include <cstdint>
#include <string>

#include "ilbud/settings/words.hpp"

namespace ilbud {

/// Where in the trip to the server something happened.
/// In the order of the trip: find_cause asks with < and > how far a session
/// came, so a new stage goes where it happens.
enum class Stage : std::uint8_t { connect, greeting, hello, tls, auth, mail, recipient, data, content, final_dot, quit };
template <>
inline constexpr std::array<std::string_view, 11> words<Stage>{"connect",   "greeting", "hello",   "tls",       "auth", "mail",
                                                               "recipient", "data",     "content", "final_dot", "quit"};

/// What one mail got from the server, or why it got nothing.
/// `failure` tells why there is no usable reply; where it is set, `code` decides nothing any more (find_cause).
struct Reply {
    enum class Failure : std::uint8_t {
        none,
        unreachable,
        tls_failed,
        auth_failed,
        closed,
        timeout,
        garbage,
        not_offered,
        invalid,
        not_begun  ///< nothing of it was sent, for a reason of our own: it goes back untried, and nobody is to blame
    };
    Stage stage = Stage::connect;
    int code = 0;          ///< 0: no reply
    std::string enhanced;  ///< "4.7.1"; may be empty
    std::string text;      ///< bounded, one line
    Failure failure = Failure::none;
    bool content_sent = false;  ///< the final dot may have reached the server: without a reply the mail is uncertain
    std::string relay;          ///< name of the relay
};
template <>
inline constexpr std::array<std::string_view, 10> words<Reply::Failure>{
    "none", "unreachable", "tls_failed", "auth_failed", "closed", "timeout", "garbage", "not_offered", "invalid", "not_begun"};

}  // namespace ilbud
