// What becomes of the mails in a lane's hand, on its way to the store: batches of results, and leases that are kept meanwhile.
#include "lane.hpp"
#include "settling.hpp"

namespace ilbud {

bool Lane::keep_back(const Lease& lease, const Snapshot& snapshot) {
    const auto now = services_.clock.now();
    const auto reason = kept_back_by(lease, snapshot, now);
    if (reason.empty()) return false;
    if (reason == test_mode_reason && services_.test_modes != nullptr) note_test_mode(lease.mail.account, snapshot);
    conclude(settle_kept_back(lease, reason, retry_of(lease, snapshot, now), now, services_.log));
    return true;
}

// One row an account, however many of its mails wait. An account that left the settings has no test mode that could end.
void Lane::note_test_mode(const std::string& account, const Snapshot& snapshot) {
    const auto found = snapshot.settings.accounts.find(account);
    if (found == snapshot.settings.accounts.end()) return;
    auto note = TestModes::note_of(found->second);
    std::erase_if(notes_, [&note](const ShelfWrite& other) { return other.name == note.name; });
    notes_.push_back(std::move(note));
}

void Lane::fail_letter(const Lease& lease, const Error& error, const Snapshot& snapshot) {
    const auto now = services_.clock.now();
    const auto result = settle_unwritten(lease, error, retry_of(lease, snapshot, now), now, services_.log);
    if (services_.letter_failed_at != nullptr && result.reason == letter_failed_reason) *services_.letter_failed_at = now;
    conclude(result);
}

void Lane::give_back(const Lease& lease) {
    conclude(settle_unused(lease, services_.clock.now()));
}

// Kept until settle_all() takes a batch. wake() is for both: a place is free, and there is something to settle.
void Lane::conclude(Settlement settlement) {
    weigh(settlement.token, 0);
    results_.push_back(std::move(settlement));
    load_.concluded();
    wake();
}

// Hands results to the store, until the last one is there.
// One batch is on its way at a time, so that LaneLoad can say what is stored, and the next one gathers meanwhile.
// settle() returns when the outcome survives a power cut; only then the mails leave the lane's hands.
Task<void> Lane::settle_all() {
    while (true) {
        const auto next = load_.settle_next(std::chrono::steady_clock::now());
        if (next.mails == 0) {
            if (load_.ended()) co_return;
            co_await results_in_.wait_until(next.look_again);
            continue;
        }
        auto batch = std::exchange(results_, {});
        auto notes = std::exchange(notes_, {});
        load_.storing(batch.size());
        std::vector<std::uint64_t> tokens;
        tokens.reserve(batch.size());
        for (const auto& result : batch) tokens.push_back(result.token);
        const bool noted = !notes.empty();
        co_await services_.queue.settle(std::move(batch), std::move(notes));
        if (noted) services_.test_modes->kept_back();
        load_.stored();
        for (const auto token : tokens) held_.erase(token);
        in_hand_ = load_.in_hand();
        wake();
        transport_->look_again();
    }
}

// One question for all that is in hand. At a quarter of the hold, so that what is begun right before the next renewal still has
// three quarters of it: more than the longest session (the settings see to it).
// What is the lane's no more is not begun; if it was, its settlement may still count.
Task<void> Lane::renew_all() {
    while (!load_.ended()) {
        co_await next_renewal_.wait_for(services_.snapshots.current()->settings.platform.queue.lease_hold / 4);
        if (held_.empty() || load_.ended()) continue;
        std::vector<LeaseName> names;
        names.reserve(held_.size());
        for (const auto& [token, held] : held_) names.push_back({held.row, token});
        const auto ends = co_await services_.queue.renew(names);
        for (std::size_t i = 0; i < ends.size(); ++i) {
            const auto found = held_.find(names[i].token);  // settled meanwhile
            if (found != held_.end()) found->second.until = ends[i].value_or(SteadyTime::min());
        }
        transport_->look_again();
    }
}

}  // namespace ilbud
