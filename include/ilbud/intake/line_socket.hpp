/// A Unix socket that takes lines and answers each with one line, in order.
///
/// In    connections from allowed users (SO_PEERCRED); bytes up to '\n' make a line
/// Out   what `handle` returns, written back whole before the next lines of that connection are read: that is the back-pressure
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
    Duration line_deadline{};
    Duration write_deadline{};
};

class LineSocket {
 public:
    /// The complete lines read at once (without '\n'), at least one, at most batch_max; an oversized line comes as its first
    /// line_bytes_max + 1 bytes, and the rest of it is dropped. The result is written to the peer as it stands.
    /// The views live until the task ends.
    using Handle = std::function<Task<std::string>(std::vector<std::string_view> lines)>;

    LineSocket(asio::io_context& context, LineSocketOptions options, Log& log, Handle handle);
    ~LineSocket();

    /// Binds and listens, throws std::system_error if it cannot; returns when stopped and every connection has ended.
    Task<void> run();
    /// Takes no more connections and no more lines; lines already handed over are answered first.
    void stop();

 private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace ilbud
