/// The client's side of an open SMTP session: one transaction after the other, as a state machine that never touches a socket.
///
/// In    what EHLO offered; mails, one at a time; what was received; that the connection closed or a deadline passed
/// Out   bytes to send; for every mail exactly one Reply, the one that decided; which stage is waited for
/// Pure  no I/O and no clock. The driver repeats: take() what is decided, offer() while wants_mail(), send output(), wait at
///       most stage()'s deadline for bytes to receive(); and closes the connection as soon as over().
/// See   RFC 5321 §3.3, §4.1.4; RFC 2920 §3.1 (what may be pipelined behind what); RFC 1870 (SIZE); RFC 6531 (SMTPUTF8)
///
/// With pipelining an envelope (MAIL, RCPT, DATA) is one write, and the next mail's envelope travels directly behind the final
/// dot. A session that gets out of step is ended, never guessed at:
///   - a reply to something not yet sent, one too many, one of no fitting class, or no reply at all: garbage. That a reply belongs
///     to the command it seems to answer is known when the whole envelope is answered; a refusal counts from then on
///   - 421: decides the mail whose command it answers, then the server is gone
///   - whatever ends the session, the mail behind the dot is not charged with it: Failure::closed at stage mail
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/delivery/smtp.hpp"

namespace ilbud {

class SmtpSession {
 public:
    /// The driver's name for a mail.
    using Ticket = std::uint64_t;
    struct Decided {
        Ticket ticket = 0;
        Reply reply;  ///< without the relay's name
    };

    /// `pipelining`: whether to use it where it is offered.
    SmtpSession(Extensions extensions, bool pipelining, std::size_t reply_bytes_max);

    /// Whether a mail can be offered now: nothing is under way, or (pipelining) one's content is and no other waits behind it.
    [[nodiscard]] bool wants_mail() const;
    /// Takes a mail. `envelope` and `content` stay where they are until it is decided. One that must not be sent (S1, S2), or
    /// that the server's extensions rule out (SIZE: 5.3.4; SMTPUTF8: 5.6.7), is decided at once and leaves the session as it was.
    void offer(Ticket ticket, const Envelope& envelope, std::string_view content);
    /// Takes back the mail behind the final dot, undecided; the session is over once the mail before it is decided.
    std::optional<Ticket> withdraw();
    /// The content of a mail is next, at its beginning or amid it: the driver says whether it may go before it asks for output().
    [[nodiscard]] bool content_due() const { return !over_ && current_ && current_->sending && current_->dot_end == 0; }
    /// While held, output() brings no content, and so neither the final dot nor the envelope behind it: the session just waits.
    void hold(bool held) { held_ = held; }
    /// Nothing but that keeps the session from going on.
    [[nodiscard]] bool held() const { return content_due() && held_ && output_at_ == output_.size() && queued_.empty(); }
    /// Ends a session that is held(). Its mails are given back in their order, undecided: the server saw no final dot.
    std::vector<Ticket> abandon();
    /// Sends QUIT; only while idle().
    void quit();

    /// What to send now; empty: nothing. It stays where it is, whatever else is called, until it is all sent (TLS needs that).
    [[nodiscard]] std::string_view output();
    /// The first `bytes` of output() are on their way.
    void sent(std::size_t bytes);
    void receive(std::string_view bytes);
    /// The connection is gone.
    void closed() { fail(Reply::Failure::closed); }
    /// The deadline of stage() has passed; the session is over.
    void timed_out() { fail(Reply::Failure::timeout); }

    /// The mails decided since the last call, in order.
    [[nodiscard]] std::vector<Decided> take() { return std::exchange(decided_, {}); }
    [[nodiscard]] bool has_decided() const { return !decided_.empty(); }

    /// What is waited for: `content` while it is being sent; nothing while idle.
    [[nodiscard]] std::optional<Stage> stage() const;
    /// Nothing is under way and the session can go on.
    [[nodiscard]] bool idle() const { return !over_ && !current_ && expected_.empty(); }
    /// Nothing more can be said in this session: close the connection.
    [[nodiscard]] bool over() const { return over_; }
    /// Whether a mail waits behind a final dot that was sent in full.
    [[nodiscard]] bool one_behind_dot() const { return next_ && current_ && current_->dot_sent(sent_); }
    /// Grows with every byte sent and every whole reply received, so that a deadline begins anew only on real progress.
    [[nodiscard]] std::uint64_t progress() const { return sent_ + replies_; }
    [[nodiscard]] std::uint64_t replies() const { return replies_; }

 private:
    enum class Command : std::uint8_t { reset, mail, recipient, data, dot, quit };
    struct Expected {
        Command command;
        std::uint64_t end;  // of the command in the stream of all bytes sent: no reply can rightly come before
    };
    struct Transaction {
        Ticket ticket = 0;
        const Envelope* envelope = nullptr;
        std::string_view content;
        bool dots = false;
        bool utf8 = false;
        bool sending = false;  // content is allowed to go
        bool settled = false;  // its Reply is out; only its last replies are still awaited
        std::optional<std::pair<ReplyReader::Parsed, Stage>> refusal{};  // pipelined: it counts when DATA is answered
        bool recipient_accepted = false;
        std::uint64_t content_begin = 0;  // in the stream
        std::size_t at = 0;               // bytes of content produced
        std::uint64_t dot_end = 0;        // in the stream; 0: not produced
        [[nodiscard]] bool dot_sent(std::uint64_t sent) const { return dot_end != 0 && sent >= dot_end; }
    };

    std::optional<Reply> objection(const Envelope& envelope, std::string_view content, const ContentForm& form, bool utf8) const;
    void start(const Transaction& transaction);
    void command(Command command, std::string_view line, std::string_view path = {}, std::string_view tail = {});
    void say_mail(const Transaction& transaction);
    void say_recipient(const Transaction& transaction);
    void produce();
    void produce_dot();
    void on_reply(const ReplyReader::Parsed& reply);
    void on_early_reply(const ReplyReader::Parsed& reply, Command command);
    void on_envelope_reply(const ReplyReader::Parsed& reply, Command command);
    void on_data_reply(const ReplyReader::Parsed& reply);
    void on_dot_reply(const ReplyReader::Parsed& reply);
    void settle(const ReplyReader::Parsed& reply, Stage stage, bool content_sent = false);
    void end_transaction();
    void fail(Reply::Failure failure);
    static Stage stage_of(Command command);

    Extensions extensions_;
    bool pipelining_;
    ReplyReader reader_;
    std::optional<Transaction> current_;
    std::optional<Transaction> next_;  // behind the final dot of current_
    bool next_started_ = false;        // its envelope is in the output
    std::vector<Expected> expected_;   // in the order of the commands; at most RSET and one envelope behind a dot
    std::vector<Decided> decided_;
    std::string output_;  // being sent; both are reused, and content passes through them in pieces
    std::string queued_;  // to be sent after it
    std::size_t output_at_ = 0;
    std::uint64_t produced_ = 0, sent_ = 0, replies_ = 0;
    bool reset_needed_ = false;  // the server may still hold a transaction that did not reach its dot
    bool held_ = false;          // no content for now
    bool last_ = false;          // over once current_ is decided
    bool over_ = false;
};

}  // namespace ilbud
