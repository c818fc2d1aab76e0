// When leases of the SQLite queue lapse, where the contract suite cannot bring it about: the store stands still, or breaks.
#include "sqlite_adapter.hpp"

#include "contract/queue_rig.hpp"
#include "sqlite_parts.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// The store asks for the time at the beginning of each of its turns, so this stops it as SIGSTOP would.
class StoppableClock final : public Clock {
 public:
    [[nodiscard]] Time now() const override {
        std::this_thread::sleep_for(stop_.exchange({}));
        return system_clock().now();
    }
    [[nodiscard]] ClockReading read() const override {
        std::this_thread::sleep_for(stop_.exchange({}));
        return system_clock().read();
    }
    void stop_next(Duration most) { stop_ = most; }

 private:
    mutable std::atomic<Duration> stop_{Duration{}};
};

}  // namespace

TEST_CASE("lease: a store that stood still takes no mail back before its holder could answer") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    parts.settings.lease_hold = 1s;
    StoppableClock clock;
    auto store = open_sqlite_store(parts.settings, clock, parts.log, parts.counters);
    REQUIRE(store);
    asio::io_context context(1);
    const auto lease = [&](Duration wait) { return run_task(context, (*store)->queue().lease(10, wait)); };
    run_task(context, (*store)->queue().accept({entry_of({.id = "e1"})}));
    const auto first = lease({});
    REQUIRE(events_of(first) == Ids{"e1"});
    clock.stop_next(2500ms);
    run_task(context, (*store)->queue().counts());
    CHECK(lease(100ms).empty());  // the hold is over, but nobody could have said anything meanwhile
    const auto again = lease(10s);
    CHECK(events_of(again) == Ids{"e1"});  // its holder did not use the time
}

TEST_CASE("settle: a mail whose settlement the storage refused for good is lent again when its hold is over") {
    QueueSettings settings;
    settings.lease_hold = 20ms;
    QueueRig rig(settings);
    rig.accept({.id = "e1"});
    const auto lease = rig.lease().at(0);
    SqliteDatabase other(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write);
    other.execute("ALTER TABLE waiting RENAME TO gone");
    CHECK_THROWS_AS(rig.settle(rig.ended(lease)), std::exception);
    other.execute("ALTER TABLE gone RENAME TO waiting");
    const auto again = rig.lease(10, 3s);
    CHECK(events_of(again) == Ids{"e1"});
}
