/// This lane's sessions with one relay: opened as mails wait, kept, and left alone for a while when the relay fails.
///
/// In    the waiting mails of the transport; the relay's settings
/// Out   sessions that take them
/// Threads  one
/// See   DESIGN §7; SECURITY S31 (one multi handle per relay, so that no connection is ever shared across policies)
///
/// A pool whose sessions cannot be opened, or die before they were of any use, is paused; the pause doubles each time. After it
/// one session alone tries again, without a mail depending on it. Sessions that live carry on meanwhile: a server that refuses
/// the twentieth connection still serves nineteen.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "curl_multi.hpp"
#include "curl_session.hpp"

namespace ilbud {

/// What all pools of a transport share.
struct TransportState {
    asio::io_context& context;
    Log& log;
    Counters& counters;
    DeliverySettings settings;
    LaneShare share;
    std::deque<std::shared_ptr<Parcel>> waiting;
    std::function<void()> changed;                // mails, sessions or relays changed: look at everything again, soon
    std::function<bool(const CurlPool&)> chosen;  // whether waiting mails go to this pool
    SendGate gate = {};                           // none: open
    std::size_t answered = 0;                     // mails whose Reply send() has not returned yet
    bool held_back = false;                       // something waits for the gate or for an `until` to move on
    bool stopping = false;                        // no new mails; sessions end as they become idle
    bool aborting = false;                        // no mail goes back either

    [[nodiscard]] bool may_send() {
        if (!gate || gate(answered)) return true;
        held_back = true;
        return false;
    }
};

class CurlPool : public std::enable_shared_from_this<CurlPool> {
 public:
    enum class Standing : std::uint8_t { up, paused, due, probing };  // due: the pause is over and nobody has tried yet

    CurlPool(TransportState& transport, Relay relay, std::string helo);
    ~CurlPool();

    /// Gives waiting mails to idle sessions and opens as many more as mails wait for.
    void work();
    /// What was held back may go on.
    void go_on();
    /// Tries whether the relay is back.
    void probe() { open(); }
    /// New limits; the relay is otherwise the same.
    void set_limits(const Relay& relay);
    /// No more mails: sessions end as soon as theirs are done.
    void retire();
    void abort();
    /// Forgets sessions that are closed.
    void sweep();

    [[nodiscard]] Standing standing() const;
    [[nodiscard]] SteadyTime paused_until() const { return paused_until_; }
    /// Why it is paused, told to mails that find no relay up.
    [[nodiscard]] const std::optional<Reply>& trouble() const { return trouble_; }
    [[nodiscard]] std::size_t limit() const;
    [[nodiscard]] std::size_t live() const;
    [[nodiscard]] bool empty() const { return sessions_.empty(); }

    // For its sessions.
    [[nodiscard]] TransportState& transport() const { return transport_; }
    [[nodiscard]] const Relay& relay() const { return relay_; }
    [[nodiscard]] const std::string& helo() const { return helo_; }
    [[nodiscard]] CurlMulti& multi() { return multi_; }
    /// The next waiting mail, if this pool is to have it; `behind_dot`: only if no other session could take it now.
    std::shared_ptr<Parcel> next_mail(bool behind_dot);
    void opened(const CurlSession& session);
    /// It had an answer about a mail.
    void proved(const CurlSession& session);
    /// `trouble`: what it died of without having been of any use, if that is the relay's doing.
    void ended(bool was_open, const std::optional<Reply>& trouble);
    void changed() { transport_.changed(); }

 private:
    [[nodiscard]] std::size_t opening() const;
    [[nodiscard]] bool may_open() const;
    void open();
    void pause(const Reply& trouble);
    void resume();

    TransportState& transport_;
    Relay relay_;
    std::string helo_;
    std::vector<std::shared_ptr<CurlSession>> sessions_;
    CurlMulti multi_;
    bool retired_ = false;
    Duration pause_{};  // the length of the last one; zero: the relay is in order
    SteadyTime paused_until_{};
    std::optional<Reply> trouble_;
};

}  // namespace ilbud
