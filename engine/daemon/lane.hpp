/// A lane: one thread that does everything for a mail itself — render, compose, sign, send, judge (DESIGN §4).
///
/// In    leases from the queue
/// Out   settlements to the queue
/// Threads  start, stop, apply and the readings are for the owner; everything else happens on the lane's own thread
#pragma once
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/delivery/outcome.hpp"
#include "ilbud/delivery/transport.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/queue.hpp"

namespace ilbud {

struct LaneServices {
    const SnapshotHolder& snapshots;
    const BookHolder& books;
    Queue& queue;
    const Clock& clock;
    Log& log;
    Counters& counters;
};

class Lane {
 public:
    /// `on_failure` is called on the lane's thread when the world broke (the store, the machine): the daemon then ends.
    Lane(int number, int lanes, const LaneServices& services, std::function<void()> on_failure);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void start();
    /// Sends what is in flight until `deadline` has passed, gives back the rest, settles all, ends the thread.
    /// Queue::stop_lending comes before.
    void stop(Duration deadline);
    void join();
    [[nodiscard]] bool done() const { return done_; }  ///< the thread has nothing left to do
    /// Takes over the relays and limits of a new snapshot.
    void apply(SnapshotPointer snapshot);

    [[nodiscard]] std::size_t in_hand() const { return in_hand_.load(std::memory_order_relaxed); }
    /// When the lane last turned (steady time): for the watchdog.
    [[nodiscard]] std::chrono::steady_clock::time_point last_beat() const { return beat_.load(std::memory_order_relaxed); }

 private:
    Task<void> run();
    Task<void> beat();
    Task<void> settle_all();
    Task<void> write_and_send(std::vector<Lease> leases);
    void send(Lease& lease, std::string bytes, const SnapshotPointer& snapshot);
    Task<void> wait_for_store();
    Task<void> carry(Lease lease, std::string bytes, SnapshotPointer snapshot);
    void fail(std::exception_ptr failure);
    [[nodiscard]] Settlement settlement_of(const Lease& lease) const;
    void give_back(const Lease& lease);
    void conclude(const Lease& lease, const Reply& reply, const Outcome& outcome, std::string bytes);
    void fail_letter(const Lease& lease, const Error& error, const RetryPolicy& policy);
    void queue_settlement(Settlement settlement);
    void wake() { changed_.cancel(); }
    Task<void> wait_for_change();
    Task<void> wait_for_change(std::chrono::steady_clock::time_point until);
    Task<std::size_t> wait_for_places(const Snapshot& snapshot);
    [[nodiscard]] std::size_t unsettled() const { return results_.size() + settling_; }
    [[nodiscard]] std::size_t unsettled_most() const;
    [[nodiscard]] std::size_t places(const Snapshot& snapshot) const;
    [[nodiscard]] std::size_t free_places(const Snapshot& snapshot) const;

    const int number_;
    const int lanes_;
    LaneServices services_;
    std::function<void()> on_failure_;
    asio::io_context context_;
    asio::steady_timer changed_;  // expires never; cancelled when a place is free, a result is there, or the lane stops
    asio::steady_timer alarm_;    // wakes who waits for a change, at a time
    asio::steady_timer beat_timer_;
    TaskGroup mails_;
    TaskGroup helpers_;
    std::unique_ptr<Transport> transport_;
    std::vector<Settlement> results_;  // not yet given to the store
    std::size_t settling_ = 0;         // given to the store, not yet stored
    bool stopping_ = false;
    bool ended_ = false;
    Duration stop_deadline_{};
    std::atomic<std::size_t> in_hand_{0};
    std::atomic<bool> done_{false};
    std::atomic<std::chrono::steady_clock::time_point> beat_;
    std::thread thread_;
};

}  // namespace ilbud
