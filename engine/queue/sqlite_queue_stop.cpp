// What people say about mails that wait, and what is learned of mails that have ended.
#include <algorithm>
#include <tuple>

#include "sqlite_queue.hpp"

namespace ilbud {

bool SqliteQueue::is_held(const PlannedMail& mail) const {
    return std::ranges::any_of(holds_, [&mail](const Hold& hold) { return hold.scope.covers(mail); });
}

void SqliteQueue::write(HoldOperation& operation) {
    store_.hold(operation.hold);
}

void SqliteQueue::finish(HoldOperation& operation) {
    std::erase_if(holds_, [&operation](const Hold& hold) { return hold.scope == operation.hold.scope; });
    add_hold(std::move(operation.hold));
    done_.push_back(std::move(operation.reply).answer());
}

void SqliteQueue::write(ReleaseOperation& operation) {
    // One that was made anew meanwhile stays.
    if (operation.step == ReleaseOperation::Step::end && find_hold(operation.scope) == holds_.end())
        store_.release(operation.scope);
}

void SqliteQueue::finish(ReleaseOperation& operation) {
    const auto found = find_hold(operation.scope);
    std::optional<Hold> hold;
    if (operation.step == ReleaseOperation::Step::begin && found != holds_.end()) {
        hold = std::move(*found);
        holds_.erase(found);
        ++released_;
    }
    if (operation.step == ReleaseOperation::Step::undo && found == holds_.end()) add_hold(std::move(*operation.hold));
    done_.push_back(std::move(operation.reply).answer(std::move(hold)));
}

std::vector<Hold>::iterator SqliteQueue::find_hold(const MailScope& scope) {
    return std::ranges::find(holds_, scope, &Hold::scope);
}

// In the order in which the store reads them.
void SqliteQueue::add_hold(Hold hold) {
    const auto order = [](const Hold& one) {
        const auto& [account, unit, site, kind] = one.scope;
        return std::tuple(one.since, std::string_view(account), std::string_view(unit), std::string_view(site),
                          kind ? to_word(*kind) : std::string_view());
    };
    holds_.insert(std::ranges::upper_bound(holds_, order(hold), {}, order), std::move(hold));
}

void SqliteQueue::write(CancelOperation& operation) {
    operation.ended.clear();
    const auto is_lent = [this](std::uint64_t row) { return leases_.is_open(row, round_); };
    for (std::size_t i = 0; i < operation.mails.size(); ++i)
        operation.ended.push_back(store_.cancel(operation.mails[i], operation.rows[i], operation.reason, time_.wall(), is_lent));
}

void SqliteQueue::finish(CancelOperation& operation) {
    std::vector<Cancellation> answers;
    answers.reserve(operation.ended.size());
    for (const auto& mail : operation.ended) {
        if (mail.answer == Cancellation::cancelled) window_.forget(mail.line, mail.key);
        answers.push_back(mail.answer);
    }
    done_.push_back(std::move(operation.reply).answer(std::move(answers)));
}

void SqliteQueue::write(UnsuppressOperation& operation) {
    operation.removed = 0;  // a round that failed is written again
    for (const auto& suppression : operation.suppressions)
        if (store_.unsuppress(suppression)) ++operation.removed;
}

void SqliteQueue::finish(UnsuppressOperation& operation) {
    done_.push_back(std::move(operation.reply).answer(operation.removed));
}

void SqliteQueue::write(AmendOperation& operation) {
    operation.amended.clear();
    for (std::size_t i = 0; i < operation.amendments.size(); ++i)
        operation.amended.push_back(store_.amend(operation.amendments[i], operation.rows[i]));
    store_.put_on_shelf(operation.writes);
}

void SqliteQueue::finish(AmendOperation& operation) {
    done_.push_back(std::move(operation.reply).answer(std::move(operation.amended)));
}

// Nothing that somebody wants to be kept is acknowledged into files that nobody will find again. Settlements of what is out are
// facts, and go where the mail is.
void SqliteQueue::refuse_without_files(std::vector<StoreOperation>& operations) {
    const auto is_wish = [](const StoreOperation& operation) {
        return std::holds_alternative<SuppressOperation>(operation) || std::holds_alternative<UnsuppressOperation>(operation) ||
               std::holds_alternative<HoldOperation>(operation) || std::holds_alternative<ReleaseOperation>(operation) ||
               std::holds_alternative<CancelOperation>(operation) || std::holds_alternative<AmendOperation>(operation);
    };
    if (std::ranges::none_of(operations, is_wish) || !files_lost()) return;
    const auto failure = std::make_exception_ptr(SqliteError(SQLITE_IOERR, "the queue's files were removed or replaced"));
    for (auto& operation : operations)
        if (is_wish(operation)) give_up(operation, failure);
    std::erase_if(operations, is_wish);
}

}  // namespace ilbud
