/// This lane's sessions with one relay: opened as mails wait, kept, and left alone for a while when the relay fails.
///
/// In    the waiting mails of the transport; the relay's settings
/// Out   sessions that take them
/// Threads  one
/// See   DESIGN §7; SECURITY S31 (one multi handle per relay, so that no connection is ever shared across policies)
///
/// Whether the relay is well is RelayHealth's to say. While it is in trouble one session alone tries it, without a mail depending
/// on that. A server that refuses further connections still serves those that it has: then only opening is paused.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "curl_multi.hpp"
#include "curl_session.hpp"
#include "relay_health.hpp"

namespace ilbud {

/// What all pools of a transport share.
struct TransportState {
    asio::io_context& context;
    Log& log;
    Counters& counters;
    DeliverySettings settings;
    LaneShare share;
    std::deque<std::shared_ptr<Parcel>> waiting;
    std::function<void()> changed;                          // mails, sessions or relays changed: look at everything again, soon
    std::function<const CurlPool*(const Parcel&)> target;   // where a waiting mail goes; null: nowhere yet
    std::function<bool(const CurlPool&)> alone;             // no other relay is up
    std::function<void(const Reply&)> refused = {};         // what keeps a relay from taking a mail
    std::function<void(const RelayStanding&)> stands = {};  // relays that fail, and that are well again
    std::size_t relays = 0;
    SendGate gate = {};        // none: open
    std::size_t answered = 0;  // mails whose Reply send() has not returned yet
    bool held_back = false;    // something waits for the gate or for an `until` to move on
    bool stopping = false;     // no new mails; sessions end as they become idle
    bool aborting = false;     // no mail goes back either

    [[nodiscard]] bool may_send() {
        if (!gate || gate(answered)) return true;
        held_back = true;
        return false;
    }
};

class CurlPool : public std::enable_shared_from_this<CurlPool> {
 public:
    using Standing = RelayHealth::Standing;

    CurlPool(TransportState& transport, Relay relay, std::string helo);
    ~CurlPool();

    /// Gives idle sessions the `mails` that wait for this relay, and opens as many more as that takes.
    void work(std::size_t mails);
    /// Tries a relay whose pause is over, and sees to it that somebody looks when the next one is.
    void tend();
    /// What was held back may go on.
    void go_on();
    /// New limits; the relay is otherwise the same.
    void set_limits(const Relay& relay);
    /// No more mails: sessions end as soon as theirs are done.
    void retire();
    void abort();
    /// Forgets sessions that are closed.
    void sweep();

    [[nodiscard]] Standing standing() const;
    [[nodiscard]] SteadyTime next_try() const { return health_.next_try(transport_.settings, transport_.alone(*this)); }
    /// Whether it waits for a mail to show that it is well.
    [[nodiscard]] bool wants_trial() const { return standing() == Standing::trial && in_hand() == 0; }
    /// Whether it may turn out well: a connection is tried, or a mail.
    [[nodiscard]] bool hopeful() const { return !retired_ && (standing() == Standing::trial || opening() > 0); }
    /// Why it is not up, told to mails that find no relay.
    [[nodiscard]] const std::optional<Reply>& trouble() const { return health_.trouble(); }
    /// Whether sessions may be opened at all; not for a while after it refused one more than it had.
    [[nodiscard]] bool opens() const;
    [[nodiscard]] std::size_t limit() const;
    [[nodiscard]] std::size_t live() const;
    [[nodiscard]] std::size_t in_hand() const;
    [[nodiscard]] bool empty() const { return sessions_.empty(); }

    // For its sessions.
    [[nodiscard]] TransportState& transport() const { return transport_; }
    [[nodiscard]] const Relay& relay() const { return relay_; }
    [[nodiscard]] const std::string& helo() const { return helo_; }
    [[nodiscard]] CurlMulti& multi() { return multi_; }
    /// The next waiting mail, if this pool is to have it; `behind_dot`: only if no other session could take it now.
    std::shared_ptr<Parcel> next_mail(bool behind_dot);
    void opened();
    /// A mail was decided. Whether it goes to another relay: then it waits for that.
    void decided(const std::shared_ptr<Parcel>& parcel, Reply reply);
    /// A session has waited for relay_patience since then, and goes on.
    void impatient(const Reply& silence, SteadyTime since);
    /// Whether a session may go on waiting for longer than relay_patience: nobody else could take the mail.
    [[nodiscard]] bool patient() const { return transport_.alone(*this); }
    /// `trouble`: what it died of without having been of any use, if that is the relay's doing.
    /// It waited since then.
    void ended(bool was_open, const std::optional<Reply>& trouble, SteadyTime since);
    void changed() { transport_.changed(); }

 private:
    [[nodiscard]] std::size_t opening() const;
    [[nodiscard]] bool one_at_a_time() const;
    [[nodiscard]] bool may_open() const;
    void open();
    void pause(Reply trouble);
    void look_at(SteadyTime then);

    TransportState& transport_;
    Relay relay_;
    std::string helo_;
    std::vector<std::shared_ptr<CurlSession>> sessions_;
    CurlMulti multi_;
    bool retired_ = false;
    RelayHealth health_;
    SteadyTime openings_from_{};
    asio::steady_timer next_look_;
    SteadyTime told_at_{};  // when its trouble last stood in the log as a warning
};

}  // namespace ilbud
