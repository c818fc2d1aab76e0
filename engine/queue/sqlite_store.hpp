/// The queue's tables as the store thread uses them: plain calls, one transaction at a time. Nothing here knows of threads,
/// leases or time passing.
///
/// In    entries, settlements, suppressions, inside begin … commit
/// Out   what was stored; pages of waiting mails; the totals
/// Errors  SqliteError; after one inside a transaction only rollback() is of use, and everything is as it was before begin()
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "clock_leaps.hpp"
#include "ilbud/queue/store.hpp"
#include "lease_book.hpp"
#include "lending_window.hpp"
#include "sqlite_names.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

/// What the tables hold in all; kept in one row, so that nobody has to count.
struct QueueTotals {
    std::int64_t events = 0;
    std::int64_t suppressions = 0;
    std::array<std::int64_t, words<MailState>.size()> mails{};  ///< by state; leased ones count as queued
    std::int64_t next_event = 1, next_mail = 1, next_outcome = 1;
    std::int64_t shelf_version = 1;  ///< the newest one given to a row
    ClockReading clock;              ///< at the last commit
    Duration clock_back{};           ///< DueTime::back

    std::int64_t& in(MailState state) { return mails[static_cast<std::size_t>(state)]; }
    [[nodiscard]] std::int64_t waiting() const { return mails[static_cast<std::size_t>(MailState::queued)]; }
    bool operator==(const QueueTotals&) const = default;
};

class SqliteStore {
 public:
    explicit SqliteStore(std::unique_ptr<SqliteDatabase> database);
    ~SqliteStore();

    // --- transactions
    void begin() { database_->execute("BEGIN IMMEDIATE"); }
    /// Durable when it returns. `back` and `clock` as in QueueTotals.
    void commit(Duration back, const ClockReading& clock);
    void rollback();
    /// Pages in the write-ahead journal after the last commit.
    [[nodiscard]] int journal_pages() const { return journal_pages_; }
    /// Moves the journal into the database, as far as readers allow.
    /// Returns how many pages had to stay.
    int checkpoint();

    // --- inside a transaction
    struct Place {
        std::uint64_t row = 0;
        LendingLine line;
    };
    struct Superseded {
        LendingLine line;
        DueKey key;
        bool withdrawn = false;  ///< else it is on its way, and must not be lent again without a look at the store
    };
    struct Stored {
        Accepted answer;
        std::vector<Place> places;           ///< of answer.mails, if accepted
        std::vector<Superseded> superseded;  ///< mails of earlier events (R36)
        std::int64_t number = 0;             ///< the event's
    };
    using IsLent = std::function<bool(std::uint64_t)>;
    /// Takes the entry's decision. `due`: when its mails may leave; busy if more than `mails_max` mails would wait then.
    Stored accept(Entry& entry, Time wall, Time due, std::int64_t mails_max, const IsLent& is_lent);
    /// Ends the wait, or moves it: then returns the mail as it waits now. Due times are stored `back` ahead of the wall clock.
    std::optional<WaitingMail> settle(const WaitingMail& mail, const Settlement& settlement, Duration back, Time wall);
    bool suppress(const Suppression& suppression, Time wall);
    bool unsuppress(std::string_view account, std::string_view address);
    /// This one, if it is still as it was read.
    bool unsuppress(const Suppression& suppression);
    /// Noted with the transaction.
    void leap(Time at, Duration ahead);
    /// What is out now, in place of what was.
    void note_lent(const std::vector<DueKey>& keys);
    /// Mails that were out when the last run was killed are uncertain from here on (S36). Returns how many.
    std::size_t take_over_lent(Time wall);
    /// A number greater than any that was given for `duty` before.
    std::uint64_t fence(std::string_view duty);
    Pruned prune(Time before, std::size_t most, Time wall);
    struct Hastened {
        std::vector<std::pair<Place, Time>> places;  ///< where the mails wait now, due `now`; when they were due before
        std::uint64_t next = 0;                      ///< the first mail not looked at; 0: that was all
    };
    /// One way through all deferred mails, in parts.
    struct HastenSweep {
        std::string reason;
        std::unordered_set<std::string> domains = {};
        std::optional<MailScope> scope = {};                  ///< in place of the domains
        std::unordered_map<std::int64_t, bool> senders = {};  ///< by the number of its name: whether it is of one of the domains
    };
    /// Of the deferred mails from `from` on, some: those for the sweep's reason, from an address of its domains, become due `now`; not
    /// those that `skip` names.
    Hastened hasten(HastenSweep& sweep, std::uint64_t from, Time now, const std::function<bool(std::uint64_t)>& skip);
    struct Cancelled {
        Cancellation answer = Cancellation::unknown;
        LendingLine line{};  ///< where it waited, if it is cancelled now
        DueKey key{};
    };
    /// The mail `id`, if it is in `row`.
    Cancelled cancel(std::string_view id, std::uint64_t row, std::string_view reason, Time wall, const IsLent& is_lent);
    /// Whether the mail, if it is in `row`, was delivered.
    bool amend(const Amendment& amendment, std::uint64_t row);
    void hold(const Hold& hold);
    void release(const MailScope& scope);
    /// Whether all rows had the version that they replace; else nothing is written.
    bool put_on_shelf(const std::vector<ShelfWrite>& writes);

    // --- at any time
    [[nodiscard]] SqliteDatabase& database() { return *database_; }
    [[nodiscard]] const QueueTotals& totals() const { return totals_; }
    [[nodiscard]] bool is_suppressed(const PlannedMail& mail, Time wall);
    [[nodiscard]] const ClockLeaps& leaps() const { return leaps_; }
    struct Page {
        LendingWindow::Page mails;
        std::optional<DueKey> rest;           ///< the first mail not read
        std::vector<WaitingMail> unreadable;  ///< their events cannot be read any more
    };
    /// Up to `most` mails of the line, from `from` on, due by `now`, without those that `skip` names.
    [[nodiscard]] Page page(const LendingLine& line, const DueKey& from, Time now, std::size_t most,
                            const std::function<bool(const DueKey&)>& skip);
    [[nodiscard]] std::string frozen(std::uint64_t row);
    /// Cause and relay of an outcome; both empty: it is gone.
    [[nodiscard]] std::pair<std::string, std::string> last_word(std::int64_t outcome);
    [[nodiscard]] std::vector<ShelfRow> shelf(std::string_view shelf);
    [[nodiscard]] std::vector<Suppression> suppressions(std::string_view account);
    [[nodiscard]] std::vector<Hold> holds();

 private:
    // `known` to `is_superseded`: accepting (sqlite_store_accept.cpp, …_supersede.cpp); the rest by their names.
    std::optional<Stored> known(const Event& event, std::int64_t key);
    struct IncomingEvent;
    struct OutcomeFacts;
    std::string refusal(const PlannedMail& mail, const IncomingEvent& incoming);
    void insert_mail(const PlannedMail& mail, const IncomingEvent& incoming, std::uint64_t row);
    bool is_late(const std::string& topic, const IncomingEvent& incoming);
    bool is_late(const PlannedMail& mail, const IncomingEvent& incoming);
    void supersede(const std::string& topic, const IncomingEvent& incoming, std::vector<RuleStep>& chain, Stored& stored);
    void supersede(std::uint64_t row, Time due, bool alone, const IncomingEvent& incoming, std::vector<RuleStep>& chain,
                   Stored& stored);
    bool withdraw(const LendingLine& line, const DueKey& key, std::string_view cause, Time wall);
    void insert_topics(const PlannedMail& mail, const IncomingEvent& incoming, std::uint64_t row);
    bool is_superseded(std::uint64_t row);
    std::optional<PlannedMail> read_mail(SqliteRows& rows);
    std::optional<PlannedMail> read_mail_if_whole(SqliteRows& rows);
    std::int64_t add_outcome(const OutcomeFacts& facts);
    void change(const OutcomeFacts& facts, Time due);
    void index_segments();
    bool take_over(const DueKey& key, Time wall);
    bool knows_suppression(const Suppression& suppression, const std::string& address);
    bool is_hastened(HastenSweep& sweep, std::int64_t sender);
    bool is_covered(const MailScope& scope, std::uint64_t row, Kind kind);
    std::shared_ptr<const Event> read_event(std::int64_t number);
    bool use_once(const PlannedMail& mail, std::int64_t event);
    void free_once(std::string_view once_key, std::int64_t event);
    void give_back_once(std::uint64_t row);
    void count_ended(const WaitingMail& mail, const Settlement& settlement);
    void write_ended(Time wall);
    bool is_finished(std::int64_t first_mail, std::int64_t mails);
    void remove_event(std::int64_t event, std::int64_t first_mail, std::int64_t mails);
    void remove_mail(std::int64_t row, std::int64_t event);

    std::unique_ptr<SqliteDatabase> database_;
    int journal_pages_ = 0;
    // Each with what it was before begin(), to which rollback() returns.
    QueueTotals totals_, committed_totals_;
    std::int64_t next_segment_ = 0, committed_next_segment_ = 0;  // of `search`: the first that is not written
    ClockLeaps leaps_;
    std::vector<ClockLeap> new_leaps_;  // not yet stored
    std::int64_t prune_from_ = 0;       // events before this one were looked at in this sweep
    SqliteNames names_;
    std::string lent_;  // what note_lent writes

    std::unordered_map<std::int64_t, EndedMails> ended_;  // by unit: of this transaction
    std::optional<Time> ended_tidied_;                    // the hour in which old rows of `ended` were removed

    struct Statements;
    std::unique_ptr<Statements> sql_;
};

}  // namespace ilbud
