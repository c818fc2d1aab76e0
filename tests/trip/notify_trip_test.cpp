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

TEST_CASE("reload: comes into force and is READY while a key change waits for a hook, and so does the end") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    options.dkim_extra = "publish = \"hook\"\nkey_folder = \"keys\"\n";
    // It begins to wait before the reload and would go on until it is killed.
    options.platform_extra =
        "[dkim.hook]\ncommand = [\"/bin/sh\", \"-c\", \"touch hook-runs; exec sleep 600\"]\ndeadline = \"10m\"\n";
    World world(options);
    const auto hook_runs = world.folder() / "hook-runs";
    options.platform_extra.replace(options.platform_extra.find("hook-runs"), 9, hook_runs.string());
    world.write_settings(options);
    NotifySocket manager(world.folder() / "notify");
    ::setenv("NOTIFY_SOCKET", (world.folder() / "notify").c_str(), 1);
    world.start();
    ::unsetenv("NOTIFY_SOCKET");
    Process request({program(), "dkim", "rotate", "--yes", "--config", world.config().string()}, world.folder() / "request.log");
    wait_until("the hook to run", [&] { return std::filesystem::exists(hook_runs); });
    world.daemon().signal(SIGHUP);
    wait_until("the new settings", [&] { return world.status("reloads") == 1; });
    wait_until("READY=1", [&] {
        const auto all = manager.heard();
        return all.find("READY=1", all.find("RELOADING=1")) != std::string::npos;
    });
    // What waits for the hook is told, and only if it is changed.
    const auto same = world.ilbud({"reload"});
    CHECK(same.status == 0);
    CHECK(same.out.find("dkim takes effect") == std::string::npos);
    options.dkim_extra += "valid_beyond_retry = \"3h\"\n";
    world.write_settings(options);
    const auto other = world.ilbud({"reload"});
    CHECK(other.status == 0);
    CHECK(other.out.find("dkim takes effect") != std::string::npos);
    CHECK(request.running());
    CHECK(world.stop() == 0);
}
