// What ended, by hour and unit: gathered during a transaction, written once at its end.
// A rate of bounces is asked for often and over hours; counting mails for it would read the log again and again. One
// row a unit and hour is small enough to be written with each commit and to be forgotten by itself.
#include "sqlite_store.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

// A week of hours and one day more for whoever asks at its edge; the port promises 8 days.
constexpr Duration ended_kept = std::chrono::hours(24 * 8);

// By the wall clock and in UTC, whatever the unit's zone: an hour is only a bucket.
Time hour_of(Time time) {
    return std::chrono::floor<std::chrono::hours>(time);
}

}  // namespace

// A mail that no relay was asked about says nothing of its address. Its unit is known without a look: it is the line's.
void SqliteStore::count_ended(const WaitingMail& mail, const Settlement& settlement) {
    const bool by_relay = settlement.state == MailState::delivered ||
                          (settlement.state == MailState::expired && (settlement.attempted || mail.attempts > 0)) ||
                          (settlement.state == MailState::bounced && settlement.attempted);
    if (!by_relay) return;
    // Suppressed and cancelled mails are no part of a rate: the first would count a bounce
    // for ever, the second were never sent.
    auto& ended = ended_[mail.line.unit];
    ++ended.finished;
    if (settlement.state == MailState::bounced) ++ended.bounced;
}

// Within the transaction of the settlements, so that a crash cannot count a mail twice or not at all.
void SqliteStore::write_ended(Time wall) {
    const Time hour = hour_of(wall);
    for (const auto& [unit, ended] : ended_) sql_->ended_add.execute(hour, unit, ended.finished, ended.bounced);
    // Old rows go once an hour, with a commit that is written anyway.
    if (ended_tidied_ == hour) return;
    sql_->ended_forget.execute(hour - ended_kept);
    ended_tidied_ = hour;
}

}  // namespace ilbud
