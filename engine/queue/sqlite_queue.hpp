/// The SQLite adapter of the Queue port: one thread that owns the store and commits for everybody.
///
/// A round: take what has come → one transaction → answer → lend what is due to those who wait. While one commit is synced the
/// next round's operations gather. What must not get lost when the disk is full (settlements, shelves)
/// is kept and tried again.
#pragma once
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "due_time.hpp"
#include "ilbud/queue/queue.hpp"
#include "lease_book.hpp"
#include "lending_window.hpp"
#include "sqlite_inbox.hpp"
#include "sqlite_schema.hpp"
#include "sqlite_store.hpp"

namespace ilbud {

class SqliteQueue final : public Queue {
 public:
    SqliteQueue(FolderLock lock, std::unique_ptr<SqliteDatabase> database, const QueueSettings& settings, const Clock& clock,
                Log& log, Counters& counters);
    /// Carries out what was asked for, then ends. Waiting leases return empty.
    ~SqliteQueue() override;

    Task<std::vector<Accepted>> accept(std::vector<Entry> entries) override;
    Task<std::vector<Lease>> lease(std::size_t most, Duration wait) override;
    Task<void> settle(std::vector<Settlement> settlements) override;
    Task<QueueCounts> counts() override;
    Task<std::vector<std::pair<std::string, EndedMails>>> ended_in_hour(Time hour) override;
    Task<std::vector<std::pair<std::string, std::uint64_t>>> complaints_since(Time since) override;
    Task<bool> suppress(Suppression suppression) override;
    Task<bool> unsuppress(std::string account, std::string address) override;
    Task<Pruned> prune(Time before, std::size_t most) override;
    Task<std::size_t> hasten(std::string reason, std::string domain) override;
    Task<std::vector<ShelfRow>> shelf(std::string shelf) override;
    Task<void> put_on_shelf(std::string shelf, std::vector<ShelfRow> rows) override;
    void apply(const QueueSettings& settings) override;
    void stop_lending() override;

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
    void write(PruneOperation& operation);
    void write(HastenOperation& operation);
    void write(PutOperation& operation);
    void finish(AcceptOperation& operation);
    void finish(SettleOperation& operation);
    void finish(SuppressOperation& operation);
    void finish(PruneOperation& operation);
    void finish(HastenOperation& operation);
    void finish(PutOperation& operation);
    void finish(const SettleOperation::Effect& effect);
    void finish(const SqliteStore::Superseded& mail);
    void give_up(StoreOperation& operation, const std::exception_ptr& failure);
    void refuse(AcceptOperation& operation);
    void put_off(std::vector<StoreOperation>& operations, const SqliteError& error);
    [[nodiscard]] bool disk_has_room();
    [[nodiscard]] bool journal_waits() const;
    void keep_journal_small(bool idle);

    // Lending (sqlite_queue_lend.cpp)
    void lend();
    std::vector<Lease> lend(std::size_t most);
    std::optional<Lease> lend_next(const LendingLine& line);
    void read_page(const LendingLine& line, const DueKey& from);
    void finish_unsent(const WaitingMail& mail, MailState state, std::string reason);
    void take_back_lapsed();
    [[nodiscard]] Steady next_wake() const;
    [[nodiscard]] QueueCounts count() const;

    FolderLock lock_;
    SqliteStore store_;
    std::filesystem::path folder_;
    const Clock& clock_;
    Log& log_;
    Counters& counters_;
    QueueSettings settings_;

    DueTime time_;
    Steady steady_now_;
    LendingWindow window_;
    LeaseBook leases_;
    std::deque<LeaseOperation> lessees_;
    std::vector<std::unique_ptr<Completion>> done_;
    std::uint64_t round_ = 0;
    std::uint64_t newest_suppression_ = 1;  // ReadyMail::checked

    std::vector<StoreOperation> kept_;  // to be tried again, or found by the store itself
    Steady disk_failed_until_{};        // until then nothing is written
    Duration disk_pause_{};
    Steady disk_looked_at_{};
    bool disk_has_room_ = true;
    bool closing_ = false;
    std::size_t expected_ = 1;  // writers likely to come back at once
    Duration commit_took_{};

    Inbox inbox_;
    std::mutex new_settings_mutex_;
    std::optional<QueueSettings> new_settings_;
    std::atomic<bool> lending_stopped_ = false;
    std::thread thread_;
};

}  // namespace ilbud
