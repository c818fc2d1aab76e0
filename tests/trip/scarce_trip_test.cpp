// A system that has no threads or no file descriptors left: the daemon says so and is gone, or it works.
#include <signal.h>

#include <catch2/catch.hpp>

#include "support/environment.hpp"
#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

struct ScarceWorld {
    ScarceWorld() { write_settings(sink.port()); }
    void write_settings(std::uint16_t relay_port) const {
        WorldOptions options;
        options.relay_port = relay_port;
        options.platform_extra = "[daemon]\nlanes = 2\n[delivery.retry.default]\nsteps = [\"100ms\"]\ngive_up_after = \"1h\"\n";
        world.write_settings(options);
    }
    [[nodiscard]] bool said(const std::string& what) const {
        return std::filesystem::exists(world.log()) && read_file(world.log()).find(what) != std::string::npos;
    }
    [[nodiscard]] int send(const std::string& id) const {
        Sample sample;
        sample.id = id;
        return world.send({sample_event(EventType::created, sample)});
    }
    /// Waits until it is up or gone; whether it is up.
    bool start(const std::string& what_fails) {
        const Environment preload("LD_PRELOAD", ILBUD_SCARCE), scarce("ILBUD_SCARCE", what_fails);
        const Environment order("ASAN_OPTIONS", "verify_asan_link_order=0");
        std::filesystem::remove(world.log());
        daemon = std::make_unique<Process>(std::vector<std::string>{program(), "serve", "--config", world.config().string()},
                                           world.log());
        wait_until("the daemon to be ready or gone", [&] { return !daemon->running() || said("daemon.ready"); });
        return daemon->running();
    }
    /// Fails each call of a kind in turn, or every `step`th, until a start makes fewer of them. How many calls failed.
    int sweep(const std::string& kind, int step = 1) {
        bool was_up = false;
        int failed = 0;
        for (int call = 1;; call += step, ++failed) {
            const auto what_fails = kind + ":" + std::to_string(call);
            const bool up = start(what_fails);
            const int accepted = up ? send(what_fails) : 0;
            if (up) daemon->signal(SIGTERM);
            const int status = daemon->wait();
            was_up = was_up || up;
            INFO(what_fails << '\n' << read_file(world.log()));
            REQUIRE(accepted == 0);
            REQUIRE((status == 0 || (!up && status == 1) || status == 74));
            // A line of its own: libraries are silent, or name no cause.
            REQUIRE(
                (status == 0 || said("ilbud: ") || said("daemon.cannot_start") || said("daemon.failed") || said("lane.failed")));
            REQUIRE_FALSE(std::filesystem::exists(world.socket()));
            REQUIRE_FALSE(std::filesystem::exists(world.folder() / "run/control.sock"));
            // Not by a daemon of which a part has never been.
            REQUIRE((was_up || sink.count() == 0));
            if (!said("scarce: ")) return failed;
        }
    }

    SinkThread sink;
    World world{WorldOptions{}};
    std::unique_ptr<Process> daemon;
};

}  // namespace

TEST_CASE("serve: whichever thread cannot be made, the daemon says so and is gone, or it works and ends when told") {
    ScarceWorld scarce;
    // A mail that is due at once, whenever a lane looks.
    scarce.write_settings(1);
    scarce.world.start();
    REQUIRE(scarce.send("waits") == 0);
    REQUIRE(scarce.world.stop() == 0);
    scarce.write_settings(scarce.sink.port());
    CHECK(scarce.sweep("threads") >= 5);  // the log's, the store's, the resolver's and two lanes'
}

TEST_CASE("serve: where a descriptor is not to be had, the daemon says so and is gone, or it works and ends when told") {
    ScarceWorld scarce;
    CHECK(scarce.sweep("descriptors", 7) >= 5);
}

TEST_CASE("serve: whichever descriptor is not to be had, the daemon says so and is gone, or it works and ends when told",
          "[.long]") {
    ScarceWorld scarce;
    CHECK(scarce.sweep("descriptors") >= 50);
}

TEST_CASE("serve: with a limit of file descriptors below what the settings need it names the limit and the number") {
    ScarceWorld scarce;
    for (int most = 8; most <= 64; most += 4) {
        INFO("RLIMIT_NOFILE " << most);
        const auto limited =
            "ulimit -n " + std::to_string(most) + "; exec " + program() + " serve --config " + scarce.world.config().string();
        std::filesystem::remove(scarce.world.log());
        Process daemon({"/bin/sh", "-c", limited}, scarce.world.log());
        CHECK(daemon.wait() == 1);
        CHECK_FALSE(read_file(scarce.world.log()).empty());
        if (most >= 32) CHECK(scarce.said("RLIMIT_NOFILE"));
        CHECK_FALSE(std::filesystem::exists(scarce.world.socket()));
    }
}
