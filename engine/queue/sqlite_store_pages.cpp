// What comes back from the tables into memory. A page reads a line in the order of its key, so it costs the rows that
// it brings and those it must skip, never the backlog. It is bounded by mails and by bytes, because an event with an
// attachment may be a thousand times as large as one without.
#include "sqlite_store.hpp"

#include "ilbud/base/address.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

// Bound how long a transaction that nobody is in a hurry for can hold up events and results.
constexpr std::size_t hasten_rows = 2000;                // looked at in one transaction
constexpr std::size_t hasten_mails = 250;                // moved in one: three writes each, a hundred times a look
constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;  // events with large attachments are read back fewer at a time

DueKey key_at(const SqliteRows& rows, int column) {
    return {rows.time(column), static_cast<std::uint64_t>(rows.number(column + 1))};
}

}  // namespace

SqliteStore::Page SqliteStore::page(const LendingLine& line, const DueKey& from, Time now, std::size_t most,
                                    const std::function<bool(const DueKey&)>& skip) {
    Page page;
    {
        std::int64_t last_event = 0;  // an event's mails follow each other: it is read once
        std::shared_ptr<const Event> event;
        std::size_t bytes = 0;
        auto rows = sql_->waiting_page.rows(line.urgency, line.unit, from.due, from.row, now);
        while (rows.next()) {
            const auto key = key_at(rows, 16);
            // Lent ones and those in memory still stand in `waiting`. They are at most as many as are out and held.
            if (skip(key)) continue;
            if (page.mails.size() + page.unreadable.size() >= most || bytes >= page_bytes_max) {
                // The first one not taken, found by reading one row too far: the caller knows without
                // asking that more is due.
                page.rest = key;
                return page;
            }
            const auto number = rows.number(18);
            const int attempts = static_cast<int>(rows.number(19));
            const bool uncertain = rows.number(20) != 0;
            const bool is_frozen = rows.number(21) != 0;
            const bool superseded = rows.number(22) != 0;
            const auto outcome = rows.number(23);
            if (number != last_event) {
                event = read_event(number);
                last_event = number;
            }
            auto mail = rows.number(24) != 0 ? std::nullopt : read_mail_if_whole(rows);
            // Given back apart: what cannot be read cannot be mailed, now or later, and must not be
            // met by each page again.
            if (event == nullptr || !mail) {
                page.unreadable.push_back({line, key, attempts, uncertain, is_frozen, true, outcome});
                continue;
            }
            bytes += event->raw.size();
            page.mails.emplace_back(
                key,
                // Checked 0: no suppression has that number, so the address is looked up when the
                // mail is lent.
                ReadyMail{std::move(*mail), event, attempts, uncertain, is_frozen, 0, superseded, number, outcome});
        }
    }
    // All that is due was read: the next one is the first that is not due.
    auto rows = sql_->waiting_first.rows(line.urgency, line.unit, now);
    if (rows.next()) page.rest = key_at(rows, 0);
    return page;
}

// Thousands of mails may be of one sender, and its name need not be read and taken apart for each.
bool SqliteStore::is_hastened(HastenSweep& sweep, std::int64_t sender) {
    const auto [place, is_new] = sweep.senders.try_emplace(sender, false);
    if (is_new) place->second = sweep.domains.contains(std::string(domain_of(names_.text_of(sender))));
    return place->second;
}

bool SqliteStore::is_covered(const MailScope& scope, std::uint64_t row, Kind kind) {
    auto rows = sql_->hold_party.rows(row);
    if (!rows.next()) return false;
    PlannedMail mail;
    mail.kind = kind;
    mail.account = names_.text_or_empty(rows.number(0));
    mail.unit = names_.text_or_empty(rows.number(1));
    mail.site = domain_of(rows.text(2));
    return scope.covers(mail);
}

SqliteStore::Hastened SqliteStore::hasten(HastenSweep& sweep, std::uint64_t from, Time now,
                                          const std::function<bool(std::uint64_t)>& skip) {
    Hastened out;
    {
        const auto cause = names_.number_of(sweep.reason);
        std::size_t looked_at = 0;
        auto rows = sql_->deferred_find.rows(from, hasten_rows);
        while (rows.next()) {
            const auto row = static_cast<std::uint64_t>(rows.number(0));
            if (++looked_at == hasten_rows) out.next = row + 1;
            const auto due = rows.time(1);
            // Those that are due leave anyway, and those that are lent keep their time until they are settled.
            if (due <= now || rows.number(2) != cause || skip(row)) continue;
            const auto kind = names_.word_of<Kind>(rows.number(3));
            const auto urgency = urgency_of(rows.number(6));
            if (!kind || !urgency) continue;
            if (sweep.scope ? !is_covered(*sweep.scope, row, *kind) : !is_hastened(sweep, rows.number(5))) continue;
            out.places.push_back({{row, {*urgency, rows.number(4)}}, due});
            if (out.places.size() < hasten_mails) continue;
            out.next = row + 1;
            break;
        }
    }
    // Behind the reading: rows of an index that is walked must not be moved meanwhile, or they are met again.
    for (const auto& [place, due] : out.places) {
        sql_->waiting_delete.execute(place.line.urgency, place.line.unit, due, place.row);
        sql_->waiting_insert.execute(place.line.urgency, place.line.unit, now, place.row);
        sql_->status_due.execute(place.row, now);
    }
    return out;
}

// Nothing if a name that it needs is gone, too: the caller tells it.
std::optional<PlannedMail> SqliteStore::read_mail_if_whole(SqliteRows& rows) try {
    return read_mail(rows);
} catch (const SqliteError& error) {
    if (error.code() != SQLITE_CORRUPT) throw;
    return std::nullopt;
}

// The event is parsed from its bytes; storing its parts as well would be a second truth.
std::shared_ptr<const Event> SqliteStore::read_event(std::int64_t number) {
    auto rows = sql_->event_raw.rows(number);
    if (!rows.next()) return nullptr;
    const auto raw = rows.text(0);
    // It was within the limits of the day it came; today's may be narrower.
    auto event = parse_event(raw, {.bytes_max = raw.size(), .depth_max = 1024, .own = true});
    if (!event) return nullptr;
    return std::make_shared<const Event>(std::move(*event));
}

std::pair<std::string, std::string> SqliteStore::last_word(std::int64_t outcome) {
    auto rows = sql_->outcome_reply.rows(outcome);
    if (!rows.next()) return {};
    return {names_.text_or_empty(rows.number(4)), names_.text_or_empty(rows.number(3))};
}

std::string SqliteStore::frozen(std::uint64_t row) {
    auto rows = sql_->frozen_read.rows(row);
    return rows.next() ? std::string(rows.text(0)) : std::string();
}

}  // namespace ilbud
