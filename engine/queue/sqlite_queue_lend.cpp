// A lease is in memory only, but no mail is handed out before a commit has noted that it is out: after a crash everything that
// was out is due again, and uncertain. Mostly that costs no commit of its own: each one that says what is out names some that are
// next as well, and those that it brings; others are picked before the round's commit. What lending finds out on the way (suppressed,
// superseded, unreadable) becomes a settlement like any other and takes effect with the next commit.
#include <algorithm>
#include <tuple>

#include "sqlite_queue.hpp"

namespace ilbud {
namespace {

// Bounds how long one call goes through mails that must not be sent: after so many it is the commit's turn.
constexpr std::size_t unsent_at_once = 256;  // mails found suppressed or unreadable before they are settled
// How much time holders get to renew and to settle after the store did not serve them, at most: they do both at once.
constexpr Duration lapse_grace_max = 10s;

}  // namespace

// Before the commit, so that it notes them as out. Nobody is told yet.
void SqliteQueue::pick() {
    unnoted_due_ = false;
    if (lending_stopped_ || closing_ || steady_now_ < disk_failed_until_) return;
    while (!lessees_.empty()) {
        auto& lessee = lessees_.front();
        Lent lent;
        try {
            lent = lend(lessee.most, lessee.bytes_most, false);
        } catch (const std::exception&) {
            // Only this caller is told; the next one may have more luck, and the mails are still where they were.
            done_.push_back(std::move(lessee.reply).fail(std::current_exception()));
            lessees_.pop_front();
            continue;
        }
        // Nothing for the first one is nothing for all. They keep their order, so the longest wait ends first.
        if (lent.leases.empty()) return;
        if (lent.noted)
            done_.push_back(std::move(lessee.reply).answer(std::move(lent.leases)));
        else
            picked_.push_back({std::move(lessee), std::move(lent.leases)});
        lessees_.pop_front();
    }
}

void SqliteQueue::hand_out() {
    for (auto& [lessee, leases] : picked_) {
        // Picked before the commit, which may have begun or ended a hold.
        for (auto& lease : leases) note_held(lease);
        done_.push_back(std::move(lessee.reply).answer(std::move(leases)));
    }
    picked_.clear();
}

// The commit failed: nobody has seen them, and they wait as before.
void SqliteQueue::put_back(std::vector<Picked> picked) {
    for (auto one = picked.rbegin(); one != picked.rend(); ++one) {
        for (const auto& lease : one->leases) {
            const auto mail = leases_.find(lease.row, lease.token)->mail;
            leases_.take_back(lease.row, lease.token);
            window_.left_in_store(mail.line, mail.key);
        }
        lessees_.push_front(std::move(one->lessee));
    }
}

// Behind the commit: what it brought, for those who still wait; and those whose patience is over.
void SqliteQueue::lend() {
    take_back_lapsed();
    const bool over = lending_stopped_ || closing_;
    while (!lessees_.empty()) {
        auto& lessee = lessees_.front();
        std::vector<Lease> leases;
        try {
            if (!over) leases = lend(lessee.most, lessee.bytes_most, true).leases;
        } catch (const std::exception&) {
            done_.push_back(std::move(lessee.reply).fail(std::current_exception()));
            lessees_.pop_front();
            continue;
        }
        if (leases.empty() && !over) break;
        done_.push_back(std::move(lessee.reply).answer(std::move(leases)));
        lessees_.pop_front();
    }
    for (auto& lessee : lessees_)
        if (lessee.until <= steady_now_) done_.push_back(std::move(lessee.reply).answer({}));
    std::erase_if(lessees_, [this](const LeaseOperation& lessee) { return lessee.until <= steady_now_; });
}

SqliteQueue::Lent SqliteQueue::lend(std::size_t most, std::size_t bytes_most, bool noted_only) {
    Lent lent;
    auto& leases = lent.leases;
    std::size_t bytes = 0;
    while (leases.size() < most && (leases.empty() || bytes < bytes_most) && kept_.size() < unsent_at_once) {
        // The turn is spent even if the line's mail turns out not to be sendable: else a unit
        // full of suppressed addresses would hold the floor.
        const auto line = window_.next(time_.now());
        if (!line) break;
        const bool noted = is_noted(*line);
        if (noted_only && !noted) {
            unnoted_due_ = true;
            break;
        }
        try {
            if (auto lease = lend_next(*line)) {
                bytes += lease->event->raw.size();
                leases.push_back(std::move(*lease));
                lent.noted = lent.noted && noted;
            }
        } catch (const std::exception&) {
            if (leases.empty()) throw;
            break;  // what is lent already must reach its holder; the next call meets the failure again
        }
    }
    return lent;
}

// Whether the commit that said last what is out named the line's next mail.
bool SqliteQueue::is_noted(const LendingLine& line) const {
    if (window_.missing(line, time_.now())) return false;
    const auto* const first = window_.first(line);
    return first != nullptr && first->noted == noted_round_ && noted_round_ != 0;
}

// The line's next mail, unless it turns out that it must not be sent.
std::optional<Lease> SqliteQueue::lend_next(const LendingLine& line) {
    if (const auto from = window_.missing(line, time_.now())) read_page(line, *from);
    auto taken = window_.take(line);
    if (!taken) return std::nullopt;
    auto& [key, ready] = *taken;
    const WaitingMail waiting{line,         key, ready.attempts, ready.uncertain, ready.frozen, may_have_topics(ready.mail.kind),
                              ready.outcome};
    Lease lease;
    try {
        // First what costs nothing. The address is looked up again only if a suppression was
        // added since it was last looked at (S45).
        if (ready.superseded) {
            finish_unsent(waiting, MailState::cancelled, "superseded");
            return std::nullopt;
        }
        if (ready.checked != newest_suppression_ && store_.is_suppressed(ready.mail, time_.wall())) {
            finish_unsent(waiting, MailState::suppressed, "suppressed");
            return std::nullopt;
        }
        if (ready.frozen) lease.frozen = store_.frozen(key.row);
        if (ready.outcome != 0) std::tie(lease.waited_for, lease.refused_by) = store_.last_word(ready.outcome);
    } catch (...) {
        // Taken out of memory but not lent: without this line it would be forgotten until the next start.
        window_.left_in_store(line, key);
        throw;
    }
    lease.row = key.row;
    lease.attempt = ready.attempts + 1;
    lease.uncertain = ready.uncertain;
    lease.age = store_.leaps().age(ready.number, ready.mail.planned_at, time_.wall());
    lease.mail = std::move(ready.mail);
    lease.event = std::move(ready.event);
    // Behind everything here that may throw: a lease in the book that nobody holds would
    // keep the mail away for the whole hold.
    lease.until = steady_now_ + settings_.lease_hold;
    lease.token = leases_.lend(waiting, lease.until);
    note_held(lease);
    return lease;
}

void SqliteQueue::note_held(Lease& lease) {
    lease.held = !holds_.empty() && is_held(lease.mail);
    if (auto* const lent = leases_.find(lease.row, lease.token)) lent->released = released_;
}

// A holder whose hold is over brings what became of a mail before anybody else has got it: it is not picked in this round.
void SqliteQueue::revive_settled(const std::vector<StoreOperation>& operations) {
    for (const auto& operation : operations) {
        const auto* const settle = std::get_if<SettleOperation>(&operation);
        if (settle == nullptr) continue;
        for (const auto& settlement : settle->settlements)
            if (const auto mail = leases_.revive(settlement.row, settlement.token, steady_now_ + settings_.lease_hold))
                window_.forget(mail->line, mail->key);
    }
}

void SqliteQueue::read_page(const LendingLine& line, const DueKey& from) {
    // Without those that are held or out: `waiting` has them too, as lending leaves no trace there.
    auto page = store_.page(line, from, time_.now(), window_.page_size(),
                            [&](const DueKey& key) { return window_.holds(line, key) || leases_.is_out(key.row); });
    window_.add_page(line, std::move(page.mails), page.rest);
    for (const auto& mail : page.unreadable) {
        log_.error("queue.event_unreadable", {{"row", mail.key.row}});
        finish_unsent(mail, MailState::bounced, "event_unreadable");
    }
}

// The store's own finding about a mail: lent to itself, so that nobody else gets it, and settled by the next commit.
void SqliteQueue::finish_unsent(const WaitingMail& mail, MailState state, std::string reason) {
    Settlement settlement;
    settlement.row = mail.key.row;
    settlement.token = leases_.lend(mail, Steady::max());
    settlement.state = state;
    settlement.at = time_.wall();
    settlement.reason = std::move(reason);
    // No server was asked, so it is no attempt and no bounce of the address.
    settlement.attempted = false;
    kept_.emplace_back(SettleOperation{{std::move(settlement)}, {}, std::nullopt, {}});
}

std::vector<std::optional<SteadyTime>> SqliteQueue::renew_all(const std::vector<LeaseName>& names) {
    std::vector<std::optional<SteadyTime>> ends;
    ends.reserve(names.size());
    for (const auto& [row, token] : names) ends.push_back(leases_.renew(row, token, steady_now_ + settings_.lease_hold));
    return ends;
}

// Often enough that what passes unnoticed is less than half of the hold: with that and a quarter of it gone since the last
// renewal a lease still stands. The lower bound is for tests, which hold for milliseconds.
Duration SqliteQueue::look_interval() const {
    return std::clamp<Duration>(settings_.lease_hold / 4, 50ms, 500ms);
}

// Holders need the store to renew and to settle. While it cannot take what they know, or was stopped (SIGSTOP, a machine that
// slept, a disk that hung) perhaps together with them, a lease that ends tells nothing about its holder.
void SqliteQueue::take_back_lapsed() {
    const bool stood_still = !leases_.empty() && steady_now_ - lapse_looked_at_ > 2 * look_interval();
    lapse_looked_at_ = steady_now_;
    // Before this round lends, `kept_` holds only what could not be written.
    if (stood_still || !kept_.empty() || steady_now_ < disk_failed_until_)
        lapse_from_ = steady_now_ + std::min(settings_.lease_hold, lapse_grace_max);
    if (steady_now_ < lapse_from_) return;
    for (const auto& mail : leases_.lapse(steady_now_)) {
        log_.warning("queue.lease_lapsed", {{"row", mail.key.row}});
        window_.left_in_store(mail.line, mail.key);
    }
}

}  // namespace ilbud
