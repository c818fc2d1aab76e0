/// A Unix socket that takes lines and answers each with one line, in order.
///
/// In    connections from allowed users (SO_PEERCRED); bytes up to '\n' make a line
/// Out   what `handle` returns, written back whole before the next lines of that connection are read: that is the back-pressure
/// A connection at whose end the peer writes no more still gets all its answers, the last line needs no '\n', and blank lines are
/// passed over. Where all connections are in use, a new one takes the place of an idle one (engine/intake/places.hpp), so that
/// neither leaked connections nor slow writers lock others out (S23). Whoever has to go, and a peer that is not allowed, gets one
/// more line without an id, which says why: `busy` (evicted, slow_line, too_many_connections) or `rejected` (not_allowed).
/// Threads  one: the context given. The socket file is 0660 from its first moment (umask before bind); only a stale socket of
///          ours is removed, and never one that someone listens on (S24, S25).
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"

namespace ilbud {

struct LineSocketOptions {
    std::filesystem::path path;
    std::vector<std::string> allow_users;   ///< besides root and this process's own user
    std::vector<std::string> allow_groups;  ///< a peer whose primary or supplementary groups include one
    std::size_t line_bytes_max = 1024 * 1024;
    std::size_t batch_max = 256;
    std::size_t connections_max = 256;
    Duration line_deadline{};   ///< a line once begun ends by then, however its bytes drip; between lines a peer may idle
    Duration write_deadline{};  ///< the answers handed over at once are read by then
    /// Of those that were told why they have to go (busy, not_allowed) so many stay open for so long, so that whoever is still
    /// writing reads why, and whoever comes back does not do so at once; beyond that the first ones are closed.
    std::size_t leaving_max = 64;
    Duration leaving_deadline = std::chrono::seconds(1);
};

class LineSocket {
 public:
    /// The complete lines read at once (without '\n'), at least one, at most batch_max; an oversized line comes as its first
    /// line_bytes_max + 1 bytes, and the rest of it is dropped. The result is written to the peer as it stands.
    /// The views live until the task ends. What it throws is logged, and the connection ends without an answer.
    using Handle = std::function<Task<std::string>(std::vector<std::string_view> lines)>;

    LineSocket(asio::io_context& context, LineSocketOptions options, Log& log, Handle handle);
    ~LineSocket();

    /// Binds and listens, throws std::system_error if it cannot or if an allowed user or group does not exist; returns when stopped and every connection has ended.
    Task<void> run();
    /// Takes no more connections and no more lines; lines already handed over are answered first. In the context's thread.
    void stop();
    /// For a process that ends at once, without destructors: removes the file if it is this one's. On any thread.
    void remove_file() const noexcept;

 private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace ilbud
