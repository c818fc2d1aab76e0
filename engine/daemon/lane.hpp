/// A lane: one thread that does everything for a mail itself — render, compose, sign, send, judge (DESIGN §4).
///
/// In    leases from the queue
/// Out   settlements to the queue
/// Threads  start, stop, apply and the readings are for the owner; everything else happens on the lane's own thread
#pragma once
#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "file_reading.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/delivery/outcome.hpp"
#include "ilbud/delivery/transport.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/queue.hpp"
#include "lane_load.hpp"
#include "relay_board.hpp"
#include "relay_troubles.hpp"
#include "suppression_brake.hpp"
#include "test_modes.hpp"

namespace ilbud {

/// What is referred to outlives the lane, and is safe to call from its thread.
struct LaneServices {
    const SnapshotHolder& snapshots;
    const BookHolder& books;
    Queue& queue;
    const Clock& clock;
    Log& log;
    /// Called once by each lane, with the lane's number and context.
    std::function<std::unique_ptr<Transport>(int lane, asio::io_context&, const DeliverySettings&)> open_transport;
    FileReading::Read read_file = [](const AttachmentFile& file) { return read_attachment(file); };
    RelayTroubles* troubles = nullptr;              ///< none: nobody is told of them
    TestModes* test_modes = nullptr;                ///< none: nothing is let go by itself
    SuppressionBrake* brake = nullptr;              ///< that of all lanes; none: every reply is believed
    RelayBoard* relays = nullptr;                   ///< none: nobody asks how they stand
    std::atomic<Time>* letter_failed_at = nullptr;  ///< of all lanes: the last one; none: nobody asks
};

class Lane {
 public:
    /// `on_failure` is called on the lane's thread when the world broke (the store, the machine): the daemon then ends.
    Lane(int number, int lanes, const LaneServices& services, std::function<void()> on_failure);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Makes the thread, which does nothing before begin().  Throws  std::system_error  there is none to be had
    void start();
    void begin();
    /// Sends what is in flight until `deadline` has passed, gives back the rest, settles all, ends the thread.
    /// Queue::stop_lending comes before.
    void stop(Duration deadline);
    void join();
    [[nodiscard]] bool done() const { return done_; }  ///< the thread has nothing left to do
    /// Takes over the relays and limits of a new snapshot.
    void apply(SnapshotPointer snapshot);

    [[nodiscard]] std::size_t in_hand() const { return in_hand_.load(std::memory_order_relaxed); }
    /// When the lane last turned (steady time): for the watchdog.
    [[nodiscard]] SteadyTime last_beat() const { return beat_.load(std::memory_order_relaxed); }

 private:
    Task<void> run();
    Task<void> beat();
    Task<void> settle_all();
    Task<void> renew_all();
    Task<void> write_and_send(std::vector<Lease> leases);
    Task<void> read_and_send(std::vector<Lease> leases, std::vector<AttachmentFile> files);
    void write_with_files(const std::vector<std::pair<Lease*, std::string>>& read);
    [[nodiscard]] std::size_t bytes_most() const;
    void weigh(std::uint64_t token, std::size_t bytes);
    void write(const std::vector<LetterOrder>& orders, const std::vector<Lease*>& owners, const SnapshotPointer& snapshot,
               const SigningBook& book);
    void send(Lease& lease, std::string bytes, const SnapshotPointer& snapshot);
    Task<void> wait_for_store();
    Task<void> carry(Lease lease, std::string bytes, SnapshotPointer snapshot);
    void fail(std::exception_ptr failure);
    bool keep_back(const Lease& lease, const Snapshot& snapshot);
    void note_test_mode(const std::string& account, const Snapshot& snapshot);
    void fail_letter(const Lease& lease, const Error& error, const Snapshot& snapshot);
    void give_back(const Lease& lease);
    void conclude(Settlement settlement);
    void wake();
    Task<std::size_t> wait_for_places(const Snapshot& snapshot);
    Task<void> look_over(Duration pause);
    Task<void> lease_and_send(std::size_t most, Duration wait);

    const int number_, lanes_;
    LaneServices services_;
    std::function<void()> on_failure_;
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> waits_;  // until begin()
    // Each has one waiter: run() and settle_all().
    Wake room_;        // a mail was concluded or its result stored, or the lane stops
    Wake results_in_;  // a result is there, or the last one was
    Wake next_beat_;
    Wake next_renewal_;
    TaskGroup mails_;
    TaskGroup helpers_;
    std::unique_ptr<Transport> transport_;
    FileReading files_;
    LaneLoad load_;
    std::vector<Settlement> results_;  // not yet given to the store
    std::vector<ShelfWrite> notes_;    // that go with them
    struct Held {
        std::uint64_t row = 0;
        SteadyTime until{};     // min: it is lost
        std::size_t bytes = 0;  // event, or letter
    };
    std::unordered_map<std::uint64_t, Held> held_;  // what is in hand, by the lease's token, until it is stored
    std::size_t bytes_ = 0;                         // of all that is held
    std::size_t on_wire_ = 0;                       // mails that the transport has, or will have in a moment
    SteadyTime next_look_over_{};
    bool stopping_ = false;
    Duration stop_deadline_{};
    std::atomic<std::size_t> in_hand_{0};  // load_'s, for other threads
    std::atomic<bool> done_{false};
    std::atomic<SteadyTime> beat_;
    std::thread thread_;
};

}  // namespace ilbud
