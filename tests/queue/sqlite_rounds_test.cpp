// What meets in one commit of the SQLite queue, and what a commit that fails leaves behind.
#include "sqlite_adapter.hpp"

#include <boost/asio/detached.hpp>

#include <optional>
#include <thread>

#include "contract/queue_rig.hpp"
#include "sqlite_parts.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

template <class T>
Task<void> keep(Task<T> task, std::optional<T>& into) {
    into = co_await std::move(task);
}

// What is put while it lives comes into one commit: the store is inside the one before, and waits for a lock.
class OneCommit {
 public:
    explicit OneCommit(QueueRig& rig) : rig_(rig), other_(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write) {
        other_.execute("BEGIN IMMEDIATE");
        rig_.context.restart();
        put(rig_.store->shelf().put({{"blocker", "x", "1"}}), first_);
        // It has taken the first one when it is at work.
        while (rig_.queue->busy_since() == SteadyTime::max()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    template <class T>
    void put(Task<T> task, std::optional<T>& into) {
        asio::co_spawn(rig_.context, keep(std::move(task), into), asio::detached);
        rig_.context.poll();
    }
    void put(Task<void> task) {
        asio::co_spawn(rig_.context, std::move(task), asio::detached);
        rig_.context.poll();
    }
    void carry_out() {
        other_.execute("COMMIT");
        rig_.context.restart();
        rig_.context.run();
    }

 private:
    QueueRig& rig_;
    SqliteDatabase other_;
    std::optional<bool> first_;
};

// A lease whose holder has let its time pass.
Lease lapsed(QueueRig& rig) {
    rig.accept({.id = "a"});
    auto lease = rig.lease().at(0);
    while (!rig.logged("queue.lease_lapsed")) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        rig.put({{"x", "y", "z"}});  // turns of the store
    }
    return lease;
}

QueueSettings short_hold() {
    QueueSettings settings;
    settings.lease_hold = 30ms;
    return settings;
}

}  // namespace

TEST_CASE("one commit: of two daemons that ask for a duty one gets it") {
    QueueRig rig;
    OneCommit commit(rig);
    std::optional<std::optional<Duty>> a, b;
    commit.put(rig.store->shelf().take_duty("watch", "a", 1h), a);
    commit.put(rig.store->shelf().take_duty("watch", "b", 1h), b);
    commit.carry_out();
    REQUIRE((a && b));
    CHECK(a->has_value());
    CHECK_FALSE(b->has_value());
}

TEST_CASE("one commit: a lapsed holder's settlement that was put before somebody else's lease counts") {
    QueueRig rig(short_hold());
    const auto lease = lapsed(rig);
    OneCommit commit(rig);
    std::optional<std::vector<Lease>> lent;
    commit.put(rig.queue->settle({rig.ended(lease)}));
    commit.put(rig.queue->lease(5, {}), lent);
    commit.carry_out();
    REQUIRE(lent);
    CHECK(lent->empty());
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("one commit: a hold that was put before a lease holds what is lent") {
    QueueRig rig;
    rig.accept({.id = "a"});
    OneCommit commit(rig);
    std::optional<std::vector<Lease>> lent;
    commit.put(rig.queue->hold({{}, "x", rig.clock.now()}));
    commit.put(rig.queue->lease(5, {}), lent);
    commit.carry_out();
    REQUIRE(lent);
    for (const auto& lease : *lent) CHECK(lease.held);
}

TEST_CASE("a commit that fails: a lapsed holder's settlement counts though the mail was picked for somebody else", "[.long]") {
    QueueRig rig(short_hold());
    const auto lease = lapsed(rig);
    {
        SqliteDatabase other(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write);
        other.execute("BEGIN IMMEDIATE");
        CHECK(rig.lease(5, 10ms).empty());
        other.execute("COMMIT");
    }
    rig.settle(rig.ended(lease));
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("one commit: says of some mails that they are next, which then cost none when they are asked for") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (int i = 0; i < 200; ++i)
        entries.push_back(entry_of({.id = "e" + std::to_string(i), .unit = i % 2 == 0 ? "daily" : "weekly"}, rig.clock.now()));
    rig.accept_all(std::move(entries));
    REQUIRE(rig.lease(1).size() == 1);
    const auto commits = rig.counters.store_commits.load();
    std::size_t lent = 1;
    for (int i = 0; i < 6; ++i) lent += rig.lease(10).size();
    CHECK(lent == 61);
    CHECK(rig.counters.store_commits == commits);
    for (int i = 0; i < 20; ++i) lent += rig.lease(10).size();  // none is lent that no commit has named
    CHECK(lent == 200);
    CHECK(rig.counters.store_commits > commits);
    rig.reopen();
    std::size_t uncertain = 0;
    for (const auto& lease : rig.lease(1000)) uncertain += lease.uncertain ? 1 : 0;
    CHECK(uncertain == 200);
}

TEST_CASE("end: what was noted as out and was not is not uncertain after the next start") {
    QueueRig rig;
    std::optional<std::vector<Lease>> lent;
    asio::io_context other(1);
    asio::co_spawn(other, keep(rig.queue->lease(1, 10s), lent), asio::detached);
    other.poll();
    std::vector<Entry> entries;
    for (int i = 0; i < 3; ++i) entries.push_back(entry_of({.id = "e" + std::to_string(i)}, rig.clock.now()));
    rig.accept_all(std::move(entries));
    other.restart();
    other.run();
    REQUIRE(lent->size() == 1);
    rig.reopen();
    std::size_t uncertain = 0;
    for (const auto& lease : rig.lease()) uncertain += lease.uncertain ? 1 : 0;
    CHECK(uncertain == 1);
}
