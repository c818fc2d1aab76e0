// One daemon with its sink, whichever they are: started here or running already, built-in or foreign. The
// scenarios in run.cpp ask only what all of these can tell. Everything is looked at from outside (control
// socket, /proc, sink), so that measuring costs the daemon next to nothing.
#include "rig.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <tuple>

#include "cli/output.hpp"
#include "ilbud/settings/load.hpp"
#include "settings_text.hpp"

namespace ilbud::bench {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A mail's end is known to 10 ms from counts; latencies come from the sink's own times.
constexpr auto poll_interval = 10ms;
// Asking counts costs the daemon a little; twenty times a second is still no load.
constexpr auto ask_interval = 50ms;  // for counts that the daemon itself must tell
// Ten samples a second: the charts need no more.
constexpr auto sample_interval = 100ms;
constexpr auto draw_interval = 200ms;
// Longer than any retry step of the bench and than a slow disk's sync.
constexpr auto silence_max = 30s;  // nothing arrives: what is missing counts as lost

}  // namespace

// With a running daemon nothing is made: it has its own keys, units and relays.
Rig::Rig(const RunOptions& options) : options_(options), connections_(options.connections) {
    if (!options_.config.empty()) return;
    units_ = bench_units(options_.units);
    if (options_.tls) tls_ = make_certificate(folder_.path());
    child_ = std::make_unique<DaemonChild>(folder_.path(), DaemonOptions{.program = options_.program,
                                                                         .templates = options_.templates,
                                                                         .relay_ca = tls_.certificate,
                                                                         .connections = options_.connections,
                                                                         .lanes = options_.lanes,
                                                                         .units = options_.units,
                                                                         .log_level = options_.log_level,
                                                                         .ed25519 = options_.ed25519});
    address_ = child_->address();
}

std::uint16_t Rig::start_sink() {
    if (options_.smtp_sink) {
        smtp_sink_ = std::make_unique<SmtpSinkChild>(folder_.path());
        return smtp_sink_->port();
    }
    arrivals_ = std::make_unique<Arrivals>(options_.sink_latency, tls_);
    return arrivals_->port();
}

// The sink comes first: a daemon that finds no relay would wait before its next try, and the run with it.
void Rig::start() {
    if (!child_) return find_running_daemon();
    auto& settings = child_->options();
    if (options_.sink.empty())
        settings.relay_port = start_sink();
    else
        std::tie(settings.relay_host, settings.relay_port) = host_and_port(options_.sink);
    child_->start();
    daemon_id_ = child_->id();
}

// A port on which nobody listens refuses at once, so mails come back to the queue and stay
// there. short_retry keeps their wait at a second.
void Rig::start_without_sink() {
    child_->options().relay_port = free_port();
    child_->options().short_retry = true;
    child_->start();
    daemon_id_ = child_->id();
}

// The time counts from the start of the program, loading of settings and recovery of the queue included.
SteadyTime Rig::restart_with_sink() {
    child_->stop();
    child_->options().relay_port = start_sink();
    const auto started = Steady::now();
    child_->start();
    daemon_id_ = child_->id();
    return started;
}

void Rig::stop() {
    if (child_) child_->stop();
}

// Its units are those of its settings; its mail goes wherever its relays are.
void Rig::find_running_daemon() {
    const auto settings = load_settings(options_.config);
    if (!settings) throw std::runtime_error(to_text(settings.error().front()));
    for (const auto& [id, unit] : settings->units) {
        // English and confirmations only where its settings allow them: an event that is
        // skipped by rule makes no mail, and the run would be shorter than it says.
        BenchUnit found{.id = id, .english = false, .form = {}, .form_confirming = {}};
        found.english = std::find(unit.locales.begin(), unit.locales.end(), Locale::en) != unit.locales.end();
        for (const auto& [name, form] : settings->account_of(unit).forms)
            if (form.confirm_first) found.form_confirming = name;
        units_.push_back(std::move(found));
    }
    address_ = {settings->platform.intake.socket, settings->platform.intake.control};
    // Its first relay's; the report shows it as the bound.
    connections_ = static_cast<int>(settings->platform.delivery.relays.front().connections_max);
    const auto now = counts();
    daemon_id_ = now.process;
    // Mail that it delivered before is not ours.
    delivered_before_ = now.delivered_since_start;
}

std::string Rig::sink_name() const {
    if (!child_) return "the running daemon's relays";
    if (!options_.sink.empty()) return options_.sink;
    if (options_.tls) return "built-in, with TLS";
    return options_.smtp_sink ? "smtp-sink" : "built-in";
}

// The built-in sink and the feeds are this process.
double Rig::cpu_of_all() const {
    return cpu_of(daemon_id_).total() + cpu_of(::getpid()).total() + (smtp_sink_ ? cpu_of(smtp_sink_->id()).total() : 0);
}

// In the order of their certainty: our own sink, smtp-sink's counter, the daemon's word.
std::uint64_t Rig::delivered() {
    if (arrivals_) return arrivals_->count();
    if (smtp_sink_) return smtp_sink_->count();
    const auto now = Steady::now();
    if (now - asked_at_ >= ask_interval) {
        asked_ = counts().delivered_since_start - delivered_before_;
        asked_at_ = now;
    }
    return asked_;
}

// A daemon that does not answer ends the run, with the end of its log.
DaemonCounts Rig::counts() const {
    if (const auto counts = ask_counts(address_)) return *counts;
    throw std::runtime_error("the daemon does not answer at " + address_.control.string() +
                             (child_ ? ":\n" + child_->log_tail() : std::string()));
}

void Rig::check_running() {
    if (child_ && !child_->running()) throw std::runtime_error("the daemon ended:\n" + child_->log_tail());
}

// Until nothing is queued or lent, or for half a minute: what is stuck then shows as lost.
void Rig::wait_until_settled() {
    const auto until = Steady::now() + silence_max;
    while (!counts().settled() && Steady::now() < until) {
        check_interrupted();
        std::this_thread::sleep_for(poll_interval);
    }
}

// Readings are taken in the members' order, the daemon's CPU before the machine's; the clock starts last, so
// that the readings themselves are not in the time.
Meter::Meter(Rig& rig, std::string title, std::function<std::uint64_t()> count)
    : rig_(rig),
      title_(std::move(title)),
      drawn_(::isatty(STDERR_FILENO) == 1),
      count_(count ? std::move(count) : [&rig] { return rig.delivered(); }),
      base_(count_()),
      cpu_before_(cpu_of(rig.daemon())),
      all_before_(rig.cpu_of_all()),
      machine_before_(machine_cpu()),
      threads_before_(cpu_by_thread(rig.daemon())),
      commits_before_(rig.counts().commits) {
    begun_ = ended_ = Steady::now();
    sample();
}

// `risen` and the CPU are read one after the other; at ten a second nobody sees it.
void Meter::sample() {
    sampled_at_ = Steady::now();
    samples_.push_back({std::chrono::duration<double>(sampled_at_ - begun_).count(), risen(), cpu_of(rig_.daemon()) - cpu_before_,
                        rss_mib(rig_.daemon())});
}

// Ends when all is fed and all is there, or when nothing has moved for silence_max. The end's time is that of
// the last change, not of the moment it was noticed.
void Meter::watch(const std::function<bool()>& fed, const std::function<std::uint64_t()>& expected, std::uint64_t total_guess) {
    std::uint64_t last = risen();
    auto last_change = Steady::now();
    while (true) {
        check_interrupted();
        const auto now = Steady::now();
        if (const auto count = risen(); count != last) {
            last = count;
            last_change = ended_ = now;
        }
        if (fed() && last >= expected()) break;
        if (now - last_change > silence_max) break;
        if (now - sampled_at_ >= sample_interval) {
            // A daemon that died is told at once instead of after the silence.
            rig_.check_running();
            sample();
        }
        if (drawn_ && now - drawn_at_ >= draw_interval) {
            draw(total_guess);
            drawn_at_ = now;
        }
        std::this_thread::sleep_for(poll_interval);
    }
    // Wipes the progress line.
    if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Meter::draw(std::uint64_t total_guess) {
    // The rate over the last second or so.
    const auto& newest = samples_.back();
    const auto& older = samples_[samples_.size() > 10 ? samples_.size() - 11 : 0];
    const double span = newest.seconds - older.seconds;
    const double rate = span > 0 ? static_cast<double>(newest.delivered - older.delivered) / span : 0;
    std::string line = "\r\x1b[K" + title_ + "  " + with_commas(newest.delivered);
    if (total_guess > 0) {
        const double part = std::min(1.0, static_cast<double>(newest.delivered) / static_cast<double>(total_guess));
        const auto full = static_cast<std::size_t>(part * 30);
        line += " of " + with_commas(total_guess) + "  [" + std::string(full, '#') + std::string(30 - full, ' ') + "]";
    }
    line += "  " + with_commas(static_cast<std::uint64_t>(rate)) + "/s";
    // An estimate from the last second; rates change, so it is rounded to seconds.
    if (total_guess > newest.delivered && rate > 0)
        line += "  " + with_commas(static_cast<std::uint64_t>(static_cast<double>(total_guess - newest.delivered) / rate)) +
                " s left";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

// After settling, so that commits and log rows of the last mails are in the figures.
void Meter::finish() {
    rig_.wait_until_settled();
    sample();
    cpu_ = samples_.back().cpu;
    others_ = others_load(machine_before_, machine_cpu(), rig_.cpu_of_all() - all_before_);
    threads_ = cpu_by_thread(rig_.daemon());
    // A thread that was not there before has its whole time in the run; one that has ended is left out.
    for (auto& [name, cpu] : threads_)
        if (const auto before = threads_before_.find(name); before != threads_before_.end()) cpu = cpu - before->second;
    commits_ = rig_.counts().commits - commits_before_;
}

}  // namespace ilbud::bench
