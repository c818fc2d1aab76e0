// What only the SQLite adapter promises: its folder, its version, kills and full disks.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>
#include <set>
#include <thread>

#include "sqlite_adapter.hpp"
// The adapter comes first.
#include "../../engine/queue/sqlite_schema.hpp"
#include "contract/queue_rig.hpp"
#include "sqlite_parts.hpp"
#include "support/full_disk.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

unsigned permissions(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

/// In a process of its own: accepts one event after the other and writes the number of each acknowledged one to `pipe`.
[[noreturn]] void accept_until_killed(const std::filesystem::path& folder, int pipe, std::uint32_t first) {
    Parts parts(folder);
    auto store = parts.open();
    if (!store) _exit(1);
    asio::io_context context(1);
    for (std::uint32_t number = first;; number += 3) {
        std::vector<Entry> entries;
        for (std::uint32_t i = 0; i < 3; ++i) entries.push_back(entry_of({.id = std::to_string(number + i)}));
        const auto answers = run_task(context, (*store)->queue().accept(std::move(entries)));
        for (std::uint32_t i = 0; i < 3; ++i) {
            const std::uint32_t acknowledged = number + i;
            if (answers[i].status != Accepted::Status::accepted ||
                ::write(pipe, &acknowledged, sizeof acknowledged) != sizeof acknowledged)
                _exit(2);
        }
        // Some go out and are settled, so that kills hit those transactions, too.
        std::vector<Settlement> settlements;
        for (const auto& lease : run_task(context, (*store)->queue().lease(1, {}))) {
            auto& settlement = settlements.emplace_back();
            settlement.row = lease.row;
            settlement.token = lease.token;
        }
        run_task(context, (*store)->queue().settle(std::move(settlements)));
    }
}

}  // namespace

TEST_CASE("open_sqlite_store: the folder is private, and so is every file in it") {
    QuickFolder folder;
    Parts parts(folder.path() / "deep" / "queue");
    auto store = parts.open();
    REQUIRE(store);
    run_task((*store)->queue().accept({entry_of({})}));
    CHECK(permissions(parts.settings.folder) == 0700);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(parts.settings.folder)) {
        ++files;
        CHECK(permissions(entry.path()) == 0600);
    }
    CHECK(files >= 3);
}

TEST_CASE("open_sqlite_store: a folder in which others may write is refused") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    std::filesystem::create_directory(parts.settings.folder);
    ::chmod(parts.settings.folder.c_str(), 0777);
    auto store = parts.open();
    REQUIRE_FALSE(store);
    CHECK(store.error().code == "queue_unusable");
}

TEST_CASE("open_sqlite_store: one owner at a time") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    auto first = parts.open();
    REQUIRE(first);
    auto second = parts.open();
    REQUIRE_FALSE(second);
    CHECK(second.error().code == "queue_in_use");
    first->reset();
    CHECK(parts.open());
}

TEST_CASE("open_sqlite_store: a queue of a newer version is refused, by writer and reader, and left alone") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    REQUIRE(parts.open());
    SqliteDatabase(parts.settings.folder / database_name, SqliteDatabase::Mode::read_write).execute("PRAGMA user_version = 99");
    auto store = parts.open();
    REQUIRE_FALSE(store);
    CHECK(store.error().code == "queue_schema");
    auto reader = open_sqlite_reader(parts.settings);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == "queue_schema");
    CHECK(SqliteDatabase(parts.settings.folder / database_name, SqliteDatabase::Mode::read_only).number("PRAGMA user_version") ==
          99);
}

TEST_CASE("open_sqlite_store: an empty database of version 0 is brought to this version") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    std::filesystem::create_directory(parts.settings.folder);
    ::close(::open((parts.settings.folder / database_name).c_str(), O_CREAT | O_WRONLY, 0600));
    {
        auto store = parts.open();
        REQUIRE(store);
        CHECK(run_task((*store)->queue().accept({entry_of({})})).at(0).status == Accepted::Status::accepted);
    }
    CHECK(SqliteDatabase(parts.settings.folder / database_name, SqliteDatabase::Mode::read_only).number("PRAGMA user_version") ==
          schema_version);
}

TEST_CASE("open_sqlite_store: another program's database, a broken file and a symbolic link are refused") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    const auto file = parts.settings.folder / database_name;
    std::filesystem::create_directory(parts.settings.folder);
    const int which = GENERATE(0, 1, 2);
    if (which == 0) {
        ::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0600));
        SqliteDatabase(file, SqliteDatabase::Mode::read_write).execute("CREATE TABLE theirs(x)");
    } else if (which == 1) {
        const int descriptor = ::open(file.c_str(), O_CREAT | O_WRONLY, 0600);
        const std::string noise(8192, 'n');
        REQUIRE(::write(descriptor, noise.data(), noise.size()) == 8192);
        ::close(descriptor);
    } else {
        std::filesystem::create_symlink(folder.path() / "elsewhere", file);
    }
    auto store = parts.open();
    REQUIRE_FALSE(store);
    CHECK(store.error().code == "queue_unusable");
    CHECK_FALSE(std::filesystem::exists(folder.path() / "elsewhere"));
}

TEST_CASE("open_sqlite_reader: where there is no queue it says so and makes none") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    auto reader = open_sqlite_reader(parts.settings);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == "queue_missing");
    CHECK_FALSE(std::filesystem::exists(parts.settings.folder));
}

TEST_CASE("open_sqlite_reader: reads a queue that nobody has open") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.close();
    CHECK(rig.row("e1").state == MailState::queued);
}

TEST_CASE("S48: with too little disk free the answer is busy, and nothing is stored") {
    QueueRig rig;
    auto settings = rig.settings;
    settings.disk_free_min = std::size_t{1} << 60;
    rig.queue->apply(settings);
    const auto busy = rig.accept({.id = "e1"});
    CHECK(busy.status == Accepted::Status::busy);
    CHECK(busy.busy_reason == "disk_full");
    CHECK(rig.counts().events == 0);
    CHECK(rig.counts().trouble == "disk_full");
    CHECK(rig.counts().trouble_since == rig.clock.now());
    rig.queue->apply(rig.settings);
    CHECK(rig.accept({.id = "e1"}).status == Accepted::Status::accepted);
    CHECK(rig.counts().trouble.empty());
}

TEST_CASE("S48: a disk that fills up refuses events, keeps settlements, and all goes on when there is room again") {
    QueueRig rig;
    rig.accept({.id = "before"});
    const auto lease = rig.lease().at(0);
    asio::io_context waiting(1);
    bool settled = false;
    std::vector<std::string> acknowledged;
    {
        const FullDisk full(std::filesystem::file_size(rig.adapter.place() / "ilbud.db-wal"));
        for (int i = 0; i < 5; ++i) {
            const auto id = "during" + std::to_string(i);
            const auto answer = rig.accept({.id = id});
            if (answer.status == Accepted::Status::accepted) acknowledged.push_back(id);
            if (i == 4) CHECK(answer.status == Accepted::Status::busy);
            // A limit on the file's size stands for the disk; SQLite is told EFBIG, not ENOSPC.
            if (answer.status == Accepted::Status::busy) CHECK(answer.busy_reason == "disk_failed");
        }
        asio::co_spawn(waiting, rig.queue->settle({rig.ended(lease)}), [&](std::exception_ptr failure) { settled = !failure; });
        waiting.run_for(50ms);
        CHECK_FALSE(settled);
        CHECK(rig.accept({.id = "also during"}).status == Accepted::Status::busy);
        CHECK(rig.counts().trouble == "disk_failed");
    }
    waiting.run();
    CHECK(settled);
    CHECK(rig.count(MailState::delivered) == 1);
    CHECK(rig.counts().trouble.empty());
    CHECK(rig.accept({.id = "after"}).status == Accepted::Status::accepted);
    CHECK(rig.counts().events == 2 + acknowledged.size());
    rig.reopen();
    CHECK(rig.row("before").state == MailState::delivered);
    CHECK(rig.accept({.id = "after"}).status == Accepted::Status::duplicate);
    CHECK(rig.accept({.id = "during4"}).status == Accepted::Status::accepted);
}

TEST_CASE("S48: what is put on a shelf while the disk is full is there once there is room, and only then says so") {
    QueueRig rig;
    rig.put_on_shelf("dkim", {{"a", "before"}});
    asio::io_context waiting(1);
    bool stored = false;
    {
        const FullDisk full(0);
        asio::co_spawn(waiting, rig.store->shelf().put(writes_to("dkim", {{"a", "after"}})),
                       [&](std::exception_ptr failure, bool fits) { stored = !failure && fits; });
        waiting.run_for(50ms);
        CHECK_FALSE(stored);
        CHECK(rig.shelf("dkim") == QueueRig::Shelf{{"a", "before"}});
    }
    waiting.run();
    CHECK(stored);
    CHECK(rig.shelf("dkim") == QueueRig::Shelf{{"a", "after"}});
}

TEST_CASE("S48: a mail whose settlement waits for the disk is not lent again, however long it takes") {
    QueueSettings settings;
    settings.lease_hold = 5ms;
    QueueRig rig(settings);
    rig.accept({.id = "e1"});
    const auto lease = rig.lease().at(0);
    asio::io_context waiting(1);
    bool settled = false;
    {
        const FullDisk full(0);
        asio::co_spawn(waiting, rig.queue->settle({rig.ended(lease)}), [&](std::exception_ptr failure) { settled = !failure; });
        waiting.run_for(1ms);
        CHECK(rig.lease(10, 30ms).empty());
    }
    waiting.run();
    CHECK(settled);
    CHECK(rig.lease(10, 20ms).empty());
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("S48: while the disk is full no lease lapses, and then not before what its holder knows can be stored") {
    QueueSettings settings;
    settings.lease_hold = 300ms;
    QueueRig rig(settings);
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 2);
    asio::io_context waiting(1);
    {
        const FullDisk full(0);
        asio::co_spawn(waiting, rig.queue->settle({rig.ended(leases[0])}), [](std::exception_ptr) {});
        waiting.run_for(1ms);
        // The second one is answered as well, but its holder waits for the first to be stored.
        CHECK(rig.lease(10, 900ms).empty());
    }
    waiting.run();
    CHECK(rig.lease(10).empty());
    rig.settle(rig.ended(leases[1]));
    CHECK(rig.count(MailState::delivered) == 2);
    CHECK(rig.lease(10, 700ms).empty());
}

TEST_CASE("a broken storage is an exception for whoever asked, not an answer") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    SqliteDatabase(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write)
        .execute("DROP TABLE mark; DROP TABLE waiting");
    CHECK_THROWS_AS(rig.accept({.id = "e2"}), std::exception);
    rig.close();
}

TEST_CASE("an event that can no longer be read ends its mail, visibly, and holds up nobody") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    rig.close();
    SqliteDatabase(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write)
        .execute("UPDATE event SET raw = '{' WHERE id = 'e1'");
    rig.reopen();
    CHECK(events_of(rig.lease()) == Ids{"e2"});
    CHECK(rig.count(MailState::bounced) == 1);
    CHECK(rig.row("e1").reason == "event_unreadable");
}

TEST_CASE("kill -9 at random moments loses no acknowledged event") {
    QuickFolder folder;
    const auto place = folder.path() / "queue";
    std::mt19937 random(std::random_device{}());
    std::vector<std::uint32_t> acknowledged;
    for (std::uint32_t round = 0; round < 12; ++round) {
        const auto end = run_until_killed([&](int pipe) { accept_until_killed(place, pipe, round * 1'000'000); },
                                          [&](std::uint32_t number) { acknowledged.push_back(number); },
                                          std::chrono::microseconds(random() % 20'000));
        REQUIRE(WIFSIGNALED(end));
    }
    Parts parts(place);
    auto store = parts.open();
    REQUIRE(store);
    auto reader = open_plain_reader(parts.settings);
    REQUIRE(reader);
    MailQuery all;
    all.most = 1'000'000;
    const auto rows = (*reader)->mails(all);
    std::set<std::string> kept;
    for (const auto& row : rows)
        if (row.state == MailState::queued || row.state == MailState::delivered) kept.insert(row.event);
    const auto lost = std::ranges::count_if(acknowledged, [&](auto number) { return !kept.contains(std::to_string(number)); });
    CHECK(lost == 0);
    CHECK(acknowledged.size() >= 12);
    // The totals agree with the rows, and what waits can be lent.
    const auto counts = run_task((*store)->queue().counts());
    CHECK(rows.size() == counts.mails[static_cast<std::size_t>(MailState::queued)] +
                             counts.mails[static_cast<std::size_t>(MailState::delivered)]);
    CHECK(kept.size() == rows.size());
    CHECK(run_task((*store)->queue().lease(1'000'000, {})).size() == counts.mails[static_cast<std::size_t>(MailState::queued)]);
}

TEST_CASE("many threads at once: every event is answered once, every mail lent once and settled") {
    QueueRig rig;
    constexpr int threads = 4, events = 40;
    std::atomic<int> accepted = 0, delivered = 0;
    std::vector<std::thread> lanes;
    for (int lane = 0; lane < threads; ++lane)
        lanes.emplace_back([&rig, &accepted, &delivered, lane] {
            asio::io_context context(1);
            for (int i = 0; i < events; ++i) {
                auto entry =
                    entry_of({.id = std::to_string(lane) + "-" + std::to_string(i), .unit = "unit" + std::to_string(i % 3)});
                accepted += run_task(context, rig.queue->accept({std::move(entry)})).at(0).status == Accepted::Status::accepted;
                std::vector<Settlement> done;
                for (const auto& lease : run_task(context, rig.queue->lease(3, 1ms))) done.push_back(rig.ended(lease));
                delivered += static_cast<int>(done.size());
                run_task(context, rig.queue->settle(std::move(done)));
                if (i % 10 == 0) rig.queue->apply(rig.settings);
                run_task(context, rig.queue->counts());
            }
        });
    for (auto& lane : lanes) lane.join();
    for (const auto& lease : rig.lease(1000)) {
        rig.settle(rig.ended(lease));
        ++delivered;
    }
    CHECK(accepted == threads * events);
    CHECK(delivered == threads * events);
    CHECK(rig.count(MailState::delivered) == threads * events);
    CHECK(rig.counters.delivered == threads * events);
}
