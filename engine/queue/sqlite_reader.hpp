/// What people ask of the tables, on a connection of its own, which only reads.
///
/// Threads  one
/// Errors   SqliteError
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/queue/store.hpp"
#include "sqlite_events.hpp"
#include "sqlite_names.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

class SqliteReader {
 public:
    explicit SqliteReader(std::unique_ptr<SqliteDatabase> database);

    // As MailLog's.
    Result<MailPage> mails(const MailQuery& query, const LogCursor& from);
    std::optional<EventRow> event(std::string_view source, std::string_view id);
    Result<EventPage> events(const EventSpan& span, const LogCursor& from) { return walk().page(span, from); }
    std::string refusal(const PlannedMail& mail, const StoredEvent& event) { return walk().refusal(mail, event); }
    Result<OutcomePage> outcomes(const LogCursor& after, std::size_t most);
    std::vector<OutcomeRow> timeline(std::string_view mail);
    std::vector<std::uint64_t> rows_of(const std::vector<std::string>& mails);
    QueueCounts counts();
    std::vector<std::pair<std::string, EndedMails>> ended_in_hour(Time hour);
    std::vector<std::pair<std::string, std::uint64_t>> complaints_since(Time since);

    /// How many mails wait by the totals, and by the rows that can be lent.
    std::pair<std::int64_t, std::int64_t> waiting_rows();

    std::vector<ShelfRow> shelf(std::string_view shelf);
    std::vector<Suppression> suppressions(std::string_view account);
    std::vector<Suppression> suppressions_of(const SuppressionScope& scope);
    std::vector<std::pair<std::string, std::uint64_t>> queued_by_unit();

 private:
    struct Found {
        std::int64_t first_mail = 0, mails = 0;
    };
    struct Pieces;
    struct Hits;  // mails with their numbers
    std::optional<Found> find(std::string_view source, std::string_view id, EventRow* row);
    Hits rows(const MailQuery& query, std::int64_t from, Pieces pieces);
    std::optional<Time> oldest_planned(std::uint64_t first_due);
    Hits searched(const MailQuery& query, std::int64_t from, std::string_view text);
    Hits of_event(const Found& found, const MailQuery& query, std::int64_t from);
    Hits hits(const MailQuery& query, std::int64_t from);
    std::int64_t row_of(std::string_view mail);
    MailRow read_row(const SqliteRows& rows);
    OutcomeRow read_outcome(const SqliteRows& rows);
    SqliteEvents& walk() { return walk_ ? *walk_ : walk_.emplace(*database_, names_); }

    std::unique_ptr<SqliteDatabase> database_;
    SqliteNames names_;
    std::optional<SqliteEvents> walk_;  // few readers walk
};

}  // namespace ilbud
