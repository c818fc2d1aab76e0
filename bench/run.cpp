// The scenarios: full speed, paced, a burst beside probes, many units, a backlog. All go the same way: R
// before, warm-up, feed and watch, settle, R after, then compare what was promised with what arrived. Each feed
// of a run numbers its events from a place of its own, so that none is taken for another's.
#include "run.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "cli/output.hpp"
#include "rig.hpp"
#include "stages.hpp"

namespace ilbud::bench {
namespace {

// Seconds; long enough for a steady mean, short enough not to lengthen a run much.
constexpr double stage_seconds = 0.1;  // how long each stage is timed before the run, and again after it
// A hundred probes a second do not load a daemon, and in ten seconds give a
// thousand latencies, of which p99 rests on ten.
constexpr double probe_rate = 100;       // events a second, if no rate is given
constexpr double unloaded_seconds = 10;  // how long probes are timed before the burst
// Longer than the one second of short_retry, so that the whole backlog is due when the daemon starts again.
constexpr auto refused_again_due =
    std::chrono::milliseconds(1500);               // what found no relay while queueing (DaemonOptions::short_retry)
constexpr std::uint64_t open_end = 1'000'000'000;  // where the numbers of events begin that are fed until something else ends
// Warm-up events begin here: above the 50 million that --mails and --burst allow, below open_end.
constexpr std::uint64_t warmup_most = 100'000'000;

/// Mails of one feed, and the histogram their latencies go to.
// `first` is the number of the feed's first event; latencies are found by number.
struct Timed {
    const FeedResult* feed;
    std::uint64_t first;
    Histogram* latency;
};

// One refused event is the end: the figures would be of another load than was asked for.
void check(const FeedResult& result) {
    if (!result.failure.empty()) throw std::runtime_error("feeding failed: " + result.failure);
    if (result.refused > 0)
        throw std::runtime_error(std::to_string(result.refused) + " events were not accepted, first: " + result.refusal);
}

class Run {
 public:
    // R is taken before anything is started, while the machine is as quiet as it will be.
    explicit Run(const RunOptions& options) : options_(options), rig_(options) {
        report_.mix = mix_text(options.mix);
        report_.processor = this_processor();
        report_.tls = options.tls;
        report_.rsa_before_us = rsa2048_sign_us();
        // A running daemon knows the events of earlier runs, and would answer them as
        // duplicates; the time makes a seed that is new.
        if (options.seed)
            seed_ = *options.seed;
        else if (!options.config.empty())
            seed_ = static_cast<std::uint64_t>(
                system_clock().now().time_since_epoch().count());  // a queue that has seen events before
    }

    Report whole() {
        std::unique_ptr<LaneStages> stages;  // of a daemon with settings of its own they are not known
        // Timed before the daemon starts and again after it has stopped, so that neither disturbs the other.
        if (options_.config.empty()) {
            const StagesOptions timing{options_.program, options_.templates, ".", stage_seconds, {}};
            stages = std::make_unique<LaneStages>(timing, lane_mix(), options_.tls, options_.ed25519,
                                                  options_.rate > 0 && !loaded_run());
            stages->measure();
        }
        if (options_.backlog > 0)
            backlog();
        else if (loaded_run())
            loaded();
        else
            plain();
        report_.sink = rig_.sink_name();
        report_.connections = rig_.connections();
        report_.rss_max_mib = rss_max_mib(rig_.daemon());
        report_.lanes = rig_.counts().lanes;
        rig_.stop();
        // After the daemon has ended, as quiet as before.
        report_.rsa_after_us = rsa2048_sign_us();
        // Half a second on all cores: what a signature costs where cores share their units, as in the run.
        report_.rsa_all_cores_us = rsa2048_sign_us(std::chrono::milliseconds(500), std::thread::hardware_concurrency());
        // The mean of both, since a clock that drifts does so roughly evenly.
        report_.rsa2048_sign_us = (report_.rsa_before_us + report_.rsa_after_us) / 2;
        std::optional<LaneCosts> costs;
        if (stages) {
            stages->measure();
            costs = stages->mean();
        }
        report_.cpu_parts = divide_cpu(threads_, report_.cpu, report_.mails, costs, options_.tls);
        return std::move(report_);
    }

 private:
    [[nodiscard]] bool loaded_run() const { return options_.burst || options_.units > 1; }

    // What most of the measured mails are.
    // Stages are timed on what the run consists of mostly, or the division would be of other mails.
    [[nodiscard]] Mix lane_mix() const {
        if (options_.burst) return only(options_.burst->kind);
        return options_.units > 1 ? only(Kind::invoice) : options_.mix;
    }

    [[nodiscard]] Generator generator(std::vector<BenchUnit> units, const Mix& mix) const {
        auto chosen = mix;
        // Units without a form that asks for a confirmation cannot make one; that kind is left out of the mix.
        if (std::any_of(units.begin(), units.end(), [](const BenchUnit& unit) { return unit.form_confirming.empty(); }))
            chosen[static_cast<std::size_t>(Kind::confirmation)] = 0;
        return {seed_, std::move(units), chosen, system_clock().now()};
    }

    // Fills caches, opens connections and lets the store grow its files before the clock
    // starts. Its mails count for exactness only.
    void warm_up() {
        if (options_.warmup == 0) return;
        const auto warm = generator(rig_.units(), options_.mix);
        Feed feed(warm, {rig_.address().events, warmup_first(), options_.warmup, 0});
        Meter meter(rig_, "warming up");
        meter.watch([&] { return feed.done(); }, [&] { return feed.planned(); }, options_.warmup);
        feed.join();
        check(feed.result());
        // Until the store has settled, so that commits of the warm-up are not in the measured time.
        rig_.wait_until_settled();
        keep(feed.result());
    }

    [[nodiscard]] std::uint64_t warmup_first() const { return warmup_most; }

    void keep(const FeedResult& result) { planned_.insert(planned_.end(), result.planned.begin(), result.planned.end()); }

    void plain() {
        report_.scenario = options_.rate > 0 ? "paced" : "throughput";
        rig_.start();
        warm_up();
        const auto events = generator(rig_.units(), options_.mix);
        const auto bytes_before = rig_.arrivals() != nullptr ? rig_.arrivals()->bytes() : 0;
        Meter meter(rig_, "delivered");
        // The meter is there before the feed: the first event must fall into its time.
        Feed feed(events, {rig_.address().events, 0, options_.mails, options_.rate});
        meter.watch([&] { return feed.done(); }, [&] { return feed.planned(); }, options_.mails);
        feed.join();
        check(feed.result());
        meter.finish();
        keep(feed.result());
        take(meter, feed.result());
        // Bytes are known of the built-in sink alone.
        if (rig_.arrivals() != nullptr)
            report_.mail_bytes = static_cast<double>(rig_.arrivals()->bytes() - bytes_before) /
                                 static_cast<double>(std::max<std::uint64_t>(report_.mails, 1));
        report_.groups.push_back({options_.rate > 0 ? "event to accepted mail" : "event to accepted mail, all fed at once", {}});
        // Warm-up mails have numbers beyond the feed's and fall out of the latencies.
        judge({{&feed.result(), 0, &report_.groups[0].latency}});
    }

    // Probes alone, then probes beside a burst.
    // The same probes twice, so that the one difference is the burst. Probes of the second time have no end of
    // their own: they go on until the burst is delivered, since its last part counts as much as its first.
    void loaded() {
        const bool by_unit = options_.units > 1;
        report_.scenario = by_unit ? "units" : "burst";
        const auto [kind, burst_size] = options_.burst.value_or(Burst{Kind::invoice, options_.mails});
        if (!by_unit) report_.mix = mix_text(only(kind));
        report_.burst = with_commas(burst_size) + " " + std::string(to_word(kind)) + " mails";
        const double rate = options_.rate > 0 ? options_.rate : probe_rate;
        rig_.start();
        if (rig_.arrivals() == nullptr) throw std::runtime_error("latencies need the built-in sink");
        warm_up();
        // With several units the first one bursts, and the others are who must not suffer from it.
        auto all = rig_.units();
        const std::vector<BenchUnit> others(all.begin() + (by_unit ? 1 : 0), all.end());
        const auto probes = generator(others, by_unit ? options_.mix : only(Kind::confirmation));
        const auto load = generator(by_unit ? std::vector<BenchUnit>{all.front()} : all, only(kind));

        const auto probe_count = static_cast<std::uint64_t>(rate * unloaded_seconds);
        Feed quiet(probes, {rig_.address().events, burst_size, probe_count, rate});
        // This meter is for waiting and the progress line only; its readings are dropped.
        {
            Meter meter(rig_, "unloaded");
            meter.watch([&] { return quiet.done(); }, [&] { return quiet.planned(); }, probe_count);
        }
        quiet.join();
        check(quiet.result());
        rig_.wait_until_settled();

        Meter meter(rig_, "loaded");
        // The burst first, so that no probe of the loaded time is fed without it.
        Feed burst(load, {rig_.address().events, 0, burst_size, 0});
        Feed probe(probes, {rig_.address().events, open_end, 0, rate});
        meter.watch([&] { return burst.done(); }, [&] { return burst.planned(); }, burst_size);
        probe.stop();
        // Probes that are still under way are waited for, or they would count as lost.
        meter.watch([&] { return probe.done(); }, [&] { return burst.planned() + probe.planned(); }, 0);
        burst.join();
        probe.join();
        check(burst.result());
        check(probe.result());
        meter.finish();
        keep(quiet.result());
        keep(burst.result());
        keep(probe.result());
        // The CPU and the rate are of everything in that time, probes included.
        take(meter, burst.result());
        report_.mails += probe.result().accepted;
        const std::string who = by_unit ? "other units" : "confirmations";
        // The first group is the run's own figure, and so the one in the JSON's latency.
        report_.groups = {{who + " beside the burst", {}}, {who + " without a burst", {}}, {"the burst itself", {}}};
        judge({{&probe.result(), open_end, &report_.groups[0].latency},
               {&quiet.result(), burst_size, &report_.groups[1].latency},
               {&burst.result(), 0, &report_.groups[2].latency}});
        report_.figures = {
            {"burst_mails", "mails of the burst", static_cast<double>(burst_size), "", false},
            {"probe_per_second", "events fed beside it", rate, "/s"},
            {"unloaded_p99_ms", who + " without a burst, p99", report_.groups[1].latency.percentile_ms(0.99), "ms", false},
            {"loaded_p99_ms", who + " beside the burst, p99", report_.groups[0].latency.percentile_ms(0.99), "ms", false}};
    }

    // Fills the queue while the relay is away, then starts the daemon anew and lets it drain.
    // The same with a small queue before: the ratio says whether a rate holds however much is waiting.
    void backlog() {
        report_.scenario = "backlog";
        // A tenth, but not so few that the start decides, nor so many that it would be no small queue.
        const auto small = std::clamp<std::uint64_t>(options_.backlog / 10, 2000, 20'000);
        RunOptions options = options_;
        options.backlog = small;
        // A daemon and a folder of its own, which end before the large one begins.
        Rig little(options);
        Report reference;
        drain(little, small, reference, "small queue");
        little.stop();
        // A reference that is wrong would make the ratio wrong without a sign of it.
        if (!reference.exact()) throw std::runtime_error("the small queue lost or doubled mails");
        drain(rig_, options_.backlog, report_, "backlog");
        report_.figures.push_back(
            {"small_queue_mails_per_second", "rate with " + with_commas(small) + " queued", reference.mails_per_second(), "/s"});
        report_.figures.push_back({"small_queue_cpu_us_per_mail", "CPU a mail with " + with_commas(small) + " queued",
                                   reference.cpu_us_per_mail(), "µs"});
        report_.figures.push_back(
            {"rate_to_small_queue", "rate in relation to it", report_.mails_per_second() / reference.mails_per_second(), ""});
    }

    // In this order: queue all, give them time to be due again, restart with a sink, deliver, compare. Times
    // are those of arrivals at the sink, first to last; the start is told apart as "start to first mail".
    void drain(Rig& rig, std::uint64_t count, Report& report, const std::string& title) {
        rig.start_without_sink();
        const auto events = generator(rig.units(), options_.mix);
        Feed feed(events, {rig.address().events, 0, count, 0});
        {
            Meter meter(rig, title + ": queueing", [&] { return feed.planned(); });
            // What counts here is what is promised; delivered is nothing.
            meter.watch([&] { return feed.done(); }, [] { return 0; }, count);
        }
        feed.join();
        check(feed.result());
        std::this_thread::sleep_for(refused_again_due);
        report.accept_per_second =
            static_cast<double>(count) / std::chrono::duration<double>(feed.result().answered - feed.result().begun).count();
        report.figures.push_back({"rss_queueing_mib", "memory while queueing", rss_max_mib(rig.daemon()), "MiB"});
        const auto started = rig.restart_with_sink();
        Meter meter(rig, title + ": delivering");
        // From the base on: mails may have arrived before the meter was made.
        meter.watch([] { return true; }, [&] { return count - meter.base(); }, count);
        meter.finish();
        auto arrivals = rig.arrivals()->all();
        // Without an arrival there is no span to divide by.
        if (arrivals.empty()) throw std::runtime_error("no mail arrived");
        report.tally = compare(feed.result().planned, arrivals);
        std::sort(arrivals.begin(), arrivals.end(), [](const Arrival& left, const Arrival& right) { return left.at < right.at; });
        const auto span = [&](std::size_t from, std::size_t to) {
            return std::chrono::duration<double>(arrivals[to].at - arrivals[from].at).count();
        };
        const auto last = arrivals.size() - 1;
        report.mails = arrivals.size();
        report.seconds = span(0, last);
        report.cpu = meter.cpu();
        report.others = meter.others();
        threads_ = meter.threads();
        report.commits = meter.commits();
        report.samples = std::move(meter.samples());
        report.mail_bytes = static_cast<double>(rig.arrivals()->bytes()) / static_cast<double>(arrivals.size());
        report.figures.push_back({"start_to_first_mail_ms", "start to first mail accepted",
                                  std::chrono::duration<double>(arrivals.front().at - started).count() * 1e3, "ms"});
        // If the last tenth is slower than the first, the rate depends on how
        // much lies in the queue or in the log.
        const auto tenth = std::max<std::size_t>(last / 10, 1);
        report.figures.push_back(
            {"first_tenth_per_second", "rate of the first tenth", static_cast<double>(tenth) / span(0, tenth), "/s"});
        report.figures.push_back(
            {"last_tenth_per_second", "rate of the last tenth", static_cast<double>(tenth) / span(last - tenth, last), "/s"});
    }

    // Seconds from the first write to the last change seen; judge() puts the last arrival
    // in place of the latter where that is known.
    void take(Meter& meter, const FeedResult& fed) {
        report_.mails = fed.planned.size();
        report_.seconds = std::chrono::duration<double>(meter.ended() - fed.begun).count();
        report_.accept_per_second =
            // The bound keeps a run with a single event from dividing by zero.
            static_cast<double>(fed.accepted) / std::max(1e-9, std::chrono::duration<double>(fed.answered - fed.begun).count());
        report_.cpu = meter.cpu();
        report_.others = meter.others();
        threads_ = meter.threads();
        report_.commits = meter.commits();
        report_.samples = std::move(meter.samples());
    }

    // Was every mail there once? And how long did each take?
    // Without the built-in sink nobody knows which mail came: only numbers can be compared then.
    void judge(const std::vector<Timed>& groups) {
        if (rig_.arrivals() == nullptr) {
            report_.tally.planned = planned_.size();
            const auto delivered = rig_.delivered();
            report_.tally.lost = planned_.size() > delivered ? planned_.size() - delivered : 0;
            // A running daemon may have sent other mail too: what came beyond ours proves nothing.
            if (options_.config.empty() && delivered > planned_.size()) report_.tally.duplicated = delivered - planned_.size();
            return;
        }
        auto arrivals = rig_.arrivals()->all();
        report_.timed = true;
        SteadyTime last{};
        // Both lists are sorted by it; all else has been read from them by now.
        report_.tally = compare(planned_, arrivals, [&](const Planned& mail, SteadyTime at) {
            last = std::max(last, at);
            for (const auto& group : groups)
                // A mail belongs to the feed in whose range its event's number lies.
                if (mail.event >= group.first && mail.event - group.first < group.feed->written.size())
                    group.latency->add(at - group.feed->written[mail.event - group.first]);
        });
        // With one feed the run ends with its last mail's arrival, to the
        // sink's clock and not to the meter's 10 ms.
        if (last > groups[0].feed->begun && groups.size() == 1)
            report_.seconds = std::chrono::duration<double>(last - groups[0].feed->begun).count();
    }

    const RunOptions& options_;
    Rig rig_;
    std::uint64_t seed_ = 1;
    Report report_;
    std::vector<Planned> planned_;
    ThreadCpu threads_;
};

}  // namespace

Report run(const RunOptions& options) {
    return Run(options).whole();
}

}  // namespace ilbud::bench
