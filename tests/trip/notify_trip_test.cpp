// What systemd hears from the daemon (sd_notify(3)).
#include <signal.h>
#include <catch2/catch.hpp>

#include <cstdlib>

#include "support/notify_socket.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud::test;

TEST_CASE("serve: tells systemd when it is ready, reloading, alive and stopping") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    NotifySocket manager(world.folder() / "notify");
    ::setenv("NOTIFY_SOCKET", (world.folder() / "notify").c_str(), 1);
    ::setenv("WATCHDOG_USEC", "300000", 1);
    world.start();
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    wait_until("READY=1", [&] { return manager.heard().find("READY=1") != std::string::npos; });
    wait_until("WATCHDOG=1", [&] { return manager.heard().find("WATCHDOG=1") != std::string::npos; });
    world.daemon().signal(SIGHUP);
    wait_until("RELOADING=1", [&] {
        const auto all = manager.heard();
        const auto reloading = all.find("RELOADING=1\nMONOTONIC_USEC=");
        return reloading != std::string::npos && all.find("READY=1", reloading) != std::string::npos;
    });
    CHECK(world.stop() == 0);
    CHECK(manager.heard().find("STOPPING=1") != std::string::npos);
}
