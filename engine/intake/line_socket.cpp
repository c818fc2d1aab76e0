// One coroutine a connection: wait for lines, hand them over, write the answers, again. While it writes it does not
// read, so a sender who takes no answers fills its own socket and not our memory.
// Asio 1.74 has no cancellation slots and no time-out of its own: a Deadline cancels everything its socket
// waits for, and whoever waited then asks whether it was the deadline. Only one thing is ever awaited on a
// connection, so that is never ambiguous.
#include "ilbud/intake/line_socket.hpp"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <list>

#include "ilbud/intake/answer.hpp"
#include "line_buffer.hpp"
#include "peer_access.hpp"
#include "places.hpp"
#include "socket_file.hpp"

namespace ilbud {
namespace {

using boost::system::error_code;
using Local = asio::local::stream_protocol;

// Without a pause accept fails again at once, for as long as descriptors are missing, and the thread does nothing else.
constexpr Duration accept_pause = std::chrono::milliseconds(100);  // after an error such as too many open files

// Of those that wait to be accepted, before connections that are open have their turn again. One at a time, and a thousand
// that come back make everybody wait for a thousand rounds. But only a part of the places: who has just come must be heard
// before the next ones need his place.
constexpr std::size_t accepted_in_a_turn = 32;
constexpr std::size_t part_of_places = 4;

// A timer that cancels what its socket waits for. It lives as long as somebody may still call its handler.
// socket_ may be gone by then: the handler looks at it only while armed_, and serve() stops the deadline
// before it erases the connection.
class Deadline : public std::enable_shared_from_this<Deadline> {
 public:
    Deadline(asio::io_context& context, Local::socket& socket) : timer_(context), socket_(&socket) {}

    void start(Duration duration) {
        stop();
        armed_ = true;
        timer_.expires_after(duration);
        timer_.async_wait([self = shared_from_this(), round = round_](error_code) {
            // A wait that ended before a later start or stop may be told after it.
            if (!self->armed_ || round != self->round_) return;
            self->passed_ = true;
            error_code ignored;
            self->socket_->cancel(ignored);
        });
    }
    void stop() {
        armed_ = false;
        ++round_;
        timer_.cancel();
    }
    [[nodiscard]] bool armed() const { return armed_; }
    [[nodiscard]] bool passed() const { return passed_; }

 private:
    asio::steady_timer timer_;
    Local::socket* socket_;
    std::uint64_t round_ = 0;
    bool armed_ = false;
    bool passed_ = false;
};

// Why a connection ends, as its last line. Sent only as far as the kernel takes it at once: nobody waits for a peer that
// is turned away. MSG_NOSIGNAL: a peer that has gone already must not end the process with SIGPIPE.
void say_why(Local::socket& socket, AnswerStatus status, const Error& error) {
    std::string line;
    append_last_line(line, status, error);
    ::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// A connection that is closed with bytes unread is a reset to its peer, who may then not get at the line that says why.
void discard_unread(Local::socket& socket) {
    std::array<char, 16 * 1024> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    for (int round = 0; round < 64; ++round)
        if (::recv(socket.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT) <= 0) return;
}

}  // namespace

struct LineSocket::Impl {
    // In a list, since the coroutine holds a reference over every wait and the deadline one to the socket.
    struct Connection {
        Connection(asio::io_context& context, Local::socket accepted, uid_t peer, std::size_t line_bytes_max)
            : socket(std::move(accepted)),
              deadline(std::make_shared<Deadline>(context, socket)),
              buffer(line_bytes_max),
              user(peer) {}

        Local::socket socket;
        std::shared_ptr<Deadline> deadline;
        LineBuffer buffer;
        uid_t user;
        SteadyTime idle_since = std::chrono::steady_clock::now();
        bool owed = false;     // lines of it were taken, and their answers are not written yet
        bool reading = false;  // waiting for bytes
        bool ended = false;    // the peer sends no more
        bool evicted = false;
        bool told_why = false;  // its last line is out: it stays a moment longer, so that it can be read
    };

    // One that was told why it has to go.
    struct Leaving {
        Local::socket socket;
        SteadyTime until;
    };

    Impl(asio::io_context& io, LineSocketOptions given, Log& sink, Handle handler)
        : context(io),
          options(std::move(given)),
          log(sink),
          handle(std::move(handler)),
          file(options.path),
          acceptor(io),
          someone_leaves(io),
          tasks(io, [this](std::exception_ptr failure) { report("socket.connection_failed", failure); }) {}

    void let_in(const LetIn& listed);
    Task<void> accept_all(const PeerAccess& access);
    int accept_waiting(const PeerAccess& access);
    void admit(Local::socket socket, const PeerAccess& access);
    bool make_place(uid_t newcomer);
    void evict(Connection& connection);
    void let_go(Local::socket socket);
    void turn_away(Local::socket socket);
    Task<void> see_off();
    Task<void> serve(std::list<Connection>::iterator connection);
    Task<void> converse(Connection& peer);
    Task<bool> wait_for_line(Connection& peer);
    Task<bool> send_whole(Connection& peer, const std::string& text);
    void report(std::string_view event, std::exception_ptr failure);

    asio::io_context& context;
    LineSocketOptions options;
    Log& log;
    Handle handle;
    SocketFile file;
    Local::acceptor acceptor;
    std::list<Connection> connections;
    std::deque<Leaving> leaving;  // the first one goes first
    Wake someone_leaves;
    TaskGroup tasks;
    bool stopping = false;
};

void LineSocket::Impl::report(std::string_view event, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& error) {
        log.counted(LogLevel::error, event, options.path.string(), {{"socket", options.path.string()}, {"error", error.what()}});
    } catch (...) {
        log.counted(LogLevel::error, event, options.path.string(), {{"socket", options.path.string()}, {"error", "unknown"}});
    }
}

// The lists name who may use the socket; here the file system hears it, too. Without, connect() would fail with EACCES. Only
// the socket's own folder: what lies above is the operator's.
void LineSocket::Impl::let_in(const LetIn& listed) {
    const auto folder = options.path.parent_path();
    auto given = add_to_access_list(folder.empty() ? "." : folder, listed, 1);
    if (given) given = add_to_access_list(options.path, listed, 6);
    if (given) return;
    log.warning("socket.access_not_given",
                {{"socket", options.path.string()},
                 {"place", given.error().place},
                 {"detail", given.error().detail + ": allow_users and allow_groups work only for those whom its mode lets in"}});
}

// Accepts without a limit: whoever is one too many is told so by admit(), instead of waiting in the
// kernel's backlog without a word.
Task<void> LineSocket::Impl::accept_all(const PeerAccess& access) {
    while (!stopping) {
        error_code error;
        co_await acceptor.async_wait(Local::acceptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
        if (stopping) break;
        const int failure = error ? error.value() : accept_waiting(access);
        if (failure == 0) continue;
        log.counted(LogLevel::error, "socket.accept_failed", options.path.string(),
                    {{"socket", options.path.string()}, {"error", std::strerror(failure)}});
        co_await sleep_for(accept_pause);
    }
}

// accept4() itself, since Asio makes neither several at once nor close-on-exec ones. 0, or the errno of what went wrong.
int LineSocket::Impl::accept_waiting(const PeerAccess& access) {
    const auto most = std::clamp<std::size_t>(options.connections_max / part_of_places, 1, accepted_in_a_turn);
    for (std::size_t i = 0; i < most; ++i) {
        const int accepted = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0)
            admit(Local::socket(context, Local(), accepted), access);
        else if (errno == EAGAIN)
            return 0;
        else if (errno != ECONNABORTED && errno != EINTR)  // the peer went before it was accepted
            return errno;
    }
    return 0;
}

// Who it is comes before how many there are: a stranger must not be able to throw out a sender that is allowed.
void LineSocket::Impl::admit(Local::socket socket, const PeerAccess& access) {
    Peer peer;
    try {
        peer = peer_of(socket.native_handle(), access.asks_for_groups());
    } catch (const std::system_error&) {
        report("socket.peer_unknown", std::current_exception());
        return;
    }
    if (!access.allows(peer)) {
        log.counted(LogLevel::warning, "socket.not_allowed", options.path.string(),
                    {{"socket", options.path.string()}, {"user", peer.user}, {"group", peer.group}});
        say_why(socket, AnswerStatus::rejected, {"not_allowed", "", "this user may not use the socket"});
        turn_away(std::move(socket));
        return;
    }
    if (connections.size() >= options.connections_max && !make_place(peer.user)) {
        log.counted(LogLevel::warning, "socket.full", options.path.string(),
                    {{"socket", options.path.string()}, {"user", peer.user}, {"connections", connections.size()}});
        say_why(socket, AnswerStatus::busy, {"too_many_connections", "", "all connections are in use; try again later"});
        turn_away(std::move(socket));
        return;
    }
    connections.emplace_back(context, std::move(socket), peer.user, options.line_bytes_max);
    tasks.spawn(serve(std::prev(connections.end())));
}

// False if nobody has to go. Those that were told to go and are about to are no longer counted, hence looked for among the
// others; for that moment there are a few more descriptors than connections_max.
bool LineSocket::Impl::make_place(uid_t newcomer) {
    std::vector<Place> places;
    std::vector<Connection*> holders;
    for (auto& connection : connections) {
        if (connection.evicted) continue;
        places.push_back({connection.user, connection.idle_since, connection.owed});
        holders.push_back(&connection);
    }
    if (places.size() < options.connections_max) return true;
    const auto chosen = place_to_clear(places, newcomer);
    if (chosen) evict(*holders[*chosen]);
    return chosen.has_value();
}

// It hears why at once: its coroutine, which ends it, runs a moment later.
void LineSocket::Impl::evict(Connection& connection) {
    const auto idle =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - connection.idle_since);
    log.counted(LogLevel::warning, "socket.evicted", options.path.string(),
                {{"socket", options.path.string()}, {"user", connection.user}, {"idle_ms", idle.count()}});
    connection.evicted = true;
    connection.told_why = true;
    say_why(connection.socket, AnswerStatus::busy,
            {"evicted", "", "this connection was idle and another one needed its place; what has no answer is to be sent again"});
    error_code ignored;
    connection.socket.cancel(ignored);
}

// Closed at once, a client that is still writing would get EPIPE and never read why; and one that is slow or leaked would be back
// at once and cost the next one its place: a thousand of them come 25,000 times a second, and everybody waits behind them. Held for
// leaving_deadline they come a thousand times. What they write meanwhile is forgotten. Of too many the first ones are closed.
void LineSocket::Impl::let_go(Local::socket socket) {
    if (stopping || options.leaving_max == 0) return;
    if (leaving.size() >= options.leaving_max) {
        discard_unread(leaving.front().socket);
        leaving.pop_front();
    }
    leaving.push_back({std::move(socket), std::chrono::steady_clock::now() + options.leaving_deadline});
    if (leaving.size() == 1) someone_leaves.wake();
}

// Whoever was never let in has nothing to wait for.
void LineSocket::Impl::turn_away(Local::socket socket) {
    error_code ignored;
    socket.shutdown(Local::socket::shutdown_send, ignored);
    let_go(std::move(socket));
}

Task<void> LineSocket::Impl::see_off() {
    while (!stopping) {
        const auto next = leaving.empty() ? SteadyTime::max() : leaving.front().until;
        co_await someone_leaves.wait_until(next);
        const auto now = std::chrono::steady_clock::now();
        while (!leaving.empty() && (stopping || leaving.front().until <= now)) {
            discard_unread(leaving.front().socket);
            leaving.pop_front();
        }
    }
}

// Whatever is thrown ends this connection alone. The erase comes last: it destroys the buffer that lines point into.
Task<void> LineSocket::Impl::serve(std::list<Connection>::iterator connection) {
    try {
        co_await converse(*connection);
    } catch (...) {
        report("socket.handler_failed", std::current_exception());
    }
    connection->deadline->stop();
    if (connection->told_why) let_go(std::move(connection->socket));
    connections.erase(connection);
}

Task<void> LineSocket::Impl::converse(Connection& peer) {
    while (!stopping) {
        const bool more = co_await wait_for_line(peer);
        if (!more || stopping) co_return;
        std::vector<std::string_view> lines = peer.buffer.take(options.batch_max);
        if (lines.empty()) continue;  // blank ones only
        peer.owed = true;
        // Two statements: one co_await each, with nothing else in it (STYLE §6). The lines are views into peer.buffer,
        // which is not touched until the answers are there.
        Task<std::string> work = handle(std::move(lines));
        const std::string answers = co_await std::move(work);
        const bool sent = co_await send_whole(peer, answers);
        if (!sent) co_return;
        peer.owed = false;
        peer.idle_since = std::chrono::steady_clock::now();
    }
}

// True when the buffer has a line, false when the connection is over.
Task<bool> LineSocket::Impl::wait_for_line(Connection& peer) {
    while (!peer.buffer.has_line()) {
        if (peer.ended || peer.evicted) co_return false;
        // Started once for a line, not anew with each byte: a line that drips would otherwise never be late (S23).
        if (peer.buffer.has_begun() && !peer.deadline->armed()) peer.deadline->start(options.line_deadline);
        const LineBuffer::Room room = peer.buffer.prepare();
        error_code error;
        // stop() may cancel a connection that waits here; one that writes answers is left to finish.
        peer.reading = true;
        const std::size_t size = co_await peer.socket.async_read_some(asio::buffer(room.data, room.size),
                                                                      asio::redirect_error(asio::use_awaitable, error));
        peer.reading = false;
        // Asked before the error: a cancelled read and bytes that came at the last moment are both too late. It holds
        // for good, since the connection ends.
        if (peer.evicted) co_return false;
        if (peer.deadline->passed()) {
            log.counted(LogLevel::warning, "socket.slow_line", options.path.string(),
                        {{"socket", options.path.string()}, {"user", peer.user}});
            say_why(peer.socket, AnswerStatus::busy, {"slow_line", "", "the line did not end in time; send it again"});
            peer.told_why = true;
            co_return false;
        }
        if (error == asio::error::eof) {
            peer.ended = true;
            peer.buffer.finish();
        } else if (error) {
            co_return false;
        } else {
            peer.buffer.commit(size);
        }
    }
    peer.deadline->stop();
    co_return true;
}

// The deadline is for all answers of a batch together. A write that was cut off is not repeated: the sender, who missed
// answers, sends the events again, and each has its effect once (R1).
Task<bool> LineSocket::Impl::send_whole(Connection& peer, const std::string& text) {
    if (text.empty()) co_return true;
    peer.deadline->start(options.write_deadline);
    error_code error;
    co_await asio::async_write(peer.socket, asio::buffer(text), asio::redirect_error(asio::use_awaitable, error));
    peer.deadline->stop();
    if (peer.deadline->passed())
        log.counted(LogLevel::warning, "socket.slow_reader", options.path.string(),
                    {{"socket", options.path.string()}, {"user", peer.user}});
    co_return !error && !peer.deadline->passed();
}

LineSocket::LineSocket(asio::io_context& context, LineSocketOptions options, Log& log, Handle handle)
    : impl_(std::make_shared<Impl>(context, std::move(options), log, std::move(handle))) {}

LineSocket::~LineSocket() = default;

// Holds impl itself: the object may be gone while this waits for the last connection. The names of users are looked up
// once, here, so that an unknown one stops the start.
Task<void> LineSocket::run() {
    const std::shared_ptr<Impl> impl = impl_;
    const PeerAccess access(impl->options.allow_users, impl->options.allow_groups);
    impl->file.listen(impl->acceptor, impl->context);
    impl->let_in(access.listed());
    impl->tasks.spawn(impl->see_off());
    co_await impl->accept_all(access);
    co_await impl->tasks.wait();
    impl->file.remove();
}

void LineSocket::remove_file() const noexcept {
    impl_->file.remove();
}

void LineSocket::stop() {
    if (impl_->stopping) return;
    impl_->stopping = true;
    error_code ignored;
    // Wakes accept_all, which then sees `stopping`.
    impl_->acceptor.close(ignored);
    impl_->someone_leaves.wake();
    for (auto& peer : impl_->connections)
        if (peer.reading) peer.socket.cancel(ignored);
}

}  // namespace ilbud
