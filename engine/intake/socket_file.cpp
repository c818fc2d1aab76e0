// bind() makes the file, and its mode comes from the umask of that moment: a chmod afterwards would leave a gap in
// which anybody may connect (S24). The umask belongs to the whole process, so whoever calls this sees to it that no
// other thread makes a file meanwhile.
#include "socket_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "ilbud/base/descriptor.hpp"
#include "ilbud/base/folder_trust.hpp"

namespace ilbud {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

// Set back also when bind throws or fails.
class Umask {
 public:
    explicit Umask(mode_t mask) : before_(umask(mask)) {}
    ~Umask() { umask(before_); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;

 private:
    mode_t before_;
};

[[noreturn]] void fail(int error, const std::filesystem::path& path, const std::string& what) {
    throw std::system_error(error, std::system_category(), "socket '" + path.string() + "': " + what);
}

[[noreturn]] void fail(const boost::system::error_code& error, const std::filesystem::path& path, const std::string& what) {
    fail(error.value(), path, what);
}

// sun_path has 108 bytes with its zero; Asio throws for more.
Local::endpoint endpoint_of(const std::filesystem::path& path) {
    try {
        return Local::endpoint(path.string());
    } catch (const boost::system::system_error& error) {  // not a std::system_error before Boost 1.75
        fail(error.code(), path, "no name for a socket");
    }
}

bool same_file(const struct stat& left, const struct stat& right) {
    return left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

}  // namespace

// A socket that is bound and not yet listened on looks like a stale one, and between a look at a file and unlink() there may
// be another file. So whoever makes or removes one holds a lock beside it. The lock's file is ours alone (0600): whoever may
// only connect could otherwise keep a daemon from starting. It goes with its last holder.
class SocketFile::Lock {
 public:
    /// `wait` or none: number() says whether it is held, else errno why not.
    Lock(std::filesystem::path path, bool wait) : path_(std::move(path) += ".lock") {
        while (true) {
            file_ = Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
            if (file_.number() < 0) return;
            if (::flock(file_.number(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
                const int why = errno;
                file_.close();
                errno = why;
                return;
            }
            struct stat held {};
            struct stat named {};
            // Else its last holder has removed it meanwhile, and the name is another file's or nobody's.
            if (fstat(file_.number(), &held) == 0 && lstat(path_.c_str(), &named) == 0 && same_file(held, named)) return;
        }
    }
    ~Lock() {
        if (is_held()) unlink(path_.c_str());
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    [[nodiscard]] bool is_held() const { return file_.number() >= 0; }

 private:
    std::filesystem::path path_;
    Descriptor file_;
};

void SocketFile::make_folder() const {
    const auto folder = path_.parent_path();
    if (folder.empty() || std::filesystem::is_directory(folder)) return;
    const Umask private_to_group(0027);
    // Parents that are missing get the same mode.
    std::filesystem::create_directories(folder);
}

// Whoever may write in the folder can put a socket of his own in the place of ours, and clients would hand him their events.
void SocketFile::check_folder() const {
    const auto safe = check_socket_folder(path_.parent_path());
    if (!safe) fail(EPERM, path_, "its folder is not safe: " + to_text(safe.error()));
}

// A daemon that was killed leaves its file, and bind() refuses a name that exists. Only the file itself is looked at
// (lstat): a symbolic link is something that is no socket, wherever it leads (S25).
void SocketFile::remove_stale(asio::io_context& context) const {
    struct stat found {};
    if (lstat(path_.c_str(), &found) != 0) {
        if (errno == ENOENT) return;
        fail(errno, path_, "cannot be examined");
    }
    if (!S_ISSOCK(found.st_mode)) fail(EEXIST, path_, "something that is no socket is in the way");
    if (found.st_uid != geteuid()) fail(EEXIST, path_, "another user's socket is in the way");
    Local::socket probe(context);
    boost::system::error_code error;
    probe.connect(endpoint_of(path_), error);
    // Only a refusal proves that nobody listens: a full backlog, say, comes from somebody who does.
    if (error != asio::error::connection_refused) fail(EADDRINUSE, path_, "somebody listens on it");
    // Somebody who knows no lock may have put another file there meanwhile. What remains between this look and unlink
    // needs write access to the folder.
    struct stat now {};
    if (lstat(path_.c_str(), &now) != 0 || !same_file(now, found)) fail(EADDRINUSE, path_, "it changed while it was examined");
    if (unlink(path_.c_str()) != 0) fail(errno, path_, "the stale file cannot be removed");
}

void SocketFile::listen(Acceptor& acceptor, asio::io_context& context) {
    const Local::endpoint endpoint = endpoint_of(path_);
    make_folder();
    check_folder();
    const Lock lock(path_, false);
    if (!lock.is_held() && errno == EWOULDBLOCK) fail(EADDRINUSE, path_, "somebody else is making it");
    if (!lock.is_held()) fail(errno, path_, "its lock file cannot be opened");
    remove_stale(context);
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (error) fail(error, path_, "cannot be opened");
    close_on_exec(acceptor.native_handle());
    {
        // A socket is made with 0777; what is left is 0660. Write permission is what connect() asks for.
        const Umask owner_and_group(0117);
        acceptor.bind(endpoint, error);
    }
    if (error) fail(error, path_, "cannot be bound");
    struct stat made {};
    if (lstat(path_.c_str(), &made) != 0) fail(errno, path_, "vanished when it was made");
    // Remembered, so that remove() never takes the file of a daemon that was started since at the same place.
    device_ = made.st_dev;
    inode_ = made.st_ino;
    made_ = true;
    acceptor.non_blocking(true);  // whoever accepts takes what waits, and no more
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) fail(error, path_, "cannot be listened on");
}

void SocketFile::remove() const noexcept {
    if (!made_.exchange(false)) return;
    const Lock lock(path_, true);  // without a descriptor left for it the file goes all the same
    struct stat found {};
    if (lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_ && found.st_dev == device_) unlink(path_.c_str());
}

}  // namespace ilbud
