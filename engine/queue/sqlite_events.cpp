// A walk over all that was accepted, for replays, while the daemon goes on writing. In WAL mode a reader that stays
// inside one statement keeps the journal from being emptied, so the walk is cut into pages and every page is a
// statement of its own; the place is a number, which stays good whatever is pruned meanwhile.
#include "sqlite_events.hpp"

#include "decision_record.hpp"
#include "lookup_keys.hpp"

namespace ilbud {
namespace {

// A page ends at either: small events are bounded by their number, large ones (an attachment inside) by their bytes.
constexpr std::size_t page_events_max = 256;
constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;
// How far the clock may have been set back for the walk still to find everything. More
// costs rows that are read and dropped.
constexpr Duration clock_slack = std::chrono::minutes(10);

// By the columns of `mails_`; topics and conditions were used up when the mail was accepted and are not kept.
PlannedMail read_mail(const SqliteRows& row) {
    PlannedMail mail;
    mail.id = row.text(0);
    mail.kind = static_cast<Kind>(row.number(1));
    mail.locale = static_cast<Locale>(row.number(2));
    mail.copy = row.number(3) != 0;
    mail.account = row.text(4);
    mail.unit = row.text(5);
    mail.to = row.text(6);
    mail.to_name = row.text(7);
    mail.from = row.text(8);
    mail.from_name = row.text(9);
    mail.reply_to = row.text(10);
    mail.planned_at = row.time(11);
    mail.once_key = row.text(12);
    return mail;
}

}  // namespace

SqliteEvents::SqliteEvents(SqliteDatabase& database)
    : database_(database),
      near_(database, "SELECT number, accepted_at FROM event WHERE number >= ?1 ORDER BY number LIMIT 1"),
      before_(database, "SELECT coalesce(max(number), 0) FROM event WHERE number < ?1"),
      events_(
          database,
          "SELECT number, accepted_at, source, id, first_mail, mails, notes, raw FROM event WHERE number >= ?1 ORDER BY number"),
      mails_(database,
             "SELECT m.id, m.kind, m.locale, m.copy, account.text, unit.text, m.recipient, m.recipient_name, sender.text, "
             "sender_name.text, reply_to.text, m.planned_at, m.once_key, coalesce(s.state, 0) "
             "FROM mail m LEFT JOIN status s ON s.mail = m.number LEFT JOIN name account ON account.number = m.account "
             "LEFT JOIN name unit ON unit.number = m.unit LEFT JOIN name sender ON sender.number = m.sender "
             "LEFT JOIN name sender_name ON sender_name.number = m.sender_name LEFT JOIN name reply_to ON reply_to.number = "
             "m.reply_to "
             "WHERE m.number >= ?1 AND m.number < ?2 ORDER BY m.number"),
      marked_(database, "SELECT 1 FROM mark WHERE key = ?1 AND event < ?2"),
      suppressed_(database, "SELECT 1 FROM suppression WHERE account = ?1 AND address = ?2 AND since <= ?3"),
      used_(database, "SELECT 1 FROM once WHERE key = ?1 AND event < ?2") {}

// Times rise with the numbers, unless the clock was set: the search begins a little earlier and looks a little further.
// Halving over numbers and not over an index on time: there is none, as it would be one
// more page to write for each event.
EventPlace SqliteEvents::start_of(const EventSpan& span) {
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
    return {rows.next() ? static_cast<std::uint64_t>(rows.number(0)) + 1 : 1, false};
}

EventPage SqliteEvents::page(const EventSpan& span, const EventPlace& from) {
    EventPage page;
    auto place = from.number == 0 ? start_of(span) : from;
    std::size_t bytes = 0;
    auto rows = events_.rows(place.number);
    while (rows.next()) {
        const auto number = static_cast<std::uint64_t>(rows.number(0));
        const auto accepted_at = rows.time(1);
        const bool inside = accepted_at >= span.since && accepted_at < span.until;
        // A gap in the numbers is pruned events; those of the span's edge cannot be told apart and are counted in.
        if (inside || place.inside) page.pruned += number - place.number;
        // Not at the first one too young: with a clock that was set back, older ones may follow.
        if (accepted_at - clock_slack >= span.until) return page;
        place = {number + 1, inside};
        if (!inside) continue;
        page.events.push_back(read(rows));
        bytes += page.events.back().raw.size();
        if (page.events.size() < page_events_max && bytes < page_bytes_max) continue;
        page.next = place;
        return page;
    }
    return page;
}

StoredEvent SqliteEvents::read(const SqliteRows& row) {
    auto record = read_decision_record(row.text(6));
    StoredEvent event{static_cast<std::uint64_t>(row.number(0)),
                      std::string(row.text(2)),
                      std::string(row.text(3)),
                      std::string(row.text(7)),
                      row.time(1),
                      std::move(record.skipped),
                      std::move(record.chain),
                      {}};
    auto mails = mails_.rows(row.number(4), row.number(4) + row.number(5));
    while (mails.next()) event.mails.push_back({read_mail(mails), static_cast<MailState>(mails.number(13))});
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
        auto rows = suppressed_.rows(mail.account, address, event.accepted_at);
        if (rows.next()) return "suppressed";
    }
    if (mail.once_key.empty() || mail.repeat) return {};
    const auto key = text_key(mail.once_key);
    auto rows = used_.rows(SqliteBlob{key}, event.number);
    return rows.next() ? "invoice_mailed_before" : "";
}

}  // namespace ilbud
