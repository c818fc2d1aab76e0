// Why a machine: with pipelining, replies belong to commands sent long before, and every fault (a reply
// too early, too late, of the wrong class) must have one answer. All of it hangs on one list, expected_:
// the commands sent and unanswered, in order, each with the place in the stream at which it ends. A reply
// belongs to the first of them or to nothing, and one that comes before its command is out is a lie. Rule
// throughout: a mail is decided once, by the first reply that refuses it or by the one to its dot.
#include "ilbud/delivery/smtp_session.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace ilbud {
namespace {

// Content passes through the output buffer in pieces of this size: most mails fit one, so that they are one write.
constexpr std::size_t piece_bytes = 64 * 1024;
// The end of a dot that is not produced: no reply can be rightly there before it.
constexpr std::uint64_t not_yet = std::numeric_limits<std::uint64_t>::max();

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Reply refusal(Reply::Failure failure, Stage stage, std::string text, std::string enhanced = {}) {
    Reply reply;
    reply.failure = failure;
    reply.stage = stage;
    reply.text = std::move(text);
    reply.enhanced = std::move(enhanced);
    return reply;
}

const char* explain(Reply::Failure failure) {
    switch (failure) {
        case Reply::Failure::closed:
            return "the connection was closed";
        case Reply::Failure::timeout:
            return "no reply in time";
        default:
            return "the server's words are no SMTP reply to what was said";
    }
}

}  // namespace

SmtpSession::SmtpSession(Extensions extensions, bool pipelining, std::size_t reply_bytes_max)
    : extensions_(std::move(extensions)), pipelining_(pipelining && extensions_.pipelining), reader_(reply_bytes_max) {}

// A second mail only when the first one's content was asked for: before that a refusal
// would leave two envelopes to untangle.
bool SmtpSession::wants_mail() const {
    if (over_ || last_) return false;
    if (!current_) return expected_.empty();
    return pipelining_ && current_->sending && !next_;
}

std::optional<Reply> SmtpSession::objection(const Envelope& envelope, std::string_view content, const ContentForm& form,
                                            bool utf8) const {
    using Failure = Reply::Failure;
    // Addresses first: what could inject a command is refused whatever else is wrong. Then
    // our own faults, then what this server cannot do, which another one may.
    if (!envelope.from.empty() && !is_wire_path(envelope.from))
        return refusal(Failure::invalid, Stage::mail, "the sender's address cannot be sent");
    if (!is_wire_path(envelope.to)) return refusal(Failure::invalid, Stage::recipient, "the recipient's address cannot be sent");
    if (!form.problem.empty()) return refusal(Failure::invalid, Stage::content, std::string(form.problem));
    if (utf8 && !extensions_.smtputf8)
        // RFC 6531 §3.5 for the status; RFC 3463 §3.4 for the one of the size below.
        return refusal(Failure::not_offered, Stage::mail, "an address needs SMTPUTF8, which the server does not offer", "5.6.7");
    if (extensions_.size_max && content.size() > *extensions_.size_max)
        return refusal(Failure::not_offered, Stage::mail,
                       std::to_string(content.size()) + " bytes are more than the server takes (" +
                           std::to_string(*extensions_.size_max) + ")",
                       "5.3.4");
    return std::nullopt;
}

void SmtpSession::offer(Ticket ticket, const Envelope& envelope, std::string_view content) {
    assert(wants_mail());
    const ContentForm form = inspect_content(content);
    const bool utf8 = !is_ascii(envelope.from) || !is_ascii(envelope.to);
    if (auto no = objection(envelope, content, form, utf8)) {
        // Nothing was said to the server, so the session is as good as before.
        decided_.push_back({ticket, std::move(*no)});
        return;
    }
    Transaction transaction{.ticket = ticket, .envelope = &envelope, .content = content, .dots = form.dots, .utf8 = utf8};
    if (!current_) {
        current_ = transaction;
        start(*current_);
        return;
    }
    next_ = transaction;
    next_started_ = current_->dot_end != 0;  // else it follows the dot as soon as that is produced
    if (next_started_) start(*next_);
}

std::optional<SmtpSession::Ticket> SmtpSession::withdraw() {
    if (!next_) return std::nullopt;
    const Ticket ticket = next_->ticket;
    // Its envelope may be under way: should the server say 354, only closing is safe, since a dot would deliver an empty mail.
    last_ = last_ || next_started_;
    if (next_started_) std::erase_if(expected_, [](const Expected& expected) { return expected.command != Command::dot; });
    next_.reset();
    next_started_ = false;
    return ticket;
}

std::vector<SmtpSession::Ticket> SmtpSession::abandon() {
    assert(held());
    std::vector<Ticket> tickets{current_->ticket};
    if (next_) tickets.push_back(next_->ticket);
    current_.reset();
    next_.reset();
    expected_.clear();
    over_ = true;
    return tickets;
}

void SmtpSession::quit() {
    assert(idle());
    last_ = true;
    command(Command::quit, "QUIT");
}

// Everything that is said goes through here, so that each command stands in expected_ with its end.
void SmtpSession::command(Command command, std::string_view line, std::string_view path, std::string_view tail) {
    const std::size_t before = queued_.size();
    queued_ += line;
    queued_ += path;
    queued_ += tail;
    queued_ += "\r\n";
    produced_ += queued_.size() - before;
    expected_.push_back({command, produced_});
}

void SmtpSession::say_mail(const Transaction& transaction) {
    std::string tail = ">";
    // Doubled dots and the last dot are not counted (RFC 1870), so the content's own size is the right one.
    if (extensions_.size_max) tail += " SIZE=" + std::to_string(transaction.content.size());
    // RFC 6531 §3.1 makes servers with SMTPUTF8 offer 8BITMIME too; one that does not is not told of it.
    if (transaction.utf8) tail += extensions_.eight_bit ? " BODY=8BITMIME SMTPUTF8" : " SMTPUTF8";
    command(Command::mail, "MAIL FROM:<", transaction.envelope->from, tail);
}

void SmtpSession::say_recipient(const Transaction& transaction) {
    command(Command::recipient, "RCPT TO:<", transaction.envelope->to, ">");
}

/// With pipelining the whole envelope, else its first command; the others follow reply by reply.
void SmtpSession::start(const Transaction& transaction) {
    // A refused RCPT or DATA leaves the sender standing at the server, and the next MAIL
    // would get 503. Pipelined, RSET travels with the envelope and costs no round trip.
    if (std::exchange(reset_needed_, false)) {
        command(Command::reset, "RSET");
        if (!pipelining_) return;
    }
    say_mail(transaction);
    if (!pipelining_) return;
    say_recipient(transaction);
    command(Command::data, "DATA");
}

// Two buffers: the one being sent must not move or grow (TLS), what is said meanwhile gathers in the other. Content is
// produced only when all before it is sent, so a session holds one piece of it at most.
std::string_view SmtpSession::output() {
    if (over_) return {};
    if (output_at_ == output_.size()) {
        if (content_due() && !held_) produce();
        output_.clear();
        output_at_ = 0;
        std::swap(output_, queued_);
    }
    return std::string_view(output_).substr(output_at_);
}

/// The next piece of content with its dots doubled (RFC 5321 §4.5.2); at its end the final dot and the next envelope.
void SmtpSession::produce() {
    Transaction& mail = *current_;
    const std::size_t before = queued_.size();
    const std::size_t end = std::min(mail.content.size(), mail.at + piece_bytes);
    // A line may begin with a dot right at the seam of two pieces: the byte before is
    // looked up in the content, not in the piece.
    const std::string_view until = mail.content.substr(0, end);
    while (mail.at < end) {
        std::size_t stop = end;
        if (mail.dots) {
            if (until[mail.at] == '.' && (mail.at == 0 || until[mail.at - 1] == '\n')) queued_ += '.';
            const std::size_t newline = until.find("\n.", mail.at);
            if (newline != std::string_view::npos) stop = newline + 1;
        }
        queued_ += until.substr(mail.at, stop - mail.at);
        mail.at = stop;
    }
    const bool whole = end == mail.content.size();
    // The dot must stand alone on its line (RFC 5321 §4.1.1.4).
    if (whole && !mail.content.ends_with("\r\n")) queued_ += "\r\n";
    produced_ += queued_.size() - before;
    if (whole) produce_dot();
}

void SmtpSession::produce_dot() {
    queued_ += ".\r\n";
    produced_ += 3;
    current_->dot_end = produced_;
    // Nothing is said between 354 and the dot, so the dot's entry, which began without an end, is the last.
    assert(!expected_.empty() && expected_.back().command == Command::dot);
    expected_.back().end = produced_;
    if (next_ && !std::exchange(next_started_, true)) start(*next_);
}

void SmtpSession::sent(std::size_t bytes) {
    assert(bytes <= output_.size() - output_at_);
    output_at_ += bytes;
    sent_ += bytes;
}

// Replies come in packets of any cut. Once over, what is left is not read: it would belong to nobody.
void SmtpSession::receive(std::string_view bytes) {
    reader_.feed(bytes);
    while (!over_) {
        const auto reply = reader_.next();
        if (!reply) return fail(Reply::Failure::garbage);
        if (!*reply) return;
        ++replies_;
        on_reply(**reply);
    }
}

void SmtpSession::on_reply(const ReplyReader::Parsed& reply) {
    if (expected_.empty()) return fail(Reply::Failure::garbage);  // or a 421 to an idle session: it is over either way
    const Expected expected = expected_.front();
    if (sent_ < expected.end) return on_early_reply(reply, expected.command);
    expected_.erase(expected_.begin());
    // RFC 5321 §3.8: may come as the answer to anything, and the server closes behind it.
    if (reply.code == 421) {
        if (current_ && current_->refusal) settle(current_->refusal->first, current_->refusal->second);
        if (current_) settle(reply, stage_of(expected.command), expected.command == Command::dot);
        return fail(Reply::Failure::closed);
    }
    switch (expected.command) {
        case Command::reset:
            // A server that refuses RSET leaves open what it still holds: a dot might deliver a mixture.
            if (reply.code / 100 != 2) return fail(Reply::Failure::garbage);
            if (!pipelining_) say_mail(*current_);
            return;
        case Command::mail:
        case Command::recipient:
            return on_envelope_reply(reply, expected.command);
        case Command::data:
            return on_data_reply(reply);
        case Command::dot:
            return on_dot_reply(reply);
        case Command::quit:
            over_ = true;
    }
}

/// A server may refuse while the content still flows (552, 421); the rest of it would be taken for commands, so that is the end.
/// Any other answer to something it cannot have seen is no answer, least of all "250" (S35).
void SmtpSession::on_early_reply(const ReplyReader::Parsed& reply, Command command) {
    // Before any of the content was out it cannot be about that.
    if (command == Command::dot && reply.code >= 400 && sent_ > current_->content_begin) {
        settle(reply, Stage::content);
        return fail(Reply::Failure::closed);
    }
    if (reply.code == 421 && current_) {
        settle(reply, stage_of(command));
        return fail(Reply::Failure::closed);
    }
    fail(Reply::Failure::garbage);
}

void SmtpSession::on_envelope_reply(const ReplyReader::Parsed& reply, Command command) {
    if (reply.code / 100 == 3) return fail(Reply::Failure::garbage);
    if (reply.code / 100 != 2) {
        // With pipelining RCPT and DATA are under way already, and the answers to them show whether this one was the answer to what
        // it seems to be: a server that says one reply too many to a dot would have the next mail refused.
        if (pipelining_) {
            if (!current_->refusal) current_->refusal = {reply, stage_of(command)};
            return;
        }
        settle(reply, stage_of(command));
        end_transaction();
        return;
    }
    if (command == Command::recipient) current_->recipient_accepted = true;
    if (pipelining_) return;
    if (command == Command::mail) {
        say_recipient(*current_);
    } else {
        this->command(Command::data, "DATA");
    }
}

void SmtpSession::on_data_reply(const ReplyReader::Parsed& reply) {
    // "250" to DATA: it is not clear whether the server waits for content. Sending it could make commands of a mail.
    if (reply.code < 400 && reply.code != 354) return fail(Reply::Failure::garbage);
    // No sender, yet a recipient, and no content: more likely these are the answers to other commands.
    if (current_->refusal && current_->recipient_accepted && reply.code >= 400) return fail(Reply::Failure::garbage);
    if (current_->refusal) settle(current_->refusal->first, current_->refusal->second);
    if (reply.code >= 400) {
        settle(reply, Stage::data);
        return end_transaction();
    }
    current_->sending = true;
    current_->content_begin = produced_;
    expected_.push_back({Command::dot, not_yet});
    // Sender or recipient was refused, yet the server asks for content: nothing but the dot (RFC 2920 §3.1).
    if (current_->settled) produce_dot();
}

void SmtpSession::on_dot_reply(const ReplyReader::Parsed& reply) {
    if (reply.code / 100 == 3) return fail(Reply::Failure::garbage);
    // Accepted or refused, the transaction is over at the server (RFC 5321 §4.1.1.4), so no RSET is needed.
    settle(reply, Stage::final_dot, true);
    current_.reset();
    if (last_) {
        over_ = true;
        return;
    }
    if (!next_) return;
    current_ = std::exchange(next_, std::nullopt);
    next_started_ = false;
}

/// Tells the current mail's Reply, once: the first refusal is the one that decided.
void SmtpSession::settle(const ReplyReader::Parsed& reply, Stage stage, bool content_sent) {
    // Behind a refused MAIL come refusals of RCPT and DATA, mostly 503: true, and without any news.
    if (std::exchange(current_->settled, true)) return;
    Reply told;
    told.stage = stage;
    told.code = reply.code;
    told.enhanced = reply.enhanced;
    told.text = reply.text;
    told.content_sent = content_sent;
    decided_.push_back({current_->ticket, std::move(told)});
}

/// The transaction ended before its dot.
void SmtpSession::end_transaction() {
    current_.reset();
    reset_needed_ = true;
}

// The stage is read before over_ is set, since nothing is waited for afterwards.
// Whether the dot went out decides between "again" and "uncertain" (S36).
void SmtpSession::fail(Reply::Failure failure) {
    if (over_) return;
    const Stage at = stage().value_or(Stage::quit);
    over_ = true;
    // A refusal stands, also if the server is gone before it has answered everything; not if it is out of step.
    if (current_ && current_->refusal && failure != Reply::Failure::garbage)
        settle(current_->refusal->first, current_->refusal->second);
    if (current_ && !current_->settled) {
        const bool sent = current_->dot_sent(sent_);
        Reply reply = refusal(failure, at, explain(failure));
        reply.content_sent = sent;
        decided_.push_back({current_->ticket, std::move(reply)});
    }
    // It waited behind the dot and is not to blame: closed at MAIL is what lets it go to another session for free.
    if (next_) decided_.push_back({next_->ticket, refusal(Reply::Failure::closed, Stage::mail, explain(Reply::Failure::closed))});
    current_.reset();
    next_.reset();
    expected_.clear();
}

Stage SmtpSession::stage_of(Command command) {
    switch (command) {
        case Command::reset:
        case Command::mail:
            return Stage::mail;
        case Command::recipient:
            return Stage::recipient;
        case Command::data:
            return Stage::data;
        case Command::dot:
            return Stage::final_dot;
        case Command::quit:
            break;
    }
    return Stage::quit;
}

std::optional<Stage> SmtpSession::stage() const {
    // While content flows the deadline is for progress in sending; the reply to the dot is
    // waited for only when the dot is out.
    if (current_ && current_->sending && !current_->dot_sent(sent_)) return Stage::content;
    if (expected_.empty()) return std::nullopt;
    return stage_of(expected_.front().command);
}

}  // namespace ilbud
