// Plain blocking sockets: a command asks one question and has nothing else to do meanwhile, so an event loop
// would only be in the way. Failures to reach the socket are told as one thing, that the daemon is away, with the system's own
// word for it: the cure is mostly the same. But not where the daemon is there and this user may not speak to it.
#include "cli/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ilbud/base/folder_trust.hpp"

namespace ilbud {
namespace {

// Never zero, which would be none.
timeval timeval_of(Duration duration) {
    const auto most = std::max<Duration>(duration, 1ms).count();
    return {most / 1'000'000, most % 1'000'000};
}

Error away(const std::filesystem::path& socket, int code) {
    return {"daemon_away", socket.string(),
            std::string("cannot reach the daemon: ") + std::strerror(code) + "; is `ilbud serve` running?"};
}

Error not_reached(const std::filesystem::path& socket, int code) {
    if (code == EACCES || code == EPERM)
        return {"not_allowed", socket.string(),
                std::string("this user may not reach the socket: ") + std::strerror(code) +
                    "; intake.allow_users and allow_groups name who may send events, root and the daemon's user may do all"};
    if (code == EAGAIN) return {"daemon_silent", socket.string(), "the daemon took no connection in time"};
    return away(socket, code);
}

// Whoever may write in the folder can put a socket of his own there, and would be given events that are then reported as
// accepted. The kernel says who listens.
Result<void> check_peer(int descriptor, const std::filesystem::path& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return away(socket, errno);
    if (peer.uid == 0 || peer.uid == ::geteuid()) return {};
    const auto its_place = check_place_of(peer.uid, socket.parent_path());
    if (its_place) return {};
    return Error{"daemon_not_trusted", socket.string(),
                 "user " + std::to_string(peer.uid) + " listens there, and whether that is the daemon is not certain: " +
                     its_place.error().place + ": " + its_place.error().detail};
}

// The protocol is one line each way, so the answer is whole when it ends with a line end;
// nothing is read beyond it. The deadline counts for the whole answer, not for each piece,
// so a daemon that drips cannot hold the command.
Result<std::string> read_line(int descriptor, const std::filesystem::path& socket, SteadyTime until) {
    std::string answer;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
        // Rounded down: what is left under a millisecond counts as over.
        pollfd wait{descriptor, POLLIN, 0};
        const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(left)) : 0;
        if (ready == 0) return Error{"daemon_silent", socket.string(), "the daemon did not answer in time"};
        // Not on to read(), which knows no deadline: a signal has ended the wait, and nothing is there.
        if (ready < 0 && errno == EINTR) continue;
        // 64 KiB: most answers fit at once; a long one comes in several reads.
        char buffer[65536];
        const auto got = ::read(descriptor, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return away(socket, errno);
        if (got == 0) return Error{"daemon_away", socket.string(), "the daemon closed the connection before it answered"};
        answer.append(buffer, static_cast<std::size_t>(got));
        if (answer.ends_with('\n')) {
            answer.pop_back();
            return answer;
        }
    }
}

}  // namespace

// The path's limit is the structure's: 108 bytes with the closing zero (unix(7)). Longer ones would be cut
// silently by a careless copy, and another socket would be asked.
Result<int> connect_unix(const std::filesystem::path& socket, Duration deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.native().size() >= sizeof address.sun_path)
        return Error{"socket_path_too_long", socket.string(), "a socket's path has at most 107 bytes"};
    std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return away(socket, errno);
    // A daemon that takes no more would keep a blocking connect() for ever.
    const auto patience = timeval_of(deadline);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    Result<void> reached;
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        reached = not_reached(socket, errno);
    else
        reached = check_peer(descriptor, socket);
    if (!reached) {
        ::close(descriptor);
        return reached.error();
    }
    constexpr timeval none{0, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    return descriptor;
}

// A request is far smaller than a socket's buffer, so one send takes it whole; anything less counts as a lost
// daemon. MSG_NOSIGNAL: a daemon that went away must be an error, not the end of this process. One that turned us away has hung
// up as well, but its line that says why is there to be read.
Result<std::string> ask_daemon(const std::filesystem::path& socket, const std::string& line, Duration deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    const auto descriptor = connect_unix(socket, deadline);
    if (!descriptor) return descriptor.error();
    const std::string request = line + "\n";
    const auto sent = ::send(*descriptor, request.data(), request.size(), MSG_NOSIGNAL);
    const bool may_read = sent == static_cast<ssize_t>(request.size()) || errno == EPIPE || errno == ECONNRESET;
    auto answer = may_read ? read_line(*descriptor, socket, until) : Result<std::string>(away(socket, errno));
    ::close(*descriptor);
    return answer;
}

}  // namespace ilbud
