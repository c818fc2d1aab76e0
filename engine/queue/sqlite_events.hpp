/// Stored events in the order of acceptance, page by page: each page is a short read, so that a long walk keeps no journal.
#pragma once
#include "ilbud/queue/queue.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

class SqliteEvents {
 public:
    explicit SqliteEvents(SqliteDatabase& database);

    /// QueueReader::events
    EventPage page(const EventSpan& span, const EventPlace& from);
    /// QueueReader::refusal
    std::string refusal(const PlannedMail& mail, const StoredEvent& event);

 private:
    EventPlace start_of(const EventSpan& span);
    StoredEvent read(const SqliteRows& row);

    SqliteDatabase& database_;
    SqliteStatement near_, before_, events_, mails_;
    SqliteStatement marked_, suppressed_, used_;
};

}  // namespace ilbud
