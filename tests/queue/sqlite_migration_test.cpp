// Queues of earlier versions, brought up to date with everything in them. The fixture was made by the program of its time.
#include <fstream>
#include <iterator>
#include <map>

#include "sqlite_adapter.hpp"
// The adapter comes first.
#include "../../engine/queue/lookup_keys.hpp"
#include "contract/queue_rig.hpp"
#include "sqlite_parts.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// The fixture as a queue's database.
void make_version_4(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    const auto file = folder / database_name;
    ::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0600));
    std::ifstream text(std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/queue/data/queue_v4.sql");
    const std::string sql{std::istreambuf_iterator<char>(text), {}};
    REQUIRE(sql.size() > 10'000);
    SqliteDatabase(file, SqliteDatabase::Mode::read_write).execute(sql.c_str());
}

// What version 4 said of a mail, in the words of the log.
struct OldMail {
    std::string event, kind, account, unit, to, from, reason, enhanced, reply_text, relay;
    std::int64_t state = 0, planned_at = 0, attempts = 0, uncertain = 0, reply_code = 0, changed_at = 0, due = 0;
};

constexpr std::array<const char*, 7> kinds_of_4{"confirmation", "welcome", "stopped", "cancelled",
                                                "receipt",      "invoice", "notice"};

std::map<std::string, OldMail> mails_of_version_4(const std::filesystem::path& folder) {
    SqliteDatabase database(folder / database_name, SqliteDatabase::Mode::read_only);
    SqliteStatement all(
        database,
        "SELECT m.id, e.id, m.kind, a.text, u.text, m.recipient, f.text, coalesce(s.reason, ''), coalesce(s.enhanced, ''), "
        "coalesce(s.reply_text, ''), coalesce(s.relay, ''), coalesce(s.state, 0), m.planned_at, coalesce(s.attempts, 0), "
        "coalesce(s.uncertain, 0), coalesce(s.reply_code, 0), coalesce(s.at, e.accepted_at), "
        "CASE WHEN s.mail IS NULL THEN e.accepted_at WHEN s.state = 0 THEN s.due ELSE 0 END "
        "FROM mail m JOIN event e ON e.number = m.event LEFT JOIN status s ON s.mail = m.number "
        "JOIN name a ON a.number = m.account JOIN name u ON u.number = m.unit JOIN name f ON f.number = m.sender");
    std::map<std::string, OldMail> mails;
    auto rows = all.rows();
    while (rows.next()) {
        OldMail mail{std::string(rows.text(1)),
                     kinds_of_4.at(static_cast<std::size_t>(rows.number(2))),
                     std::string(rows.text(3)),
                     std::string(rows.text(4)),
                     std::string(rows.text(5)),
                     std::string(rows.text(6)),
                     std::string(rows.text(7)),
                     std::string(rows.text(8)),
                     std::string(rows.text(9)),
                     std::string(rows.text(10)),
                     rows.number(11),
                     rows.number(12),
                     rows.number(13),
                     rows.number(14),
                     rows.number(15),
                     rows.number(16),
                     rows.number(17)};
        mails.emplace(rows.text(0), std::move(mail));
    }
    return mails;
}

std::int64_t count_of(const std::filesystem::path& folder, const char* sql) {
    return SqliteDatabase(folder / database_name, SqliteDatabase::Mode::read_only).number(sql);
}

std::vector<MailRow> all_mails(PlainReader& reader) {
    MailQuery query;
    query.most = 10'000;
    return reader.mails(query);
}

}  // namespace

TEST_CASE("open_sqlite_store: of a queue of version 4 every mail is kept, with state, reason, reply and times") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    const auto before = mails_of_version_4(parts.settings.folder);
    REQUIRE(before.size() == 132);
    REQUIRE(parts.open());
    auto reader = open_plain_reader(parts.settings);
    REQUIRE(reader);
    const auto after = all_mails(**reader);
    CHECK(after.size() == before.size());
    std::set<MailState> states;
    for (const auto& mail : after) {
        CAPTURE(mail.id);
        REQUIRE(before.contains(mail.id));
        const auto& old = before.at(mail.id);
        CHECK(mail.event == old.event);
        CHECK(to_word(mail.kind) == old.kind);
        CHECK(mail.account == old.account);
        CHECK(mail.unit == old.unit);
        CHECK(mail.to == old.to);
        CHECK(mail.from == old.from);
        CHECK(static_cast<std::int64_t>(mail.state) == old.state);
        CHECK(mail.reason == old.reason);
        CHECK(mail.enhanced == old.enhanced);
        CHECK(mail.reply_text == old.reply_text);
        CHECK(mail.relay == old.relay);
        CHECK(mail.reply_code == old.reply_code);
        CHECK(mail.attempts == old.attempts);
        CHECK(mail.uncertain == (old.uncertain != 0));
        CHECK(mail.planned_at.time_since_epoch().count() == old.planned_at);
        CHECK(mail.changed_at.time_since_epoch().count() == old.changed_at);
        CHECK(mail.due.time_since_epoch().count() == old.due);
        states.insert(mail.state);
    }
    CHECK(states.size() >= 6);
}

TEST_CASE(
    "open_sqlite_store: an upgrade, which may take minutes, is told before it begins and when it is done, and no other start "
    "tells one") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    std::string lines;
    Log log(LogLevel::info, LogFormat::text, [&lines](std::string_view line) { lines += line; });
    const auto open = [&] { return open_sqlite_store(parts.settings, system_clock(), log, parts.counters).has_value(); };
    REQUIRE(open());
    const auto begun = lines.find("queue.upgrading from=4 to=" + std::to_string(schema_version));
    REQUIRE(begun != std::string::npos);
    CHECK(lines.find("queue.upgraded", begun) != std::string::npos);
    lines.clear();
    REQUIRE(open());
    CHECK(lines.find("queue.upgrad") == std::string::npos);
}

TEST_CASE("open_sqlite_store: of a queue of version 4 every mail is found by its address, its event and its id") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    REQUIRE(parts.open());
    auto reader = open_plain_reader(parts.settings);
    REQUIRE(reader);
    for (const auto& mail : all_mails(**reader)) {
        CAPTURE(mail.id);
        MailQuery by_id, by_address;
        by_id.id = mail.id;
        by_address.to = mail.to;
        by_address.most = 1000;
        CHECK((*reader)->mails(by_id).size() == 1);
        const auto found = (*reader)->mails(by_address);
        CHECK(std::ranges::any_of(found, [&](const MailRow& row) { return row.id == mail.id; }));
        const auto event = (*reader)->event(mail.source, mail.event);
        REQUIRE(event);
        CHECK(std::ranges::any_of(event->mails, [&](const MailRow& row) { return row.id == mail.id; }));
    }
}

TEST_CASE("open_sqlite_store: a queue of version 4 keeps its totals, suppressions, shelves and counts, and lends what waits") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    const auto& place = parts.settings.folder;
    const auto waiting = count_of(place, "SELECT count(*) FROM waiting");
    const auto shelves = count_of(place, "SELECT count(*) FROM shelf");
    const auto suppressed = count_of(place, "SELECT count(*) FROM suppression");
    const auto events = count_of(place, "SELECT count(*) FROM event");
    const auto frozen = count_of(place, "SELECT count(*) FROM frozen JOIN waiting USING(mail)");
    auto store = parts.open();
    REQUIRE(store);
    auto counts = run_task((*store)->queue().counts());
    CHECK(counts.mails[static_cast<std::size_t>(MailState::queued)] == static_cast<std::uint64_t>(waiting));
    CHECK(counts.events == static_cast<std::uint64_t>(events));
    CHECK(run_task((*store)->suppressions().list("")).size() == static_cast<std::size_t>(suppressed));
    CHECK(count_of(place, "SELECT count(*) FROM shelf") == shelves);
    const auto leases = run_task((*store)->queue().lease(1000, {}));
    counts = run_task((*store)->queue().counts());
    // Those whose address is suppressed are settled instead of lent.
    CHECK(leases.size() + counts.mails[static_cast<std::size_t>(MailState::queued)] <= static_cast<std::size_t>(waiting));
    CHECK_FALSE(leases.empty());
    CHECK(std::ranges::count_if(leases, [](const Lease& lease) { return !lease.frozen.empty(); }) <= frozen);
}

TEST_CASE("open_sqlite_store: suppressions of version 4 say who spoke") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    auto store = parts.open();
    REQUIRE(store);
    for (const auto& one : run_task((*store)->suppressions().list(""))) {
        CAPTURE(one.address, one.reason);
        CHECK(one.kinds.empty());
        CHECK_FALSE(one.expires);
        if (one.reason == complaint_reason) CHECK(one.source == SuppressionSource::report);
        if (one.reason == "by_hand") CHECK(one.source == SuppressionSource::hand);
    }
}

TEST_CASE("open_sqlite_store: a queue of version 1 gets its shelves and counts and keeps its mails") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    SqliteDatabase(parts.settings.folder / database_name, SqliteDatabase::Mode::read_write).execute(back_to_version_1);
    const auto reader = open_sqlite_reader(parts.settings);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == "queue_older");
    CHECK(reader.error().detail.find("next start of its daemon") != std::string::npos);
    auto store = parts.open();
    REQUIRE(store);
    CHECK(run_task((*store)->shelf().put(writes_to("dkim", {{"a", "1"}}))));
    CHECK(run_task((*store)->shelf().rows("dkim")) == std::vector<ShelfRow>{{"a", "1"}});
    CHECK_FALSE(run_task((*store)->queue().lease(100, {})).empty());
    auto after = open_plain_reader(parts.settings);
    REQUIRE(after);
    CHECK(all_mails(**after).size() == 132);
}

TEST_CASE("open_sqlite_store: a version 4 row with a kind and a language that nobody knows is told and holds up nobody") {
    QuickFolder folder;
    Parts parts(folder.path() / "queue");
    make_version_4(parts.settings.folder);
    SqliteDatabase(parts.settings.folder / database_name, SqliteDatabase::Mode::read_write)
        .execute("UPDATE mail SET kind = 77, locale = 99 WHERE number = (SELECT mail FROM waiting ORDER BY due LIMIT 1)");
    auto store = parts.open();
    REQUIRE(store);
    CHECK_FALSE(run_task((*store)->queue().lease(100, {})).empty());
    auto reader = open_plain_reader(parts.settings);
    REQUIRE(reader);
    const auto all = all_mails(**reader);
    CHECK(std::ranges::count_if(all, [](const MailRow& mail) { return mail.reason == "event_unreadable"; }) == 1);
}

TEST_CASE("R36: a request that waits since before topics could decide alone goes with its order, a welcome with its last one") {
    QueueRig rig;
    rig.accept(request("e1", {}, "o-1", {}));  // all that was kept of a request
    rig.accept(request("e2", {}, "o-2", {}));
    rig.accept(welcome("e3", {"welcome:s-1", "welcome:s-2"}));
    rig.close();
    SqliteDatabase(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write)
        .execute((back_to_version_6 + std::string("ALTER TABLE topic DROP COLUMN alone; PRAGMA user_version = 5")).c_str());
    rig.reopen();
    CHECK(rig.accept(request("e4")).withdrawn == Ids{rig.row("e1").id});
    CHECK(rig.accept(confirm("e5", {"confirmation:o-2", "request:s-9"})).withdrawn == Ids{rig.row("e2").id});
    CHECK(rig.accept(stop("e6", "welcome:s-1")).withdrawn.empty());
    CHECK(rig.accept(stop("e7", "welcome:s-2")).withdrawn == Ids{rig.row("e3").id});
}

TEST_CASE("R36: a queue made before mails had topics keeps its marks and lets newer events supersede newer mails") {
    QueueRig rig;
    rig.close();
    std::filesystem::remove_all(rig.adapter.place());
    make_version_4(rig.adapter.place());
    {
        SqliteDatabase database(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write);
        database.execute(back_to_version_1);
        const auto key = text_key("notice:s-1");
        SqliteStatement(database, "INSERT INTO mark(key, event) VALUES(?1, 1)").execute(SqliteBlob{key});
    }
    rig.reopen();
    CHECK(rig.accept({.id = "runs out", .kind = Kind::stopped, .unless_marked = {"notice:s-1"}}).mails.empty());
    rig.accept(request("e1"));
    CHECK(rig.accept(request("e2")).withdrawn.size() == 1);
}

TEST_CASE("open_sqlite_store: mails that wait since before classes were kept stay in their lines, and are found there") {
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::invoice});
    rig.accept({.id = "e2", .kind = Kind::welcome});
    rig.accept(request("e3"));
    rig.accept({.id = "e4", .kind = Kind::confirmation});
    rig.close();
    SqliteDatabase(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_write)
        .execute((back_to_version_6 + std::string("PRAGMA user_version = 6")).c_str());
    rig.reopen();
    CHECK(rig.accept(request("e5")).withdrawn == Ids{rig.row("e3").id});
    const auto first = rig.row("e1");
    CHECK(run_task(rig.context, rig.queue->cancel({first.id}, "by_hand")) == std::vector{Cancellation::cancelled});
    const auto leases = run_task(rig.context, rig.queue->lease(10, {}));
    std::vector<Kind> kinds;
    for (const auto& lease : leases) kinds.push_back(lease.mail.kind);
    CHECK(kinds == std::vector<Kind>{Kind::confirmation, Kind::confirmation, Kind::welcome});
    CHECK(group_of(leases.back().mail) == subscription_group);
}
