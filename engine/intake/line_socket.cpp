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
#include <list>

#include "ilbud/intake/answer.hpp"
#include "line_buffer.hpp"
#include "peer_access.hpp"
#include "socket_file.hpp"

namespace ilbud {
namespace {

using boost::system::error_code;
using Local = asio::local::stream_protocol;

// Without a pause accept fails again at once, for as long as descriptors are missing, and the thread does nothing else.
constexpr Duration accept_pause = std::chrono::milliseconds(100);  // after an error such as too many open files

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

// One line, sent only as far as the kernel takes it at once: nobody waits for a peer that is turned away.
// MSG_NOSIGNAL: a peer that has gone already must not end the process with SIGPIPE.
void turn_away(Local::socket& socket, AnswerStatus status, Error error) {
    std::string line;
    append_line(line, {.id = {}, .source = {}, .status = status, .mails = {}, .skipped = {}, .error = std::move(error)});
    ::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

struct LineSocket::Impl {
    // In a list, since the coroutine holds a reference over every wait and the deadline one to the socket.
    struct Connection {
        Connection(asio::io_context& context, Local::socket accepted, std::size_t line_bytes_max)
            : socket(std::move(accepted)), deadline(std::make_shared<Deadline>(context, socket)), buffer(line_bytes_max) {}

        Local::socket socket;
        std::shared_ptr<Deadline> deadline;
        LineBuffer buffer;
        SteadyTime line_begun = SteadyTime::max();  // of the line being waited for
        bool reading = false;                       // waiting for bytes
        bool ended = false;                         // the peer sends no more
        bool evicted = false;
    };

    Impl(asio::io_context& io, LineSocketOptions given, Log& sink, Handle handler)
        : context(io),
          options(std::move(given)),
          log(sink),
          handle(std::move(handler)),
          file(options.path),
          acceptor(io),
          tasks(io, [this](std::exception_ptr failure) { report("socket.connection_failed", failure); }) {}

    Task<void> accept_all(const PeerAccess& access);
    void admit(Local::socket socket, const PeerAccess& access);
    bool make_place();
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
    TaskGroup tasks;
    bool stopping = false;
};

void LineSocket::Impl::report(std::string_view event, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& error) {
        log.error(event, {{"socket", options.path.string()}, {"error", error.what()}});
    } catch (...) {
        log.error(event, {{"socket", options.path.string()}, {"error", "unknown"}});
    }
}

// Accepts without a limit: whoever is one too many is told so by admit(), instead of waiting in the
// kernel's backlog without a word.
Task<void> LineSocket::Impl::accept_all(const PeerAccess& access) {
    while (!stopping) {
        error_code error;
        Local::socket socket(context);
        co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (stopping) break;
        if (!error) {
            admit(std::move(socket), access);
            continue;
        }
        // The peer went before it was accepted.
        if (error == asio::error::connection_aborted) continue;
        log.error("socket.accept_failed", {{"socket", options.path.string()}, {"error", error.message()}});
        co_await sleep_for(accept_pause);
    }
}

// Who it is comes before how many there are: a stranger must not be able to throw out a sender that is allowed.
void LineSocket::Impl::admit(Local::socket socket, const PeerAccess& access) {
    try {
        const Peer peer = peer_of(socket.native_handle());
        if (!access.allows(peer)) {
            log.warning("socket.not_allowed", {{"socket", options.path.string()}, {"user", peer.user}, {"group", peer.group}});
            turn_away(socket, AnswerStatus::rejected, {"not_allowed", "", "this user may not use the socket"});
            return;
        }
    } catch (const std::system_error&) {
        report("socket.peer_unknown", std::current_exception());
        return;
    }
    if (connections.size() >= options.connections_max && !make_place()) {
        log.warning("socket.full", {{"socket", options.path.string()}, {"connections", connections.size()}});
        turn_away(socket, AnswerStatus::busy, {"too_many_connections", "", "all connections are in use; try again later"});
        return;
    }
    connections.emplace_back(context, std::move(socket), options.line_bytes_max);
    tasks.spawn(serve(std::prev(connections.end())));
}

// Ends the connection whose line has been unfinished longest, if that is long enough; false if there is none.
// A connection between two lines has line_begun at max and is never chosen: it does nothing wrong. The one chosen ends
// a moment later, so for that moment there is one more than connections_max.
bool LineSocket::Impl::make_place() {
    const auto slowest = std::min_element(connections.begin(), connections.end(),
                                          [](const Connection& a, const Connection& b) { return a.line_begun < b.line_begun; });
    if (slowest == connections.end() || slowest->line_begun == SteadyTime::max()) return false;
    if (std::chrono::steady_clock::now() - slowest->line_begun < options.eviction_age) return false;
    slowest->evicted = true;
    slowest->line_begun = SteadyTime::max();
    error_code ignored;
    slowest->socket.cancel(ignored);
    return true;
}

// Whatever is thrown ends this connection alone. The erase comes last: it destroys the buffer that lines point into.
Task<void> LineSocket::Impl::serve(std::list<Connection>::iterator connection) {
    try {
        co_await converse(*connection);
    } catch (...) {
        report("socket.handler_failed", std::current_exception());
    }
    connection->deadline->stop();
    connections.erase(connection);
}

Task<void> LineSocket::Impl::converse(Connection& peer) {
    while (!stopping) {
        const bool more = co_await wait_for_line(peer);
        if (!more || stopping) co_return;
        std::vector<std::string_view> lines = peer.buffer.take(options.batch_max);
        if (lines.empty()) continue;  // blank ones only
        // Two statements: one co_await each, with nothing else in it (STYLE §6). The lines are views into peer.buffer,
        // which is not touched until the answers are there.
        Task<std::string> work = handle(std::move(lines));
        const std::string answers = co_await std::move(work);
        const bool sent = co_await send_whole(peer, answers);
        if (!sent) co_return;
    }
}

// True when the buffer has a line, false when the connection is over.
Task<bool> LineSocket::Impl::wait_for_line(Connection& peer) {
    while (!peer.buffer.has_line()) {
        if (peer.ended) co_return false;
        // Started once for a line, not anew with each byte: a line that drips would otherwise never be late (S23).
        if (peer.buffer.has_begun() && !peer.deadline->armed()) {
            peer.line_begun = std::chrono::steady_clock::now();
            peer.deadline->start(options.line_deadline);
        }
        const LineBuffer::Room room = peer.buffer.prepare();
        error_code error;
        // stop() may cancel a connection that waits here; one that writes answers is left to finish.
        peer.reading = true;
        const std::size_t size = co_await peer.socket.async_read_some(asio::buffer(room.data, room.size),
                                                                      asio::redirect_error(asio::use_awaitable, error));
        peer.reading = false;
        // Asked before the error: a cancelled read and bytes that came at the last moment are both too late. It holds
        // for good, since the connection ends.
        if (peer.deadline->passed() || peer.evicted) {
            log.warning("socket.slow_line", {{"socket", options.path.string()}, {"evicted", peer.evicted}});
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
    peer.line_begun = SteadyTime::max();
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
    if (peer.deadline->passed()) log.warning("socket.slow_reader", {{"socket", options.path.string()}});
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
    for (auto& peer : impl_->connections)
        if (peer.reading) peer.socket.cancel(ignored);
}

}  // namespace ilbud
