// Files and rows that somebody removed, replaced or damaged, and others who hold the database.
#include <filesystem>
#include <fstream>

#include "sqlite_adapter.hpp"
// The adapter comes first.
#include "../../engine/queue/sqlite_schema.hpp"
#include "contract/queue_rig.hpp"
#include "sqlite_parts.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

void damage(QueueRig& rig, const char* sql) {
    rig.close();
    SqliteDatabase(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write).execute(sql);
    rig.reopen();
}

}  // namespace

TEST_CASE("files: without its database or its journal the queue acknowledges nothing, says so once, and ends what is out") {
    const auto* const way = GENERATE("folder renamed", "database removed", "journal removed", "database replaced");
    QueueRig rig;
    rig.accept({.id = "before"});
    const auto lease = rig.lease().at(0);
    const auto place = rig.adapter.place();
    const std::string what = way;
    INFO(what);
    auto moved = place;
    if (what == "folder renamed") std::filesystem::rename(place, moved += ".away");
    if (what == "database removed") std::filesystem::remove(place / database_name);
    if (what == "journal removed") std::filesystem::remove(place / (std::string(database_name) + "-wal"));
    if (what == "database replaced") {
        std::filesystem::copy_file(place / database_name, place / "copy");
        std::filesystem::rename(place / "copy", place / database_name);
    }
    CHECK(rig.counts().trouble == "store_lost");  // also when nobody sends anything
    CHECK(rig.counts().trouble_since == rig.clock.now());
    for (int i = 0; i < 3; ++i) {
        const auto answer = rig.accept({.id = "behind"});
        CHECK(answer.status == Accepted::Status::busy);
        CHECK(answer.busy_reason == "store_lost");
    }
    CHECK_THROWS(rig.suppress("press", "anna@example.com"));
    CHECK_THROWS(run_task(rig.context, rig.queue->hold({{.unit = "daily"}, "by hand", rig.clock.now()})));
    rig.settle(rig.ended(lease));
    CHECK(rig.count(MailState::delivered) == 1);
    CHECK(rig.logged("queue.store_lost"));
    CHECK(rig.logged("restore the last backup"));
    CHECK(rig.lines.find("queue.store_lost") == rig.lines.rfind("queue.store_lost"));
    rig.close();
    if (what == "folder renamed") std::filesystem::rename(moved, place);
}

TEST_CASE("files: whoever removes the lock's file lets no second daemon in") {
    QueueRig rig;
    for (const auto& file : std::filesystem::directory_iterator(rig.adapter.place()))
        if (file.path().filename().string().find(database_name) != 0) std::filesystem::remove(file.path());
    Parts second(rig.adapter.place());
    const auto opened = second.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == "queue_in_use");
    CHECK(rig.accept({.id = "e1"}).status == Accepted::Status::accepted);
}

TEST_CASE("files: a queue that is made anew is told, and one that is there is not") {
    QueueRig rig;
    CHECK(rig.logged("queue.created"));
    rig.lines.clear();
    rig.reopen();
    CHECK_FALSE(rig.logged("queue.created"));
    rig.close();
    std::filesystem::remove_all(rig.adapter.place());
    rig.reopen();
    CHECK(rig.logged("queue.created"));
}

TEST_CASE("damage: a waiting mail whose rows are gone, or say what nobody knows, is told and holds up nobody") {
    const auto* const sql = GENERATE("DELETE FROM mail WHERE event = 1", "UPDATE mail SET kind = 77 WHERE event = 1",
                                     "UPDATE mail SET locale = 99999 WHERE event = 1",
                                     "UPDATE mail SET unit = 4711 WHERE event = 1", "UPDATE mail SET sender = -1 WHERE event = 1",
                                     "DELETE FROM event WHERE number = 1", "UPDATE event SET raw = x'00ff' WHERE number = 1");
    INFO(sql);
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    damage(rig, sql);
    const auto leases = rig.lease();
    CHECK(events_of(leases) == Ids{"e2"});
    rig.counts();
    CHECK(rig.logged("queue.event_unreadable"));
    CHECK(rig.count(MailState::bounced) == 1);
    CHECK(rig.lease().empty());
    for (const auto& lease : leases) rig.settle(rig.ended(lease));
    // It stays readable as a whole, and goes when its time is over.
    auto reader = rig.adapter.reader();
    CHECK_NOTHROW((*reader)->mails({}));
    CHECK_NOTHROW((*reader)->outcomes());
    CHECK_NOTHROW((*reader)->event("/shop", "e1"));
    CHECK_NOTHROW(rig.prune(rig.clock.now() + 1h));
}

TEST_CASE("damage: an event whose decision cannot be read is a duplicate all the same, is shown, and goes") {
    QueueRig rig;
    rig.accept({.id = "e1", .marks = {"m"}});
    rig.settle(rig.ended(rig.lease().at(0)));
    damage(rig, "UPDATE event SET notes = '{\"skips\":[[1'");
    std::vector<Entry> entries;
    entries.push_back(entry_of({.id = "e1", .marks = {"m"}}, rig.clock.now()));
    entries.push_back(entry_of({.id = "e2"}, rig.clock.now()));
    const auto answers = rig.accept_all(std::move(entries));
    CHECK(answers[0].status == Accepted::Status::duplicate);
    CHECK(answers[0].mails.size() == 1);
    CHECK(answers[1].status == Accepted::Status::accepted);
    auto reader = rig.adapter.reader();
    CHECK((*reader)->event("/shop", "e1")->chain.at(0).finding.find("damaged") != std::string::npos);
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease));
    CHECK(rig.prune(rig.clock.now() + 1h) == 2);
}

TEST_CASE("damage: a state that stands for nothing reaches no table, whoever asks for its mail") {
    QueueRig rig;
    const auto mail = rig.accept({.id = "e1"}).mails.at(0).id;
    rig.settle(rig.ended(rig.lease().at(0)));
    const auto* const sql = GENERATE("UPDATE status SET state = 99", "UPDATE status SET state = -1",
                                     "UPDATE status SET state = 258, due = 9223372036854775807");
    CAPTURE(sql);
    damage(rig, sql);
    auto reader = rig.adapter.reader();
    CHECK((*reader)->mails({}).size() == 1);
    CHECK_NOTHROW((*reader)->event("/shop", "e1"));
    CHECK(run_task(rig.context, rig.queue->cancel({mail}, "by hand")) == std::vector{Cancellation::unknown});
    Amendment report;
    report.mail = mail;
    report.state = MailState::bounced;
    CHECK(run_task(rig.context, rig.queue->amend({report})) == std::vector{false});
    const auto before = rig.counts();
    rig.prune(rig.clock.now() + 1h);
    CHECK(rig.counts().mails == before.mails);
    CHECK(rig.lease().empty());
}

TEST_CASE("damage: a row of what waits that is no place in a line, or of no mail, is told, and the others leave") {
    QueueRig rig;
    for (const auto* id : {"e1", "e2", "e3"}) rig.accept({.id = id});
    const auto* const sql =
        GENERATE("UPDATE waiting SET urgency = -1 WHERE mail = 2", "UPDATE waiting SET urgency = 3 WHERE mail = 2",
                 "UPDATE waiting SET urgency = 99 WHERE mail = 2", "UPDATE waiting SET urgency = 'x' WHERE mail = 2",
                 "UPDATE waiting SET unit = 'x' WHERE mail = 2", "UPDATE waiting SET unit = -1 WHERE mail = 2",
                 "UPDATE waiting SET due = 'x' WHERE mail = 2", "UPDATE waiting SET due = x'00' WHERE mail = 2",
                 "UPDATE waiting SET mail = 'x' WHERE mail = 2", "UPDATE waiting SET mail = 1000 WHERE mail = 2",
                 "DELETE FROM waiting WHERE mail = 2");
    CAPTURE(sql);
    damage(rig, sql);
    std::size_t sent = 0;
    for (int i = 0; i < 4; ++i)
        for (const auto& lease : rig.lease()) {
            ++sent;
            rig.settle(rig.ended(lease));
        }
    CHECK(sent >= 2);
    CHECK(sent <= 3);
    rig.close();  // what it has to tell stands in the log by then
    const auto told = [&] { return rig.logged("queue.damaged") || rig.logged("queue.event_unreadable"); };
    if (sent == 2) CHECK(told());
    rig.reopen();
    CHECK(rig.lease().empty());
}

TEST_CASE("damage: an event that comes again is a duplicate, though rows of its mails say what nobody knows") {
    const auto* const sql = GENERATE("UPDATE mail SET sender = 0", "UPDATE mail SET envelope = 999",
                                     "UPDATE mail SET account = 'x'", "UPDATE mail SET kind = 77", "DELETE FROM mail");
    CAPTURE(sql);
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.settle(rig.ended(rig.lease().at(0)));
    damage(rig, sql);
    CHECK(rig.accept({.id = "e1"}).status == Accepted::Status::duplicate);
    CHECK(rig.accept({.id = "e2"}).status == Accepted::Status::accepted);
}

TEST_CASE("files: behind a clean end the database alone is the whole queue") {
    QueueRig rig;
    for (int i = 0; i < 50; ++i) rig.accept({.id = "e" + std::to_string(i)});
    rig.close();
    for (const auto* end : {"-wal", "-shm"}) std::filesystem::remove(rig.adapter.place() / (std::string(database_name) + end));
    rig.reopen();
    CHECK(rig.counts().events == 50);
    CHECK(rig.lease(100).size() == 50);
}

TEST_CASE("files: a database that was emptied is told as a new queue, and who only reads leaves what lies beside it") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    const auto file = rig.adapter.place() / database_name;
    const auto kept = rig.adapter.place() / "kept";
    const auto journal = rig.adapter.place() / (std::string(database_name) + "-wal");
    std::filesystem::rename(file, kept);
    std::ofstream(file).close();
    auto reader = open_for_reading(rig.adapter.place());
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == "queue_missing");
    CHECK(std::filesystem::file_size(journal) > 0);
    std::filesystem::rename(kept, file);
    rig.close();
    CHECK(rig.lines.find("queue.created") == rig.lines.rfind("queue.created"));  // the rig's own
    std::filesystem::resize_file(file, 0);
    rig.reopen();
    CHECK(rig.lines.find("queue.created") != rig.lines.rfind("queue.created"));
}

TEST_CASE("others: while somebody holds the write lock the counts are told, and what was asked for is done behind it") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    asio::io_context waiting(1);
    Accepted answer;
    {
        SqliteDatabase other(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write);
        other.execute("BEGIN IMMEDIATE");
        std::vector<Entry> entries;
        entries.push_back(entry_of({.id = "e2"}, rig.clock.now()));
        asio::co_spawn(waiting, rig.queue->accept(std::move(entries), {}),
                       [&](std::exception_ptr failure, std::vector<Accepted> answers) {
                           if (!failure) answer = answers.at(0);
                       });
        waiting.run_for(100ms);
        CHECK(rig.counts().events == 1);
        CHECK(rig.queue->busy_since() < std::chrono::steady_clock::now());  // the watchdog's view
        other.execute("ROLLBACK");
    }
    waiting.run();
    CHECK(answer.mails.size() == 1);
    CHECK(rig.counts().events == 2);
}

TEST_CASE("others: a lock that is held for long is told as what it is", "[.long]") {
    QueueRig rig;
    SqliteDatabase other(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write);
    other.execute("BEGIN IMMEDIATE");
    CHECK(rig.accept({.id = "e1"}).busy_reason == "store_locked");
    other.execute("ROLLBACK");
}

TEST_CASE("others: a reader that does not end makes the journal grow, which is told, and again only when it has doubled") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    SqliteDatabase other(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_only);
    other.execute("BEGIN");
    CHECK(other.number("SELECT count(*) FROM event") == 1);
    const std::string row(64 * 1024, 'x');
    int puts = 0;
    for (; puts < 4000 && !rig.logged("queue.journal_grows"); ++puts) rig.put({{"test", std::to_string(puts % 100), row}});
    CHECK(rig.logged("queue.journal_grows"));
    for (int i = 0; i < 200; ++i) rig.put({{"test", std::to_string(i % 100), row}});
    CHECK(rig.lines.find("queue.journal_grows") == rig.lines.rfind("queue.journal_grows"));
    other.execute("COMMIT");
    CHECK(rig.accept({.id = "e2"}).status == Accepted::Status::accepted);
}
