// A connection of its own, read-only, beside the daemon's: in WAL mode neither waits for the other in ordinary times.
// Statements are prepared for each call, since people ask seldom and in many combinations. What must not happen is a
// walk over all mails for a question that has an index: SQLite's planner has no statistics here, so CROSS JOIN fixes
// the order of the tables (SQLite never reorders that one) and each query chooses where it starts.
#include <algorithm>
#include <variant>

#include "decision_record.hpp"
#include "ilbud/queue/queue.hpp"
#include "lookup_keys.hpp"
#include "sqlite_events.hpp"
#include "sqlite_lines.hpp"
#include "sqlite_schema.hpp"
#include "sqlite_shelf.hpp"

namespace ilbud {
namespace {

// One row of the log. Due times are stored ahead of the wall clock by tally.clock_back (due_time.hpp).
// A mail without a row in `status` was never attempted: queued, unchanged since its event was accepted. The numbers of
// states are MailState's; read_row goes by the order of these columns.
constexpr std::string_view row_columns =
    "SELECT m.id, e.source, e.id, m.kind, account.text, unit.text, m.recipient, sender.text, coalesce(s.state, 0), m.planned_at, "
    "CASE WHEN s.mail IS NULL THEN e.accepted_at WHEN s.state = 0 THEN s.due - tally.clock_back ELSE 0 END, "
    "coalesce(s.at, e.accepted_at), coalesce(s.attempts, 0), coalesce(s.uncertain, 0), coalesce(s.reason, ''), "
    "coalesce(s.reply_code, 0), "
    "coalesce(s.enhanced, ''), coalesce(s.reply_text, ''), coalesce(s.relay, ''), coalesce(newer.id, ''), coalesce(newer.source, "
    "'') ";
constexpr std::string_view row_joins =
    "CROSS JOIN tally CROSS JOIN event e ON e.number = m.event LEFT JOIN status s ON s.mail = m.number "
    "LEFT JOIN name account ON account.number = m.account LEFT JOIN name unit ON unit.number = m.unit "
    "LEFT JOIN name sender ON sender.number = m.sender LEFT JOIN superseded x ON x.mail = m.number "
    "LEFT JOIN event newer ON newer.number = x.event WHERE 1 ";

using Value = std::variant<std::int64_t, std::string_view>;

// A statement put together from fixed pieces; what was asked for is only ever bound.
// The text of a statement depends only on which fields were asked for, never on their values (S28).
struct Pieces {
    std::string sql;
    std::vector<Value> values;

    void add(std::string_view piece) { sql += piece; }
    void add(std::string_view piece, Value value) {
        sql += piece;
        values.push_back(value);
    }
};

MailRow read_row(const SqliteRows& rows) {
    MailRow row;
    row.id = rows.text(0);
    row.source = rows.text(1);
    row.event = rows.text(2);
    row.kind = static_cast<Kind>(rows.number(3));
    row.account = rows.text(4);
    row.unit = rows.text(5);
    row.to = rows.text(6);
    row.from = rows.text(7);
    row.state = static_cast<MailState>(rows.number(8));
    row.planned_at = rows.time(9);
    row.due = rows.time(10);
    row.changed_at = rows.time(11);
    row.attempts = static_cast<int>(rows.number(12));
    row.uncertain = rows.number(13) != 0;
    row.reason = rows.text(14);
    row.reply_code = static_cast<int>(rows.number(15));
    row.enhanced = rows.text(16);
    row.reply_text = rows.text(17);
    row.relay = rows.text(18);
    row.superseded_by = {std::string(rows.text(19)), std::string(rows.text(20))};
    return row;
}

// Each one begins with AND; row_joins ends in WHERE 1 for that. Also conditions that a
// start has used up are asked once more: hashes collide.
void add_conditions(Pieces& pieces, const MailQuery& query) {
    if (query.state) pieces.add("AND coalesce(s.state, 0) = ? ", static_cast<std::int64_t>(*query.state));
    if (query.kind) pieces.add("AND m.kind = ? ", static_cast<std::int64_t>(*query.kind));
    if (!query.unit.empty()) pieces.add("AND m.unit = (SELECT number FROM name WHERE text = ?) ", query.unit);
    if (!query.to.empty()) pieces.add("AND m.recipient = ? COLLATE NOCASE ", query.to);
    if (!query.source.empty()) pieces.add("AND e.source = ? ", query.source);
    if (!query.event.empty()) pieces.add("AND e.id = ? ", query.event);
    if (!query.id.empty()) pieces.add("AND m.id = ? ", query.id);
    if (query.since) pieces.add("AND m.planned_at >= ? ", query.since->time_since_epoch().count());
}

class SqliteReader final : public QueueReader {
 public:
    explicit SqliteReader(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}

    std::vector<MailRow> mails(const MailQuery& query) override;
    std::optional<EventRow> event(std::string_view source, std::string_view id) override;
    EventPage events(const EventSpan& span, const EventPlace& from) override { return walk().page(span, from); }
    std::string refusal(const PlannedMail& mail, const StoredEvent& event) override { return walk().refusal(mail, event); }
    QueueCounts counts() override;
    std::vector<Suppression> suppressions(std::string_view account) override;
    std::vector<ShelfRow> shelf(std::string_view shelf) override;

 private:
    struct Found {
        std::int64_t first_mail = 0, mails = 0;
    };
    std::optional<Found> find(std::string_view source, std::string_view id, EventRow* row);
    std::vector<MailRow> rows(const MailQuery& query, Pieces pieces, std::string_view order);
    std::vector<MailRow> searched(const MailQuery& query, std::string_view text);
    std::vector<MailRow> of_event(const Found& found, const MailQuery& query);
    SqliteEvents& walk() { return walk_ ? *walk_ : walk_.emplace(*database_); }

    std::unique_ptr<SqliteDatabase> database_;
    std::optional<SqliteEvents> walk_;  // few readers walk
};

// Every query starts from the smallest set that is known to hold the answer.
std::vector<MailRow> SqliteReader::mails(const MailQuery& query) {
    if (query.state == MailState::leased) return {};  // leases are in the daemon's memory
    if (!query.id.empty()) return searched(query, query.id);
    if (!query.source.empty() && !query.event.empty()) {
        const auto found = find(query.source, query.event, nullptr);
        return found ? of_event(*found, query) : std::vector<MailRow>{};
    }
    if (!query.to.empty()) return searched(query, query.to);
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
    return rows(query, std::move(pieces), query.newest_first ? "ORDER BY m.number DESC " : "ORDER BY m.number ");
}

std::vector<MailRow> SqliteReader::rows(const MailQuery& query, Pieces pieces, std::string_view order) {
    pieces.add(row_joins);
    add_conditions(pieces, query);
    pieces.add(order);
    pieces.add("LIMIT ?", static_cast<std::int64_t>(query.most));
    SqliteStatement statement(*database_, pieces.sql);
    // Views, which the query keeps alive; SQLite copies nothing (SQLITE_STATIC).
    for (std::size_t i = 0; i < pieces.values.size(); ++i)
        std::visit([&](const auto& value) { statement.bind(static_cast<int>(i) + 1, value); }, pieces.values[i]);
    auto found = statement.bound_rows();
    std::vector<MailRow> all;
    while (found.next()) all.push_back(read_row(found));
    return all;
}

// Looks the text up in one segment of mails after the other, and compares the real values.
std::vector<MailRow> SqliteReader::searched(const MailQuery& query, std::string_view text) {
    const auto hash = search_hash(text);
    SqliteStatement find(*database_, query.newest_first
                                         ? "SELECT mail FROM search WHERE segment = ?1 AND hash = ?2 ORDER BY mail DESC"
                                         : "SELECT mail FROM search WHERE segment = ?1 AND hash = ?2 ORDER BY mail");
    // The first column of the key: both ends are found at once.
    const auto lowest = database_->number("SELECT min(segment) FROM search");
    const auto highest = database_->number("SELECT max(segment) FROM search");
    std::vector<MailRow> all;
    for (auto i = lowest; i <= highest && all.size() < query.most; ++i) {
        // Taken down first, so that the statement is free before the next one begins.
        std::vector<std::int64_t> numbers;
        {
            auto hits = find.rows(query.newest_first ? highest - (i - lowest) : i, hash);
            while (hits.next()) numbers.push_back(hits.number(0));
        }
        for (const auto number : numbers) {
            if (all.size() >= query.most) break;
            auto hit = of_event({number, 1}, query);
            std::ranges::move(hit, std::back_inserter(all));
        }
    }
    return all;
}

// An event's mails have numbers in a row, so a range of the table is all of them, without an index.
std::vector<MailRow> SqliteReader::of_event(const Found& found, const MailQuery& query) {
    Pieces pieces;
    pieces.add(row_columns);
    pieces.add("FROM (SELECT * FROM mail WHERE number >= ? ", found.first_mail);
    pieces.add("AND number < ?) m ", found.first_mail + found.mails);
    return rows(query, std::move(pieces), query.newest_first ? "ORDER BY m.number DESC " : "ORDER BY m.number ");
}

std::optional<SqliteReader::Found> SqliteReader::find(std::string_view source, std::string_view id, EventRow* row) {
    SqliteStatement statement(*database_,
                              "SELECT source, id, first_mail, mails, raw, accepted_at, notes FROM event WHERE key = ?1");
    auto rows = statement.rows(event_key(source, id));
    while (rows.next()) {
        // 48 bits may collide; the name decides.
        if (rows.text(0) != source || rows.text(1) != id) continue;
        if (row != nullptr) {
            auto record = read_decision_record(rows.text(6));
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
    row.mails = of_event(*found, all);
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
    for (const auto& [line, first] : first_waiting(*database_))
        if (!counts.oldest_due || first.due - back < *counts.oldest_due) counts.oldest_due = first.due - back;
    return counts;
}

std::vector<Suppression> SqliteReader::suppressions(std::string_view account) {
    SqliteStatement statement(
        *database_,
        "SELECT account, address, reason, since FROM suppression WHERE ?1 = '' OR account = ?1 ORDER BY account, address");
    auto rows = statement.rows(account);
    std::vector<Suppression> all;
    while (rows.next())
        all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)), rows.time(3)});
    return all;
}

std::vector<ShelfRow> SqliteReader::shelf(std::string_view shelf) {
    SqliteStatement statement(*database_, shelf_query);
    return read_shelf(statement, shelf);
}

}  // namespace

// No lock on the folder: any number of readers beside one daemon, or without one.
Result<std::unique_ptr<QueueReader>> open_sqlite_reader(const QueueSettings& settings) {
    auto database = open_for_reading(settings.folder);
    if (!database) return database.error();
    return std::unique_ptr<QueueReader>(std::make_unique<SqliteReader>(std::move(*database)));
}

}  // namespace ilbud
