#include "cli/control_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

TEST_CASE("ask_daemon: a signal while it waits does not make it wait beyond its deadline") {
    const TemporaryFolder folder;
    const auto path = folder / "control.sock";
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener, 1) == 0);
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
        const int connection = ::accept(listener, nullptr, nullptr);
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
    ::close(listener);
    ::sigaction(SIGALRM, &before, nullptr);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == "daemon_silent");
}
