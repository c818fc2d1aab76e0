/// The file of a local socket: made with care, and removed only by who made it.
///
/// See  SECURITY S24, S25
#pragma once
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <atomic>
#include <filesystem>

namespace ilbud {

class SocketFile {
 public:
    using Acceptor = boost::asio::local::stream_protocol::acceptor;

    explicit SocketFile(std::filesystem::path path) : path_(std::move(path)) {}
    ~SocketFile() { remove(); }
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;

    /// Makes `acceptor` listen at the path, with mode 0660 from the file's first moment, in a folder that is made with mode 0750
    /// if it is missing, and refused (EPERM) if others may write in it (base/folder_trust.hpp). A file that is there already is
    /// removed only if it is a socket of this process's user on which nobody listens; a symbolic link never is. Of several that come at once, in one process or more, one gets the place and the
    /// others are refused: PATH.lock is locked meanwhile. The process's umask changes for a moment: other threads may not create
    /// files then.
    /// Throws  std::system_error; EADDRINUSE  somebody listens there, or is about to
    void listen(Acceptor& acceptor, boost::asio::io_context& context);
    /// Removes the file if it is still the one that listen() made. On any thread; again is nothing.
    void remove() const noexcept;

 private:
    class Lock;

    void make_folder() const;
    void check_folder() const;
    void remove_stale(boost::asio::io_context& context) const;

    std::filesystem::path path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    mutable std::atomic<bool> made_ = false;  // behind device_ and inode_
};

}  // namespace ilbud
