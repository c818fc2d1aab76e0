/// What a run stands on: the daemon, the sink, and one look at both.
///
/// Threads  one: the caller's; the sink and feeds have their own
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "arrivals.hpp"
#include "child.hpp"
#include "feed.hpp"
#include "machine_load.hpp"
#include "run.hpp"

namespace ilbud::bench {

/// Throws std::runtime_error for whatever makes the figures worthless. The options must outlive it.
class Rig {
 public:
    explicit Rig(const RunOptions& options);

    /// Starts sink and daemon, or finds the running daemon.
    void start();
    /// Starts the daemon alone, with a relay that nobody listens at.
    void start_without_sink();
    /// Ends that daemon, starts the sink and the daemon again; returns when the daemon was started.
    SteadyTime restart_with_sink();
    void stop();

    [[nodiscard]] DaemonAddress address() const { return address_; }
    [[nodiscard]] pid_t daemon() const { return daemon_id_; }
    [[nodiscard]] const std::vector<BenchUnit>& units() const { return units_; }
    [[nodiscard]] Arrivals* arrivals() { return arrivals_.get(); }
    [[nodiscard]] std::string sink_name() const;
    /// To its relays, at most.
    [[nodiscard]] int connections() const { return connections_; }

    /// Seconds of CPU that the daemon, the bench and a sink of its own used so far.
    [[nodiscard]] double cpu_of_all() const;
    /// Mails that the sink took since start().
    [[nodiscard]] std::uint64_t delivered();
    /// As the daemon says. Throws if it does not answer.
    [[nodiscard]] DaemonCounts counts() const;
    void check_running();
    /// Waits until nothing is queued or lent any more.
    void wait_until_settled();

 private:
    void find_running_daemon();
    [[nodiscard]] std::uint16_t start_sink();

    const RunOptions& options_;
    WorkFolder folder_;
    std::vector<BenchUnit> units_;
    CertificateFiles tls_;  // of the sink; empty: without TLS
    std::unique_ptr<Arrivals> arrivals_;
    std::unique_ptr<SmtpSinkChild> smtp_sink_;
    std::unique_ptr<DaemonChild> child_;
    DaemonAddress address_;
    pid_t daemon_id_ = 0;
    int connections_ = 0;
    std::uint64_t delivered_before_ = 0;  // of a daemon that ran before
    SteadyTime asked_at_{};
    std::uint64_t asked_ = 0;
};

/// Watches a rig over the measured time: samples, a progress line on a terminal, the daemon's CPU, what others used.
/// The measured time begins with the construction. Make it before the first event is fed, and call finish()
/// before the readings below are looked at.
class Meter {
 public:
    /// What is waited for is `count`; if none is given, mails delivered.
    Meter(Rig& rig, std::string title, std::function<std::uint64_t()> count = {});
    /// Returns when `fed` and the count has risen by what `expected` says since the construction, or stood still for a long time.
    void watch(const std::function<bool()>& fed, const std::function<std::uint64_t()>& expected, std::uint64_t total_guess);
    /// Waits for the daemon to settle and takes the last readings.
    void finish();

    /// The count at the construction, and how far it has risen since.
    [[nodiscard]] std::uint64_t base() const { return base_; }
    [[nodiscard]] std::uint64_t risen() const { return count_() - base_; }
    [[nodiscard]] SteadyTime begun() const { return begun_; }
    /// When the last mail was there.
    [[nodiscard]] SteadyTime ended() const { return ended_; }
    [[nodiscard]] CpuTime cpu() const { return cpu_; }
    /// The same by thread, of those that still ran at the end.
    [[nodiscard]] const ThreadCpu& threads() const { return threads_; }
    /// A sink that ran already is one of the others.
    [[nodiscard]] OthersLoad others() const { return others_; }
    [[nodiscard]] std::uint64_t commits() const { return commits_; }
    [[nodiscard]] std::vector<Sample>& samples() { return samples_; }

 private:
    void sample();
    void draw(std::uint64_t total_guess);

    Rig& rig_;
    std::string title_;
    bool drawn_;
    std::function<std::uint64_t()> count_;
    std::uint64_t base_;
    SteadyTime begun_, ended_, sampled_at_{}, drawn_at_{};
    CpuTime cpu_before_, cpu_;
    double all_before_ = 0;
    MachineCpu machine_before_;
    OthersLoad others_;
    ThreadCpu threads_before_, threads_;
    std::uint64_t commits_before_ = 0, commits_ = 0;
    std::vector<Sample> samples_;
};

}  // namespace ilbud::bench
