/// The SQLite adapter of all ports that write: one thread that owns the tables and commits for everybody.
///
/// A round: take what has come → pick what is due for those who wait → one transaction → answer → lend what the transaction brought.
/// While one commit is synced the next round's operations gather. What must not get lost when the disk is full (settlements, shelves)
/// is kept and tried again. A mail is handed out only after a commit has noted that it is out: should this process be killed, the
/// next one knows that it may have been sent.
#pragma once
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "due_time.hpp"
#include "ilbud/queue/store.hpp"
#include "lease_book.hpp"
#include "lending_window.hpp"
#include "queue_files.hpp"
#include "sqlite_inbox.hpp"
#include "sqlite_log.hpp"
#include "sqlite_schema.hpp"
#include "sqlite_store.hpp"

namespace ilbud {

class SqliteQueue final : public Queue, public Shelf, public Suppressions {
 public:
    /// `reads`: what looks up ids of mails, and outlives it.
    SqliteQueue(FolderLock lock, std::unique_ptr<SqliteDatabase> database, const QueueSettings& settings, const Clock& clock,
                Log& log, Counters& counters, SqliteLog& reads);
    /// Carries out what was asked for, then ends. Waiting leases return empty.
    ~SqliteQueue() override;

    Task<std::vector<Accepted>> accept(std::vector<Entry> entries, std::vector<ShelfWrite> writes) override;
    Task<std::vector<Lease>> lease(std::size_t most, Duration wait, std::size_t bytes_most) override;
    Task<std::vector<std::optional<SteadyTime>>> renew(std::vector<LeaseName> leases) override;
    Task<void> settle(std::vector<Settlement> settlements, std::vector<ShelfWrite> writes) override;
    /// As of the last round: whoever asks for the state waits for no disk.
    Task<QueueCounts> counts() override;
    [[nodiscard]] SteadyTime busy_since() const override { return busy_since_.load(std::memory_order_relaxed); }
    Task<Pruned> prune(Time before, std::size_t most) override;
    Task<std::size_t> hasten(std::string reason, std::vector<std::string> domains) override;
    Task<std::size_t> hasten(std::string reason, MailScope scope) override;
    Task<void> hold(Hold hold) override;
    Task<bool> release(MailScope scope) override;
    Task<std::vector<Hold>> holds() override;
    Task<std::vector<Cancellation>> cancel(std::vector<std::string> mails, std::string reason) override;
    Task<std::vector<bool>> amend(std::vector<Amendment> amendments, std::vector<ShelfWrite> writes) override;
    void apply(const QueueSettings& settings) override;
    void stop_lending() override;

    Task<std::vector<ShelfRow>> rows(std::string shelf) override;
    Task<bool> put(std::vector<ShelfWrite> writes) override;
    Task<std::optional<Duty>> take_duty(std::string name, std::string holder, Duration hold) override;

    Task<std::vector<Suppression>> list(std::string account) override;
    Task<std::vector<Suppression>> list(SuppressionScope scope) override;
    Task<bool> add(Suppression suppression) override;
    Task<std::size_t> remove(SuppressionScope scope) override;
    Task<bool> remove(std::string account, std::string address) override;

 private:
    using Steady = std::chrono::steady_clock::time_point;

    // The store thread; everything below is its own, apart from inbox_, new_settings_ and lending_stopped_.
    void run();
    void round(std::vector<StoreOperation> operations);
    void take_settings();
    void answer_question(StoreOperation& operation);

    // Commits (sqlite_queue_commit.cpp)
    void commit(std::vector<StoreOperation>& operations);
    void write(AcceptOperation& operation);
    void write(SettleOperation& operation);
    void write(SuppressOperation& operation);
    void write(UnsuppressOperation& operation);
    void write(PruneOperation& operation);
    void write(HastenOperation& operation);
    void write(PutOperation& operation);
    void write(DutyOperation& operation);
    void write(HoldOperation& operation);
    void write(ReleaseOperation& operation);
    void write(CancelOperation& operation);
    void write(AmendOperation& operation);
    void finish(AcceptOperation& operation);
    void finish(SettleOperation& operation);
    void finish(SuppressOperation& operation);
    void finish(UnsuppressOperation& operation);
    void finish(PruneOperation& operation);
    void finish(HastenOperation& operation);
    void finish(PutOperation& operation);
    void finish(DutyOperation& operation);
    void finish(HoldOperation& operation);
    void finish(ReleaseOperation& operation);
    void finish(CancelOperation& operation);
    void finish(AmendOperation& operation);
    void finish(const SettleOperation::Effect& effect);
    void finish(const SqliteStore::Superseded& mail);
    void give_up(StoreOperation& operation, const std::exception_ptr& failure);
    void refuse(AcceptOperation& operation, const char* reason);
    const char* obstacle_to(const AcceptOperation& operation);
    bool note_lent(const std::vector<StoreOperation>& operations);
    void put_off(std::vector<StoreOperation>& operations, const SqliteError& error);

    // Disk and journal (sqlite_queue_disk.cpp)
    [[nodiscard]] bool disk_has_room();
    [[nodiscard]] bool journal_waits() const;
    void keep_journal_small(bool idle);
    void move_journal();

    // Lending (sqlite_queue_lend.cpp)
    struct Picked {
        LeaseOperation lessee;
        std::vector<Lease> leases;
    };
    void pick();
    void hand_out();
    void put_back(std::vector<Picked> picked);
    void lend();
    struct Lent {
        std::vector<Lease> leases;
        bool noted = true;  // all of them
    };
    Lent lend(std::size_t most, std::size_t bytes_most, bool noted_only);
    std::optional<Lease> lend_next(const LendingLine& line);
    [[nodiscard]] bool is_held(const PlannedMail& mail) const;
    void note_held(Lease& lease);
    [[nodiscard]] std::vector<Hold>::iterator find_hold(const MailScope& scope);
    void add_hold(Hold hold);
    void revive_settled(const std::vector<StoreOperation>& operations);
    [[nodiscard]] bool is_noted(const LendingLine& line) const;
    void read_page(const LendingLine& line, const DueKey& from);
    void finish_unsent(const WaitingMail& mail, MailState state, std::string reason);
    std::vector<std::optional<SteadyTime>> renew_all(const std::vector<LeaseName>& names);
    void take_back_lapsed();
    void note_leap(const ClockReading& before);
    void take_over();
    void note_end();
    [[nodiscard]] Duration look_interval() const;
    [[nodiscard]] Steady next_wake() const;
    void publish_counts();
    static const char* away_reason(int code);
    [[nodiscard]] bool files_lost();
    void refuse_without_files(std::vector<StoreOperation>& operations);
    Task<std::size_t> sweep(std::shared_ptr<SqliteStore::HastenSweep> sweep);

    FolderLock lock_;
    SqliteStore store_;
    QueueFiles files_;
    Steady lost_told_at_{};
    std::filesystem::path folder_;
    const Clock& clock_;
    Log& log_;
    Counters& counters_;
    SqliteLog& reads_;
    QueueSettings settings_;

    DueTime time_;
    Steady steady_now_;
    LendingWindow window_;
    LeaseBook leases_;
    Steady lapse_looked_at_{};  // take_back_lapsed's last turn
    Steady lapse_from_{};       // before that nothing lapses
    std::deque<LeaseOperation> lessees_;
    std::vector<Picked> picked_;  // to be handed out behind this round's commit
    bool unnoted_due_ = false;    // something is due that no commit has noted as out: a round of its own is needed
    std::vector<std::unique_ptr<Completion>> done_;
    std::uint64_t round_ = 0;
    std::uint64_t noted_round_ = 0;         // whose commit said last what is out
    std::uint64_t newest_suppression_ = 1;  // ReadyMail::checked

    std::vector<StoreOperation> kept_;  // to be tried again, or found by the store itself
    Steady disk_failed_until_{};        // until then nothing is written
    Duration disk_pause_{};
    int journal_told_ = 8192;         // pages that could not be moved when that was last told, or half of what is worth telling
    int disk_failure_ = SQLITE_FULL;  // SQLite's code for it
    Steady disk_looked_at_{};
    bool disk_has_room_ = true;
    bool closing_ = false;
    ClockReading clock_now_;
    std::unordered_map<std::string, std::pair<std::string, Duty>> duties_;  // with their holders
    std::vector<Hold> holds_;                                               // those in force
    std::optional<Time> away_since_;                                        // the disk fails
    std::optional<Time> scarce_since_;                                      // it has less room than disk_free_min
    std::uint64_t released_ = 0;                                            // how often mails were let go
    std::size_t expected_ = 1;                                              // writers likely to come back at once
    Duration commit_took_{};

    std::mutex counts_mutex_;
    std::optional<Time> lost_since_;  // the files, as counts() saw it
    QueueCounts counts_;
    std::atomic<SteadyTime> busy_since_{SteadyTime::max()};

    Inbox inbox_;
    std::mutex new_settings_mutex_;
    std::optional<QueueSettings> new_settings_;
    std::atomic<bool> lending_stopped_ = false;
    std::thread thread_;
};

}  // namespace ilbud
