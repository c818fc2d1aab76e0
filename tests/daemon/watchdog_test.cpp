#include "daemon/watchdog.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdlib>

#include "support/notify_socket.hpp"
#include "support/queue_world.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// systemd watches this process.
class Systemd : public NotifySocket {
 public:
    explicit Systemd(const std::filesystem::path& path) : NotifySocket(path) {
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "30000", 1);
        ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    }
    ~Systemd() {
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    }
};

class WatchdogWorld : public QueueWorld {
 public:
    WatchdogWorld() : QueueWorld({}) {}
    // Stops it after `most` looks at the lanes; how many it made.
    int run(int most, Duration silence) {
        int looks = 0;
        Watchdog* running = nullptr;
        Watchdog watchdog(context, log, [&] {
            if (++looks == most) asio::post(context, [&] { running->stop(); });
            return std::chrono::steady_clock::now() - silence;
        });
        running = &watchdog;
        run_task(context, watchdog.run());
        return looks;
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
    Systemd systemd(world.folder / "notify");
    CHECK(world.run(3, 1s) == 3);
    CHECK(systemd.heard() == "WATCHDOG=1\nWATCHDOG=1\nWATCHDOG=1\n");
    CHECK_FALSE(world.logged("daemon.stuck"));
    CHECK(world.run(2, 1h) == 2);
    CHECK(systemd.heard() == "WATCHDOG=1\nWATCHDOG=1\nWATCHDOG=1\n");  // and no more
    CHECK(world.logged("daemon.stuck"));
}

TEST_CASE("watchdog: where systemd does not watch there is nothing to do") {
    WatchdogWorld world;
    CHECK(world.run(1, 1s) == 0);
}
