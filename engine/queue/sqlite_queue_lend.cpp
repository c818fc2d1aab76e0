// Lending reads but never writes: a lease is in memory only, and that a mail was lent is worth
// no sync. After a crash everything that was out is due again, which is the double delivery
// that the Message-ID makes visible. What lending finds out on the way (suppressed, superseded,
// unreadable) becomes a settlement like any other and takes effect with the next commit.
#include <algorithm>

#include "sqlite_queue.hpp"

namespace ilbud {
namespace {

// Bounds how long one call goes through mails that must not be sent: after so many it is the commit's turn.
constexpr std::size_t unsent_at_once = 256;  // mails found suppressed or unreadable before they are settled

}  // namespace

// Serves those who wait, in their order, as long as something is due.
void SqliteQueue::lend() {
    take_back_lapsed();
    while (!lessees_.empty()) {
        auto& lessee = lessees_.front();
        const bool over = lending_stopped_ || closing_;
        std::vector<Lease> leases;
        try {
            if (!over) leases = lend(lessee.most);
        } catch (const std::exception&) {
            // Only this caller is told; the next one may have more luck, and the mails are still where they were.
            done_.push_back(std::move(lessee.reply).fail(std::current_exception()));
            lessees_.pop_front();
            continue;
        }
        // Nothing for the first one is nothing for all. They keep their order, so the longest wait ends first.
        if (leases.empty() && !over) break;
        done_.push_back(std::move(lessee.reply).answer(std::move(leases)));
        lessees_.pop_front();
    }
    for (auto& lessee : lessees_)
        if (lessee.until <= steady_now_) done_.push_back(std::move(lessee.reply).answer({}));
    std::erase_if(lessees_, [this](const LeaseOperation& lessee) { return lessee.until <= steady_now_; });
}

std::vector<Lease> SqliteQueue::lend(std::size_t most) {
    std::vector<Lease> leases;
    while (leases.size() < most && kept_.size() < unsent_at_once) {
        // The turn is spent even if the line's mail turns out not to be sendable: else a unit
        // full of suppressed addresses would hold the floor.
        const auto line = window_.next(time_.now());
        if (!line) break;
        try {
            if (auto lease = lend_next(*line)) leases.push_back(std::move(*lease));
        } catch (const std::exception&) {
            if (leases.empty()) throw;
            break;  // what is lent already must reach its holder; the next call meets the failure again
        }
    }
    return leases;
}

// The line's next mail, unless it turns out that it must not be sent.
std::optional<Lease> SqliteQueue::lend_next(const LendingLine& line) {
    if (const auto from = window_.missing(line, time_.now())) read_page(line, *from);
    auto taken = window_.take(line);
    if (!taken) return std::nullopt;
    auto& [key, ready] = *taken;
    const WaitingMail waiting{line, key, ready.attempts, ready.uncertain, ready.frozen, may_have_topics(ready.mail.kind)};
    Lease lease;
    try {
        // First what costs nothing. The address is looked up again only if a suppression was
        // added since it was last looked at (S45).
        if (ready.superseded) {
            finish_unsent(waiting, MailState::cancelled, "superseded");
            return std::nullopt;
        }
        if (ready.checked != newest_suppression_ && store_.is_suppressed(ready.mail.account, ready.mail.to)) {
            finish_unsent(waiting, MailState::suppressed, "suppressed");
            return std::nullopt;
        }
        if (ready.frozen) lease.frozen = store_.frozen(key.row);
    } catch (...) {
        // Taken out of memory but not lent: without this line it would be forgotten until the next start.
        window_.left_in_store(line, key);
        throw;
    }
    lease.row = key.row;
    lease.attempt = ready.attempts + 1;
    lease.uncertain = ready.uncertain;
    lease.mail = std::move(ready.mail);
    lease.event = std::move(ready.event);
    // Behind everything here that may throw: a lease in the book that nobody holds would
    // keep the mail away for the whole hold.
    lease.token = leases_.lend(waiting, steady_now_ + settings_.lease_hold);
    return lease;
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
    kept_.emplace_back(SettleOperation{{std::move(settlement)}, std::nullopt, {}});
}

void SqliteQueue::take_back_lapsed() {
    for (const auto& mail : leases_.lapse(steady_now_)) {
        log_.warning("queue.lease_lapsed", {{"row", mail.key.row}});
        window_.left_in_store(mail.line, mail.key);
    }
}

}  // namespace ilbud
