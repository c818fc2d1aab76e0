// systemd's side of the watchdog is a datagram socket, named by the environment (sd_notify(3)).
#include "daemon/watchdog.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>

#include "support/queue_world.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

class Systemd {
 public:
    explicit Systemd(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "30000", 1);
        ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    }
    ~Systemd() {
        ::close(socket_);
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    }
    Systemd(const Systemd&) = delete;
    Systemd& operator=(const Systemd&) = delete;
    int heard() const {
        int count = 0;
        for (std::array<char, 64> text{}; ::recv(socket_, text.data(), text.size(), 0) > 0; ++count)
            CHECK(std::string_view(text.data()) == "WATCHDOG=1");
        return count;
    }

 private:
    int socket_;
};

class WatchdogWorld : public QueueWorld {
 public:
    WatchdogWorld() : QueueWorld({}) {}
    // `looks` at the lanes, then it is stopped.
    void run(int looks, Duration silence) {
        Watchdog* running = nullptr;
        Watchdog watchdog(context, log, [&] {
            if (--looks == 0) asio::post(context, [&] { running->stop(); });
            return std::chrono::steady_clock::now() - silence;
        });
        running = &watchdog;
        run_task(context, watchdog.run());
    }
};

}  // namespace

TEST_CASE("watchdog: a lane turns until it has been silent for long") {
    const auto now = std::chrono::steady_clock::now();
    CHECK(turns(now, now));
    CHECK(turns(now - 19s, now));
    CHECK_FALSE(turns(now - 20s, now));
    CHECK(turns(now + 1s, now));           // it beat between two looks at the clock
    CHECK(turns(SteadyTime::max(), now));  // no lane, none is stuck
}

TEST_CASE("watchdog: systemd hears of us while the lanes turn, and not when one is stuck") {
    WatchdogWorld world;
    const Systemd systemd(world.folder / "notify");
    world.run(3, 1s);
    CHECK(systemd.heard() == 3);
    CHECK_FALSE(world.logged("daemon.lane_stuck"));
    world.run(2, 1h);
    CHECK(systemd.heard() == 0);
    CHECK(world.logged("daemon.lane_stuck"));
}

TEST_CASE("watchdog: where systemd does not watch there is nothing to do") {
    WatchdogWorld world;
    world.run(1, 1s);
    SUCCEED("it has returned");
}
