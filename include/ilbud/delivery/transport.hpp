/// Carries messages to the relays. One object a lane; not thread-safe.
///
/// In    an envelope and the finished message
/// Out   one Reply: the one that decided. Nothing is retried inside: that is judged outside (delivery/outcome.hpp)
/// Sessions are opened when needed, kept, reused and closed with QUIT when idle; the next envelope travels behind the final dot.
/// See   DESIGN §7, FACTS (libcurl); SECURITY S29–S33
#pragma once
#include <memory>
#include <string>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/delivery/smtp.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct Consignment {
    std::string mail;      ///< id, for the log
    Envelope envelope;
    std::string bytes;     ///< header, blank line, body; CRLF; not dot-stuffed
};

class Transport {
 public:
    virtual ~Transport() = default;
    /// Waits for a free session of the most preferred relay that is up, sends, and returns what decided. Many may be awaited at
    /// once. With no relay up: Failure::unreachable at once, so that the mail goes back to the queue and no lane is blocked.
    virtual Task<Reply> send(Consignment consignment) = 0;
    /// Mails worth having in hand at once: free places of sessions, so that one more mail waits behind each final dot.
    [[nodiscard]] virtual std::size_t room() const = 0;
    /// Swaps relays and limits after a reload; running sessions of relays that are unchanged stay.
    virtual void apply(const DeliverySettings& settings) = 0;
    /// Ends idle sessions with QUIT and, once nothing is being sent, the rest; after `deadline` all are closed.
    virtual Task<void> stop(Duration deadline) = 0;
};

/// libcurl opens the sessions (connect, TLS, EHLO, AUTH); `share` is this lane's part of every relay's connections_max (1/lanes,
/// rounded up). Secrets are read when a session is opened.
std::unique_ptr<Transport> open_curl_transport(asio::io_context& context, const DeliverySettings& settings, int lanes, Log& log,
                                               Counters& counters);

}  // namespace ilbud
