// A backup of a queue that is at work, and a daemon that starts on it.
#include <sqlite3.h>
#include <catch2/catch.hpp>

#include <atomic>

#include "support/sample_events.hpp"
#include "trip/support/trial.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

// As `sqlite3 FROM ".backup TO"` does it: a hundred pages a step, begun anew when somebody has written meanwhile.
void back_up(const std::filesystem::path& from, const std::filesystem::path& to) {
    sqlite3 *source = nullptr, *copy = nullptr;
    REQUIRE(sqlite3_open_v2(from.c_str(), &source, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_open(to.c_str(), &copy) == SQLITE_OK);
    sqlite3_backup* const backup = sqlite3_backup_init(copy, "main", source, "main");
    REQUIRE(backup != nullptr);
    int step = SQLITE_OK;
    do {
        step = sqlite3_backup_step(backup, 100);
    } while (step == SQLITE_OK || step == SQLITE_BUSY || step == SQLITE_LOCKED);
    CHECK(step == SQLITE_DONE);
    CHECK(sqlite3_backup_finish(backup) == SQLITE_OK);
    sqlite3_close(copy);
    sqlite3_close(source);
}

std::string event(int number) {
    const auto id = "b-" + std::to_string(number);
    return sample_event(EventType::created, {.id = id, .subscriber_id = id, .subscription = id});
}

bool answers(const World& world, int number, const std::string& status) {
    return world.ask(event(number)).find("\"status\":\"" + status + '"') != std::string::npos;
}

}  // namespace

TEST_CASE("backup: of a queue at work, restored, loses nothing that was acknowledged before it began") {
    constexpr int events = 200;
    SinkThread sink(5ms);
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    std::atomic<int> acknowledged{0};
    std::thread sender([&] {
        for (int i = 0; i < events; ++i)
            if (answers(world, i, "accepted")) acknowledged = i + 1;
    });
    wait_until("some events to be acknowledged", [&] { return acknowledged >= events / 4; });
    const int before = acknowledged;
    const auto copy = world.folder() / "backup.db";
    back_up(world.queue() / "ilbud.db", copy);
    sender.join();
    REQUIRE(acknowledged == events);
    CHECK(answers(world, events, "accepted"));  // behind the backup
    world.kill();

    for (const auto* file : {"ilbud.db", "ilbud.db-wal", "ilbud.db-shm"}) std::filesystem::remove(world.queue() / file);
    std::filesystem::rename(copy, world.queue() / "ilbud.db");
    check_integrity(world.queue());
    world.start();
    for (int i = 0; i < before; ++i) {
        INFO(i);
        REQUIRE(answers(world, i, "duplicate"));
    }
    CHECK(answers(world, events, "accepted"));  // not known any more: it is sent again, and mailed
    wait_until("all mail to leave", [&] { return world.status("queued") == 0 && world.status("leased") == 0; });
    CHECK(world.status("delivered") >= before + 1);
    CHECK(sink.message_ids().size() >= static_cast<std::size_t>(before));
    CHECK(world.stop() == 0);
    check_integrity(world.queue());
}
