/// Stored events in the order of acceptance, page by page: each page is a short read, so that a long walk keeps no journal.
#pragma once
#include <array>
#include <optional>

#include "ilbud/queue/mail_log.hpp"
#include "sqlite_names.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

class SqliteEvents {
 public:
    SqliteEvents(SqliteDatabase& database, SqliteNames& names);

    /// MailLog::events
    Result<EventPage> page(const EventSpan& span, const LogCursor& from);
    /// MailLog::refusal
    std::string refusal(const PlannedMail& mail, const StoredEvent& event);

 private:
    using Place = std::array<std::int64_t, 2>;
    Place start_of(const EventSpan& span);
    std::optional<StoredMail> read_mail(const SqliteRows& row);
    StoredEvent read(const SqliteRows& row);

    SqliteDatabase& database_;
    SqliteNames& names_;
    SqliteStatement near_, before_, events_, mails_;
    SqliteStatement marked_, suppressed_, used_;
};

}  // namespace ilbud
