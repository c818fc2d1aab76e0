// Transactions, totals, names and the small tables; the larger duties have files of their
// own (sqlite_store_*.cpp). Everything kept in memory beside the tables (totals, next
// numbers, names) exists twice or can be read again: rollback() must bring back exactly
// what stood before begin(), or the next commit would write sums that belong to nothing.
#include "sqlite_store.hpp"

#include <algorithm>
#include <cassert>

#include "lookup_keys.hpp"
#include "sqlite_segments.hpp"
#include "sqlite_store_incoming.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

// SQLite calls it after each commit in WAL mode. There is one such hook: PRAGMA wal_autocheckpoint with a number would
// put SQLite's own in its place, and journal_pages() would stand still.
int note_journal(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)), names_(*database_) {
    sql_ = std::make_unique<Statements>(*database_);
    sqlite3_wal_hook(database_->handle(), note_journal, &journal_pages_);
    SqliteStatement read(*database_,
                         "SELECT events, suppressions, queued, delivered, bounced, expired, cancelled, suppressed, clock_back, "
                         "clock_seen, next_outcome, shelf_version, boot, boot_seen, next_event, next_mail FROM tally");
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
    totals_.next_outcome = rows.number(10);
    totals_.shelf_version = rows.number(11);
    totals_.clock = {rows.time(9), Duration(rows.number(13)), std::string(rows.text(12))};
    // Counted in memory from here on; there is one writer. A damaged tally must not give a number twice.
    totals_.next_event = std::max(rows.number(14), database_->number("SELECT max(number) FROM event") + 1);
    totals_.next_mail = std::max(rows.number(15), database_->number("SELECT max(number) FROM mail") + 1);
    committed_totals_ = totals_;
    next_segment_ = committed_next_segment_ = first_unindexed_segment(*database_);
    SqliteStatement leaps(*database_, "SELECT event, at, ahead FROM leap ORDER BY event");
    auto known = leaps.rows();
    while (known.next()) leaps_.add({known.number(0), known.time(1), Duration(known.number(2))});
}

SqliteStore::~SqliteStore() = default;

void SqliteStore::commit(Duration back, const ClockReading& clock) {
    index_segments();
    for (const auto& leap : new_leaps_) sql_->leap_insert.execute(leap.event, leap.at, leap.ahead.count());
    if (!new_leaps_.empty()) sql_->leap_forget.execute();
    totals_.clock_back = back;
    // One row for all sums, written only if one changed: a commit of shelf rows does not
    // touch it. The clock is noted along with it.
    if (totals_ != committed_totals_ || !new_leaps_.empty()) {
        totals_.clock = clock;
        sql_->tally_write.execute(
            totals_.events, totals_.suppressions, totals_.in(MailState::queued), totals_.in(MailState::delivered),
            totals_.in(MailState::bounced), totals_.in(MailState::expired), totals_.in(MailState::cancelled),
            totals_.in(MailState::suppressed), totals_.clock_back.count(), clock.wall, totals_.next_outcome,
            totals_.shelf_version, clock.boot, clock.since_boot.count(), totals_.next_event, totals_.next_mail);
    }
    if (!ended_.empty()) write_ended(clock.wall);
    database_->execute("COMMIT");
    ended_.clear();
    new_leaps_.clear();
    committed_totals_ = totals_;
    committed_next_segment_ = next_segment_;
}

void SqliteStore::rollback() {
    // Names that were made in the transaction are gone with it, so the caches go too; so
    // does everything that was counted in it. Leaps stay: they happened, and the next commit stores them.
    totals_ = committed_totals_;
    next_segment_ = committed_next_segment_;
    names_.forget();
    ended_.clear();
    ended_tidied_.reset();
    prune_from_ = 0;
    if (database_->in_transaction()) database_->execute("ROLLBACK");  // some errors have rolled back already
}

void SqliteStore::leap(Time at, Duration ahead) {
    const ClockLeap leap{totals_.next_event, at, ahead};
    leaps_.add(leap);
    new_leaps_.push_back(leap);
}

int SqliteStore::checkpoint() {
    // PASSIVE moves what it can without waiting for readers or stopping them. BUSY is no
    // failure: the rest goes another time.
    int pages = 0, moved = 0;
    const int result = sqlite3_wal_checkpoint_v2(database_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    journal_pages_ = 0;  // counted anew by the next commit
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY)
        throw SqliteError(result, "sqlite: checkpoint: " + std::string(sqlite3_errstr(result)));
    return std::max(pages - moved, 0);
}

// Appended behind all others: what reads the stream of outcomes goes by the number.
std::int64_t SqliteStore::add_outcome(const OutcomeFacts& facts) {
    const auto number = totals_.next_outcome++;
    sql_->outcome_insert.execute(number, facts.row, facts.before, facts.at, static_cast<int>(facts.state), facts.attempts,
                                 facts.uncertain, names_.number_of(facts.cause), facts.reply_code, facts.enhanced,
                                 facts.reply_text, names_.number_of(facts.relay));
    return number;
}

// An outcome, and the status that stands from it on.
void SqliteStore::change(const OutcomeFacts& facts, Time due) {
    const auto number = add_outcome(facts);
    sql_->status_write.execute(facts.row, number, static_cast<int>(facts.state), due, facts.attempts, facts.uncertain);
}

std::optional<WaitingMail> SqliteStore::settle(const WaitingMail& mail, const Settlement& settlement, Duration back, Time wall) {
    assert(settlement.state != MailState::leased);
    const auto row = mail.key.row;
    // Superseded while it was out (R36): it must not wait again. An outcome that was reached stands.
    const bool pointless = settlement.state == MailState::queued && mail.has_topics && is_superseded(row);
    const bool waits = settlement.state == MailState::queued && !pointless;
    const auto state = pointless ? MailState::cancelled : settlement.state;
    auto next = mail;
    next.attempts += settlement.attempted ? 1 : 0;
    next.uncertain = mail.uncertain || settlement.uncertain;
    next.key.due = waits ? std::min(settlement.due, Time::max() - std::max(back, Duration{})) + back : Time{};
    // Due time is part of the key, so moving a wait is a row out and a row in; given back
    // with the same time it stays untouched.
    if (!waits || next.key.due != mail.key.due) {
        sql_->waiting_delete.execute(mail.line.urgency, mail.line.unit, mail.key.due, row);
        if (waits) sql_->waiting_insert.execute(mail.line.urgency, mail.line.unit, next.key.due, row);
    }
    // Given back without a word nothing happened to it: what the last attempt brought still stands.
    const bool silent = waits && !settlement.attempted && settlement.reason.empty();
    if (!silent)
        next.outcome = add_outcome({row, mail.outcome, settlement.at, state, next.attempts, next.uncertain,
                                    pointless ? "superseded" : std::string_view(settlement.reason), settlement.reply_code,
                                    settlement.enhanced, settlement.reply_text, settlement.relay});
    sql_->status_write.execute(row, next.outcome, static_cast<int>(state), next.key.due, next.attempts, next.uncertain);
    if (waits && !settlement.frozen.empty()) {
        sql_->frozen_write.execute(row, SqliteBlob{settlement.frozen});
        next.frozen = true;
    }
    // The signed bytes are large and of no use behind the end.
    if (!waits && mail.frozen) sql_->frozen_delete.execute(row);
    if (!waits && mail.has_topics) sql_->topic_forget.execute(row);
    if (state == MailState::bounced || state == MailState::expired || state == MailState::suppressed ||
        state == MailState::cancelled)
        give_back_once(row);
    // In the same commit as the bounce that caused it: a crash cannot keep one without the other (R7).
    if (settlement.suppress) {
        Suppression suppression;
        suppression.reason = settlement.reason;
        suppression.since = settlement.at;
        suppression.source = SuppressionSource::reply;
        suppression.relay = settlement.relay;
        suppression.evidence = settlement.reply_text;
        {
            auto rows = sql_->mail_party.rows(row);
            if (!rows.next()) throw SqliteError(SQLITE_CORRUPT, "a leased mail is missing in the queue");
            suppression.account = names_.text_of(rows.number(0));
            suppression.address = rows.text(1);
        }
        suppress(suppression, wall);
    }
    if (waits) return next;
    // Totals move at the end only: while it waits, a mail is counted as queued, however often it is tried.
    count_ended(mail, settlement);
    --totals_.in(MailState::queued);
    ++totals_.in(state);
    return std::nullopt;
}

bool SqliteStore::suppress(const Suppression& suppression, Time wall) {
    const auto address = address_key(suppression.address);
    const bool was_known = knows_suppression(suppression, address);
    // 0 is stored for none: an end at the beginning of time, or before, is an end as well.
    const auto expires = suppression.expires ? std::max(*suppression.expires, Time(Duration(1))) : Time{};
    sql_->suppression_insert.execute(suppression.account, address, suppression.kinds, static_cast<int>(suppression.source),
                                     suppression.reason, suppression.relay, suppression.evidence, suppression.since, expires,
                                     wall);
    const bool changed = database_->changes() > 0;
    if (changed && !was_known) ++totals_.suppressions;
    return changed;
}

bool SqliteStore::knows_suppression(const Suppression& suppression, const std::string& address) {
    auto rows = sql_->suppression_known.rows(suppression.account, address, suppression.kinds);
    return rows.next();
}

bool SqliteStore::unsuppress(std::string_view account, std::string_view address) {
    const auto key = address_key(address);
    sql_->suppression_delete.execute(account, key);
    const auto gone = database_->changes();
    totals_.suppressions -= gone;
    return gone > 0;
}

bool SqliteStore::unsuppress(const Suppression& suppression) {
    sql_->suppression_revoke.execute(suppression.account, suppression.address, suppression.kinds,
                                     static_cast<int>(suppression.source), suppression.relay, suppression.since);
    const auto gone = database_->changes();
    totals_.suppressions -= gone;
    return gone > 0;
}

bool SqliteStore::is_suppressed(const PlannedMail& mail, Time wall) {
    // Spares young installations a look for every mail.
    if (totals_.suppressions == 0) return false;
    const auto key = address_key(mail.to);
    auto rows = sql_->suppression_find.rows(mail.account, key, group_of(mail), wall);
    return rows.next();
}

bool SqliteStore::put_on_shelf(const std::vector<ShelfWrite>& writes) {
    for (const auto& write : writes) {
        if (!write.replaces) continue;
        auto found = sql_->shelf_version.rows(write.shelf, write.name);
        if (*write.replaces != (found.next() ? found.number(0) : 0)) return false;
    }
    for (const auto& write : writes) {
        if (write.value.empty()) {
            sql_->shelf_delete.execute(write.shelf, write.name);
        } else {
            sql_->shelf_write.execute(write.shelf, write.name, write.value, ++totals_.shelf_version);
        }
    }
    return true;
}

std::vector<ShelfRow> SqliteStore::shelf(std::string_view shelf) {
    return read_shelf(sql_->shelf_read, shelf);
}

std::vector<Suppression> SqliteStore::suppressions(std::string_view account) {
    return read_suppressions(sql_->suppressions_read, account);
}

std::uint64_t SqliteStore::fence(std::string_view duty) {
    auto rows = sql_->duty_fence.rows(duty);
    if (!rows.next()) throw SqliteError(SQLITE_INTERNAL, "a duty got no number");
    return static_cast<std::uint64_t>(rows.number(0));
}

}  // namespace ilbud
