// A server for trying things: it takes whatever a well-behaved client may send, strictly by the letter where a client
// could be wrong (the end of the content, the order of commands) and generously elsewhere. It accepts for everybody and
// sends to nobody, so it can never be a relay. It is no mail server: no queue, no bounce, no authentication. One
// coroutine a session reads, obeys and answers in turn.
#include "ilbud/delivery/sink.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <list>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "sink_commands.hpp"

namespace ilbud {
namespace {

using namespace sink_command;
namespace tcp = asio::ip;
namespace ssl = asio::ssl;
// Bytes of a command; RFC 5321 §4.5.3.1.4 asks for 512, and extensions add to that. Beyond it the session ends.
constexpr std::size_t line_bytes_max = 2048;
// Told as SIZE (RFC 1870). Held in memory until the dot, so it bounds what one client can take.
constexpr std::size_t mail_bytes_max = 64 * 1024 * 1024;
// What every server must take (RFC 5321 §4.5.3.1.8).
constexpr std::size_t recipients_max = 100;

// At construction, so that a wrong file is told at the start and not to the first client that says STARTTLS.
std::optional<ssl::context> tls_context(const SinkOptions& options) {
    if (options.certificate.empty()) return std::nullopt;
    ssl::context context(ssl::context::tls_server);
    boost::system::error_code error;
    const auto need = [&](const std::filesystem::path& file) {
        if (!std::ifstream(file)) throw std::runtime_error(file.string() + ": cannot be read");
        if (error) throw std::runtime_error(file.string() + ": " + error.message());
    };
    context.use_certificate_chain_file(options.certificate.string(), error);
    need(options.certificate);
    context.use_private_key_file(options.key.string(), ssl::context::pem, error);
    need(options.key);
    return context;
}

/// What a command asks for beside its reply.
/// obey() is no coroutine: what has to wait is done by whoever called it.
enum class Then { next_command, content, handshake };

}  // namespace

struct Sink::Impl {
    struct Session {
        explicit Session(tcp::tcp::socket connection) : socket(std::move(connection)) {}
        tcp::tcp::socket socket;
        std::optional<ssl::stream<tcp::tcp::socket&>> secure;  // since STARTTLS
        std::array<char, 65536> piece;                         // as read
        std::string in, out;
        std::size_t at = 0;  // what stands before is done with
        SinkMail mail;
        bool has_sender = false;
        bool smtputf8 = false;  // of this transaction
        bool over = false;
    };

    Impl(asio::io_context& io, SinkOptions chosen, Log& journal)
        : context(io),
          options(std::move(chosen)),
          log(journal),
          tls(tls_context(options)),
          acceptor(io),
          sessions_done(io, [this](std::exception_ptr failure) {
              try {
                  std::rethrow_exception(failure);
              } catch (const std::exception& error) {
                  log.counted(LogLevel::error, "sink.session_failed", "", {{"detail", error.what()}});
              }
          }) {
        const tcp::tcp::endpoint endpoint(tcp::make_address(options.host), options.port);
        acceptor.open(endpoint.protocol());
        acceptor.set_option(tcp::tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint);
        acceptor.listen(1024);
        if (options.maildir.empty()) return;
        for (const char* folder : {"tmp", "new", "cur"}) std::filesystem::create_directories(options.maildir / folder);
    }

    Task<void> serve(std::list<Session>::iterator session);
    Task<bool> read_more(Session& session);
    Task<void> flush(Session& session);
    Task<void> shake_hands(Session& session);
    Task<void> take_content(Session& session);
    void obey(Session& session, std::string_view line, Then& then);
    static std::string take_sender(Session& session, std::string_view line);
    static std::string take_recipient(Session& session, std::string_view line);
    void store(const SinkMail& mail);

    asio::io_context& context;
    SinkOptions options;
    Log& log;
    std::optional<ssl::context> tls;
    tcp::tcp::acceptor acceptor;
    TaskGroup sessions_done;
    // A list: each session's coroutine holds its own place, which must stay while others come and go.
    std::list<Session> sessions;
    std::atomic<std::uint64_t> mails = 0;
    int waiting = 0;  // sessions whose final dot is not answered yet
    std::atomic<int> most_waiting = 0;
    std::uint64_t files = 0;
    bool stopped = false;
};

/// False: the client is gone.
Task<bool> Sink::Impl::read_more(Session& session) {
    session.in.erase(0, session.at);
    session.at = 0;
    boost::system::error_code error;
    const auto piece = asio::buffer(session.piece);
    std::size_t count = 0;
    if (session.secure)
        count = co_await session.secure->async_read_some(piece, asio::redirect_error(asio::use_awaitable, error));
    else
        count = co_await session.socket.async_read_some(piece, asio::redirect_error(asio::use_awaitable, error));
    session.in.append(session.piece.data(), count);
    co_return !error;
}

Task<void> Sink::Impl::flush(Session& session) {
    if (session.out.empty()) co_return;
    boost::system::error_code error;
    const auto out = asio::buffer(session.out);
    if (session.secure)
        co_await asio::async_write(*session.secure, out, asio::redirect_error(asio::use_awaitable, error));
    else
        co_await asio::async_write(session.socket, out, asio::redirect_error(asio::use_awaitable, error));
    session.out.clear();
    if (error) session.over = true;
}

/// Nothing that was said before counts afterwards, neither commands already read nor a sender (RFC 3207 §4.2).
Task<void> Sink::Impl::shake_hands(Session& session) {
    co_await flush(session);
    session.in.clear();
    session.at = 0;
    session.mail = {};
    session.has_sender = false;
    session.secure.emplace(session.socket, *tls);
    boost::system::error_code error;
    co_await session.secure->async_handshake(ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
    if (error) session.over = true;
}

Task<void> Sink::Impl::serve(std::list<Session>::iterator place) {
    Session& session = *place;
    session.out = "220 ilbud sink ESMTP\r\n";
    while (!session.over && !stopped) {
        const std::size_t end = session.in.find('\n', session.at);
        if (end == std::string::npos) {  // replies to commands that came together go out together (RFC 2920 §3.2)
            // A line that does not end: closed without a word, as nothing that would be said fits its place any more.
            if (session.in.size() - session.at > line_bytes_max) break;
            co_await flush(session);
            const bool more = co_await read_more(session);
            if (!more) break;
            continue;
        }
        std::string_view line(session.in.data() + session.at, end - session.at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto then = Then::next_command;
        obey(session, line, then);
        session.at = end + 1;
        if (then == Then::content) co_await take_content(session);
        if (then == Then::handshake) co_await shake_hands(session);
    }
    // After stop() the sockets are closed: nothing more can be said on them.
    if (!stopped) co_await flush(session);
    sessions.erase(place);
}

std::string Sink::Impl::take_sender(Session& session, std::string_view line) {
    const auto path = path_of(line);
    if (session.has_sender) return "503 5.5.1 nested MAIL\r\n";
    if (!path) return "501 5.5.4 MAIL FROM:<address>\r\n";
    bool smtputf8 = false;
    for (const auto& parameter : parameters_of(line)) {
        if (parameter.starts_with("BODY=") && parameter != "BODY=7BIT" && parameter != "BODY=8BITMIME")
            return "501 5.5.4 BODY=7BIT or BODY=8BITMIME\r\n";
        if (parameter.starts_with("SMTPUTF8=")) return "501 5.5.4 SMTPUTF8 has no value\r\n";
        smtputf8 = smtputf8 || parameter == "SMTPUTF8";
    }
    if (auto refusal = refusal_of(*path, smtputf8); !refusal.empty()) return refusal;
    session.mail.from = *path;
    session.has_sender = true;
    session.smtputf8 = smtputf8;
    return "250 2.1.0 Ok\r\n";
}

std::string Sink::Impl::take_recipient(Session& session, std::string_view line) {
    const auto path = path_of(line);
    if (!session.has_sender) return "503 5.5.1 MAIL first\r\n";
    if (!path || path->empty()) return "501 5.5.4 RCPT TO:<address>\r\n";
    if (auto refusal = refusal_of(*path, session.smtputf8); !refusal.empty()) return refusal;
    if (!session.mail.to.empty()) session.mail.to += ',';
    session.mail.to += *path;
    return session.mail.to.size() > recipients_max * 320 ? "452 4.5.3 too many recipients\r\n" : "250 2.1.5 Ok\r\n";
}

void Sink::Impl::obey(Session& session, std::string_view line, Then& then) {
    const std::string verb = upper_verb(line);
    auto& out = session.out;
    // EHLO and RSET drop a transaction that is under way (RFC 5321 §4.1.4, §4.1.1.5).
    const auto forget = [&] {
        session.mail = {};
        session.has_sender = false;
    };
    if (verb == "EHLO") {
        forget();
        out += "250-ilbud sink\r\n250-PIPELINING\r\n250-SIZE " + std::to_string(mail_bytes_max) +
               "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n";
        if (tls && !session.secure) out += "250-STARTTLS\r\n";
        out += "250 ENHANCEDSTATUSCODES\r\n";
    } else if (verb == "STARTTLS" && tls && !session.secure) {
        // Once only, and the rest of what came with it is thrown away by shake_hands: it may have been injected.
        out += "220 2.0.0 go ahead\r\n";
        then = Then::handshake;
    } else if (verb == "HELO") {
        forget();
        out += "250 ilbud sink\r\n";
    } else if (verb == "MAIL") {
        out += take_sender(session, line);
    } else if (verb == "RCPT") {
        out += take_recipient(session, line);
    } else if (verb == "DATA") {
        const bool complete = session.has_sender && !session.mail.to.empty();
        if (complete) then = Then::content;
        out += complete ? "354 go ahead\r\n" : "503 5.5.1 RCPT first\r\n";
    } else if (verb == "RSET") {
        forget();
        out += "250 2.0.0 Ok\r\n";
    } else if (verb == "NOOP") {
        out += "250 2.0.0 Ok\r\n";
    } else if (verb == "QUIT") {
        out += "221 2.0.0 Bye\r\n";
        session.over = true;
    } else {
        out += "502 5.5.2 unknown command\r\n";
    }
}

/// Reads up to CRLF.CRLF, and nothing else ends it (RFC 5321 §4.1.1.4), and takes the doubled dots out (§4.5.2).
/// A bare LF, or a dot between bare line ends, stays part of the mail: taking one for an
/// end is what SMTP smuggling lives on (S2).
Task<void> Sink::Impl::take_content(Session& session) {
    co_await flush(session);
    std::string& bytes = session.mail.bytes;
    std::size_t searched = session.at;  // no line end stands before
    while (true) {
        const std::size_t newline = session.in.find("\r\n", searched);
        if (newline == std::string::npos) {
            // An unfinished line stays, so that its dot and its end are seen together.
            if (bytes.size() + session.in.size() - session.at > mail_bytes_max) {
                session.over = true;
                co_return;
            }
            searched = session.in.size() - session.at;
            searched -= searched > 0 ? 1 : 0;  // a CR may wait for its LF
            const bool more = co_await read_more(session);
            if (!more) {
                session.over = true;
                co_return;
            }
            continue;
        }
        std::string_view line(session.in.data() + session.at, newline + 2 - session.at);
        session.at = searched = newline + 2;
        if (line == ".\r\n") break;
        if (line.starts_with('.')) line.remove_prefix(1);
        bytes += line;
    }
    // Plays a slow server: the mail is there, its answer is late. It is stored even if the client does not wait.
    if (options.dot_latency > Duration{}) {
        most_waiting = std::max(most_waiting.load(), ++waiting);
        co_await sleep_for(options.dot_latency);
        --waiting;
    }
    if (!options.maildir.empty()) store(session.mail);
    if (options.on_mail) options.on_mail(session.mail);
    mails.fetch_add(1, std::memory_order_relaxed);
    session.mail = {};
    session.has_sender = false;
    // Only now: a mail that could not be written must not be told as taken.
    session.out += "250 2.0.0 Ok: taken\r\n";
}

/// Written to tmp, then renamed to new, so that a reader never meets half a mail.
void Sink::Impl::store(const SinkMail& mail) {
    const auto now =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    // Maildir's form: time, then what makes it unique within the second, the process, a
    // number of this process and the host's part.
    const std::string name = std::to_string(now / 1'000'000) + ".M" + std::to_string(now % 1'000'000) + "P" +
                             std::to_string(getpid()) + "Q" + std::to_string(++files) + ".sink";
    const auto written = options.maildir / "tmp" / name;
    {
        std::ofstream file(written, std::ios::binary);
        file << "Return-Path: <" << mail.from << ">\r\nDelivered-To: " << mail.to << "\r\n" << mail.bytes;
        file.close();
        if (!file) throw std::system_error(errno, std::generic_category(), "cannot write " + written.string());
    }
    std::filesystem::rename(written, options.maildir / "new" / name);
}

Sink::Sink(asio::io_context& context, SinkOptions options, Log& log)
    : impl_(std::make_shared<Impl>(context, std::move(options), log)) {}
Sink::~Sink() = default;

std::uint16_t Sink::port() const {
    return impl_->acceptor.local_endpoint().port();
}
int Sink::most_waiting() const {
    return impl_->most_waiting.load(std::memory_order_relaxed);
}

std::uint64_t Sink::mails() const {
    return impl_->mails.load(std::memory_order_relaxed);
}

Task<void> Sink::run() {
    const auto impl = impl_;
    while (!impl->stopped) {
        boost::system::error_code error;
        tcp::tcp::socket socket(impl->context);
        co_await impl->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        // stop() closes the acceptor, which ends the wait with an error: that one is no trouble.
        if (impl->stopped) break;
        if (error) {  // out of descriptors: others end some day
            impl->log.counted(LogLevel::warning, "sink.accept_failed", "", {{"detail", error.message()}});
            co_await sleep_for(std::chrono::milliseconds(100));
            continue;
        }
        // Replies are small and waited for: Nagle's algorithm would hold them back.
        socket.set_option(tcp::tcp::no_delay(true), error);
        impl->sessions.emplace_back(std::move(socket));
        impl->sessions_done.spawn(impl->serve(std::prev(impl->sessions.end())));
    }
    co_await impl->sessions_done.wait();
}

void Sink::stop() {
    impl_->stopped = true;
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    // Ends their reads and writes with an error; each session removes itself, and run() waits for all of them.
    for (auto& session : impl_->sessions) session.socket.close(ignored);
}

}  // namespace ilbud
