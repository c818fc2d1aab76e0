/// One measured run: a daemon, a sink, generated events; what came of it.
///
/// In    RunOptions
/// Out   Report; also for runs in which mails were lost
/// Errors  std::runtime_error: the run could not be carried out
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cpu_division.hpp"
#include "exactly_once.hpp"
#include "generate.hpp"
#include "ilbud/base/log.hpp"
#include "machine_load.hpp"
#include "measure.hpp"
#include "processor.hpp"

namespace ilbud::bench {

/// As the command line's defaults have them.
struct RunOptions {
    std::uint64_t mails = 20000;
    double rate = 0;  ///< events a second; 0: as fast as the daemon takes them (probes: 100)
    int connections = 20;
    int lanes = 0;  ///< 0: the daemon's own choice
    Duration sink_latency{};
    std::string sink;           ///< HOST:PORT of a sink that runs already; empty: one of our own
    bool tls = false;           ///< the built-in sink speaks STARTTLS and the daemon requires it
    bool smtp_sink = false;     ///< start Postfix's smtp-sink instead of the built-in one
    std::uint64_t backlog = 0;  ///< queue so many first, then start and deliver
    std::size_t units = 1;      ///< above 1: one of them bursts, the others are timed
    std::optional<Burst> burst;
    Mix mix = usual_mix;
    std::uint64_t warmup = 500;
    std::optional<std::uint64_t> seed;
    LogLevel log_level = LogLevel::info;
    bool ed25519 = false;
    std::filesystem::path config;   ///< of a running daemon; empty: start one
    std::filesystem::path program;  ///< ilbud
    std::filesystem::path templates;
};

/// How it stood at one moment of the measured time.
struct Sample {
    double seconds = 0;
    std::uint64_t delivered = 0;
    CpuTime cpu;  ///< of the daemon, so far
    double rss_mib = 0;
};

/// Latencies of one group of mails.
struct LatencyGroup {
    std::string name;
    Histogram latency;
};

/// A figure that only some runs have.
struct Figure {
    std::string key;      ///< in JSON
    std::string meaning;  ///< for people
    double value = 0;
    std::string unit;
    bool in_table = true;  ///< false: the table says it elsewhere
};

/// The figures are of the daemon unless they say otherwise; what could not be measured is zero or empty.
struct Report {
    std::string scenario;  ///< "throughput", "paced", "burst", "units", "backlog"
    std::string sink;      ///< "built-in", "smtp-sink", "HOST:PORT"
    std::string mix;
    std::string burst;        ///< "100,000 invoice mails"; empty: there was none
    std::uint64_t mails = 0;  ///< in the measured time
    double seconds = 0;       ///< from the first event's write to the last mail's arrival
    double accept_per_second = 0;
    CpuTime cpu;                 ///< of the daemon, in the measured time
    OthersLoad others;           ///< what the machine did besides, in that time
    double rsa2048_sign_us = 0;  ///< the mean of both
    double rsa_before_us = 0, rsa_after_us = 0;
    double rsa_all_cores_us = 0;  ///< while every core signs: what a signature costs beside other work
    Tally tally;
    double mail_bytes = 0;  ///< of a mean mail; 0: not known
    std::uint64_t commits = 0;
    double rss_max_mib = 0;
    int connections = 0, lanes = 0;
    bool tls = false;                ///< to the sink
    std::vector<CpuPart> cpu_parts;  ///< of the CPU a mail; they add up to it
    Processor processor;
    bool timed = false;                ///< whether latencies are known
    std::vector<LatencyGroup> groups;  ///< the first one is the run's own
    std::vector<Figure> figures;
    std::vector<Sample> samples;

    [[nodiscard]] double mails_per_second() const { return seconds > 0 ? static_cast<double>(mails) / seconds : 0; }
    [[nodiscard]] double cpu_us_per_mail() const { return mails > 0 ? cpu.total() * 1e6 / static_cast<double>(mails) : 0; }
    [[nodiscard]] double ratio() const { return rsa2048_sign_us > 0 ? cpu_us_per_mail() / rsa2048_sign_us : 0; }
    [[nodiscard]] bool exact() const { return tally.lost == 0 && tally.duplicated == 0 && tally.unexpected == 0; }
};

/// Takes as long as the run does, and starts and ends everything that it
/// needs. Interrupts end it by an exception.
Report run(const RunOptions& options);

}  // namespace ilbud::bench
