// The port's face to the callers, and the round of the store thread. A caller does nothing
// but put an operation into the inbox and wait; all thinking is on one thread, so window,
// leases, totals and the connection need no lock. The price is that nothing in a round may
// wait for anything but the disk. Commits and lending are in the two files beside this one.
#include "sqlite_queue.hpp"

#include <algorithm>
#include <random>

#include "sqlite_lines.hpp"

namespace ilbud {
namespace {

// Longer waits would let a clock that is set forward leave due mails lying; shorter ones wake an idle process for
// nothing. Likewise the pause before an idle checkpoint: it must not fall into a lull of a burst.
constexpr Duration look_again = 200ms;  // how late a jump of the wall clock may be noticed
constexpr Duration idle_before_checkpoint = 200ms;
constexpr Duration away_told = 10s;
constexpr std::size_t unsuppressed_at_once = 200;                // of one commit: the store is everybody's
constexpr Duration patience_max = std::chrono::hours(24 * 365);  // whoever means for ever

// The lower bits are for counting: a run would have to lend millions of mails before
// its tokens could meet those of another.
std::uint64_t first_token() {
    std::random_device random;  // leases of an earlier run must not fit by chance
    return static_cast<std::uint64_t>(random()) << 24U | 1U;
}

// Puts an operation that waits for `Values` into the inbox.
// A functor and not a lambda: lambdas that capture stay out of coroutines, as what they captured may be gone by then.
template <class Operation, class... Values>
struct Submit {
    Inbox& inbox;
    template <class Handler, class... Parts>
    void operator()(Handler&& handler, Parts&&... parts) const {
        inbox.put(Operation{std::forward<Parts>(parts)..., Awaiting<Values...>(std::forward<Handler>(handler))});
    }
};

template <class Operation, class Value, class... Parts>
Task<Value> ask(Inbox& inbox, Parts... parts) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr, Value)>(
        Submit<Operation, Value>{inbox}, asio::use_awaitable, std::move(parts)...);
}

// Apart, as they answer with nothing but success or an exception.
struct SubmitSettlements {
    Inbox& inbox;
    template <class Handler>
    void operator()(Handler&& handler, std::vector<Settlement> settlements, std::vector<ShelfWrite> writes) const {
        inbox.put(SettleOperation{std::move(settlements), std::move(writes), Awaiting<>(std::forward<Handler>(handler)), {}});
    }
};

struct SubmitHold {
    Inbox& inbox;
    template <class Handler>
    void operator()(Handler&& handler, Hold hold) const {
        inbox.put(HoldOperation{std::move(hold), Awaiting<>(std::forward<Handler>(handler))});
    }
};

// What is a fact already cannot depend on a row.
void refuse_versions(const std::vector<ShelfWrite>& writes) {
    if (std::ranges::any_of(writes, [](const ShelfWrite& write) { return write.replaces.has_value(); }))
        throw std::invalid_argument("rows that come with settlements or amendments replace whatever is there");
}

}  // namespace

SqliteQueue::SqliteQueue(FolderLock lock, std::unique_ptr<SqliteDatabase> database, const QueueSettings& settings,
                         const Clock& clock, Log& log, Counters& counters, SqliteLog& reads)
    : lock_(std::move(lock)),
      store_(std::move(database)),
      files_(std::filesystem::canonical(settings.folder) / database_name),
      folder_(settings.folder),
      clock_(clock),
      log_(log),
      counters_(counters),
      reads_(reads),
      settings_(settings),
      steady_now_(std::chrono::steady_clock::now()),
      window_(LendingWindow::Limits{}),
      leases_(first_token()) {
    window_.set_weights(settings_.class_weights);
    const auto& totals = store_.totals();
    clock_now_ = clock_.read();
    time_.resume(totals.clock_back, totals.clock.wall, clock_now_.wall, SteadyTime(clock_now_.since_boot));
    // A queue that was never written to has seen no time.
    if (totals.clock.wall != Time{}) note_leap(totals.clock);
    take_over();
    holds_ = store_.holds();
    // Only the first key of each line is read at the start; however large the backlog, lending begins at once. Leases
    // of the last run are void by not being known: their mails still stand in `waiting`.
    for (const auto& [line, first] : first_waiting(store_.database())) window_.left_in_store(line, first);
    publish_counts();
    // Last of all: the thread uses every member from its first moment on.
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "store");
        run();
    });
}

SqliteQueue::~SqliteQueue() {
    // What was put before is still carried out; the thread ends by itself.
    inbox_.close();
    thread_.join();
}

Task<std::vector<Accepted>> SqliteQueue::accept(std::vector<Entry> entries, std::vector<ShelfWrite> writes) {
    return ask<AcceptOperation, std::vector<Accepted>>(inbox_, std::move(entries), std::move(writes));
}

// The patience is counted from the call, the time in the inbox included.
Task<std::vector<Lease>> SqliteQueue::lease(std::size_t most, Duration wait, std::size_t bytes_most) {
    return ask<LeaseOperation, std::vector<Lease>>(inbox_, most, bytes_most,
                                                   std::chrono::steady_clock::now() + std::clamp(wait, Duration{}, patience_max));
}

Task<std::vector<std::optional<SteadyTime>>> SqliteQueue::renew(std::vector<LeaseName> leases) {
    return ask<RenewOperation, std::vector<std::optional<SteadyTime>>>(inbox_, std::move(leases));
}

Task<void> SqliteQueue::settle(std::vector<Settlement> settlements, std::vector<ShelfWrite> writes) {
    refuse_versions(writes);
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(
        SubmitSettlements{inbox_}, asio::use_awaitable, std::move(settlements), std::move(writes));
}

// Files that are gone are noticed although nobody sends anything.
Task<QueueCounts> SqliteQueue::counts() {
    const bool lost = files_.lost();
    const std::scoped_lock lock(counts_mutex_);
    if (!lost) lost_since_.reset();
    if (lost && !lost_since_) lost_since_ = clock_.now();
    auto counts = counts_;
    if (lost) {
        counts.trouble = "store_lost";
        counts.trouble_since = lost_since_;
    }
    co_return counts;
}

Task<bool> SqliteQueue::add(Suppression suppression) {
    return ask<SuppressOperation, bool>(inbox_, std::move(suppression), true);
}

Task<bool> SqliteQueue::remove(std::string account, std::string address) {
    return ask<SuppressOperation, bool>(inbox_, Suppression{std::move(account), std::move(address), {}, {}}, false);
}

// Looked for beside the store thread: there is no index by relay, and the table may be large.
Task<std::size_t> SqliteQueue::remove(SuppressionScope scope) {
    auto all = co_await reads_.suppressions_of(std::move(scope));
    std::size_t removed = 0;
    for (std::size_t at = 0; at < all.size(); at += unsuppressed_at_once) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(unsuppressed_at_once, all.size() - at));
        std::vector<Suppression> some(std::make_move_iterator(begin), std::make_move_iterator(end));
        removed += co_await ask<UnsuppressOperation, std::size_t>(inbox_, std::move(some));
    }
    co_return removed;
}

Task<Pruned> SqliteQueue::prune(Time before, std::size_t most) {
    return ask<PruneOperation, Pruned>(inbox_, before, most);
}

Task<std::vector<Suppression>> SqliteQueue::list(std::string account) {
    return ask<SuppressionsOperation, std::vector<Suppression>>(inbox_, std::move(account));
}

Task<std::vector<Suppression>> SqliteQueue::list(SuppressionScope scope) {
    return reads_.suppressions_of(std::move(scope));
}

Task<std::size_t> SqliteQueue::hasten(std::string reason, std::vector<std::string> domains) {
    if (domains.empty()) co_return 0;
    auto all = std::make_shared<SqliteStore::HastenSweep>();
    all->reason = std::move(reason);
    all->domains.insert(std::make_move_iterator(domains.begin()), std::make_move_iterator(domains.end()));
    co_return co_await sweep(std::move(all));
}

Task<std::size_t> SqliteQueue::hasten(std::string reason, MailScope scope) {
    auto all = std::make_shared<SqliteStore::HastenSweep>();
    all->reason = std::move(reason);
    all->scope = std::move(scope);
    co_return co_await sweep(std::move(all));
}

// In parts, so that a large backlog holds up nobody.
Task<std::size_t> SqliteQueue::sweep(std::shared_ptr<SqliteStore::HastenSweep> sweep) {
    HastenOperation::Part part;
    std::size_t mails = 0;
    do {
        part = co_await ask<HastenOperation, HastenOperation::Part>(inbox_, sweep, part.next);
        mails += part.mails;
    } while (part.next != 0);
    co_return mails;
}

Task<void> SqliteQueue::hold(Hold hold) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(SubmitHold{inbox_}, asio::use_awaitable,
                                                                                          std::move(hold));
}

// Mails that are lent meanwhile come back due at once (write of a settlement).
Task<bool> SqliteQueue::release(MailScope scope) {
    using Step = ReleaseOperation::Step;
    auto hold = co_await ask<ReleaseOperation, std::optional<Hold>>(inbox_, scope, Step::begin, std::optional<Hold>());
    if (!hold) co_return false;
    std::exception_ptr failure;
    try {
        auto all = std::make_shared<SqliteStore::HastenSweep>();
        all->reason = held_reason;
        all->scope = scope;
        co_await sweep(std::move(all));
        co_await ask<ReleaseOperation, std::optional<Hold>>(inbox_, scope, Step::end, std::optional<Hold>());
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_return true;
    co_await ask<ReleaseOperation, std::optional<Hold>>(inbox_, std::move(scope), Step::undo, std::move(hold));
    std::rethrow_exception(failure);
}

Task<std::vector<Hold>> SqliteQueue::holds() {
    return ask<HoldsOperation, std::vector<Hold>>(inbox_);
}

// Ids are looked up beside the store thread: an index that finds them costs time with the number of stored mails.
Task<std::vector<Cancellation>> SqliteQueue::cancel(std::vector<std::string> mails, std::string reason) {
    auto rows = co_await reads_.rows_of(mails);
    co_return co_await ask<CancelOperation, std::vector<Cancellation>>(inbox_, std::move(mails), std::move(rows),
                                                                       std::move(reason));
}

Task<std::vector<bool>> SqliteQueue::amend(std::vector<Amendment> amendments, std::vector<ShelfWrite> writes) {
    std::vector<std::string> mails;
    mails.reserve(amendments.size());
    for (const auto& amendment : amendments) {
        if (amendment.state != MailState::delivered && amendment.state != MailState::bounced)
            throw std::invalid_argument("a mail is amended to be delivered or bounced");
        mails.push_back(amendment.mail);
    }
    refuse_versions(writes);
    auto rows = co_await reads_.rows_of(std::move(mails));
    co_return co_await ask<AmendOperation, std::vector<bool>>(inbox_, std::move(amendments), std::move(rows), std::move(writes));
}

Task<std::vector<ShelfRow>> SqliteQueue::rows(std::string shelf) {
    return ask<ShelfOperation, std::vector<ShelfRow>>(inbox_, std::move(shelf));
}

Task<bool> SqliteQueue::put(std::vector<ShelfWrite> writes) {
    return ask<PutOperation, bool>(inbox_, std::move(writes));
}

Task<std::optional<Duty>> SqliteQueue::take_duty(std::string name, std::string holder, Duration hold) {
    return ask<DutyOperation, std::optional<Duty>>(inbox_, std::move(name), std::move(holder), std::min(hold, patience_max));
}

// May come from any thread: the store thread takes the settings over between two rounds, never in the middle of one.
void SqliteQueue::apply(const QueueSettings& settings) {
    {
        const std::scoped_lock lock(new_settings_mutex_);
        new_settings_ = settings;
    }
    inbox_.nudge();
}

void SqliteQueue::stop_lending() {
    lending_stopped_ = true;
    inbox_.nudge();
}

void SqliteQueue::take_settings() {
    const std::scoped_lock lock(new_settings_mutex_);
    if (!new_settings_) return;
    settings_ = std::move(*new_settings_);
    new_settings_.reset();
    window_.set_weights(settings_.class_weights);
    // A new disk_free_min must count at once.
    disk_looked_at_ = {};
}

void SqliteQueue::run() {
    while (true) {
        const auto wake = next_wake();
        const auto idle = steady_now_ + idle_before_checkpoint;
        // Waiting longer than half a commit for others would cost those who are here more than it saves.
        const auto gather = std::min(settings_.commit_wait, commit_took_ / 2);
        auto batch =
            inbox_.take(settings_.commit_operations_max, journal_waits() ? std::min(wake, idle) : wake, expected_, gather);
        closing_ = batch.closed;
        busy_since_ = std::chrono::steady_clock::now();
        round(std::move(batch.operations));
        busy_since_ = SteadyTime::max();
        // A last round tries what is kept once more; closing_ makes its failure final.
        if (closing_ && kept_.empty()) break;
    }
    note_end();
}

// What was noted as out so that somebody could be given it at once, and was not, is no mystery after the next start.
void SqliteQueue::note_end() {
    try {
        ++round_;
        std::vector<DueKey> out;
        leases_.each_open(round_, [&out](const WaitingMail& mail) { out.push_back(mail.key); });
        store_.begin();
        store_.note_lent(out);
        store_.commit(time_.back(), clock_now_);
        store_.checkpoint();  // so that the database alone is the queue, for whoever copies it
    } catch (const std::exception& error) {
        log_.warning("queue.end_not_noted", {{"detail", error.what()}});
    }
}

// Told once, kept with the events that come behind it, and left out of ages.
void SqliteQueue::note_leap(const ClockReading& before) {
    const auto ahead = ClockLeaps::between(before, clock_now_, settings_.absence_max);
    if (!ahead) return;
    log_.warning("queue.clock_leapt",
                 {{"from", to_text(before.wall)}, {"to", to_text(clock_now_.wall)}, {"by_s", ahead->count() / 1'000'000}});
    store_.leap(clock_now_.wall, *ahead);
}

// A transaction of its own, before anything is lent. If it fails the start fails: what is not known to be uncertain would be sent
// as if it had never been.
void SqliteQueue::take_over() {
    store_.begin();
    const auto mails = store_.take_over_lent(time_.wall());
    store_.commit(time_.back(), clock_now_);
    if (mails > 0) log_.warning("queue.taken_over", {{"mails", mails}});
}

// Failures of the storage become the operations' answers: the thread lives as long as the queue.
void SqliteQueue::round(std::vector<StoreOperation> operations) {
    // Order of a round: time, settings, picking, writes, reads, answers, lending, journal. Answers
    // go out before lending, since somebody waits for the commit and lending may have to
    // read; reads come behind the commit, so they see what was put before them.
    const bool idle = operations.empty() && kept_.empty();
    steady_now_ = std::chrono::steady_clock::now();
    const auto before = std::exchange(clock_now_, clock_.read());
    time_.advance(clock_now_.wall, SteadyTime(clock_now_.since_boot));
    note_leap(before);
    // The only moment at which due time may step back: no mail's due time is left that it could strand.
    if (store_.totals().waiting() == 0) time_.settle_down();
    take_settings();
    for (auto& operation : operations)
        // Those who lease may wait for long; they leave the batch, which ends with its commit.
        if (auto* const lease = std::get_if<LeaseOperation>(&operation)) {
            if (lease->most > 0)
                lessees_.push_back(std::move(*lease));
            else
                done_.push_back(std::move(lease->reply).answer({}));
        }
    std::erase_if(operations, [](const StoreOperation& operation) { return std::holds_alternative<LeaseOperation>(operation); });
    refuse_without_files(operations);
    revive_settled(operations);
    pick();
    commit(operations);
    for (auto& operation : operations) answer_question(operation);
    hand_out();
    publish_counts();
    resume_all(std::exchange(done_, {}));
    lend();
    publish_counts();
    resume_all(std::exchange(done_, {}));
    keep_journal_small(idle);
}

// What writes nothing sees everything that was committed before.
void SqliteQueue::answer_question(StoreOperation& operation) {
    const auto answer = [this](auto& question, const auto& read) {
        try {
            done_.push_back(std::move(question.reply).answer(read()));
        } catch (const std::exception&) {
            done_.push_back(std::move(question.reply).fail(std::current_exception()));
        }
    };
    if (auto* const asked = std::get_if<RenewOperation>(&operation)) answer(*asked, [&] { return renew_all(asked->leases); });
    if (auto* const asked = std::get_if<ShelfOperation>(&operation)) answer(*asked, [&] { return store_.shelf(asked->shelf); });
    if (auto* const asked = std::get_if<SuppressionsOperation>(&operation))
        answer(*asked, [&] { return store_.suppressions(asked->account); });
    if (auto* const asked = std::get_if<HoldsOperation>(&operation)) answer(*asked, [this] { return holds_; });
}

// When to look again although nobody asks: a mail falls due, a lease or the patience of a lessee ends, a retry is at hand.
SqliteQueue::Steady SqliteQueue::next_wake() const {
    // No waiting any more: each round brings the end nearer.
    if (closing_) return steady_now_;
    auto wake = Steady::max();
    if (!kept_.empty()) wake = std::max(disk_failed_until_, steady_now_);
    // So that a standstill is noticed (take_back_lapsed).
    if (!leases_.empty()) wake = std::min(wake, steady_now_ + look_interval());
    // Nobody to lend to: that something is due or lapses does not matter until somebody asks.
    if (lessees_.empty()) return wake;
    if (unnoted_due_) return std::max(disk_failed_until_, steady_now_);
    for (const auto& lessee : lessees_) wake = std::min(wake, lessee.until);
    wake = std::min(wake, std::max(leases_.next_lapse(), lapse_from_));
    if (const auto due = window_.next_due()) {
        // The clock's own pace is not trusted over long waits: it may be set, or ticked by hand.
        const auto ahead = std::clamp(*due - time_.now(), Duration{}, look_again);
        wake = std::min(wake, steady_now_ + ahead);
    }
    return wake;
}

void SqliteQueue::publish_counts() {
    QueueCounts counts;
    const auto& totals = store_.totals();
    for (std::size_t i = 0; i < counts.mails.size(); ++i) counts.mails[i] = static_cast<std::uint64_t>(totals.mails[i]);
    // On disk leased mails are queued; the lent ones are taken from there.
    const auto out = leases_.out();
    counts.mails[static_cast<std::size_t>(MailState::leased)] = out;
    counts.mails[static_cast<std::size_t>(MailState::queued)] -= out;
    counts.events = static_cast<std::uint64_t>(totals.events);
    counts.suppressions = static_cast<std::uint64_t>(totals.suppressions);
    if (const auto due = window_.next_due(); due && totals.waiting() > 0) counts.oldest_due = *due - time_.back();
    const bool scarce = scarce_since_ && !disk_has_room();
    // Nothing was to be written since: whether it fails still is not known.
    if (kept_.empty() && steady_now_ >= disk_failed_until_ + away_told) away_since_.reset();
    if (away_since_) {
        counts.trouble = away_reason(disk_failure_);
        counts.trouble_since = away_since_;
    } else if (scarce) {
        counts.trouble = "disk_full";
        counts.trouble_since = scarce_since_;
    }
    const std::scoped_lock lock(counts_mutex_);
    counts_ = std::move(counts);
}

}  // namespace ilbud
