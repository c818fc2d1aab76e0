// Two daemons at one path, stopped in the middle of what the first one does: listen() and unlink() of this program call a test's
// function first.
#include "intake/socket_file.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <utility>

#include <catch2/catch.hpp>

#include "support/temporary_folder.hpp"

using namespace ilbud;
using ilbud::test::TemporaryFolder;

namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

// Called once each.
std::function<void()> before_listen;
std::function<void()> before_unlink;

void call(std::function<void()>& hook) {
    if (const auto once = std::exchange(hook, nullptr)) once();
}

struct Daemon {
    explicit Daemon(const std::filesystem::path& path) : file(path) {}
    bool start() {
        try {
            file.listen(acceptor, context);
            return true;
        } catch (const std::system_error& error) {
            CHECK(error.code().value() == EADDRINUSE);
            return false;
        }
    }
    void end() {
        acceptor.close();
        file.remove();
    }
    /// Whether a connection to `path` is this daemon's.
    bool answers(const std::filesystem::path& path) {
        Local::socket client(context);
        boost::system::error_code error;
        client.connect(Local::endpoint(path.string()), error);
        if (error) return false;
        acceptor.non_blocking(true);
        acceptor.accept(error);
        return !error;
    }

    asio::io_context context{1};
    Local::acceptor acceptor{context};
    SocketFile file;
};

void leave_stale_socket(const std::filesystem::path& path) {
    asio::io_context context;
    const Local::acceptor acceptor(context, Local::endpoint(path.string()));
}

}  // namespace

extern "C" int listen(int descriptor, int backlog) noexcept {
    call(before_listen);
    return static_cast<int>(syscall(SYS_listen, descriptor, backlog));
}

extern "C" int unlink(const char* path) noexcept {
    call(before_unlink);
    return static_cast<int>(syscall(SYS_unlink, path));
}

TEST_CASE("S25: a socket that is bound and not yet listened on is not taken for a stale one") {
    const TemporaryFolder folder;
    const auto path = folder / "in.sock";
    Daemon first(path), second(path);
    bool stolen = false;
    before_listen = [&] { stolen = second.start(); };
    CHECK(first.start());
    CHECK_FALSE(stolen);
    CHECK(first.answers(path));
    CHECK_FALSE(second.start());
    CHECK(first.answers(path));
}

TEST_CASE("S25: of two that find the same stale socket one gets the place") {
    const TemporaryFolder folder;
    const auto path = folder / "in.sock";
    leave_stale_socket(path);
    Daemon first(path), second(path);
    bool both = false;
    before_unlink = [&] { both = second.start(); };
    CHECK(first.start());
    CHECK_FALSE(both);
    CHECK(first.answers(path));
}

TEST_CASE("S25: a server at its end does not remove the socket of one that starts") {
    const TemporaryFolder folder;
    const auto path = folder / "in.sock";
    Daemon first(path), second(path);
    REQUIRE(first.start());
    bool started = false;
    before_unlink = [&] { started = second.start(); };
    first.end();
    if (!started) started = second.start();
    REQUIRE(started);
    CHECK(second.answers(path));
    second.end();
    CHECK(std::filesystem::is_empty(folder.path()));  // no lock stays, either
}
