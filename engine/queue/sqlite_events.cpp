// A walk over all that was accepted, for replays, while the daemon goes on writing. In WAL mode a reader that stays
// inside one statement keeps the journal from being emptied, so the walk is cut into pages and every page is a
// statement of its own; the place is a number, which stays good whatever is pruned meanwhile.
#include "sqlite_events.hpp"

#include "decision_record.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/queue/suppressions.hpp"
#include "log_cursor.hpp"
#include "lookup_keys.hpp"
#include "sqlite_planned_mail.hpp"

namespace ilbud {
namespace {

// A page ends at either: small events are bounded by their number, large ones (an attachment inside) by their bytes.
constexpr std::size_t page_events_max = 256;
constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;
// How far the clock may have been set back for the walk still to find everything. More
// costs rows that are read and dropped.
constexpr Duration clock_slack = std::chrono::minutes(10);

}  // namespace

SqliteEvents::SqliteEvents(SqliteDatabase& database, SqliteNames& names)
    : database_(database),
      names_(names),
      near_(database, "SELECT number, accepted_at FROM event WHERE number >= ?1 ORDER BY number LIMIT 1"),
      before_(database, "SELECT coalesce(max(number), 0) FROM event WHERE number < ?1"),
      events_(
          database,
          "SELECT number, accepted_at, source, id, first_mail, mails, notes, raw FROM event WHERE number >= ?1 ORDER BY number"),
      mails_(database,
             "SELECT m.id, m.kind, m.locale, m.copy, m.account, m.unit, m.recipient, m.recipient_name, m.sender, m.sender_name, "
             "m.reply_to, m.planned_at, m.once_key, m.envelope, m.urgency, m.complaints, coalesce(s.state, 0) "
             "FROM mail m LEFT JOIN status s ON s.mail = m.number WHERE m.number >= ?1 AND m.number < ?2 ORDER BY m.number"),
      marked_(database, "SELECT 1 FROM mark WHERE key = ?1 AND event < ?2"),
      suppressed_(database,
                  "SELECT 1 FROM suppression WHERE account = ?1 AND address = ?2 AND since <= ?3 AND kinds IN ('', ?4) "
                  "AND (expires = 0 OR expires > ?3)"),
      used_(database, "SELECT 1 FROM once WHERE key = ?1 AND event < ?2") {}

// Nothing if the row is damaged; a name that is gone hides no mail from those who look into the log.
std::optional<StoredMail> SqliteEvents::read_mail(const SqliteRows& row) {
    auto mail = read_planned_mail(row, names_, [this](std::int64_t number) { return names_.text_or_empty(number); });
    if (!mail) return std::nullopt;
    return StoredMail{std::move(*mail), enumerator_of<MailState>(row.number(16)).value_or(MailState::queued)};
}

// Times rise with the numbers, unless the clock was set: the search begins a little earlier and looks a little further.
// Halving over numbers and not over an index on time: there is none, as it would be one
// more page to write for each event.
SqliteEvents::Place SqliteEvents::start_of(const EventSpan& span) {
    const Time from = span.since - clock_slack;
    auto low = database_.number("SELECT coalesce(min(number), 0) FROM event");
    auto high = database_.number("SELECT coalesce(max(number), 0) + 1 FROM event");
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        auto rows = near_.rows(middle);
        if (!rows.next() || rows.time(1) >= from)
            high = middle;
        else
            low = rows.number(0) + 1;
    }
    // Behind the last event that is stored before, so that a gap right in front of the span is seen as pruned.
    auto rows = before_.rows(low);
    return {rows.next() ? rows.number(0) + 1 : 1, 0};
}

// A place is the number of the first event not looked at, and whether the one before it was of the span.
Result<EventPage> SqliteEvents::page(const EventSpan& span, const LogCursor& from) {
    const auto begin = read_cursor<2>('e', from);
    if (!begin) return begin.error();
    EventPage page;
    auto [next, inside_before] = (*begin)[0] == 0 ? start_of(span) : *begin;
    std::size_t bytes = 0;
    auto rows = events_.rows(next);
    while (rows.next()) {
        const auto number = rows.number(0);
        const auto accepted_at = rows.time(1);
        const bool inside = accepted_at >= span.since && accepted_at < span.until;
        // A gap in the numbers is pruned events; those of the span's edge cannot be told apart and are counted in.
        if (inside || inside_before != 0) page.pruned += static_cast<std::uint64_t>(number - next);
        // Not at the first one too young: with a clock that was set back, older ones may follow.
        if (accepted_at - clock_slack >= span.until) return page;
        next = number + 1;
        inside_before = inside ? 1 : 0;
        if (!inside) continue;
        page.events.push_back(read(rows));
        bytes += page.events.back().raw.size();
        if (page.events.size() < page_events_max && bytes < page_bytes_max) continue;
        page.next = make_cursor<2>('e', {next, inside_before});
        return page;
    }
    return page;
}

StoredEvent SqliteEvents::read(const SqliteRows& row) {
    auto record = read_decision_record_or_tell(row.text(6));
    StoredEvent event{static_cast<std::uint64_t>(row.number(0)),
                      std::string(row.text(2)),
                      std::string(row.text(3)),
                      std::string(row.text(7)),
                      row.time(1),
                      std::move(record.skipped),
                      std::move(record.chain),
                      {}};
    auto mails = mails_.rows(row.number(4), row.number(4) + row.number(5));
    while (mails.next())
        if (auto mail = read_mail(mails)) event.mails.push_back(std::move(*mail));
    return event;
}

// The order of SqliteStore::refusal, so that both tell the same reason; R36 is left
// out. Only what came from events before this one counts.
std::string SqliteEvents::refusal(const PlannedMail& mail, const StoredEvent& event) {
    for (const auto& mark : mail.unless_marked) {
        const auto key = text_key(mark);
        auto rows = marked_.rows(SqliteBlob{key}, event.number);
        if (rows.next()) return "cancelled_before";
    }
    const auto address = address_key(mail.to);
    {
        auto rows = suppressed_.rows(mail.account, address, event.accepted_at, group_of(mail));
        if (rows.next()) return "suppressed";
    }
    const auto counts_as_mailed = [&](const std::string& once_key) {
        const auto key = text_key(once_key);
        auto rows = used_.rows(SqliteBlob{key}, event.number);
        return rows.next();
    };
    if (!mail.unless_mailed.empty() && counts_as_mailed(mail.unless_mailed)) return "document_sent_before";
    if (mail.once_key.empty() || mail.repeat) return {};
    return counts_as_mailed(mail.once_key) ? std::string(once_reason(mail.kind)) : std::string();
}

}  // namespace ilbud
