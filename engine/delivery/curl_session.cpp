// The hands of the state machine: bytes from it to the socket, bytes from the socket to it, one timer for all its
// deadlines. Decisions about SMTP are not made here. Whatever happens ends in pump(), which is the only place that
// looks at everything: what is decided, whether another mail fits, what must be sent, how long to wait. A session may
// end in any function that calls pump() or close(). Nothing touches it afterwards but `closed()`; handlers keep it
// alive by a shared pointer, and the pool forgets it in a round of its own.
#include "curl_session.hpp"

#include <algorithm>
#include <cassert>

#include <boost/asio/post.hpp>

#include "curl_pool.hpp"

namespace ilbud {
namespace {

// A mail behind a final dot that is not answered goes to another session after so long, or a quarter of the dot's deadline.
constexpr Duration patience_behind_dot = 2s;
// One TLS record: a call either hands it over whole or not at all, so what counts as sent was really sent.
constexpr std::size_t record_bytes = 16 * 1024;
constexpr std::size_t receive_bytes = 16 * 1024;
constexpr std::size_t receive_rounds = 4;  // of receive_bytes, before others have their turn

// Zero until the TCP connection stands: the one thing that parts "unreachable" from "does not answer".
bool tcp_connected(CURL* easy) {
    curl_off_t microseconds = 0;
    return easy != nullptr && curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &microseconds) == CURLE_OK && microseconds > 0;
}

// The parcel's address: in_hand_ holds the parcel as long as the ticket is in use, so no other can have it.
SmtpSession::Ticket ticket_of(const Parcel& parcel) {
    return reinterpret_cast<SmtpSession::Ticket>(&parcel);
}

}  // namespace

CurlSession::CurlSession(CurlPool& pool)
    : pool_(pool),
      greeting_(pool.transport().settings.reply_bytes_max),
      descriptor_(pool.transport().context),
      timer_(pool.transport().context) {}

CurlSession::~CurlSession() {
    assert(state_ == State::closed);
}

// One deadline for connecting, TLS, greeting, EHLO and AUTH together; a second try in
// plain text gets what is left of it.
void CurlSession::open() {
    const auto& settings = pool_.transport().settings;
    opened_at_ = std::chrono::steady_clock::now();
    arm(opened_at_ + std::min(settings.deadlines.connect, settings.relay_patience));
    start(effective_tls(pool_.relay()));
}

void CurlSession::start(TlsPolicy tls) {
    tls_ = tls;
    greeting_ = Greeting(pool_.transport().settings.reply_bytes_max);
    auto made = make_handle(pool_.relay(), tls, pool_.helo(), pool_.transport().settings.deadlines, greeting_, error_);
    if (made) {
        easy_ = std::move(*made);
        pool_.multi().add(easy_.get());
        return;
    }
    Reply reply;
    const bool secret = made.error().code != "invalid_relay";
    reply.stage = secret ? Stage::auth : Stage::connect;
    reply.failure = secret ? Reply::Failure::auth_failed : Reply::Failure::unreachable;
    reply.text = on_one_line(to_text(made.error()));
    // Later, as the pool is still in the middle of opening: it must not be told of an end before the beginning is over.
    asio::post(pool_.transport().context, [self = shared_from_this(), reply = std::move(reply)]() mutable {
        if (self->state_ == State::opening) self->opening_failed(std::move(reply));
    });
}

void CurlSession::connected(CURLcode result) {
    if (state_ != State::opening) return;
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (result != CURLE_OK || curl_easy_getinfo(easy_.get(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK ||
        socket == CURL_SOCKET_BAD) {
        Reply reply = greeting_.failure(result, tcp_connected(easy_.get()), on_one_line(error_.data(), 200));
        // Only trouble with TLS brings the second try, and only where plain text was allowed from the start (S29).
        if (tls_ == TlsPolicy::opportunistic && reply.failure == Reply::Failure::tls_failed) {
            pool_.transport().log.counted(LogLevel::warning, "relay.tls_fallback", pool_.relay().name,
                                          {{"relay", pool_.relay().name}, {"detail", reply.text}});
            pool_.multi().remove(easy_.get());
            return start(TlsPolicy::none);
        }
        return opening_failed(std::move(reply));
    }
    // Asked of what was said on the wire, not of what was asked for.
    encrypted_ = pool_.relay().tls_from_start || greeting_.starttls_accepted();
    if (auto missing = missing_protection()) return opening_failed(std::move(*missing));
    state_ = State::open;
    machine_.emplace(greeting_.extensions(), pool_.relay().pipelining, pool_.transport().settings.reply_bytes_max);
    // libcurl has stopped watching the socket by now, so Asio may register it again; twice
    // at once epoll would refuse it.
    descriptor_.assign(socket);
    pool_.opened();
    on_readable();  // also binds the connection to the handle, without which libcurl might take it for an unused one
}

/// libcurl goes on without AUTH where none is offered; that it never goes on without required TLS is checked once more (S29,
/// S32).
std::optional<Reply> CurlSession::missing_protection() const {
    Reply reply;
    if (tls_ == TlsPolicy::required && !encrypted_) {
        reply.stage = Stage::tls;
        reply.failure = Reply::Failure::tls_failed;
        reply.text = "the server did not begin TLS";
        return reply;
    }
    if (pool_.relay().auth != AuthMethod::none && !greeting_.authenticated()) {
        reply.stage = Stage::auth;
        reply.failure = Reply::Failure::auth_failed;
        reply.text = "the server did not offer AUTH";
        return reply;
    }
    return std::nullopt;
}

void CurlSession::opening_failed(Reply reply) {
    trouble_ = std::move(reply);
    close();
}

// Counts mails that were offered, refused ones too. Zero means no limit.
bool CurlSession::worn_out() const {
    const std::size_t most = pool_.relay().mails_per_session;
    return most != 0 && offered_ >= most;
}

// A mail may be decided while it is offered (a bad address, too large), and then another one fits: hence the loop. Told
// again behind flush(), since sending can end the session.
void CurlSession::pump() {
    if (state_ != State::open && state_ != State::quitting) return;
    const auto now = std::chrono::steady_clock::now();
    do {
        tell(now);
        take_mails(now);
    } while (machine_->has_decided());
    flush(now);
    tell(now);
    if (machine_->over()) return close();
    // What became of no use since its envelope went out never will be: its session is better used by others than kept waiting.
    if (machine_->held() && now >= in_hand_.front()->consignment.begin_before) return let_go();
    // RFC 5321 §4.1.1.10: a client does not close without QUIT, so a session that is not to
    // be used any more says it as soon as nothing is under way.
    if (state_ == State::open && machine_->idle() && !live()) {
        state_ = State::quitting;
        machine_->quit();
        flush(now);
        if (machine_->over()) return close();
    }
    set_deadline(now);
}

void CurlSession::take_mails(SteadyTime now) {
    while (live() && machine_->wants_mail()) {
        auto parcel = pool_.next_mail(!machine_->idle());
        if (!parcel) return;
        if (now + pool_.transport().settings.deadlines.session > parcel->until() || now >= parcel->consignment.begin_before) {
            parcel->finish(not_begun());
            continue;
        }
        ++offered_;
        // The clock of a mail behind a dot begins when the mail before it is decided, not when it is offered.
        if (in_hand_.empty()) mail_since_ = now;
        in_hand_.push_back(parcel);
        machine_->offer(ticket_of(*parcel), parcel->consignment.envelope, *parcel->consignment.bytes);
    }
}

std::vector<std::shared_ptr<Parcel>>::iterator CurlSession::find(SmtpSession::Ticket ticket) {
    return std::find_if(in_hand_.begin(), in_hand_.end(), [&](const auto& parcel) { return ticket_of(*parcel) == ticket; });
}

void CurlSession::tell(SteadyTime now) {
    if (!machine_->has_decided()) return;
    auto decided = machine_->take();
    for (auto& [ticket, reply] : decided) {
        const auto found = find(ticket);
        assert(found != in_hand_.end());
        const auto parcel = *found;
        in_hand_.erase(found);
        mail_since_ = now;
        // Any answer about a mail, a refusal too, shows that the relay works.
        if (reply.code != 0 && reply.code != 421) useful_ = true;
        if (give_back(parcel, reply)) continue;
        if (blames_relay(reply)) trouble_ = reply;
        pool_.decided(parcel, std::move(reply));
    }
    if (pool_.transport().stopping) pool_.changed();  // sessions were kept for this mail alone, perhaps
}

/// Whether the relay should be left alone for a while: the session died before it had an answer about any mail, or the relay went
/// silent before it saw any content. From the content on, the mail may be the cause.
bool CurlSession::blames_relay(const Reply& reply) const {
    if (!machine_->over() || reply.stage > Stage::data) return false;
    // RFC 5321 §4.2.3: at RCPT and DATA some say it of one recipient (a limit of connections to its host, a policy server's word).
    if (reply.code == 421 && reply.stage > Stage::mail) return false;
    return !useful_ || reply.failure == Reply::Failure::timeout;
}

/// A mail that met a session already dead was not tried: it goes once more, on another one.
bool CurlSession::give_back(const std::shared_ptr<Parcel>& parcel, const Reply& reply) {
    // On a fresh session it is no news of an old connection: the relay greets and hangs up,
    // and another session would meet the same. Once only (`returned`), or a mail that kills
    // sessions would go round for ever. Past MAIL the mail itself may be the cause.
    const bool dead = reply.failure == Reply::Failure::closed || reply.code == 421;
    const bool fresh = machine_->replies() <= (reply.code == 421 ? 1U : 0U);
    if (!dead || fresh || reply.stage != Stage::mail || reply.content_sent || parcel->returned) return false;
    if (pool_.transport().aborting) return false;
    parcel->returned = true;
    // To the front: it has had its turn already.
    pool_.transport().waiting.push_front(parcel);
    return true;
}

// What a kill can repeat is bounded here (DESIGN §1.2). A dot goes out only while fewer than the share are answered and not stored,
// and is one of at most one on each connection; an answer turns a dot into an answered mail: the sum never passes both together.
// The mail's end is asked for here and not only at its MAIL: its own time begins when the mail before it is decided, which may be
// long after its envelope went out behind that one's dot.
bool CurlSession::may_send_content(SteadyTime now) {
    const auto end = mail_since_ + pool_.transport().settings.deadlines.session;
    const auto& mail = *in_hand_.front();
    held_back_ = end > mail.until() || now >= mail.consignment.begin_before || !pool_.transport().may_send();
    if (held_back_) pool_.transport().held_back = true;
    return !held_back_ && now <= end;  // a timer that is late (the process was stopped) lets nothing out either
}

/// Gives back what was held back for too long: no content went out, so it was not tried, and the relay is not to blame.
void CurlSession::let_go() {
    auto tickets = machine_->abandon();
    for (; !tickets.empty(); tickets.pop_back()) {
        const auto found = find(tickets.back());
        pool_.transport().waiting.push_front(*found);
        in_hand_.erase(found);
    }
    close();
}

// A write that TLS has begun must be repeated with the same bytes at the same place;
// the machine's output() stays where it is for that. CURLE_AGAIN is the normal end.
void CurlSession::flush(SteadyTime now) {
    while (!writing_) {
        if (machine_->content_due()) machine_->hold(!may_send_content(now));
        const std::string_view bytes = machine_->output();
        if (bytes.empty()) return;
        std::size_t sent = 0;
        const CURLcode result =
            curl_easy_send(easy_.get(), bytes.data(), encrypted_ ? std::min(bytes.size(), record_bytes) : bytes.size(), &sent);
        if (result == CURLE_AGAIN) return wait_writable();
        if (result != CURLE_OK) {
            receive();  // the server may have said why it closed
            return machine_->closed();
        }
        machine_->sent(sent);
    }
}

// TLS may hold bytes back that no readiness of the socket tells of, so it is read until CURLE_AGAIN, or for some
// rounds: the buffer takes a whole record, so none is left cut in two.
void CurlSession::receive() {
    std::array<char, receive_bytes> bytes;
    for (std::size_t round = 0; round < receive_rounds && !machine_->over(); ++round) {
        std::size_t received = 0;
        const CURLcode result = curl_easy_recv(easy_.get(), bytes.data(), bytes.size(), &received);
        if (result == CURLE_AGAIN) break;
        if (result != CURLE_OK || received == 0) {
            machine_->closed();
            break;
        }
        machine_->receive({bytes.data(), received});
        if (!encrypted_ && received < bytes.size()) break;  // there is no more; TLS may hold some back
    }
}

void CurlSession::on_readable() {
    receive();
    pump();
    if (!closed()) wait_readable();
}

// The error is not looked at: whatever is wrong with the socket, the next read says it
// better. Released by close(), it ends here.
void CurlSession::wait_readable() {
    descriptor_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](boost::system::error_code) {
        if (!self->closed()) self->on_readable();
    });
}

void CurlSession::wait_writable() {
    writing_ = true;
    descriptor_.async_wait(asio::posix::descriptor_base::wait_write, [self = shared_from_this()](boost::system::error_code) {
        self->writing_ = false;
        if (!self->closed()) self->pump();
    });
}

// The steps of RFC 5321 §4.5.3.2, whose times are the defaults of the settings. RSET and MAIL share one.
// Before the content a mail may go elsewhere without harm, so where another relay is up no more than relay_patience is waited.
Duration CurlSession::allowed(std::optional<Stage> stage) const {
    const DeliverySettings& settings = pool_.transport().settings;
    const DeliveryDeadlines& deadlines = settings.deadlines;
    if (!stage) return deadlines.idle;
    const auto envelope = [&](Duration deadline) {
        return pool_.patient() ? deadline : std::min(deadline, settings.relay_patience);
    };
    switch (*stage) {
        case Stage::recipient:
            return envelope(deadlines.recipient);
        case Stage::data:
            return envelope(deadlines.data);
        case Stage::content:
            return deadlines.block;
        case Stage::final_dot:
            return machine_->one_behind_dot() ? std::min(deadlines.final_dot / 4, patience_behind_dot) : deadlines.final_dot;
        case Stage::quit:
            return deadlines.quit;
        default:
            return envelope(deadlines.mail);
    }
}

// A deadline begins with progress, so a server that drips single bytes of a reply cannot stretch it: only whole replies
// and bytes sent count. A second limit holds for the whole mail.
void CurlSession::set_deadline(SteadyTime now) {
    if (machine_->progress() != progress_ || progress_ == 0) {
        progress_ = machine_->progress();
        since_ = now;
        impatient_ = false;
    }
    deadline_ = since_ + allowed(machine_->stage());
    if (machine_->stage() == Stage::final_dot && !impatient_)
        deadline_ = std::min(deadline_, since_ + pool_.transport().settings.relay_patience);
    if (!in_hand_.empty()) deadline_ = std::min(deadline_, mail_since_ + pool_.transport().settings.deadlines.session);
    if (deadline_ < armed_) arm(deadline_);  // else the timer looks at it when it fires
}

// The timer is set anew only when something is due earlier. Mostly deadlines move
// later, with every packet, and for those it is enough to look when the timer fires.
void CurlSession::arm(SteadyTime until) {
    deadline_ = armed_ = until;
    timer_.expires_at(until);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error || self->closed()) return;
        self->armed_ = SteadyTime::max();
        const auto now = std::chrono::steady_clock::now();
        if (now < self->deadline_) return self->arm(self->deadline_);
        self->on_deadline(now);
    });
}

void CurlSession::on_deadline(SteadyTime now) {
    const auto& settings = pool_.transport().settings;
    if (state_ == State::opening) {
        // A server may keep its greeting back for long on purpose; one that takes no connection is not there.
        const bool connected = tcp_connected(easy_.get());
        const auto silence = greeting_.failure(CURLE_OPERATION_TIMEDOUT, connected, "no answer in time");
        const auto end = opened_at_ + settings.deadlines.connect;
        if (!connected || now >= end) return opening_failed(silence);
        arm(end);
        return pool_.impatient(silence, opened_at_);
    }
    const auto stage = machine_->stage();
    const bool over = now >= since_ + allowed(stage) || now >= mail_since_ + settings.deadlines.session;
    if (stage == Stage::final_dot && !impatient_ && now >= since_ + settings.relay_patience) {
        impatient_ = true;
        Reply silence;
        silence.stage = Stage::final_dot;
        silence.failure = Reply::Failure::timeout;
        silence.text = "no reply in time";
        pool_.impatient(silence, since_);
        if (!over) return set_deadline(now);
    }
    // The dot before it is slow but not overdue: the mail behind goes elsewhere, the mail
    // before keeps its full deadline.
    const bool impatient = machine_->one_behind_dot() && now < since_ + settings.deadlines.final_dot &&
                           now < mail_since_ + settings.deadlines.session;
    if (impatient) {
        const auto ticket = *machine_->withdraw();  // there is one: one_behind_dot()
        const auto found = find(ticket);
        pool_.transport().waiting.push_front(*found);
        in_hand_.erase(found);
        // The envelope that went out cannot be taken back, so this session has no use after the dot.
        retiring_ = true;
        set_deadline(now);
        return pool_.changed();
    }
    if (machine_->held() && held_back_) return let_go();
    if (machine_->idle()) {
        retiring_ = true;  // pump() says QUIT
    } else {
        machine_->timed_out();
    }
    pump();
}

void CurlSession::retire() {
    retiring_ = true;
    if (state_ == State::opening) return abort();
    pump();
}

void CurlSession::abort() {
    if (machine_ && machine_->held() && held_back_) return let_go();
    if (machine_) {
        machine_->closed();
        tell(std::chrono::steady_clock::now());
    }
    close();
}

void CurlSession::close() {
    if (state_ == State::closed) return;
    const bool was_open = state_ != State::opening;
    state_ = State::closed;
    timer_.cancel();
    // Asio lets go of the descriptor before libcurl closes it, not the other way round.
    if (descriptor_.is_open()) descriptor_.release();
    if (easy_) pool_.multi().remove(easy_.get());
    easy_.reset();
    pool_.ended(was_open, trouble_, since_);
}

}  // namespace ilbud
