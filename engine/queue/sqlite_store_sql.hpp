/// Every statement of the store, prepared once. Private to sqlite_store*.cpp.
#pragma once
#include "sqlite_shelf.hpp"
#include "sqlite_store.hpp"

namespace ilbud {

// waiting_page below has them by number.
static_assert([] {
    for (std::size_t i = 0; i < kind_count; ++i)
        if (may_have_topics(static_cast<Kind>(i)) != (i == 0 || i == 1)) return false;
    return true;
}());

/// Prepared at the start, so that a statement that fits no table fails there and not at the first mail. They are used
/// one at a time: a statement whose rows are being read must not be run again until they are gone.
struct SqliteStore::Statements {
    explicit Statements(SqliteDatabase& database)
        : name_insert(database, "INSERT INTO name(text) VALUES(?1)"),
          name_number(database, "SELECT number FROM name WHERE text = ?1"),
          name_text(database, "SELECT text FROM name WHERE number = ?1"),
          tally_write(database,
                      "UPDATE tally SET events = ?1, suppressions = ?2, queued = ?3, delivered = ?4, bounced = ?5, expired = ?6, "
                      "cancelled = ?7, suppressed = ?8, clock_back = ?9, clock_seen = ?10 WHERE one = 1"),
          event_known(database, "SELECT source, id, digest, first_mail, mails, notes FROM event WHERE key = ?1"),
          event_insert(database, "INSERT INTO event VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
          event_raw(database, "SELECT raw FROM event WHERE number = ?1"),
          mails_of_event(database,
                         "SELECT id, kind, locale, copy, account, unit, recipient, recipient_name, sender, sender_name, "
                         "reply_to, planned_at, "
                         "once_key FROM mail WHERE number >= ?1 AND number < ?2 ORDER BY number"),
          mail_insert(database, "INSERT INTO mail VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"),
          mail_party(database, "SELECT account, recipient FROM mail WHERE number = ?1"),
          search_insert(database, "INSERT OR IGNORE INTO search VALUES(?1, ?2, ?3)"),
          waiting_insert(database, "INSERT INTO waiting VALUES(?1, ?2, ?3, ?4)"),
          waiting_delete(database, "DELETE FROM waiting WHERE urgency = ?1 AND unit = ?2 AND due = ?3 AND mail = ?4"),
          // CROSS JOIN keeps `waiting` in front: the key's order is the order of lending, and no sorting is needed.
          // `frozen` is asked for only where there was an attempt, `superseded` only for kinds that can be.
          waiting_page(
              database,
              "SELECT m.id, m.kind, m.locale, m.copy, m.account, m.unit, m.recipient, m.recipient_name, m.sender, m.sender_name, "
              "m.reply_to, m.planned_at, m.once_key, w.due, w.mail, m.event, s.attempts, s.uncertain, "
              "s.mail IS NOT NULL AND EXISTS(SELECT 1 FROM frozen f WHERE f.mail = w.mail), "
              "m.kind IN (0, 1) AND EXISTS(SELECT 1 FROM superseded x WHERE x.mail = w.mail) "  // may_have_topics
              "FROM waiting w CROSS JOIN mail m ON m.number = w.mail LEFT JOIN status s ON s.mail = w.mail "
              "WHERE w.urgency = ?1 AND w.unit = ?2 AND (w.due, w.mail) >= (?3, ?4) AND w.due <= ?5 ORDER BY w.due, w.mail"),
          waiting_first(database,
                        "SELECT due, mail FROM waiting WHERE urgency = ?1 AND unit = ?2 AND due > ?3 ORDER BY due, mail LIMIT 1"),
          status_write(database, "REPLACE INTO status VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
          // As status_write, but what the last attempt brought stays: reason, reply and relay are left alone.
          status_move(database,
                      "INSERT INTO status VALUES(?1, 0, ?2, ?3, ?4, ?5, '', 0, '', '', '') "
                      "ON CONFLICT(mail) DO UPDATE SET at = excluded.at, due = excluded.due, attempts = excluded.attempts, "
                      "uncertain = excluded.uncertain"),
          status_finished(database, "SELECT count(*) FROM status WHERE mail >= ?1 AND mail < ?2 AND state >= 2"),
          status_state(database, "SELECT state FROM status WHERE mail = ?1"),
          status_delete(database, "DELETE FROM status WHERE mail = ?1"),
          frozen_write(database, "REPLACE INTO frozen VALUES(?1, ?2)"),
          frozen_read(database, "SELECT bytes FROM frozen WHERE mail = ?1"),
          frozen_delete(database, "DELETE FROM frozen WHERE mail = ?1"),
          // The first event keeps the key; `changes()` tells whether it was this one.
          once_insert(database, "INSERT OR IGNORE INTO once VALUES(?1, ?2)"),
          once_delete(database, "DELETE FROM once WHERE key = ?1 AND event = ?2"),
          mark_find(database, "SELECT 1 FROM mark WHERE key = ?1"),
          // The latest event has the mark, as it is the one that is pruned last.
          mark_write(database, "REPLACE INTO mark VALUES(?1, ?2, 0)"),
          mark_delete(database, "DELETE FROM mark WHERE key = ?1 AND event = ?2"),
          word_find(database, "SELECT at FROM mark WHERE key = ?1"),
          // An event without a time has the last word by arriving, yet the latest time told is
          // kept for those that tell one.
          word_write(database,
                     "INSERT INTO mark VALUES(?1, ?2, ?3) "
                     "ON CONFLICT(key) DO UPDATE SET event = excluded.event, at = max(at, excluded.at) "  // the latest time told
                     "WHERE excluded.at = 0 OR excluded.at >= at"),
          topic_insert(database, "INSERT OR IGNORE INTO topic VALUES(?1, ?2, ?3, ?4)"),
          // Mails of earlier events only, and of older ones: `at` is the time that the mail's event told.
          topic_find(database, "SELECT mail, due FROM topic WHERE key = ?1 AND mail < ?2 AND at <= ?3 ORDER BY mail"),
          topic_delete(database, "DELETE FROM topic WHERE key = ?1 AND mail = ?2"),
          topic_left(database, "SELECT 1 FROM topic WHERE mail = ?1 LIMIT 1"),
          topic_forget(database, "DELETE FROM topic WHERE mail = ?1"),
          superseded_insert(database, "INSERT OR IGNORE INTO superseded VALUES(?1, ?2)"),
          superseded_find(database, "SELECT 1 FROM superseded WHERE mail = ?1"),
          superseded_delete(database, "DELETE FROM superseded WHERE mail = ?1"),
          superseded_mail(database,
                          "SELECT m.id, m.kind, m.unit, m.recipient, s.due FROM mail m LEFT JOIN status s ON s.mail = m.number "
                          "WHERE m.number = ?1"),
          // 5 is MailState::cancelled. Attempts and the last reply stay; the reason becomes the withdrawal.
          status_withdraw(
              database,
              "INSERT INTO status VALUES(?1, 5, ?2, 0, 0, 0, 'superseded', 0, '', '', '') ON CONFLICT(mail) DO UPDATE "
              "SET state = excluded.state, at = excluded.at, due = excluded.due, reason = excluded.reason"),
          suppression_find(database, "SELECT 1 FROM suppression WHERE account = ?1 AND address = ?2"),
          suppression_insert(database, "INSERT OR IGNORE INTO suppression VALUES(?1, ?2, ?3, ?4)"),
          suppression_delete(database, "DELETE FROM suppression WHERE account = ?1 AND address = ?2"),
          ended_add(database,
                    "INSERT INTO ended VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET finished = finished + excluded.finished, "
                    "bounced = bounced + excluded.bounced"),
          // Mails without a unit (notices) are counted under the empty name and left out.
          ended_read(database,
                     "SELECT name.text, finished, bounced FROM ended JOIN name ON name.number = unit "
                     "WHERE hour = ?1 AND name.text <> '' ORDER BY unit"),
          ended_forget(database, "DELETE FROM ended WHERE hour < ?1"),
          complaints_read(
              database, "SELECT account, count(*) FROM suppression WHERE reason = 'complaint' AND since >= ?1 GROUP BY account"),
          shelf_read(database, shelf_query),
          shelf_write(database, "REPLACE INTO shelf VALUES(?1, ?2, ?3)"),
          shelf_delete(database, "DELETE FROM shelf WHERE shelf = ?1 AND name = ?2"),
          // INDEXED BY: without statistics SQLite may prefer a walk over all mails; if the index
          // is missing, this fails at the start.
          deferred_find(database,
                        "SELECT s.mail, s.due, s.reason, m.kind, m.unit, m.sender FROM status s INDEXED BY status_undelivered "
                        "CROSS JOIN mail m ON m.number = s.mail "
                        "WHERE s.state = 0 AND s.state <> 2 AND s.mail >= ?1 ORDER BY s.mail LIMIT ?2"),
          status_due(database, "UPDATE status SET due = ?2 WHERE mail = ?1"),
          prune_find(database,
                     "SELECT number, accepted_at, first_mail, mails FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2"),
          prune_notes(database, "SELECT notes FROM event WHERE number = ?1"),
          prune_mail(database, "SELECT id, recipient, once_key, kind FROM mail WHERE number = ?1"),
          event_delete(database, "DELETE FROM event WHERE number = ?1"),
          mail_delete(database, "DELETE FROM mail WHERE number = ?1"),
          search_delete(database, "DELETE FROM search WHERE segment = ?1 AND hash = ?2 AND mail = ?3") {}

    SqliteStatement name_insert, name_number, name_text;
    SqliteStatement tally_write;
    SqliteStatement event_known, event_insert, event_raw;
    SqliteStatement mails_of_event, mail_insert, mail_party;
    SqliteStatement search_insert;
    SqliteStatement waiting_insert, waiting_delete, waiting_page, waiting_first;
    SqliteStatement status_write, status_move, status_finished, status_state, status_delete;
    SqliteStatement frozen_write, frozen_read, frozen_delete;
    SqliteStatement once_insert, once_delete;
    SqliteStatement mark_find, mark_write, mark_delete, word_find, word_write;
    SqliteStatement topic_insert, topic_find, topic_delete, topic_left, topic_forget;
    SqliteStatement superseded_insert, superseded_find, superseded_delete, superseded_mail, status_withdraw;
    SqliteStatement suppression_find, suppression_insert, suppression_delete;
    SqliteStatement ended_add, ended_read, ended_forget;
    SqliteStatement complaints_read;
    SqliteStatement shelf_read, shelf_write, shelf_delete;
    SqliteStatement deferred_find, status_due;
    SqliteStatement prune_find, prune_notes, prune_mail;
    SqliteStatement event_delete, mail_delete, search_delete;
};

}  // namespace ilbud
