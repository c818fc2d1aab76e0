/// Every statement of the store, prepared once. Private to sqlite_store*.cpp.
#pragma once
#include "sqlite_shelf.hpp"
#include "sqlite_store.hpp"

namespace ilbud {

/// Prepared at the start, so that a statement that fits no table fails there and not at the first mail. They are used
/// one at a time: a statement whose rows are being read must not be run again until they are gone.
struct SqliteStore::Statements {
    explicit Statements(SqliteDatabase& database)
        : tally_write(
              database,
              "UPDATE tally SET events = ?1, suppressions = ?2, queued = ?3, delivered = ?4, bounced = ?5, expired = ?6, "
              "cancelled = ?7, suppressed = ?8, clock_back = ?9, clock_seen = ?10, next_outcome = ?11, shelf_version = ?12, "
              "boot = ?13, boot_seen = ?14, next_event = ?15, next_mail = ?16 WHERE one = 1"),
          event_known(database, "SELECT source, id, digest, first_mail, mails, notes FROM event WHERE key = ?1"),
          event_insert(database,
                       "INSERT INTO event(number, key, source, id, digest, accepted_at, first_mail, mails, notes, raw) "
                       "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
          event_raw(database, "SELECT raw FROM event WHERE number = ?1"),
          mails_of_event(database,
                         "SELECT id, kind, locale, copy, account, unit, recipient, recipient_name, sender, sender_name, "
                         "reply_to, planned_at, "
                         "once_key, envelope, urgency, complaints FROM mail WHERE number >= ?1 AND number < ?2 ORDER BY number"),
          mail_insert(database,
                      "INSERT INTO mail(number, event, id, kind, locale, copy, account, unit, recipient, recipient_name, sender, "
                      "sender_name, reply_to, planned_at, once_key, envelope, urgency, complaints) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"),
          mail_party(database, "SELECT account, recipient FROM mail WHERE number = ?1"),
          mail_once(database, "SELECT once_key, event FROM mail WHERE number = ?1 AND once_key <> ''"),
          search_insert(database, "INSERT OR IGNORE INTO search(segment, hash, mail) VALUES(?1, ?2, ?3)"),
          search_mails(database, "SELECT number, id, recipient FROM mail WHERE number >= ?1 AND number < ?2"),
          waiting_insert(database, "INSERT INTO waiting(urgency, unit, due, mail) VALUES(?1, ?2, ?3, ?4)"),
          waiting_delete(database, "DELETE FROM waiting WHERE urgency = ?1 AND unit = ?2 AND due = ?3 AND mail = ?4"),
          // CROSS JOIN keeps `waiting` in front: the key's order is the order of lending, and no sorting is needed. LEFT JOIN:
          // a mail whose row is gone must be told, not passed over. `frozen` is asked for only where there was an attempt.
          waiting_page(
              database,
              "SELECT m.id, m.kind, m.locale, m.copy, m.account, m.unit, m.recipient, m.recipient_name, m.sender, m.sender_name, "
              "m.reply_to, m.planned_at, m.once_key, m.envelope, m.urgency, m.complaints, w.due, w.mail, m.event, s.attempts, "
              "s.uncertain, "
              "s.mail IS NOT NULL AND EXISTS(SELECT 1 FROM frozen f WHERE f.mail = w.mail), "
              "EXISTS(SELECT 1 FROM superseded x WHERE x.mail = w.mail), s.outcome, m.number IS NULL "
              "FROM waiting w LEFT JOIN mail m ON m.number = w.mail LEFT JOIN status s ON s.mail = w.mail "
              "WHERE w.urgency = ?1 AND w.unit = ?2 AND (w.due, w.mail) >= (?3, ?4) AND w.due <= ?5 ORDER BY w.due, w.mail"),
          waiting_first(
              database,
              "SELECT due, mail FROM waiting WHERE urgency = ?1 AND unit = ?2 AND due > ?3 AND due <= 9223372036854775807 "
              "ORDER BY due, mail LIMIT 1"),
          status_write(database,
                       "REPLACE INTO status(mail, outcome, state, due, attempts, uncertain) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
          outcome_insert(database,
                         "INSERT INTO outcome(number, mail, before, at, state, attempts, uncertain, cause, reply_code, enhanced, "
                         "reply_text, relay) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"),
          outcome_reply(database, "SELECT reply_code, enhanced, reply_text, relay, cause FROM outcome WHERE number = ?1"),
          outcome_before(database, "SELECT before FROM outcome WHERE number = ?1"),
          outcome_delete(database, "DELETE FROM outcome WHERE number = ?1"),
          status_finished(database, "SELECT count(*) FROM status WHERE mail >= ?1 AND mail < ?2 AND state >= 2"),
          status_read(database, "SELECT state, outcome, attempts, uncertain, due FROM status WHERE mail = ?1"),
          status_delete(database, "DELETE FROM status WHERE mail = ?1"),
          frozen_write(database, "REPLACE INTO frozen(mail, bytes) VALUES(?1, ?2)"),
          frozen_read(database, "SELECT bytes FROM frozen WHERE mail = ?1"),
          frozen_delete(database, "DELETE FROM frozen WHERE mail = ?1"),
          // The first event keeps the key; `changes()` tells whether it was this one.
          once_insert(database, "INSERT OR IGNORE INTO once(key, event) VALUES(?1, ?2)"),
          once_find(database, "SELECT 1 FROM once WHERE key = ?1"),
          once_delete(database, "DELETE FROM once WHERE key = ?1 AND event = ?2"),
          once_next(database, "SELECT key, event FROM once WHERE key > ?1 AND key <= ?2 ORDER BY key LIMIT 1"),
          mark_find(database, "SELECT 1 FROM mark WHERE key = ?1"),
          // The latest event has the mark, as it is the one that is pruned last.
          mark_write(database, "REPLACE INTO mark(key, event, at) VALUES(?1, ?2, 0)"),
          mark_delete(database, "DELETE FROM mark WHERE key = ?1 AND event = ?2"),
          word_find(database, "SELECT at FROM mark WHERE key = ?1"),
          // An event without a time has the last word by arriving, yet the latest time told is
          // kept for those that tell one.
          word_write(database,
                     "INSERT INTO mark(key, event, at) VALUES(?1, ?2, ?3) "
                     "ON CONFLICT(key) DO UPDATE SET event = excluded.event, at = max(at, excluded.at) "  // the latest time told
                     "WHERE excluded.at = 0 OR excluded.at >= at"),
          topic_insert(database, "INSERT OR IGNORE INTO topic(key, mail, at, due, alone) VALUES(?1, ?2, ?3, ?4, ?5)"),
          // Mails of earlier events only, and of older ones: `at` is the time that the mail's event told.
          topic_find(database, "SELECT mail, due, alone FROM topic WHERE key = ?1 AND mail < ?2 AND at <= ?3 ORDER BY mail"),
          topic_delete(database, "DELETE FROM topic WHERE key = ?1 AND mail = ?2"),
          topic_left(database, "SELECT 1 FROM topic WHERE mail = ?1 AND alone = 0 LIMIT 1"),
          topic_forget(database, "DELETE FROM topic WHERE mail = ?1"),
          superseded_insert(database, "INSERT OR IGNORE INTO superseded(mail, event) VALUES(?1, ?2)"),
          superseded_find(database, "SELECT 1 FROM superseded WHERE mail = ?1"),
          superseded_delete(database, "DELETE FROM superseded WHERE mail = ?1"),
          superseded_mail(
              database,
              "SELECT m.id, m.kind, m.unit, m.recipient, s.due, m.urgency FROM mail m LEFT JOIN status s ON s.mail = m.number "
              "WHERE m.number = ?1"),
          suppression_find(database,
                           "SELECT 1 FROM suppression WHERE account = ?1 AND address = ?2 AND kinds IN ('', ?3) "
                           "AND (expires = 0 OR expires > ?4)"),
          // One that has expired is replaced; one that holds keeps its reason and its date, unless the new one holds for longer.
          suppression_insert(
              database,
              "INSERT INTO suppression(account, address, kinds, source, reason, relay, evidence, since, expires) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET source = excluded.source, "
              "reason = excluded.reason, relay = excluded.relay, evidence = excluded.evidence, since = excluded.since, "
              "expires = excluded.expires WHERE expires > 0 AND (expires <= ?10 OR excluded.expires = 0 OR excluded.expires > "
              "expires)"),
          suppression_known(database, "SELECT 1 FROM suppression WHERE account = ?1 AND address = ?2 AND kinds = ?3"),
          suppressions_read(database, suppressions_query),
          suppression_delete(database, "DELETE FROM suppression WHERE account = ?1 AND address = ?2"),
          suppression_revoke(database,
                             "DELETE FROM suppression WHERE account = ?1 AND address = ?2 AND kinds = ?3 AND source = ?4 AND "
                             "relay = ?5 AND since = ?6"),
          // A mail without a status waits since its event was accepted.
          cancel_find(
              database,
              "SELECT m.id, m.kind, m.unit, coalesce(s.due, e.accepted_at, 0), coalesce(s.state, 0), m.urgency FROM mail m "
              "LEFT JOIN status s ON s.mail = m.number LEFT JOIN event e ON e.number = m.event WHERE m.number = ?1"),
          waiting_find(
              database,
              "SELECT due FROM waiting WHERE urgency = ?1 AND unit = ?2 AND due >= ?3 AND mail = ?4 ORDER BY due LIMIT 1"),
          hold_write(database, "REPLACE INTO hold(account, unit, site, kind, reason, since) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
          hold_delete(database, "DELETE FROM hold WHERE account = ?1 AND unit = ?2 AND site = ?3 AND kind = ?4"),
          holds_read(database,
                     "SELECT account, unit, site, kind, reason, since FROM hold ORDER BY since, account, unit, site, kind"),
          hold_party(database, "SELECT account, unit, recipient FROM mail WHERE number = ?1"),
          ended_add(database,
                    "INSERT INTO ended(hour, unit, finished, bounced) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET finished "
                    "= finished + excluded.finished, "
                    "bounced = bounced + excluded.bounced"),
          ended_forget(database, "DELETE FROM ended WHERE hour < ?1"),
          shelf_read(database, shelf_query),
          shelf_version(database, "SELECT version FROM shelf WHERE shelf = ?1 AND name = ?2"),
          shelf_write(database, "REPLACE INTO shelf(shelf, name, value, version) VALUES(?1, ?2, ?3, ?4)"),
          shelf_delete(database, "DELETE FROM shelf WHERE shelf = ?1 AND name = ?2"),
          duty_fence(
              database,
              "INSERT INTO duty(name, fence) VALUES(?1, 1) ON CONFLICT(name) DO UPDATE SET fence = fence + 1 RETURNING fence"),
          leap_insert(database, "INSERT INTO leap(event, at, ahead) VALUES(?1, ?2, ?3)"),
          leap_forget(database, "DELETE FROM leap WHERE event < (SELECT min(number) FROM event)"),
          lent_write(database, "REPLACE INTO lent(one, mails) VALUES(1, ?1)"),
          // INDEXED BY: without statistics SQLite may prefer a walk over all mails; if the index
          // is missing, this fails at the start.
          deferred_find(
              database,
              "SELECT s.mail, s.due, o.cause, m.kind, m.unit, m.sender, m.urgency FROM status s INDEXED BY status_undelivered "
              "CROSS JOIN mail m ON m.number = s.mail LEFT JOIN outcome o ON o.number = s.outcome "
              "WHERE s.state = 0 AND s.state <> 2 AND s.mail >= ?1 ORDER BY s.mail LIMIT ?2"),
          status_due(database, "UPDATE status SET due = ?2 WHERE mail = ?1"),
          prune_find(database,
                     "SELECT number, accepted_at, first_mail, mails FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2"),
          prune_notes(database, "SELECT notes FROM event WHERE number = ?1"),
          prune_mail(database, "SELECT id, recipient, once_key, kind FROM mail WHERE number = ?1"),
          event_delete(database, "DELETE FROM event WHERE number = ?1"),
          mail_delete(database, "DELETE FROM mail WHERE number = ?1"),
          search_delete(database, "DELETE FROM search WHERE segment = ?1 AND hash = ?2 AND mail = ?3") {}

    SqliteStatement tally_write;
    SqliteStatement event_known, event_insert, event_raw;
    SqliteStatement mails_of_event, mail_insert, mail_party, mail_once;
    SqliteStatement search_insert, search_mails;
    SqliteStatement waiting_insert, waiting_delete, waiting_page, waiting_first;
    SqliteStatement status_write, outcome_insert, outcome_reply, outcome_before, outcome_delete;
    SqliteStatement status_finished, status_read, status_delete;
    SqliteStatement frozen_write, frozen_read, frozen_delete;
    SqliteStatement once_insert, once_find, once_delete, once_next;
    SqliteStatement mark_find, mark_write, mark_delete, word_find, word_write;
    SqliteStatement topic_insert, topic_find, topic_delete, topic_left, topic_forget;
    SqliteStatement superseded_insert, superseded_find, superseded_delete, superseded_mail;
    SqliteStatement suppression_find, suppression_insert, suppression_known, suppressions_read, suppression_delete,
        suppression_revoke;
    SqliteStatement cancel_find, waiting_find;
    SqliteStatement hold_write, hold_delete, holds_read, hold_party;
    SqliteStatement ended_add, ended_forget;
    SqliteStatement shelf_read, shelf_version, shelf_write, shelf_delete;
    SqliteStatement duty_fence;
    SqliteStatement leap_insert, leap_forget, lent_write;
    SqliteStatement deferred_find, status_due;
    SqliteStatement prune_find, prune_notes, prune_mail;
    SqliteStatement event_delete, mail_delete, search_delete;
};

}  // namespace ilbud
