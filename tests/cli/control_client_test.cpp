#include "cli/control_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "cli/support/listener.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

constexpr uid_t daemon_user = 65533, stranger = 65534;

std::string code_of_connect(const std::filesystem::path& path) {
    const auto connected = connect_unix(path);
    if (!connected) return connected.error().code;
    ::close(*connected);
    return "connected";
}

}  // namespace

TEST_CASE("S25: connect_unix: root gives nothing to a socket that another user has put in the daemon's place") {
    if (::geteuid() != 0) return;
    const TemporaryFolder root;
    std::filesystem::permissions(root.path(), std::filesystem::perms{0755});
    const auto open = root / "open", own = root / "own";
    std::filesystem::create_directory(open);
    std::filesystem::permissions(open, std::filesystem::perms::all);
    std::filesystem::create_directory(own);
    REQUIRE(::chown(own.c_str(), daemon_user, daemon_user) == 0);
    const Listener thief(open / "s.sock", stranger), daemon(own / "s.sock", daemon_user), roots(open / "r.sock", 0);
    CHECK(code_of_connect(open / "s.sock") == "daemon_not_trusted");
    CHECK(code_of_connect(own / "s.sock") == "connected");
    CHECK(code_of_connect(open / "r.sock") == "connected");
    CHECK(ask_daemon(open / "s.sock", "{}", 1min).error().code == "daemon_not_trusted");
}

TEST_CASE("connect_unix: a socket that this user may not reach is not_allowed, and not a daemon that is away") {
    if (::geteuid() != 0) return;
    const TemporaryFolder root;
    const Listener daemon(root / "s.sock", 0);
    REQUIRE(::seteuid(stranger) == 0);
    const auto in_closed_folder = code_of_connect(root / "s.sock");
    REQUIRE(::seteuid(0) == 0);
    CHECK(in_closed_folder == "not_allowed");
    std::filesystem::permissions(root.path(), std::filesystem::perms{0755});
    std::filesystem::permissions(root / "s.sock", std::filesystem::perms{0600});
    REQUIRE(::seteuid(stranger) == 0);
    const auto closed_socket = code_of_connect(root / "s.sock");
    REQUIRE(::seteuid(0) == 0);
    CHECK(closed_socket == "not_allowed");
    CHECK(code_of_connect(root / "none.sock") == "daemon_away");
}

TEST_CASE("ask_daemon: a daemon that turns us away before it has heard us is heard") {
    if (::geteuid() != 0) return;
    const TemporaryFolder root;
    const Listener daemon(root / "s.sock", 0);
    std::thread turns_away([&] {
        const int connection = ::accept(daemon.number(), nullptr, nullptr);
        constexpr std::string_view line = "{\"status\":\"busy\"}\n";
        ::send(connection, line.data(), line.size(), MSG_NOSIGNAL);
        ::close(connection);
    });
    const auto answer = ask_daemon(root / "s.sock", "{}", 1min);
    turns_away.join();
    REQUIRE(answer);
    CHECK(*answer == "{\"status\":\"busy\"}");
}

TEST_CASE("ask_daemon: a signal while it waits does not make it wait beyond its deadline") {
    const TemporaryFolder folder;
    const auto path = folder / "control.sock";
    const Listener listener(path);
    struct sigaction action {};
    action.sa_handler = [](int) {};  // without SA_RESTART
    struct sigaction before {};
    ::sigaction(SIGALRM, &action, &before);
    std::mutex mutex;
    std::condition_variable over;
    bool asked = false;
    // A daemon that never answers, and hangs up only so that a client which waits for it does not wait for ever.
    std::thread silent([&] {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
        const int connection = ::accept(listener.number(), nullptr, nullptr);
        std::unique_lock lock(mutex);
        over.wait_for(lock, 10s, [&] { return asked; });
        ::close(connection);
    });
    const itimerval soon{{0, 0}, {0, 50'000}};  // once: a second one would end the wait of a read, too
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    const auto answer = ask_daemon(path, "{}", 500ms);
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    {
        const std::scoped_lock lock(mutex);
        asked = true;
    }
    over.notify_one();
    silent.join();
    ::sigaction(SIGALRM, &before, nullptr);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == "daemon_silent");
}
