// Transactions, totals, names and the small tables; the larger duties have files of their
// own (sqlite_store_*.cpp). Everything kept in memory beside the tables (totals, next
// numbers, names) exists twice or can be read again: rollback() must bring back exactly
// what stood before begin(), or the next commit would write sums that belong to nothing.
#include "sqlite_store.hpp"

#include <cassert>

#include "lookup_keys.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

// Dropped all at once when full: the next ones are read again. A cleverer choice would not be noticed.
constexpr std::size_t names_max = 10'000;  // units, accounts and their addresses; more than that are read again

// SQLite calls it after each commit in WAL mode. There is one such hook: PRAGMA wal_autocheckpoint with a number would
// put SQLite's own in its place, and journal_pages() would stand still.
int note_journal(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {
    sql_ = std::make_unique<Statements>(*database_);
    sqlite3_wal_hook(database_->handle(), note_journal, &journal_pages_);
    SqliteStatement read(*database_,
                         "SELECT events, suppressions, queued, delivered, bounced, expired, cancelled, suppressed, clock_back, "
                         "clock_seen FROM tally");
    auto rows = read.rows();
    // The row is made with the table, so a queue without it is damaged.
    if (!rows.next()) throw SqliteError(SQLITE_CORRUPT, "the queue's totals are missing");
    totals_.events = rows.number(0);
    totals_.suppressions = rows.number(1);
    int column = 2;
    for (const auto state : {MailState::queued, MailState::delivered, MailState::bounced, MailState::expired,
                             MailState::cancelled, MailState::suppressed})
        totals_.in(state) = rows.number(column++);
    totals_.clock_back = Duration(rows.number(8));
    totals_.clock_seen = rows.time(9);
    committed_totals_ = totals_;
    // Counted in memory from here on; there is one writer. After a restart numbers of
    // pruned events come again only if they were the newest.
    next_event_ = committed_next_event_ = database_->number("SELECT max(number) FROM event") + 1;
    next_mail_ = committed_next_mail_ = database_->number("SELECT max(number) FROM mail") + 1;
}

SqliteStore::~SqliteStore() = default;

void SqliteStore::commit(Duration back, Time wall) {
    totals_.clock_back = back;
    // One row for all sums, written only if one changed: a commit of shelf rows does not
    // touch it. The clock is noted along with it.
    if (totals_ != committed_totals_) {
        totals_.clock_seen = wall;
        sql_->tally_write.execute(totals_.events, totals_.suppressions, totals_.in(MailState::queued),
                                  totals_.in(MailState::delivered), totals_.in(MailState::bounced),
                                  totals_.in(MailState::expired), totals_.in(MailState::cancelled),
                                  totals_.in(MailState::suppressed), totals_.clock_back.count(), totals_.clock_seen);
    }
    if (!ended_.empty()) write_ended(wall);
    database_->execute("COMMIT");
    ended_.clear();
    committed_totals_ = totals_;
    committed_next_event_ = next_event_;
    committed_next_mail_ = next_mail_;
}

void SqliteStore::rollback() {
    if (database_->in_transaction()) database_->execute("ROLLBACK");  // some errors have rolled back already
    // Names that were made in the transaction are gone with it, so the caches go too; so
    // does everything that was counted in it.
    totals_ = committed_totals_;
    next_event_ = committed_next_event_;
    next_mail_ = committed_next_mail_;
    numbers_.clear();
    names_.clear();
    ended_.clear();
    ended_tidied_.reset();
    prune_from_ = 0;
}

void SqliteStore::checkpoint() {
    // PASSIVE moves what it can without waiting for readers or stopping them. BUSY is no
    // failure: the rest goes another time.
    const int result = sqlite3_wal_checkpoint_v2(database_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    journal_pages_ = 0;  // counted anew by the next commit
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY)
        throw SqliteError(result, "sqlite: checkpoint: " + std::string(sqlite3_errstr(result)));
}

// Accounts, units and sender's addresses recur in each mail: a number in the row instead. Names are never removed.
std::int64_t SqliteStore::number_of(std::string_view name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
    std::int64_t number = 0;
    {
        auto rows = sql_->name_number.rows(name);
        if (rows.next()) number = rows.number(0);
    }
    if (number == 0) {
        sql_->name_insert.execute(name);
        number = sqlite3_last_insert_rowid(database_->handle());
    }
    if (numbers_.size() >= names_max) numbers_.clear();
    numbers_.emplace(name, number);
    return number;
}

// The reference is good until the next call, which may drop all.
const std::string& SqliteStore::name_of(std::int64_t number) {
    if (const auto found = names_.find(number); found != names_.end()) return found->second;
    if (names_.size() >= names_max) names_.clear();
    auto rows = sql_->name_text.rows(number);
    if (!rows.next()) throw SqliteError(SQLITE_CORRUPT, "a name is missing in the queue");
    return names_.emplace(number, rows.text(0)).first->second;
}

std::optional<WaitingMail> SqliteStore::settle(const WaitingMail& mail, const Settlement& settlement, Duration back) {
    assert(settlement.state != MailState::leased);
    const auto row = mail.key.row;
    // Superseded while it was out (R36): it must not wait again. An outcome that was reached stands.
    const bool pointless = settlement.state == MailState::queued && mail.has_topics && is_superseded(row);
    const bool waits = settlement.state == MailState::queued && !pointless;
    const auto state = pointless ? MailState::cancelled : settlement.state;
    auto next = mail;
    next.attempts += settlement.attempted ? 1 : 0;
    next.uncertain = mail.uncertain || settlement.uncertain;
    next.key.due = waits ? settlement.due + back : Time{};
    // Due time is part of the key, so moving a wait is a row out and a row in; given back
    // with the same time it stays untouched.
    if (!waits || next.key.due != mail.key.due) {
        sql_->waiting_delete.execute(mail.line.urgency, mail.line.unit, mail.key.due, row);
        if (waits) sql_->waiting_insert.execute(mail.line.urgency, mail.line.unit, next.key.due, row);
    }
    // Given back without a word: what the last attempt brought still stands.
    if (waits && !settlement.attempted && settlement.reason.empty()) {
        sql_->status_move.execute(row, settlement.at, next.key.due, next.attempts, next.uncertain);
    } else {
        sql_->status_write.execute(row, static_cast<int>(state), settlement.at, next.key.due, next.attempts, next.uncertain,
                                   pointless ? "superseded" : std::string_view(settlement.reason), settlement.reply_code,
                                   settlement.enhanced, settlement.reply_text, settlement.relay);
    }
    if (waits && !settlement.frozen.empty()) {
        sql_->frozen_write.execute(row, SqliteBlob{settlement.frozen});
        next.frozen = true;
    }
    // The signed bytes are large and of no use behind the end.
    if (!waits && mail.frozen) sql_->frozen_delete.execute(row);
    if (!waits && mail.has_topics) sql_->topic_forget.execute(row);
    // In the same commit as the bounce that caused it: a crash cannot keep one without the other (R7).
    if (settlement.suppress) {
        Suppression suppression{{}, {}, settlement.reason, settlement.at};
        {
            auto rows = sql_->mail_party.rows(row);
            if (!rows.next()) throw SqliteError(SQLITE_CORRUPT, "a leased mail is missing in the queue");
            suppression.account = name_of(rows.number(0));
            suppression.address = rows.text(1);
        }
        suppress(suppression);
    }
    if (waits) return next;
    // Totals move at the end only: while it waits, a mail is counted as queued, however often it is tried.
    count_ended(mail, settlement);
    --totals_.in(MailState::queued);
    ++totals_.in(state);
    return std::nullopt;
}

bool SqliteStore::suppress(const Suppression& suppression) {
    const auto address = address_key(suppression.address);
    sql_->suppression_insert.execute(suppression.account, address, suppression.reason, suppression.since);
    // INSERT OR IGNORE: a suppression that is there keeps its reason and its date.
    const bool is_new = database_->changes() > 0;
    if (is_new) ++totals_.suppressions;
    return is_new;
}

bool SqliteStore::unsuppress(std::string_view account, std::string_view address) {
    const auto key = address_key(address);
    sql_->suppression_delete.execute(account, key);
    const bool was_there = database_->changes() > 0;
    if (was_there) --totals_.suppressions;
    return was_there;
}

bool SqliteStore::is_suppressed(std::string_view account, std::string_view address) {
    // Spares young installations a look for every mail.
    if (totals_.suppressions == 0) return false;
    const auto key = address_key(address);
    auto rows = sql_->suppression_find.rows(account, key);
    return rows.next();
}

void SqliteStore::put_on_shelf(std::string_view shelf, const std::vector<ShelfRow>& rows) {
    for (const auto& [name, value] : rows) {
        if (value.empty()) {
            sql_->shelf_delete.execute(shelf, std::string_view(name));
        } else {
            sql_->shelf_write.execute(shelf, std::string_view(name), std::string_view(value));
        }
    }
}

std::vector<ShelfRow> SqliteStore::shelf(std::string_view shelf) {
    return read_shelf(sql_->shelf_read, shelf);
}

}  // namespace ilbud
