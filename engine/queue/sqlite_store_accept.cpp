// One event in: known already, refused as a whole (queue full), or stored with whatever of its
// mails survives what earlier events said. Policy decided from the event alone; only here, in the
// transaction, is it certain what came before. Hence once-keys, marks, topics and suppressions
// are applied now and not at the door: two events in one batch see each other in their order.
#include <algorithm>

#include "decision_record.hpp"
#include "ilbud/base/address.hpp"
#include "lookup_keys.hpp"
#include "sqlite_planned_mail.hpp"
#include "sqlite_store_incoming.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

SqliteStore::Stored SqliteStore::accept(Entry& entry, Time wall, Time due, std::int64_t mails_max, const IsLent& is_lent) {
    const auto& event = *entry.event;
    auto& decision = entry.decision;
    const auto key = event_key(event.source, event.id);
    // First, so that an event that is sent again is never told "queue full" but what it got.
    if (auto before = known(event, key)) return std::move(*before);

    Stored stored;
    const auto planned = static_cast<std::int64_t>(decision.mails.size());
    // Events that mail nothing are still taken: they cost no place among the waiting, and they may withdraw mails.
    if (planned > 0 && totals_.waiting() + planned > mails_max) {
        stored.answer.status = Accepted::Status::busy;
        stored.answer.busy_reason = "queue_full";
        return stored;
    }
    const auto first_mail = totals_.next_mail;
    // The number is used up from here on; roll-back gives it again.
    const IncomingEvent incoming{totals_.next_event++, first_mail, event.time, wall, due, is_lent};
    stored.number = incoming.event;
    stored.answer.skipped = std::move(decision.skipped);
    for (auto& mail : decision.mails) {
        if (auto reason = refusal(mail, incoming); !reason.empty()) {
            take_back(decision.chain, mail, reason);
            const bool undeliverable = is_undeliverable(mail, reason);
            stored.answer.skipped.push_back({mail.kind, std::move(reason), std::move(mail.to), {}, undeliverable});
            continue;
        }
        const auto row = static_cast<std::uint64_t>(totals_.next_mail++);
        // Only a mail that is really queued replaces an older one: else a suppressed request
        // would leave nobody with any (R36).
        if (!mail.replaces.empty()) decision.supersedes.push_back(mail.replaces);
        insert_mail(mail, incoming, row);
        stored.places.push_back({row, {mail.urgency, names_.number_of(mail.unit)}});
        stored.answer.mails.push_back(std::move(mail));
    }
    // Behind the mails, so that an event does not refuse its own.
    for (const auto& mark : decision.marks) {
        const auto mark_key = text_key(mark);
        sql_->mark_write.execute(SqliteBlob{mark_key}, incoming.event);
    }
    for (auto& topic : decision.supersedes) {
        supersede(topic, incoming, decision.chain, stored);
        // Kept with the event as a mark as well: pruning finds there what to remove.
        decision.marks.push_back(std::move(topic));
    }
    // Last, since mails above may have been skipped and the chain grown. The row is never changed again.
    const auto record = write_decision_record(stored.answer.skipped, decision.chain, decision.marks);
    sql_->event_insert.execute(incoming.event, key, event.source, event.id, SqliteBlob{bytes_of(event.digest)}, wall, first_mail,
                               stored.answer.mails.size(), record, event.raw);
    ++totals_.events;
    totals_.in(MailState::queued) += static_cast<std::int64_t>(stored.answer.mails.size());
    return stored;
}

// What the first one of this name got, if there was one (R1).
// The digest decides between the same event again and another one under its name (R1).
// It is the first one's decision that is answered, whatever the settings say by now.
std::optional<SqliteStore::Stored> SqliteStore::known(const Event& event, std::int64_t key) {
    Stored stored;
    std::int64_t first_mail = 0, mails = 0;
    {
        auto rows = sql_->event_known.rows(key);
        while (true) {
            // The key may collide: all rows of it are looked at.
            if (!rows.next()) return std::nullopt;
            if (rows.text(0) == event.source && rows.text(1) == event.id) break;
        }
        if (rows.text(2) != bytes_of(event.digest)) {
            stored.answer.status = Accepted::Status::conflict;
            return stored;
        }
        stored.answer.status = Accepted::Status::duplicate;
        first_mail = rows.number(3);
        mails = rows.number(4);
        // Damaged, it is a duplicate all the same.
        if (auto record = read_decision_record(rows.text(5))) stored.answer.skipped = std::move(record->skipped);
    }
    auto rows = sql_->mails_of_event.rows(first_mail, first_mail + mails);
    while (rows.next())
        if (auto mail = read_mail_if_whole(rows)) stored.answer.mails.push_back(std::move(*mail));
    return stored;
}

// Why a planned mail is not to be queued; empty: it is. The once-key is used up only by a mail that nothing else refuses.
// The order is what people are told when several reasons hold: sqlite_events.cpp
// follows it. The once-key comes last for another reason too: written for a mail that
// is then refused, it would keep out the mail that comes after it (R23).
std::string SqliteStore::refusal(const PlannedMail& mail, const IncomingEvent& incoming) {
    for (const auto& mark : mail.unless_marked) {
        const auto key = text_key(mark);
        auto rows = sql_->mark_find.rows(SqliteBlob{key});
        if (rows.next()) return "cancelled_before";
    }
    if (is_late(mail, incoming)) return "superseded";
    if (is_suppressed(mail, incoming.wall)) return "suppressed";
    if (!mail.unless_mailed.empty()) {
        const auto key = text_key(mail.unless_mailed);
        auto rows = sql_->once_find.rows(SqliteBlob{key});
        if (rows.next()) return "document_sent_before";
    }
    if (mail.once_key.empty()) return {};
    return use_once(mail, incoming.event) ? std::string() : std::string(once_reason(mail.kind));
}

// Several tables, of which `mail` is written once and for ever and `waiting` only as long as it waits. No row in
// `status`: a mail without one was never attempted, which spares a write at the door.
void SqliteStore::insert_mail(const PlannedMail& mail, const IncomingEvent& incoming, std::uint64_t row) {
    const auto unit = names_.number_of(mail.unit);
    sql_->mail_insert.execute(row, incoming.event, mail.id, names_.number_of(mail.kind), names_.number_of(mail.locale), mail.copy,
                              names_.number_of(mail.account), unit, mail.to, mail.to_name, names_.number_of(mail.from),
                              names_.number_of(mail.from_name), names_.number_of(mail.reply_to), mail.planned_at, mail.once_key,
                              mail.envelope_from.empty() ? 0 : names_.number_of(mail.envelope_from), mail.urgency,
                              mail.group.empty() ? 0 : names_.number_of(mail.group));
    sql_->waiting_insert.execute(mail.urgency, unit, incoming.due, row);
    insert_topics(mail, incoming, row);
}

// A mail whose sender or unit is gone must not be sent: its name is missing, and text_of says so.
std::optional<PlannedMail> SqliteStore::read_mail(SqliteRows& rows) {
    return read_planned_mail(rows, names_, [this](std::int64_t number) -> const std::string& { return names_.text_of(number); });
}

}  // namespace ilbud
