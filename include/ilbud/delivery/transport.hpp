/// Carries messages to the relays. One object a lane; not thread-safe.
///
/// In    an envelope and the finished message
/// Out   one Reply: the one that decided. A mail that one relay does not take, for no fault of the mail or its recipient, is
///       offered to the others first; whether and when it is tried again is judged outside (delivery/outcome.hpp). A mail that
///       met a session already dead (closed or 421 before any answer to its MAIL) goes once more, on another session.
/// Sessions are opened when needed, kept, reused and closed with QUIT when idle; the next envelope travels behind the final dot.
/// See   DESIGN §7, FACTS (libcurl); SECURITY S29–S33
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/delivery/smtp.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct Consignment {
    std::string mail;  ///< id, for the log
    Envelope envelope;
    std::shared_ptr<const std::string> bytes;  ///< header, blank line, body; CRLF; not dot-stuffed
    /// No content is sent that could still be under way then (deadlines.session); none: no end. May move on until the Reply is
    /// there (see look_again), and outlives that.
    const SteadyTime* until = nullptr;
    std::string avoid{};                          ///< the relay that did not take it last time: another one is asked first
    SteadyTime begin_before = SteadyTime::max();  ///< of no use later: neither it nor its content is begun from then on
};

/// Whether more may be sent, asked with how many mails have their Reply already and wait for send() to return it.
using SendGate = std::function<bool(std::size_t answered)>;

/// Which of the daemon's lanes a transport serves: of every relay's connections it has that lane's share.
struct LaneShare {
    int lane = 0;  ///< 0 for the first
    int lanes = 1;

    /// The lane's part of `all`: the parts of all lanes add up to `all` and differ by one at most. It may be none.
    [[nodiscard]] std::size_t of(std::size_t all) const {
        const auto count = static_cast<std::size_t>(lanes);
        return all / count + (static_cast<std::size_t>(lane) < all % count ? 1 : 0);
    }
};

/// How this lane finds a relay.
struct RelayStanding {
    std::string relay;
    bool up = false;
    bool reached = false;  ///< not up, but a connection came about: the next mail shows whether it is well
    Reply failure{};       ///< not up, nor reached: what it failed with
    Duration next_try{};   ///< likewise: from now
};

class Transport {
 public:
    virtual ~Transport() = default;
    /// Waits for a free session of the most preferred relay that is up, sends, and returns what decided. Many may be awaited at
    /// once. With no relay up: at once what the most preferred one failed with (Failure::unreachable, tls_failed, …; the stage is
    /// auth or before), so that the mail goes back to the queue and no lane is blocked. Refused by all: a refusal that time may
    /// mend, if there is one.
    /// Failure::not_begun: the mail could not end before its `until`, its `begin_before` came, or the transport was stopped, or the mail recalled, before
    /// its turn.
    virtual Task<Reply> send(Consignment consignment) = 0;
    /// `gate` is asked before every MAIL and every piece of content, that with the final dot included. While it is closed nothing
    /// is begun; a session that has its 354 already waits, at most deadlines.block, and then ends without content: its mails go
    /// to other sessions, untried. So when it closes, no more final dots come than one for each connection.
    virtual void set_gate(SendGate gate) = 0;
    /// Told, once each, what keeps a relay from taking a mail that another one may take: replies that send() may never return, and
    /// sessions that did not come about.
    virtual void on_refusal(std::function<void(const Reply&)> tell) = 0;
    /// Told when a relay fails, once for each failure, when it can be reached again, and when it is well.
    virtual void on_standing(std::function<void(const RelayStanding&)> tell) = 0;
    /// The gate may have opened, or an `until` moved on.
    virtual void look_again() = 0;
    /// Mails worth having in hand at once, those already handed over included: two for each session there may be, so that one
    /// more mail waits behind each final dot. 1 while no relay is up.
    [[nodiscard]] virtual std::size_t room() const = 0;
    /// How long until a relay may be tried again; zero if one is up or can be tried now. Whoever leases mails need not before.
    [[nodiscard]] virtual Duration pause() const { return {}; }
    /// Swaps relays and limits after a reload; running sessions of relays that are unchanged stay.
    virtual void apply(const DeliverySettings& settings) = 0;
    /// What still waits for its turn goes back: not_begun, or the refusal of a relay that was asked before. For whoever judges
    /// anew whether it may leave.
    virtual void recall() = 0;
    /// Ends idle sessions with QUIT and, once nothing is being sent, the rest; after `deadline` all are closed.
    virtual Task<void> stop(Duration deadline) = 0;
};

/// Relays are tried in order of preference: mails go to the first one that is up. One that cannot be reached (connect, TLS, AUTH,
/// greeting, EHLO), whose sessions die before they answered about any mail, that says it takes none of ours (Consequence
/// pause_relay), or, while another is up, has not taken relay_refusals mails in a row or answered for relay_patience, is left
/// alone (delivery/relay_health.hpp in the engine); then a connection tries it, and after that one mail at a time, until it has
/// taken one. Among several relays one that took nothing for relay_pause gets one mail first, too.
///
/// TLS: `required` verifies chain and name, at least TLS 1.2, and never falls back; SMTPS and AUTH imply it. `opportunistic`
/// takes what is offered without verifying, and, if the handshake fails, connects once more in plain text and logs it.
///
/// libcurl opens the sessions (connect, TLS, EHLO, AUTH). A lane has its share of every relay's connections_max, and one at
/// least: with fewer connections than lanes a relay sees one a lane. Secrets are read when a session is opened.
std::unique_ptr<Transport> open_curl_transport(asio::io_context& context, const DeliverySettings& settings, LaneShare share,
                                               Log& log, Counters& counters);

}  // namespace ilbud
