// What keeps a mail from leaving, or says something of it behind its end: withdrawal by a newer event, cancellation and holds by
// people, later reports.
#include "sqlite_store.hpp"
#include "sqlite_store_incoming.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {

bool SqliteStore::withdraw(const LendingLine& line, const DueKey& key, std::string_view cause, Time wall) {
    sql_->waiting_delete.execute(line.urgency, line.unit, key.due, key.row);
    // It does not wait any more under that key: ended in this very transaction, for example.
    if (database_->changes() == 0) return false;
    OutcomeFacts facts;
    facts.row = key.row;
    facts.at = wall;
    facts.state = MailState::cancelled;
    facts.cause = cause;
    {
        auto rows = sql_->status_read.rows(key.row);
        if (rows.next()) {
            facts.before = rows.number(1);
            facts.attempts = static_cast<int>(rows.number(2));
            facts.uncertain = rows.number(3) != 0;
        }
    }
    // The word of its last attempt stays with it: people ask why it still waited.
    std::string enhanced, reply_text, relay;
    {
        auto rows = sql_->outcome_reply.rows(facts.before);
        if (rows.next()) {
            facts.reply_code = static_cast<int>(rows.number(0));
            enhanced = rows.text(1);
            reply_text = rows.text(2);
            relay = names_.text_or_empty(rows.number(3));
        }
    }
    facts.enhanced = enhanced;
    facts.reply_text = reply_text;
    facts.relay = relay;
    change(facts, Time{});
    sql_->frozen_delete.execute(key.row);
    --totals_.in(MailState::queued);
    ++totals_.in(MailState::cancelled);
    return true;
}

// Its line and its due time are looked up: they are the key under which it waits. One that was never tried waits since its event was
// accepted, so it is the first row from there on, or, where many came at once, one of the first.
SqliteStore::Cancelled SqliteStore::cancel(std::string_view id, std::uint64_t row, std::string_view reason, Time wall,
                                           const IsLent& is_lent) {
    Cancelled ended;
    {
        auto rows = sql_->cancel_find.rows(row);
        if (!rows.next() || rows.text(0) != id) return ended;
        const auto urgency = urgency_of(rows.number(5));
        if (!urgency || !names_.word_of<Kind>(rows.number(1))) return ended;  // damaged: told when it is lent
        ended.line = {*urgency, rows.number(2)};
        ended.key = {rows.time(3), row};
        const auto state = enumerator_of<MailState>(rows.number(4));
        if (!state) return ended;  // damaged
        if (is_final(*state)) {
            ended.answer = Cancellation::finished;
            return ended;
        }
    }
    if (is_lent(row)) {
        ended.answer = Cancellation::on_its_way;
        return ended;
    }
    {
        auto rows = sql_->waiting_find.rows(ended.line.urgency, ended.line.unit, ended.key.due, row);
        if (!rows.next()) return ended;  // damaged
        ended.key.due = rows.time(0);
    }
    withdraw(ended.line, ended.key, reason, wall);
    give_back_once(row);
    sql_->topic_forget.execute(row);
    ended.answer = Cancellation::cancelled;
    return ended;
}

bool SqliteStore::amend(const Amendment& amendment, std::uint64_t row) {
    OutcomeFacts facts;
    facts.row = row;
    std::int64_t unit = 0;
    {
        auto rows = sql_->cancel_find.rows(row);
        if (!rows.next() || rows.text(0) != amendment.mail) return false;
        unit = rows.number(2);
    }
    {
        auto rows = sql_->status_read.rows(row);
        if (!rows.next() || enumerator_of<MailState>(rows.number(0)) != MailState::delivered) return false;
        facts.before = rows.number(1);
        facts.attempts = static_cast<int>(rows.number(2));
        facts.uncertain = rows.number(3) != 0;
    }
    facts.at = amendment.at;
    facts.state = amendment.state;
    facts.cause = amendment.reason;
    facts.reply_code = amendment.reply_code;
    facts.enhanced = amendment.enhanced;
    facts.reply_text = amendment.reply_text;
    facts.relay = amendment.relay;
    change(facts, Time{});
    --totals_.in(MailState::delivered);
    ++totals_.in(amendment.state);
    if (amendment.state == MailState::bounced) {
        give_back_once(row);
        auto& ended = ended_[unit];
        ++ended.finished;
        ++ended.bounced;
    }
    return true;
}

void SqliteStore::hold(const Hold& hold) {
    const auto& [account, unit, site, kind] = hold.scope;
    sql_->hold_write.execute(account, unit, site, kind ? to_word(*kind) : std::string_view(), hold.reason, hold.since);
}

void SqliteStore::release(const MailScope& scope) {
    sql_->hold_delete.execute(scope.account, scope.unit, scope.site, scope.kind ? to_word(*scope.kind) : std::string_view());
}

// A kind that this program does not know holds nothing that it could send.
std::vector<Hold> SqliteStore::holds() {
    std::vector<Hold> all;
    auto rows = sql_->holds_read.rows();
    while (rows.next()) {
        Hold hold{{std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)), std::nullopt},
                  std::string(rows.text(4)),
                  rows.time(5)};
        if (const auto kind = rows.text(3); !kind.empty()) {
            hold.scope.kind = from_word<Kind>(kind);
            if (!hold.scope.kind) continue;
        }
        all.push_back(std::move(hold));
    }
    return all;
}

}  // namespace ilbud
