// A connection of its own, read-only, beside the daemon's: in WAL mode neither waits for the other in ordinary times.
// Statements are prepared for each call, since people ask seldom and in many combinations. What must not happen is a
// walk over all mails for a question that has an index: SQLite's planner has no statistics here, so CROSS JOIN fixes
// the order of the tables (SQLite never reorders that one) and each query chooses where it starts.
#include "sqlite_reader.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <variant>

#include "decision_record.hpp"
#include "log_cursor.hpp"
#include "lookup_keys.hpp"
#include "sqlite_lines.hpp"
#include "sqlite_segments.hpp"
#include "sqlite_shelf.hpp"

namespace ilbud {
namespace {

// One row of the log. Due times are stored ahead of the wall clock by tally.clock_back (due_time.hpp).
// A mail without a row in `status` was never attempted: queued, unchanged since its event was accepted. The numbers of
// states are MailState's; read_row goes by the order of these columns.
constexpr std::string_view row_columns =
    "SELECT m.id, e.source, e.id, m.kind, m.account, m.unit, m.recipient, m.sender, coalesce(s.state, 0), m.planned_at, "
    "CASE WHEN s.mail IS NULL THEN e.accepted_at WHEN s.state = 0 THEN s.due - tally.clock_back ELSE 0 END, "
    "coalesce(o.at, e.accepted_at), coalesce(s.attempts, 0), coalesce(s.uncertain, 0), o.cause, coalesce(o.reply_code, 0), "
    "coalesce(o.enhanced, ''), coalesce(o.reply_text, ''), o.relay, coalesce(newer.id, ''), coalesce(newer.source, ''), "
    "m.number ";
constexpr std::string_view row_joins =
    "CROSS JOIN tally CROSS JOIN event e ON e.number = m.event LEFT JOIN status s ON s.mail = m.number "
    "LEFT JOIN outcome o ON o.number = s.outcome LEFT JOIN superseded x ON x.mail = m.number "
    "LEFT JOIN event newer ON newer.number = x.event WHERE 1 ";
constexpr std::string_view outcome_columns =
    "SELECT o.number, m.id, e.source, e.id, m.kind, m.account, m.unit, m.recipient, o.at, o.state, o.attempts, o.uncertain, "
    "o.cause, o.reply_code, o.enhanced, o.reply_text, o.relay, o.before FROM outcome o CROSS JOIN mail m ON m.number = o.mail "
    "CROSS JOIN event e ON e.number = m.event ";
constexpr std::size_t outcomes_most = 1000;  // a page, whatever is asked for

using Value = std::variant<std::int64_t, std::string_view>;

}  // namespace

// A statement put together from fixed pieces; what was asked for is only ever bound.
// The text of a statement depends only on which fields were asked for, never on their values (S28).
struct SqliteReader::Pieces {
    std::string sql;
    std::vector<Value> values;

    void add(std::string_view piece) { sql += piece; }
    void add(std::string_view piece, Value value) {
        sql += piece;
        values.push_back(value);
    }
};

struct SqliteReader::Hits {
    std::vector<MailRow> mails;
    std::vector<std::int64_t> numbers;
};

SqliteReader::SqliteReader(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)), names_(*database_) {}

// Of a row that is damaged all is shown that can be read.
MailRow SqliteReader::read_row(const SqliteRows& rows) {
    MailRow row;
    row.id = rows.text(0);
    row.source = rows.text(1);
    row.event = rows.text(2);
    row.kind = names_.word_of<Kind>(rows.number(3)).value_or(Kind{});
    row.account = names_.text_or_empty(rows.number(4));
    row.unit = names_.text_or_empty(rows.number(5));
    row.to = rows.text(6);
    row.from = names_.text_or_empty(rows.number(7));
    row.state = enumerator_of<MailState>(rows.number(8)).value_or(MailState::queued);
    row.planned_at = rows.time(9);
    row.due = rows.time(10);
    row.changed_at = rows.time(11);
    row.attempts = static_cast<int>(rows.number(12));
    row.uncertain = rows.number(13) != 0;
    row.reason = names_.text_or_empty(rows.number(14));
    row.reply_code = static_cast<int>(rows.number(15));
    row.enhanced = rows.text(16);
    row.reply_text = rows.text(17);
    row.relay = names_.text_or_empty(rows.number(18));
    row.superseded_by = {std::string(rows.text(19)), std::string(rows.text(20))};
    return row;
}

OutcomeRow SqliteReader::read_outcome(const SqliteRows& rows) {
    OutcomeRow row;
    row.mail = rows.text(1);
    row.source = rows.text(2);
    row.event = rows.text(3);
    row.kind = names_.word_of<Kind>(rows.number(4)).value_or(Kind{});
    row.account = names_.text_or_empty(rows.number(5));
    row.unit = names_.text_or_empty(rows.number(6));
    row.to = rows.text(7);
    row.at = rows.time(8);
    row.state = enumerator_of<MailState>(rows.number(9)).value_or(MailState::queued);
    row.attempts = static_cast<int>(rows.number(10));
    row.uncertain = rows.number(11) != 0;
    row.cause = names_.text_or_empty(rows.number(12));
    row.reply_code = static_cast<int>(rows.number(13));
    row.enhanced = rows.text(14);
    row.reply_text = rows.text(15);
    row.relay = names_.text_or_empty(rows.number(16));
    return row;
}

namespace {

// Each one begins with AND; row_joins ends in WHERE 1 for that. Also conditions that a
// start has used up are asked once more: hashes collide.
template <class Pieces>
void add_conditions(Pieces& pieces, const MailQuery& query, std::int64_t kind) {
    if (query.state) pieces.add("AND coalesce(s.state, 0) = ? ", static_cast<std::int64_t>(*query.state));
    if (query.kind) pieces.add("AND m.kind = ? ", kind);
    if (!query.unit.empty()) pieces.add("AND m.unit = (SELECT number FROM name WHERE text = ?) ", query.unit);
    if (!query.to.empty()) pieces.add("AND m.recipient = ? COLLATE NOCASE ", query.to);
    if (!query.source.empty()) pieces.add("AND e.source = ? ", query.source);
    if (!query.event.empty()) pieces.add("AND e.id = ? ", query.event);
    if (!query.id.empty()) pieces.add("AND m.id = ? ", query.id);
    if (query.since) pieces.add("AND m.planned_at >= ? ", query.since->time_since_epoch().count());
}

}  // namespace

Result<MailPage> SqliteReader::mails(const MailQuery& query, const LogCursor& from) {
    const auto place = read_cursor<1>('m', from);
    if (!place) return place.error();
    // One more than asked for tells whether there is more.
    auto wanted = query;
    wanted.most = std::clamp<std::size_t>(query.most, 1, std::numeric_limits<std::int32_t>::max()) + 1;
    auto found = hits(wanted, (*place)[0]);
    MailPage page{std::move(found.mails), std::nullopt};
    if (page.mails.size() < wanted.most) return page;
    page.mails.pop_back();
    if (page.mails.empty()) return page;
    page.next = make_cursor<1>('m', {found.numbers[page.mails.size() - 1]});
    return page;
}

// Every query starts from the smallest set that is known to hold the answer.
// `from`: the number of the last mail of the page before; 0: none.
SqliteReader::Hits SqliteReader::hits(const MailQuery& query, std::int64_t from) {
    if (query.state == MailState::leased) return {};  // leases are in the daemon's memory
    if (!query.id.empty()) return searched(query, from, query.id);
    if (!query.source.empty() && !query.event.empty()) {
        const auto found = find(query.source, query.event, nullptr);
        return found ? of_event(*found, query, from) : Hits{};
    }
    if (!query.to.empty()) return searched(query, from, query.to);
    Pieces pieces;
    pieces.add(row_columns);
    // The tables that hold just these; for delivered mails, the mass of them, the table itself from its newest end.
    if (query.state == MailState::queued) {
        pieces.add("FROM waiting w CROSS JOIN mail m ON m.number = w.mail ");
    } else if (query.state && *query.state != MailState::delivered) {
        // "state <> 2" is there for SQLite: a bound value does not prove to it that the partial
        // index may be used, a literal does.
        pieces.add("FROM (SELECT mail FROM status WHERE state = ? AND state <> 2 ", static_cast<std::int64_t>(*query.state));
        pieces.add(query.newest_first ? "ORDER BY mail DESC) w " : "ORDER BY mail) w ");
        pieces.add("CROSS JOIN mail m ON m.number = w.mail ");
    } else {
        pieces.add("FROM mail m ");
    }
    return rows(query, from, std::move(pieces));
}

SqliteReader::Hits SqliteReader::rows(const MailQuery& query, std::int64_t from, Pieces pieces) {
    pieces.add(row_joins);
    add_conditions(pieces, query, query.kind ? names_.find_number(to_word(*query.kind)) : 0);
    if (from != 0) pieces.add(query.newest_first ? "AND m.number < ? " : "AND m.number > ? ", from);
    pieces.add(query.newest_first ? "ORDER BY m.number DESC " : "ORDER BY m.number ");
    pieces.add("LIMIT ?", static_cast<std::int64_t>(query.most));
    SqliteStatement statement(*database_, pieces.sql);
    // Views, which the query keeps alive; SQLite copies nothing (SQLITE_STATIC).
    for (std::size_t i = 0; i < pieces.values.size(); ++i)
        std::visit([&](const auto& value) { statement.bind(static_cast<int>(i) + 1, value); }, pieces.values[i]);
    auto found = statement.bound_rows();
    Hits all;
    while (found.next()) {
        all.mails.push_back(read_row(found));
        all.numbers.push_back(found.number(21));
    }
    return all;
}

// Looks the text up in one segment of mails after the other, and compares the real values. The mails that no segment holds yet
// are the newest, at most a segment's number of them and what one commit brought.
SqliteReader::Hits SqliteReader::searched(const MailQuery& query, std::int64_t from, std::string_view text) {
    const auto hash = search_hash(text);
    SqliteStatement find(*database_, query.newest_first
                                         ? "SELECT mail FROM search WHERE segment = ?1 AND hash = ?2 ORDER BY mail DESC"
                                         : "SELECT mail FROM search WHERE segment = ?1 AND hash = ?2 ORDER BY mail");
    // The first column of the key: both ends are found at once.
    const auto lowest = database_->number("SELECT min(segment) FROM search");
    const auto behind = first_unindexed_segment(*database_);
    Hits all;
    const auto add = [&](Hits found) {
        std::ranges::move(found.mails, std::back_inserter(all.mails));
        std::ranges::move(found.numbers, std::back_inserter(all.numbers));
    };
    const auto rest = [&](std::size_t most) {
        auto left = query;
        left.most = most;
        return left;
    };
    const auto add_unindexed = [&] {
        Pieces pieces;
        pieces.add(row_columns);
        pieces.add("FROM (SELECT * FROM mail WHERE number >= ?) m ", behind << search_segment_bits);
        add(rows(rest(query.most - all.mails.size()), from, std::move(pieces)));
    };
    if (query.newest_first) add_unindexed();
    for (auto i = lowest; i < behind && all.mails.size() < query.most; ++i) {
        const auto segment = query.newest_first ? behind - 1 - (i - lowest) : i;
        if (from != 0 && (query.newest_first ? segment > from >> search_segment_bits : segment < from >> search_segment_bits))
            continue;
        // Taken down first, so that the statement is free before the next one begins.
        std::vector<std::int64_t> numbers;
        {
            auto found = find.rows(segment, hash);
            while (found.next()) numbers.push_back(found.number(0));
        }
        for (const auto number : numbers) {
            if (all.mails.size() >= query.most) break;
            add(of_event({number, 1}, rest(1), from));
        }
    }
    if (!query.newest_first && all.mails.size() < query.most) add_unindexed();
    return all;
}

// An event's mails have numbers in a row, so a range of the table is all of them, without an index.
SqliteReader::Hits SqliteReader::of_event(const Found& found, const MailQuery& query, std::int64_t from) {
    Pieces pieces;
    pieces.add(row_columns);
    pieces.add("FROM (SELECT * FROM mail WHERE number >= ? ", found.first_mail);
    pieces.add("AND number < ?) m ", found.first_mail + found.mails);
    return rows(query, from, std::move(pieces));
}

std::optional<SqliteReader::Found> SqliteReader::find(std::string_view source, std::string_view id, EventRow* row) {
    SqliteStatement statement(*database_,
                              "SELECT source, id, first_mail, mails, raw, accepted_at, notes FROM event WHERE key = ?1");
    auto rows = statement.rows(event_key(source, id));
    while (rows.next()) {
        // 48 bits may collide; the name decides.
        if (rows.text(0) != source || rows.text(1) != id) continue;
        if (row != nullptr) {
            auto record = read_decision_record_or_tell(rows.text(6));
            *row = {std::string(source),
                    std::string(id),
                    std::string(rows.text(4)),
                    rows.time(5),
                    std::move(record.skipped),
                    std::move(record.chain),
                    {}};
        }
        return Found{rows.number(2), rows.number(3)};
    }
    return std::nullopt;
}

std::optional<EventRow> SqliteReader::event(std::string_view source, std::string_view id) {
    EventRow row;
    const auto found = find(source, id, &row);
    if (!found) return std::nullopt;
    MailQuery all;
    all.most = static_cast<std::size_t>(found->mails);
    all.newest_first = false;
    row.mails = of_event(*found, all, 0).mails;
    return row;
}

QueueCounts SqliteReader::counts() {
    QueueCounts counts;
    SqliteStatement statement(
        *database_,
        "SELECT queued, 0, delivered, bounced, expired, cancelled, suppressed, events, suppressions, clock_back FROM tally");
    auto rows = statement.rows();
    if (!rows.next()) return counts;
    for (std::size_t i = 0; i < counts.mails.size(); ++i)
        counts.mails[i] = static_cast<std::uint64_t>(rows.number(static_cast<int>(i)));
    counts.events = static_cast<std::uint64_t>(rows.number(7));
    counts.suppressions = static_cast<std::uint64_t>(rows.number(8));
    const auto back = Duration(rows.number(9));
    // The oldest due time, on the wall clock again: stored times run ahead by clock_back.
    std::uint64_t first_due = 0;
    for (const auto& [line, first] : first_waiting(*database_)) {
        if (counts.oldest_due && first.due - back >= *counts.oldest_due) continue;
        counts.oldest_due = first.due - back;
        first_due = first.row;
    }
    counts.oldest_planned = oldest_planned(first_due);
    return counts;
}

// Found without going through what waits. A mail that was never tried is due since it was planned: of those the one that is due first
// is the oldest, unless a mail that waits again is due before it, which is older still. The oldest of these is the first in the index of
// what was not delivered.
std::optional<Time> SqliteReader::oldest_planned(std::uint64_t first_due) {
    SqliteStatement planned(*database_,
                            "SELECT min(planned_at) FROM mail WHERE number IN (?1, (SELECT mail FROM status INDEXED BY "
                            "status_undelivered WHERE state = 0 AND state <> 2 ORDER BY mail LIMIT 1))");
    auto rows = planned.rows(first_due);
    if (!rows.next() || rows.is_null(0)) return std::nullopt;
    return rows.time(0);
}

// By number alone: outcomes are appended, so a page costs what it brings. Those of mails that were pruned meanwhile are gone.
Result<OutcomePage> SqliteReader::outcomes(const LogCursor& after, std::size_t most) {
    const auto place = read_cursor<1>('o', after);
    if (!place) return place.error();
    SqliteStatement statement(*database_, std::string(outcome_columns) + "WHERE o.number > ?1 ORDER BY o.number LIMIT ?2");
    OutcomePage page{{}, make_cursor<1>('o', *place)};
    auto rows = statement.rows((*place)[0], std::clamp<std::size_t>(most, 1, outcomes_most));
    while (rows.next()) {
        page.outcomes.push_back(read_outcome(rows));
        page.next = make_cursor<1>('o', {rows.number(0)});
    }
    return page;
}

// The number of the mail; 0: there is none.
std::int64_t SqliteReader::row_of(std::string_view mail) {
    MailQuery query;
    query.id = mail;
    query.most = 1;
    const auto found = mail.empty() ? Hits{} : hits(query, 0);
    return found.numbers.empty() ? 0 : found.numbers.front();
}

std::vector<std::uint64_t> SqliteReader::rows_of(const std::vector<std::string>& mails) {
    std::vector<std::uint64_t> rows;
    rows.reserve(mails.size());
    for (const auto& mail : mails) rows.push_back(static_cast<std::uint64_t>(row_of(mail)));
    return rows;
}

// Backwards along the chain, each by its number.
std::vector<OutcomeRow> SqliteReader::timeline(std::string_view mail) {
    const auto row = row_of(mail);
    if (row == 0) return {};
    SqliteStatement newest(*database_, "SELECT outcome FROM status WHERE mail = ?1");
    SqliteStatement one(*database_, std::string(outcome_columns) + "WHERE o.number = ?1");
    std::int64_t number = 0;
    {
        auto rows = newest.rows(row);
        if (rows.next()) number = rows.number(0);
    }
    std::vector<OutcomeRow> all;
    while (number != 0) {
        auto rows = one.rows(number);
        if (!rows.next()) break;
        all.push_back(read_outcome(rows));
        // Downwards only: a damaged chain must not lead round and round.
        const auto before = rows.number(17);
        number = before < number ? before : 0;
    }
    std::ranges::reverse(all);
    return all;
}

std::vector<std::pair<std::string, EndedMails>> SqliteReader::ended_in_hour(Time hour) {
    // Mails without a unit (notices) are counted under the empty name and left out.
    SqliteStatement statement(*database_,
                              "SELECT name.text, finished, bounced FROM ended JOIN name ON name.number = unit "
                              "WHERE hour = ?1 AND name.text <> '' ORDER BY unit");
    std::vector<std::pair<std::string, EndedMails>> all;
    const Time begin = std::chrono::floor<std::chrono::hours>(hour);
    auto rows = statement.rows(begin);
    while (rows.next())
        all.emplace_back(rows.text(0),
                         EndedMails{static_cast<std::uint64_t>(rows.number(1)), static_cast<std::uint64_t>(rows.number(2))});
    return all;
}

std::vector<std::pair<std::string, std::uint64_t>> SqliteReader::complaints_since(Time since) {
    SqliteStatement statement(
        *database_,
        "SELECT account, count(DISTINCT address) FROM suppression WHERE reason = 'complaint' AND since >= ?1 GROUP BY account");
    std::vector<std::pair<std::string, std::uint64_t>> all;
    auto rows = statement.rows(since);
    while (rows.next()) all.emplace_back(rows.text(0), static_cast<std::uint64_t>(rows.number(1)));
    return all;
}

std::pair<std::int64_t, std::int64_t> SqliteReader::waiting_rows() {
    SqliteStatement statement(*database_,
                              "SELECT (SELECT queued FROM tally), (SELECT count(*) FROM waiting WHERE urgency IN (0, 1, 2) AND "
                              "typeof(unit) = 'integer' AND typeof(due) = 'integer' AND mail IN (SELECT number FROM mail))");
    static_assert(urgency_count == 3);
    auto rows = statement.rows();
    if (!rows.next()) throw SqliteError(SQLITE_CORRUPT, "the queue's totals are missing");
    return {rows.number(0), rows.number(1)};
}

std::vector<Suppression> SqliteReader::suppressions(std::string_view account) {
    SqliteStatement statement(*database_, suppressions_query);
    return read_suppressions(statement, account);
}

std::vector<Suppression> SqliteReader::suppressions_of(const SuppressionScope& scope) {
    SqliteStatement statement(*database_, suppressions_of_query);
    return read_suppressions(statement, static_cast<int>(SuppressionSource::reply), scope.since, scope.relay, scope.account);
}

// Its rows alone, without the mails': as long as the index is, which is what waits.
std::vector<std::pair<std::string, std::uint64_t>> SqliteReader::queued_by_unit() {
    SqliteStatement statement(
        *database_,
        "SELECT name.text, sum(mails) FROM (SELECT unit, count(*) AS mails FROM waiting GROUP BY urgency, unit) "
        "JOIN name ON name.number = unit GROUP BY name.text");
    std::vector<std::pair<std::string, std::uint64_t>> all;
    auto rows = statement.rows();
    while (rows.next()) all.emplace_back(rows.text(0), static_cast<std::uint64_t>(rows.number(1)));
    return all;
}

std::vector<ShelfRow> SqliteReader::shelf(std::string_view shelf) {
    SqliteStatement statement(*database_, shelf_query);
    return read_shelf(statement, shelf);
}

}  // namespace ilbud
