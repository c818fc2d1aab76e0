/// One session with a relay: opened by libcurl, then driven by the state machine of delivery/smtp_session.hpp.
///
/// In    mails, taken from its pool whenever the machine wants one
/// Out   their Replies, told to whoever waits for them; news for the pool (opened, failed, ended)
/// Threads  one. Nothing here waits: handlers of the socket and of one timer carry out what the machine says.
/// See   DESIGN §7; SECURITY S29–S36
#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "curl_opening.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/delivery/smtp_session.hpp"
#include "ilbud/delivery/transport.hpp"

namespace ilbud {

class CurlPool;

/// For a mail that goes back untried, for a reason of our own.
inline Reply not_begun() {
    Reply reply;
    reply.failure = Reply::Failure::not_begun;
    return reply;
}

/// A mail on its way through the transport, and whoever waits for its Reply.
struct Parcel {
    /// `all_answered` counts those that are done and whose sender does not know yet.
    Parcel(asio::io_context& context, Consignment goods, std::size_t& all_answered)
        : consignment(std::move(goods)), arrived(context), answered(all_answered) {}
    [[nodiscard]] SteadyTime until() const { return consignment.until != nullptr ? *consignment.until : SteadyTime::max(); }
    void finish(Reply decided) {
        reply = std::move(decided);
        done = true;
        ++answered;
        arrived.wake();
    }
    Consignment consignment;
    Reply reply;
    bool done = false;
    bool returned = false;        // a dying session gave it back once already
    std::vector<Reply> refusals;  // of relays that did not take it; it goes to others
    std::string trial;            // the relay in trouble that it shall try
    Wake arrived;                 // when done
    std::size_t& answered;
};

class CurlSession : public std::enable_shared_from_this<CurlSession> {
 public:
    explicit CurlSession(CurlPool& pool);
    ~CurlSession();

    /// Begins to connect. What comes of it is told to the pool later, never from within.
    void open();
    /// libcurl is done with it.
    void connected(CURLcode result);
    /// Takes mails from the pool and sends as far as that goes.
    void pump();
    /// No more mails; QUIT as soon as nothing is under way.
    void retire();
    [[nodiscard]] bool retiring() const { return retiring_; }
    /// Ends it at once; mails under way are told so.
    void abort();

    [[nodiscard]] CURL* handle() const { return easy_.get(); }
    [[nodiscard]] bool opening() const { return state_ == State::opening; }
    [[nodiscard]] bool closed() const { return state_ == State::closed; }
    /// Open and able to carry mails, now or after those it has.
    [[nodiscard]] bool live() const { return state_ == State::open && !retiring_ && !worn_out(); }
    [[nodiscard]] bool idle() const { return live() && machine_->idle(); }
    /// Mails that it has and that are undecided.
    [[nodiscard]] std::size_t in_hand() const { return in_hand_.size(); }

 private:
    enum class State : std::uint8_t { opening, open, quitting, closed };

    void start(TlsPolicy tls);
    void opening_failed(Reply reply);
    std::optional<Reply> missing_protection() const;
    [[nodiscard]] bool worn_out() const;
    void take_mails(SteadyTime now);
    void tell(SteadyTime now);
    std::vector<std::shared_ptr<Parcel>>::iterator find(SmtpSession::Ticket ticket);
    bool give_back(const std::shared_ptr<Parcel>& parcel, const Reply& reply);
    [[nodiscard]] bool blames_relay(const Reply& reply) const;
    void flush(SteadyTime now);
    [[nodiscard]] bool may_send_content(SteadyTime now);
    void let_go();
    void receive();
    void on_readable();
    void wait_readable();
    void wait_writable();
    void set_deadline(SteadyTime now);
    [[nodiscard]] Duration allowed(std::optional<Stage> stage) const;
    void arm(SteadyTime until);
    void on_deadline(SteadyTime now);
    void close();

    CurlPool& pool_;
    State state_ = State::opening;
    TlsPolicy tls_ = TlsPolicy::none;
    Greeting greeting_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    Easy easy_;
    asio::posix::stream_descriptor descriptor_;  // borrowed from libcurl: released, never closed
    asio::steady_timer timer_;
    std::optional<SmtpSession> machine_;
    bool encrypted_ = false, writing_ = false, retiring_ = false;
    bool held_back_ = false;                        // its content must not go yet, for a reason of our own
    bool useful_ = false;                           // it answered about a mail, so the relay works
    std::optional<Reply> trouble_;                  // what ended it, where that is the relay's doing
    std::vector<std::shared_ptr<Parcel>> in_hand_;  // offered and undecided: one under way, one behind its dot
    std::size_t offered_ = 0;
    std::uint64_t progress_ = 0;     // the machine's, when since_ was set
    bool impatient_ = false;         // the pool knows that relay_patience has passed since the last progress
    SteadyTime opened_at_;           // when opening began
    SteadyTime since_, mail_since_;  // the last progress; when the mail under way began
    SteadyTime deadline_ = SteadyTime::max(), armed_ = SteadyTime::max();
};

}  // namespace ilbud
