// Files, rights and versions. An older queue is brought up to date only by the process that owns the folder; a reader
// that meets one says so, and a newer one is left alone by both. Statements that were shipped are never edited: a
// change is a further version. The locks are flocks, on a file of its own and on the database: SQLite's own there
// are POSIX locks, which know nothing of these, and vanish when any descriptor of the file is closed. So ours is closed last.
#include "sqlite_schema.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ilbud {
namespace {

// Says whose file it is (PRAGMA application_id, kept in the header); 1231839844 in version_1 is the same number.
constexpr std::int64_t application_id = 0x496c6264;  // "Ilbd"

// Version 1. What an event brings is written once and never touched again (event, mail); what changes is small and apart:
// `waiting` holds exactly the mails not finished, in the order in which they leave, `status` the last word on each mail.
// Only `event_key` is written at random places; `search` keeps its randomness within a segment of mails, which stays in memory.
constexpr const char* version_1 = R"sql(
CREATE TABLE name(number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE event(number INTEGER PRIMARY KEY, key INTEGER NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL,
  accepted_at INTEGER NOT NULL, first_mail INTEGER NOT NULL, mails INTEGER NOT NULL, notes TEXT NOT NULL, raw TEXT NOT NULL);
CREATE INDEX event_key ON event(key);
CREATE TABLE mail(number INTEGER PRIMARY KEY, event INTEGER NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL, locale INTEGER NOT NULL,
  copy INTEGER NOT NULL, account INTEGER NOT NULL, unit INTEGER NOT NULL, recipient TEXT NOT NULL, recipient_name TEXT NOT NULL,
  sender INTEGER NOT NULL, sender_name INTEGER NOT NULL, reply_to INTEGER NOT NULL, planned_at INTEGER NOT NULL, once_key TEXT NOT NULL);
CREATE TABLE waiting(urgency INTEGER NOT NULL, unit INTEGER NOT NULL, due INTEGER NOT NULL, mail INTEGER NOT NULL,
  PRIMARY KEY(urgency, unit, due, mail)) WITHOUT ROWID;
CREATE TABLE status(mail INTEGER PRIMARY KEY, state INTEGER NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL,
  uncertain INTEGER NOT NULL, reason TEXT NOT NULL, reply_code INTEGER NOT NULL, enhanced TEXT NOT NULL, reply_text TEXT NOT NULL,
  relay TEXT NOT NULL);
CREATE INDEX status_undelivered ON status(state, mail) WHERE state <> 2;
CREATE TABLE frozen(mail INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE search(segment INTEGER NOT NULL, hash INTEGER NOT NULL, mail INTEGER NOT NULL, PRIMARY KEY(segment, hash, mail)) WITHOUT ROWID;
CREATE TABLE once(key BLOB PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE mark(key BLOB PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE suppression(account TEXT NOT NULL, address TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY(account, address)) WITHOUT ROWID;
CREATE TABLE tally(one INTEGER PRIMARY KEY CHECK(one = 1), events INTEGER NOT NULL, suppressions INTEGER NOT NULL,
  queued INTEGER NOT NULL, delivered INTEGER NOT NULL, bounced INTEGER NOT NULL, expired INTEGER NOT NULL, cancelled INTEGER NOT NULL,
  suppressed INTEGER NOT NULL, clock_back INTEGER NOT NULL, clock_seen INTEGER NOT NULL);
INSERT INTO tally VALUES(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
PRAGMA application_id = 1231839844;
)sql";

// Version 2. Small things that belong to no event: the state of keys, of watched domains, of throttles.
constexpr const char* version_2 = R"sql(
CREATE TABLE shelf(shelf TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(shelf, name)) WITHOUT ROWID;
)sql";

// Version 3. What ended, counted by hour and unit: rates are asked of the last hours, so the rows of an hour lie together.
constexpr const char* version_3 = R"sql(
CREATE TABLE ended(hour INTEGER NOT NULL, unit INTEGER NOT NULL, finished INTEGER NOT NULL, bounced INTEGER NOT NULL,
  PRIMARY KEY(hour, unit)) WITHOUT ROWID;
CREATE INDEX suppression_complaint ON suppression(since, account) WHERE reason = 'complaint';
)sql";

// Version 4. What a newer event makes pointless (R36): `topic` holds the topics of mails that wait, so it is as small as that
// backlog of confirmations and welcomes; `superseded` says by which event; a mark may be the last word on a topic. `at` is the
// time that an event told, 0 where it told none.
constexpr const char* version_4 = R"sql(
ALTER TABLE mark ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
CREATE TABLE topic(key BLOB NOT NULL, mail INTEGER NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL, PRIMARY KEY(key, mail)) WITHOUT ROWID;
CREATE INDEX topic_mail ON topic(mail);
CREATE TABLE superseded(mail INTEGER PRIMARY KEY, event INTEGER NOT NULL);
)sql";

// Version 5. What several machines could keep. An `outcome` row is written with every change of a mail and never touched again;
// `status` holds the number of the newest, each outcome that of the one `before` it, so that a mail's history needs no index. Kinds,
// languages, causes and relays are names by number: an enum may grow and be put in another order. A mail's `envelope` is the sender
// in MAIL FROM, 0 where it is the From address. `leap` says where the wall clock jumped: an event's age leaves it out. `lent` is
// what was out at the last commit. A segment of `search` is written once its last mail is there; the mails behind it are few.
// Numbers of events, mails, outcomes and versions of shelves are never given again. 2 in `source` is SuppressionSource::hand.
constexpr const char* version_5 = R"sql(
INSERT OR IGNORE INTO name(text) VALUES('confirmation'), ('welcome'), ('stopped'), ('cancelled'), ('receipt'), ('invoice'), ('notice'),
  ('da'), ('nb'), ('sv'), ('en'), ('de'), ('');
ALTER TABLE mail ADD COLUMN envelope INTEGER NOT NULL DEFAULT 0;
UPDATE mail SET
  kind = coalesce((SELECT number FROM name WHERE text = CASE mail.kind WHEN 0 THEN 'confirmation' WHEN 1 THEN 'welcome' WHEN 2 THEN 'stopped'
    WHEN 3 THEN 'cancelled' WHEN 4 THEN 'receipt' WHEN 5 THEN 'invoice' WHEN 6 THEN 'notice' END), 0),
  locale = coalesce((SELECT number FROM name WHERE text = CASE mail.locale WHEN 0 THEN 'da' WHEN 1 THEN 'nb' WHEN 2 THEN 'sv' WHEN 3 THEN 'en'
    WHEN 4 THEN 'de' END), 0);
INSERT OR IGNORE INTO name(text) SELECT DISTINCT reason FROM status UNION SELECT DISTINCT relay FROM status;
CREATE TABLE outcome(number INTEGER PRIMARY KEY, mail INTEGER NOT NULL, before INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL,
  attempts INTEGER NOT NULL, uncertain INTEGER NOT NULL, cause INTEGER NOT NULL, reply_code INTEGER NOT NULL, enhanced TEXT NOT NULL,
  reply_text TEXT NOT NULL, relay INTEGER NOT NULL);
INSERT INTO outcome(number, mail, before, at, state, attempts, uncertain, cause, reply_code, enhanced, reply_text, relay)
  SELECT row_number() OVER (ORDER BY mail), mail, 0, at, state, attempts, uncertain, cause.number, reply_code, enhanced, reply_text, relay.number
  FROM status JOIN name cause ON cause.text = status.reason JOIN name relay ON relay.text = status.relay ORDER BY mail;
ALTER TABLE status RENAME TO status_4;
CREATE TABLE status(mail INTEGER PRIMARY KEY, outcome INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL,
  uncertain INTEGER NOT NULL);
INSERT INTO status(mail, outcome, state, due, attempts, uncertain)
  SELECT mail, row_number() OVER (ORDER BY mail), state, due, attempts, uncertain FROM status_4 ORDER BY mail;
DROP TABLE status_4;
CREATE INDEX status_undelivered ON status(state, mail) WHERE state <> 2;
DELETE FROM search WHERE segment >= (SELECT max(number) >> 10 FROM mail);
ALTER TABLE suppression RENAME TO suppression_4;
CREATE TABLE suppression(account TEXT NOT NULL, address TEXT NOT NULL, kinds TEXT NOT NULL, source INTEGER NOT NULL, reason TEXT NOT NULL,
  relay TEXT NOT NULL, evidence TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY(account, address, kinds)) WITHOUT ROWID;
INSERT INTO suppression(account, address, kinds, source, reason, relay, evidence, since, expires)
  SELECT account, address, '', CASE WHEN reason = 'complaint' THEN 1 WHEN reason IN (SELECT name.text FROM outcome JOIN name ON name.number = cause
  WHERE state = 3) THEN 0 ELSE 2 END, reason, '', '', since, 0 FROM suppression_4;
DROP TABLE suppression_4;
CREATE INDEX suppression_complaint ON suppression(since, account) WHERE reason = 'complaint';
ALTER TABLE shelf ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE TABLE leap(event INTEGER NOT NULL, at INTEGER NOT NULL, ahead INTEGER NOT NULL);
CREATE TABLE lent(one INTEGER PRIMARY KEY CHECK(one = 1), mails BLOB NOT NULL);
CREATE TABLE hold(account TEXT NOT NULL, unit TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY(account, unit, site, kind)) WITHOUT ROWID;
CREATE TABLE duty(name TEXT PRIMARY KEY, fence INTEGER NOT NULL) WITHOUT ROWID;
ALTER TABLE tally ADD COLUMN next_outcome INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tally ADD COLUMN shelf_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tally ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE tally ADD COLUMN boot_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN next_event INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tally ADD COLUMN next_mail INTEGER NOT NULL DEFAULT 1;
UPDATE tally SET next_outcome = (SELECT coalesce(max(number), 0) + 1 FROM outcome),
  next_event = (SELECT coalesce(max(number), 0) + 1 FROM event), next_mail = (SELECT coalesce(max(number), 0) + 1 FROM mail);
)sql";

// Version 6. `alone` is 1 where the topic decides alone, whatever others its mail has (PlannedMail::replaces). The requests that
// wait since before have one topic only, so that 0 means the same for them.
constexpr const char* version_6 = R"sql(
ALTER TABLE topic ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
)sql";

// Version 7. What a mail's class was and whose complaints stop it when it was planned: both are settings, and a mail that waits stays
// in its line. `complaints` is a name by number, 0 in mails of before, which are stopped as their kind was.
constexpr const char* version_7 = R"sql(
ALTER TABLE mail ADD COLUMN urgency INTEGER NOT NULL DEFAULT 1;
ALTER TABLE mail ADD COLUMN complaints INTEGER NOT NULL DEFAULT 0;
UPDATE mail SET urgency = waiting.urgency FROM waiting WHERE waiting.mail = mail.number AND waiting.urgency <> 1;
)sql";

// migrations[v] leads from version v to v + 1, each in a transaction of its own.
constexpr std::array<const char*, schema_version> migrations{version_1, version_2, version_3, version_4,
                                                             version_5, version_6, version_7};

Error unusable(const std::filesystem::path& place, std::string detail) {
    return {"queue_unusable", place.string(), std::move(detail)};
}

Error wrong_version(const std::filesystem::path& file, std::int64_t found) {
    const auto version = "the queue has schema version " + std::to_string(found);
    if (found < schema_version)
        return {"queue_older", file.string(),
                version + ", older than this program: the next start of its daemon brings it up to date"};
    return {"queue_schema", file.string(), version + ", this program knows versions up to " + std::to_string(schema_version)};
}

Result<FileLock> lock_file(const std::filesystem::path& folder, const std::filesystem::path& file) {
    FileLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (lock.descriptor() < 0) return unusable(file, std::strerror(errno));
    // flock belongs to the open file and ends with its last descriptor, also after a kill; nothing is left to clean up.
    if (::flock(lock.descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return Error{"queue_in_use", folder.string(), "another process owns this queue"};
        return unusable(file, std::strerror(errno));
    }
    return lock;
}

// The version that it was of; 0: it held no queue.
Result<std::int64_t> migrate(SqliteDatabase& database, const std::filesystem::path& file, Log& log) {
    const auto before = database.number("PRAGMA user_version");
    auto version = before;
    if (version > schema_version || version < 0) return wrong_version(file, version);
    if (version > 0 && database.number("PRAGMA application_id") != application_id) return unusable(file, "not a queue of Ilbud");
    // Version 0 is a new file, or somebody else's that the settings point at by mistake.
    if (version == 0 && database.number("SELECT count(*) FROM sqlite_master") != 0)
        return unusable(file, "a database of another program");
    const bool is_upgrade = version > 0 && version < schema_version;
    if (is_upgrade) log.info("queue.upgrading", {{"from", before}, {"to", schema_version}});
    while (version < schema_version) {
        // user_version is part of the transaction: after a crash in between either both are there or neither.
        database.execute("BEGIN IMMEDIATE");
        database.execute(migrations[static_cast<std::size_t>(version)]);
        ++version;
        database.execute(("PRAGMA user_version = " + std::to_string(version)).c_str());
        database.execute("COMMIT");
    }
    if (is_upgrade) log.info("queue.upgraded", {{"from", before}, {"to", schema_version}});
    return before;
}

}  // namespace

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

// The old lock goes to `other` and is released with it.
FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

Result<FolderLock> own_folder(const std::filesystem::path& folder) {
    std::error_code failure;
    if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), failure);
    // The last folder by hand: create_directories would leave its rights to the umask.
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return unusable(folder, std::strerror(errno));
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return unusable(folder, std::strerror(errno));
    if (!S_ISDIR(status.st_mode)) return unusable(folder, "not a folder");
    // Whoever can write here can put a link or a database of theirs in our place (S25).
    if ((status.st_mode & 0022) != 0) return unusable(folder, "others may write in it: chmod go-w");
    FolderLock owned;
    auto lock = lock_file(folder, folder / "lock");
    if (!lock) return lock.error();
    owned.folder = std::move(*lock);
    const auto database = folder / database_name;
    // Before SQLite opens it: the journal files inherit its permissions.
    auto whole = lock_file(folder, database);
    if (!whole) return whole.error();
    owned.database = std::move(*whole);
    return owned;
}

Result<OpenedQueue> open_for_writing(const std::filesystem::path& folder, Log& log) {
    const auto file = folder / database_name;
    try {
        // SQLITE_OPEN_NOFOLLOW refuses a link anywhere in the path. A folder may well be one,
        // so its real name is taken; the file may not.
        auto database = std::make_unique<SqliteDatabase>(std::filesystem::canonical(folder) / database_name,
                                                         SqliteDatabase::Mode::read_write);
        // WAL: readers and the writer do not wait for each other, and a commit is one sync. FULL: that sync really
        // happens; with NORMAL the last commits may be gone after a power cut, and they were acknowledged.
        database->execute("PRAGMA journal_mode = WAL");
        database->execute("PRAGMA synchronous = FULL");
        database->execute("PRAGMA wal_autocheckpoint = 0");         // the store thread chooses the moment
        database->execute("PRAGMA journal_size_limit = 67108864");  // after a burst the journal shrinks again
        database->execute("PRAGMA cache_size = -24576");            // KiB
        // What is pruned is people's data: overwritten where the page is written anyway.
        database->execute("PRAGMA secure_delete = FAST");
        database->execute("PRAGMA temp_store = MEMORY");
        const auto was = migrate(*database, file, log);
        if (!was) return was.error();
        return OpenedQueue{std::move(database), *was == 0};
    } catch (const SqliteError& error) {
        return unusable(file, error.what());
    } catch (const std::filesystem::filesystem_error& error) {
        return unusable(file, error.what());
    }
}

Result<std::unique_ptr<SqliteDatabase>> open_for_reading(const std::filesystem::path& folder) {
    const auto file = folder / database_name;
    std::error_code failure;
    const auto real = std::filesystem::canonical(folder, failure);
    const bool here = !failure && std::filesystem::exists(real / database_name, failure);
    if (failure == std::errc::permission_denied || (here && ::access((real / database_name).c_str(), R_OK) != 0))
        return Error{"queue_unreadable", file.string(), "this user may not look into it"};
    if (!here) return Error{"queue_missing", file.string(), "there is no queue here"};
    // SQLite removes the journal that it finds beside an empty database, and mails may stand in it.
    if (!std::filesystem::is_regular_file(real / database_name, failure) ||
        std::filesystem::file_size(real / database_name, failure) == 0)
        return Error{"queue_missing", file.string(), "this file holds no queue"};
    try {
        auto database = std::make_unique<SqliteDatabase>(real / database_name, SqliteDatabase::Mode::read_only);
        const auto version = database->number("PRAGMA user_version");
        // Exactly this version: a reader cannot migrate, and its statements fit no other.
        if (version != schema_version) return wrong_version(file, version);
        if (database->number("PRAGMA application_id") != application_id) return unusable(file, "not a queue of Ilbud");
        return database;
    } catch (const SqliteError& error) {
        return unusable(file, error.what());
    }
}

}  // namespace ilbud
