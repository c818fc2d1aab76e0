// A commit in three steps: write() of every operation inside one transaction, COMMIT, then finish() of each. What is in
// memory (window, leases, counters) changes only in finish(), so a transaction that fails leaves nothing to be undone
// but the store's own caches; what write() notes before (a lease's round, the newest suppression) errs on the safe side
// if it stays. A write() may therefore run again for the same operation and must begin from scratch. One sync a round
// is what makes the queue fast: a commit costs a sync whether it carries one event or 256.
#include <algorithm>

#include "sqlite_queue.hpp"

namespace ilbud {
namespace {

// How long nothing is written after the disk failed: doubled with each failure between the two. Longer pauses let
// settlements wait on after there is room again; shorter ones hammer a full disk.
constexpr Duration disk_pause_min = 20ms;
constexpr Duration disk_pause_max = 1s;
constexpr std::size_t noted_ahead = 64;  // more than holders ask for between two commits; a kill makes as many uncertain

bool is_write(const StoreOperation& operation) {
    return std::visit([](const auto& what) { return !is_question<std::decay_t<decltype(what)>>; }, operation);
}

Accepted busy(const char* reason) {
    Accepted answer;
    answer.status = Accepted::Status::busy;
    answer.busy_reason = reason;
    return answer;
}

}  // namespace

// The real cause, so that whoever is woken looks at the right thing.
const char* SqliteQueue::away_reason(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return "disk_full";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "store_locked";
        default:
            return "disk_failed";
    }
}

// One transaction for all. What was kept from before goes first: those mails have waited longest for their outcome.
void SqliteQueue::commit(std::vector<StoreOperation>& operations) {
    if (!kept_.empty()) {
        auto all = std::exchange(kept_, {});
        std::ranges::move(operations, std::back_inserter(all));
        operations = std::move(all);
    }
    const auto writes = static_cast<std::size_t>(std::ranges::count_if(operations, is_write));
    // Questions alone need no transaction, and nobody of this round will come back with a write at once.
    if (writes == 0 && picked_.empty()) {
        expected_ = 1;
        return;
    }
    // While the disk is given its rest, each round takes the way of a failure without
    // trying: events are told busy at once.
    if (steady_now_ < disk_failed_until_ && !closing_) {
        put_off(operations, SqliteError(disk_failure_, "the disk failed a moment ago"));
        return;
    }
    ++round_;
    bool noted = false;
    const auto waited = operations.size();
    try {
        store_.begin();
        for (auto& operation : operations)
            std::visit(
                [this](auto& what) {
                    if constexpr (requires { write(what); }) write(what);
                },
                operation);
        noted = note_lent(operations);
        // Nothing before this line is acknowledged to anybody; everything behind it is on the disk.
        store_.commit(time_.back(), clock_now_);
    } catch (const SqliteError& error) {
        put_off(operations, error);
        return;
    } catch (...) {
        // Not the storage: a damaged row, or no memory. Trying again would end the same way, so everybody is told.
        const auto failure = std::current_exception();
        put_back(std::exchange(picked_, {}));
        try {
            store_.rollback();
        } catch (const SqliteError&) {
            // Everybody is told of the first failure; the next begin() meets this one again.
        }
        for (auto& operation : operations) give_up(operation, failure);
        return;
    }
    if (noted) noted_round_ = round_;
    if (disk_pause_ != Duration{}) log_.info("queue.back");
    disk_pause_ = {};
    disk_failed_until_ = {};
    away_since_.reset();
    ++counters_.store_commits;
    counters_.store_operations += writes;
    for (auto& operation : operations)
        std::visit(
            [this](auto& what) {
                if constexpr (requires { finish(what); }) finish(what);
            },
            operation);
    // With the sync. How long the next round may gather, and for how many, is guessed from
    // this one: those who waited together will mostly come back together.
    commit_took_ = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - steady_now_);
    expected_ = waited > 1 ? waited : 1;
}

// The transaction failed and left nothing behind. What may pass is tried again later; nothing of it was acknowledged (S48).
// Settlements and shelves are facts that nobody can bring again, so they stay. Events are still with their senders,
// pruning and hastening are asked for again. A suppression by hand fails in front of the person who made it.
void SqliteQueue::put_off(std::vector<StoreOperation>& operations, const SqliteError& error) {
    expected_ = 1;
    const bool fresh = steady_now_ >= disk_failed_until_;
    const auto failure = std::make_exception_ptr(error);
    put_back(std::exchange(picked_, {}));
    try {
        store_.rollback();
    } catch (const SqliteError&) {
        // If even the roll-back fails, the transaction's state is unknown: nothing is kept, callers get the exception.
        for (auto& operation : operations) give_up(operation, failure);
        return;
    }
    // At the end there is no later: the callers learn that it is not stored.
    if (!error.may_pass() || closing_) {
        log_.error("queue.store_failed", {{"detail", error.what()}});
        for (auto& operation : operations) give_up(operation, failure);
        return;
    }
    // One line in the log and one longer pause for each new failure, not for each round that meets the same one.
    if (fresh) {
        log_.error("queue.away", {{"reason", away_reason(error.code())}, {"detail", error.what()}});
        disk_pause_ = std::clamp(disk_pause_ * 2, disk_pause_min, disk_pause_max);
        disk_failed_until_ = steady_now_ + disk_pause_;
        disk_failure_ = error.code();
        if (!away_since_) away_since_ = clock_now_.wall;
        // What is in the journal already goes into the database's own pages, and the journal begins anew in the room that it has.
        if ((error.code() & 0xff) == SQLITE_FULL) move_journal();
    }
    for (auto& operation : operations) {
        if (std::holds_alternative<SettleOperation>(operation) || std::holds_alternative<PutOperation>(operation)) {
            kept_.push_back(std::move(operation));
        } else if (auto* const accept = std::get_if<AcceptOperation>(&operation)) {
            refuse(*accept, away_reason(error.code()));
        } else if (auto* const prune = std::get_if<PruneOperation>(&operation)) {
            done_.push_back(std::move(prune->reply).answer(Pruned{}));  // what is old can wait for the disk
        } else if (auto* const hasten = std::get_if<HastenOperation>(&operation); hasten != nullptr && !hasten->sweep->scope) {
            done_.push_back(std::move(hasten->reply).answer({}));  // those mails wait for their own time
        } else if (is_write(operation)) {
            give_up(operation, failure);
        }
    }
}

// Perhaps stored all the same: a commit whose sync failed may be found whole after a crash. Sent again it has one effect.
void SqliteQueue::refuse(AcceptOperation& operation, const char* reason) {
    std::vector<Accepted> answers(operation.entries.size(), busy(reason));
    done_.push_back(std::move(operation.reply).answer(std::move(answers)));
}

// A question is not failed with the others: it is answered after the commit, from what is stored.
void SqliteQueue::give_up(StoreOperation& operation, const std::exception_ptr& failure) {
    std::visit(
        [&](auto& what) {
            using Operation = std::decay_t<decltype(what)>;
            if constexpr (std::is_same_v<Operation, SettleOperation>) {
                // Nobody tries it again: without this the mail would be lent to nobody until the next start.
                for (const auto& settlement : what.settlements)
                    leases_.not_settled(settlement.row, settlement.token, steady_now_ + settings_.lease_hold);
                if (what.reply) done_.push_back(std::move(*what.reply).fail(failure));
            } else if constexpr (!is_question<Operation>) {
                done_.push_back(std::move(what.reply).fail(failure));
            }
        },
        operation);
}

void SqliteQueue::write(AcceptOperation& operation) {
    operation.stored.clear();
    operation.stored.reserve(operation.entries.size());
    operation.checked = newest_suppression_;  // a suppression later in this round is not in it
    const char* const obstacle = obstacle_to(operation);
    // Leases that this round has settled so far count as ended: their outcome is in the same commit.
    const auto is_lent = [this](std::uint64_t row) { return leases_.is_open(row, round_); };
    for (auto& entry : operation.entries) {
        if (obstacle == nullptr) {
            operation.stored.push_back(
                store_.accept(entry, time_.wall(), time_.now(), static_cast<std::int64_t>(settings_.mails_max), is_lent));
        } else {
            SqliteStore::Stored refused;
            refused.answer = busy(obstacle);
            operation.stored.push_back(std::move(refused));
        }
    }
}

// Why none of the operation's events can be taken. Its shelf rows are written here, since they go with the events or not at all.
const char* SqliteQueue::obstacle_to(const AcceptOperation& operation) {
    if (files_lost()) return "store_lost";
    if (!disk_has_room()) return "disk_full";
    if (operation.writes.empty()) return nullptr;
    std::size_t planned = 0;
    for (const auto& entry : operation.entries) planned += entry.decision.mails.size();
    if (planned > 0 &&
        store_.totals().waiting() + static_cast<std::int64_t>(planned) > static_cast<std::int64_t>(settings_.mails_max))
        return "queue_full";
    return store_.put_on_shelf(operation.writes) ? nullptr : "shelf_changed";
}

// What will be out behind this commit: what is out and not settled by it; if somebody waits for mails, those that it brings; and
// some that are next, so that they need no commit of their own when they are asked for. Whether anything of it is to be written.
bool SqliteQueue::note_lent(const std::vector<StoreOperation>& operations) {
    bool changed = !picked_.empty();
    std::vector<DueKey> keys;
    for (const auto& operation : operations) {
        if (std::holds_alternative<SettleOperation>(operation)) changed = true;
        const auto* const accept = std::get_if<AcceptOperation>(&operation);
        if (accept == nullptr || lessees_.empty()) continue;
        for (const auto& stored : accept->stored)
            for (const auto& place : stored.places) keys.push_back({time_.now(), place.row});
    }
    if (!changed && keys.empty()) return false;
    leases_.each_open(round_, [&keys](const WaitingMail& mail) { keys.push_back(mail.key); });
    window_.note_ahead(noted_ahead, time_.now(), round_, [&keys](const DueKey& key) { keys.push_back(key); });
    store_.note_lent(keys);
    return true;
}

void SqliteQueue::finish(AcceptOperation& operation) {
    std::vector<Accepted> answers;
    answers.reserve(operation.stored.size());
    for (std::size_t i = 0; i < operation.stored.size(); ++i) {
        auto& [answer, places, superseded, number] = operation.stored[i];
        for (const auto& mail : superseded) finish(mail);
        for (std::size_t m = 0; m < places.size(); ++m)
            // Straight into memory: most mails are lent without being read back. Whether the window
            // has room is its own matter.
            window_.add(places[m].line, {time_.now(), places[m].row},
                        {.mail = answer.mails[m],
                         .event = operation.entries[i].event,
                         .checked = operation.checked,
                         .number = number,
                         .noted = lessees_.empty() ? 0 : round_},
                        time_.now());
        answers.push_back(std::move(answer));
    }
    done_.push_back(std::move(operation.reply).answer(std::move(answers)));
}

void SqliteQueue::finish(const SqliteStore::Superseded& mail) {
    if (mail.withdrawn) {
        window_.forget(mail.line, mail.key);
        ++counters_.superseded;
    } else if (window_.holds(mail.line, mail.key)) {
        // Its lease lapsed and it was read back: as it is held, it does not know that it must not leave.
        window_.forget(mail.line, mail.key);
        window_.left_in_store(mail.line, mail.key);
    }
}

void SqliteQueue::write(SettleOperation& operation) {
    operation.effects.clear();
    for (auto& settlement : operation.settlements) {
        // A token that is not the newest one's, or a second settlement of the same lease in one
        // round: ignored, the first stands. The round is noted before the disk has it, so a
        // transaction that fails leaves the lease marked and it does not lapse.
        auto* const lease = leases_.find(settlement.row, settlement.token);
        if (lease == nullptr || lease->round == round_) continue;
        lease->round = round_;
        // Before the commit, and left there if it fails: too many looks at suppressions do no
        // harm, one too few would mail somebody.
        if (settlement.suppress) ++newest_suppression_;
        // What kept it back may have ended while it was out: nothing else would wake it.
        if (settlement.state == MailState::queued && lease->released != released_ && is_kept_back(settlement.reason))
            settlement.due = time_.wall();
        auto next = store_.settle(lease->mail, settlement, time_.back(), time_.wall());
        operation.effects.push_back({lease->mail, next, &settlement});
    }
    store_.put_on_shelf(operation.writes);
}

void SqliteQueue::finish(SettleOperation& operation) {
    for (const auto& effect : operation.effects) finish(effect);
    if (operation.reply) done_.push_back(std::move(*operation.reply).answer());
}

void SqliteQueue::finish(const SettleOperation::Effect& effect) {
    const auto& [was, next, settlement] = effect;
    leases_.end(was.key.row);
    window_.forget(was.line, was.key);  // it may have lapsed and been read back
    // To the store only: its time mostly lies ahead, and memory is for what leaves next.
    if (next) window_.left_in_store(next->line, next->key);
    if (settlement->attempted) ++counters_.attempts;
    if (settlement->uncertain) ++counters_.uncertain;
    if (settlement->reason == letter_failed_reason) ++counters_.letter_failed;
    switch (settlement->state) {
        // Given back without a word is no deferral; with `next` empty a newer event had made it pointless.
        case MailState::queued:
            if (settlement->attempted || (!settlement->reason.empty() && !is_kept_back(settlement->reason))) ++counters_.deferred;
            if (!next) ++counters_.superseded;  // it does not wait again
            break;
        case MailState::delivered:
            ++counters_.delivered;
            break;
        case MailState::bounced:
            ++counters_.bounced;
            break;
        case MailState::expired:
            ++counters_.expired;
            break;
        case MailState::suppressed:
            ++counters_.suppressed;
            break;
        case MailState::cancelled:
            ++counters_.superseded;
            break;
        // No settlement says this: the store asserts it.
        case MailState::leased:
            break;
    }
}

// Removing one needs no new number: held mails were checked when there were more suppressions, not fewer.
void SqliteQueue::write(SuppressOperation& operation) {
    const auto& suppression = operation.suppression;
    if (operation.add) ++newest_suppression_;
    operation.changed =
        operation.add ? store_.suppress(suppression, time_.wall()) : store_.unsuppress(suppression.account, suppression.address);
}

void SqliteQueue::finish(SuppressOperation& operation) {
    done_.push_back(std::move(operation.reply).answer(operation.changed));
}

// What dedupes events must not go because a clock went wrong: the same events would be mailed again.
void SqliteQueue::write(PruneOperation& operation) {
    operation.pruned = {};
    if (store_.leaps().doubted(time_.wall())) {
        log_.warning("queue.prune_waits", {{"detail", "the clock leapt ahead; old events stay until it has run for a day"}});
        return;
    }
    operation.pruned = store_.prune(operation.before, operation.most, time_.wall());
}

void SqliteQueue::finish(PruneOperation& operation) {
    done_.push_back(std::move(operation.reply).answer(operation.pruned));
}

void SqliteQueue::write(HastenOperation& operation) {
    // Of each part, and before any of its mails is moved: those that are lent come back as if they had been.
    if (operation.sweep->scope) ++released_;
    // Also those whose lease has lapsed: their holder may yet settle them, by the due time that he knows.
    operation.found = store_.hasten(*operation.sweep, operation.from, time_.now(),
                                    [this](std::uint64_t row) { return leases_.is_open(row, round_); });
}

void SqliteQueue::finish(HastenOperation& operation) {
    for (const auto& [place, was_due] : operation.found.places) {
        window_.forget(place.line, {was_due, place.row});  // read when it was due, by a clock that has been set back since
        window_.left_in_store(place.line, {time_.now(), place.row});
    }
    done_.push_back(std::move(operation.reply).answer({operation.found.places.size(), operation.found.next}));
}

void SqliteQueue::write(PutOperation& operation) {
    operation.fits = store_.put_on_shelf(operation.writes);
}

void SqliteQueue::finish(PutOperation& operation) {
    done_.push_back(std::move(operation.reply).answer(operation.fits));
}

// The one process that has the store has all duties; what is written is their numbers, so that they only ever rise.
void SqliteQueue::write(DutyOperation& operation) {
    operation.taken.reset();
    const auto held = duties_.find(operation.name);
    const bool runs = held != duties_.end() && held->second.second.until > steady_now_;
    const bool own = runs && held->second.first == operation.holder;
    if (runs && !own) return;
    operation.taken =
        Duty{operation.name, own ? held->second.second.fence : store_.fence(operation.name), steady_now_ + operation.hold};
}

void SqliteQueue::finish(DutyOperation& operation) {
    // Of two who ask in one round the first has it: write() saw neither.
    const auto held = duties_.find(operation.name);
    if (operation.taken && held != duties_.end() && held->second.first != operation.holder &&
        held->second.second.until > steady_now_)
        operation.taken.reset();
    if (operation.taken) duties_.insert_or_assign(operation.name, std::pair{operation.holder, *operation.taken});
    done_.push_back(std::move(operation.reply).answer(std::move(operation.taken)));
}

}  // namespace ilbud
