/// Why a mail was not delivered, read off its Reply; when it goes out again is judge's matter (delivery/outcome.hpp).
///
/// Pure
/// See   RFC 5321 §4.2.1, §4.2.2; RFC 3463 §3; RFC 1870 §6 (552); RFC 4954 §6 (530, 534, 535, 538)
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "ilbud/reply/reply.hpp"

namespace ilbud {

/// What follows from a reply, before the clock has a say.
enum class Consequence : std::uint8_t {
    delivered,
    retry,       ///< again later, at whatever relay
    bounce,      ///< for good
    suppress,    ///< for good, and the address gets no more mail (R7)
    next_relay,  ///< this relay does not take this mail; another one may, at once
    pause_relay  ///< this relay would take no mail of ours: all go to the next, until it is well again
};
template <>
inline constexpr std::array<std::string_view, 6> words<Consequence>{"delivered", "retry",      "bounce",
                                                                    "suppress",  "next_relay", "pause_relay"};

/// Whom a reply is about. What is about us or the relay never suppresses an address.
enum class Concern : std::uint8_t {
    recipient,
    mail,
    sender,   ///< the sender's address or domain
    account,  ///< our account at the relay: its operator has to act
    relay,    ///< the relay, or how we are set up there
    session
};
template <>
inline constexpr std::array<std::string_view, 6> words<Concern>{"recipient", "mail", "sender", "account", "relay", "session"};

/// `uncertain` and Consequence::suppress never come together: only a 5xx suppresses.
struct Cause {
    Consequence consequence = Consequence::retry;
    std::string_view reason;  ///< one of the words of reasons(); a literal, so it outlives everything
    /// It ends here. With next_relay: where no other relay takes the mail.
    bool permanent = false;
    bool attempted = true;  ///< the recipient was tried
    bool uncertain = false;
    Concern concern = Concern::session;
};

/// Total: every Reply has a cause, also one that no server would send; a server
/// that cannot be understood is temporary.
Cause find_cause(const Reply& reply);

/// Every word that Cause::reason can be, in no order. docs/replies.md explains each; a test compares the two.
std::span<const std::string_view> reasons();

}  // namespace ilbud
