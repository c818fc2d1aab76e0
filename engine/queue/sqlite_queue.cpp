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

// These two apart, as they answer with nothing but success or an exception.
struct SubmitRows {
    Inbox& inbox;
    template <class Handler>
    void operator()(Handler&& handler, std::string shelf, std::vector<ShelfRow> rows) const {
        inbox.put(PutOperation{std::move(shelf), std::move(rows), Awaiting<>(std::forward<Handler>(handler))});
    }
};

struct SubmitSettlements {
    Inbox& inbox;
    template <class Handler>
    void operator()(Handler&& handler, std::vector<Settlement> settlements) const {
        inbox.put(SettleOperation{std::move(settlements), Awaiting<>(std::forward<Handler>(handler)), {}});
    }
};

}  // namespace

SqliteQueue::SqliteQueue(FolderLock lock, std::unique_ptr<SqliteDatabase> database, const QueueSettings& settings,
                         const Clock& clock, Log& log, Counters& counters)
    : lock_(std::move(lock)),
      store_(std::move(database)),
      folder_(settings.folder),
      clock_(clock),
      log_(log),
      counters_(counters),
      settings_(settings),
      steady_now_(std::chrono::steady_clock::now()),
      window_(LendingWindow::Limits{}),
      leases_(first_token()) {
    window_.set_weights(settings_.class_weights);
    const auto& totals = store_.totals();
    time_.resume(totals.clock_back, totals.clock_seen, clock_.now(), steady_now_);
    // Only the first key of each line is read at the start; however large the backlog, lending begins at once. Leases
    // of the last run are void by not being known: their mails still stand in `waiting`.
    for (const auto& [line, first] : first_waiting(store_.database())) window_.left_in_store(line, first);
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

Task<std::vector<Accepted>> SqliteQueue::accept(std::vector<Entry> entries) {
    return ask<AcceptOperation, std::vector<Accepted>>(inbox_, std::move(entries));
}

// The patience is counted from the call, the time in the inbox included.
Task<std::vector<Lease>> SqliteQueue::lease(std::size_t most, Duration wait) {
    return ask<LeaseOperation, std::vector<Lease>>(inbox_, most, std::chrono::steady_clock::now() + std::max(wait, Duration{}));
}

Task<void> SqliteQueue::settle(std::vector<Settlement> settlements) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(
        SubmitSettlements{inbox_}, asio::use_awaitable, std::move(settlements));
}

Task<QueueCounts> SqliteQueue::counts() {
    return ask<CountsOperation, QueueCounts>(inbox_);
}

Task<bool> SqliteQueue::suppress(Suppression suppression) {
    return ask<SuppressOperation, bool>(inbox_, std::move(suppression), true);
}

Task<bool> SqliteQueue::unsuppress(std::string account, std::string address) {
    return ask<SuppressOperation, bool>(inbox_, Suppression{std::move(account), std::move(address), {}, {}}, false);
}

Task<Pruned> SqliteQueue::prune(Time before, std::size_t most) {
    return ask<PruneOperation, Pruned>(inbox_, before, most);
}

Task<std::vector<std::pair<std::string, EndedMails>>> SqliteQueue::ended_in_hour(Time hour) {
    return ask<EndedOperation, std::vector<std::pair<std::string, EndedMails>>>(inbox_, hour);
}

Task<std::vector<std::pair<std::string, std::uint64_t>>> SqliteQueue::complaints_since(Time since) {
    return ask<ComplaintsOperation, std::vector<std::pair<std::string, std::uint64_t>>>(inbox_, since);
}

// In parts, so that a large backlog holds up nobody.
Task<std::size_t> SqliteQueue::hasten(std::string reason, std::string domain) {
    HastenOperation::Part part;
    std::size_t mails = 0;
    do {
        part = co_await ask<HastenOperation, HastenOperation::Part>(inbox_, reason, domain, part.next);
        mails += part.mails;
    } while (part.next != 0);
    co_return mails;
}

Task<std::vector<ShelfRow>> SqliteQueue::shelf(std::string shelf) {
    return ask<ShelfOperation, std::vector<ShelfRow>>(inbox_, std::move(shelf));
}

Task<void> SqliteQueue::put_on_shelf(std::string shelf, std::vector<ShelfRow> rows) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(SubmitRows{inbox_}, asio::use_awaitable,
                                                                                          std::move(shelf), std::move(rows));
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
        round(std::move(batch.operations));
        // A last round tries what is kept once more; closing_ makes its failure final.
        if (closing_ && kept_.empty()) break;
    }
}

// Failures of the storage become the operations' answers: the thread lives as long as the queue.
void SqliteQueue::round(std::vector<StoreOperation> operations) {
    // Order of a round: time, settings, writes, reads, answers, lending, journal. Answers
    // go out before lending, since somebody waits for the commit and lending may have to
    // read; reads come behind the commit, so they see what was put before them.
    const bool idle = operations.empty() && kept_.empty();
    steady_now_ = std::chrono::steady_clock::now();
    time_.advance(clock_.now(), steady_now_);
    // The only moment at which due time may step back: no mail's due time is left that it could strand.
    if (store_.totals().waiting() == 0) time_.settle_down();
    take_settings();
    for (auto& operation : operations)
        // Those who lease may wait for long; they leave the batch, which ends with its commit.
        if (auto* const lease = std::get_if<LeaseOperation>(&operation)) lessees_.push_back(std::move(*lease));
    std::erase_if(operations, [](const StoreOperation& operation) { return std::holds_alternative<LeaseOperation>(operation); });
    commit(operations);
    for (auto& operation : operations) answer_question(operation);
    resume_all(std::exchange(done_, {}));
    lend();
    resume_all(std::exchange(done_, {}));
    keep_journal_small(idle);
}

// What only reads sees everything that was committed before.
void SqliteQueue::answer_question(StoreOperation& operation) {
    const auto answer = [this](auto& question, const auto& read) {
        try {
            done_.push_back(std::move(question.reply).answer(read()));
        } catch (const SqliteError&) {
            done_.push_back(std::move(question.reply).fail(std::current_exception()));
        }
    };
    if (auto* const counts = std::get_if<CountsOperation>(&operation)) answer(*counts, [&] { return count(); });
    if (auto* const asked = std::get_if<ShelfOperation>(&operation)) answer(*asked, [&] { return store_.shelf(asked->shelf); });
    if (auto* const asked = std::get_if<EndedOperation>(&operation))
        answer(*asked, [&] { return store_.ended_in_hour(asked->hour); });
    if (auto* const asked = std::get_if<ComplaintsOperation>(&operation))
        answer(*asked, [&] { return store_.complaints_since(asked->since); });
}

// When to look again although nobody asks: a mail falls due, a lease or the patience of a lessee ends, a retry is at hand.
SqliteQueue::Steady SqliteQueue::next_wake() const {
    // No waiting any more: each round brings the end nearer.
    if (closing_) return steady_now_;
    auto wake = Steady::max();
    if (!kept_.empty()) wake = std::max(disk_failed_until_, steady_now_);
    // Nobody to lend to: that something is due or lapses does not matter until somebody asks.
    if (lessees_.empty()) return wake;
    for (const auto& lessee : lessees_) wake = std::min(wake, lessee.until);
    wake = std::min(wake, leases_.next_lapse());
    if (const auto due = window_.next_due()) {
        // The clock's own pace is not trusted over long waits: it may be set, or ticked by hand.
        const auto ahead = std::clamp(*due - time_.now(), Duration{}, look_again);
        wake = std::min(wake, steady_now_ + ahead);
    }
    return wake;
}

QueueCounts SqliteQueue::count() const {
    QueueCounts counts;
    const auto& totals = store_.totals();
    for (std::size_t i = 0; i < counts.mails.size(); ++i) counts.mails[i] = static_cast<std::uint64_t>(totals.mails[i]);
    // On disk leased mails are queued; the lent ones are taken from there.
    const auto out = leases_.out();
    counts.mails[static_cast<std::size_t>(MailState::leased)] = out;
    counts.mails[static_cast<std::size_t>(MailState::queued)] -= out;
    counts.events = static_cast<std::uint64_t>(totals.events);
    counts.suppressions = static_cast<std::uint64_t>(totals.suppressions);
    if (const auto due = window_.next_due()) counts.oldest_due = *due - time_.back();
    return counts;
}

Result<std::unique_ptr<Queue>> open_sqlite_queue(const QueueSettings& settings, const Clock& clock, Log& log,
                                                 Counters& counters) try {
    auto lock = own_folder(settings.folder);
    if (!lock) return lock.error();
    auto database = open_for_writing(settings.folder);
    if (!database) return database.error();
    return std::unique_ptr<Queue>(
        std::make_unique<SqliteQueue>(std::move(*lock), std::move(*database), settings, clock, log, counters));
} catch (const SqliteError& error) {
    return Error{"queue_unusable", settings.folder.string(), error.what()};
}

}  // namespace ilbud
