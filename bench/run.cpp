#include "run.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "cli/output.hpp"
#include "rig.hpp"
#include "stages.hpp"

namespace ilbud::bench {
namespace {

constexpr double stage_seconds = 0.1;    // how long each stage is timed before the run, and again after it
constexpr double probe_rate = 100;       // events a second, if no rate is given
constexpr double unloaded_seconds = 10;  // how long probes are timed before the burst
constexpr auto refused_again_due =
    std::chrono::milliseconds(1500);               // what found no relay while queueing (DaemonOptions::short_retry)
constexpr std::uint64_t open_end = 1'000'000'000;  // where the numbers of events begin that are fed until something else ends
constexpr std::uint64_t warmup_most = 100'000'000;

/// Mails of one feed, and the histogram their latencies go to.
struct Timed {
    const FeedResult* feed;
    std::uint64_t first;
    Histogram* latency;
};

void check(const FeedResult& result) {
    if (!result.failure.empty()) throw std::runtime_error("feeding failed: " + result.failure);
    if (result.refused > 0)
        throw std::runtime_error(std::to_string(result.refused) + " events were not accepted, first: " + result.refusal);
}

class Run {
 public:
    explicit Run(const RunOptions& options) : options_(options), rig_(options) {
        report_.mix = mix_text(options.mix);
        report_.processor = this_processor();
        report_.tls = options.tls;
        report_.rsa_before_us = rsa2048_sign_us();
        if (options.seed)
            seed_ = *options.seed;
        else if (!options.config.empty())
            seed_ = static_cast<std::uint64_t>(
                system_clock().now().time_since_epoch().count());  // a queue that has seen events before
    }

    Report whole() {
        std::unique_ptr<LaneStages> stages;  // of a daemon with settings of its own they are not known
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
        report_.rsa_after_us = rsa2048_sign_us();
        report_.rsa_all_cores_us = rsa2048_sign_us(std::chrono::milliseconds(500), std::thread::hardware_concurrency());
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
    [[nodiscard]] Mix lane_mix() const {
        if (options_.burst) return only(options_.burst->kind);
        return options_.units > 1 ? only(Kind::invoice) : options_.mix;
    }

    [[nodiscard]] Generator generator(std::vector<BenchUnit> units, const Mix& mix) const {
        auto chosen = mix;
        if (std::any_of(units.begin(), units.end(), [](const BenchUnit& unit) { return unit.form_confirming.empty(); }))
            chosen[static_cast<std::size_t>(Kind::confirmation)] = 0;
        return {seed_, std::move(units), chosen, system_clock().now()};
    }

    void warm_up() {
        if (options_.warmup == 0) return;
        const auto warm = generator(rig_.units(), options_.mix);
        Feed feed(warm, {rig_.address().events, warmup_first(), options_.warmup, 0});
        Meter meter(rig_, "warming up");
        meter.watch([&] { return feed.done(); }, [&] { return feed.planned(); }, options_.warmup);
        feed.join();
        check(feed.result());
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
        Feed feed(events, {rig_.address().events, 0, options_.mails, options_.rate});
        meter.watch([&] { return feed.done(); }, [&] { return feed.planned(); }, options_.mails);
        feed.join();
        check(feed.result());
        meter.finish();
        keep(feed.result());
        take(meter, feed.result());
        if (rig_.arrivals() != nullptr)
            report_.mail_bytes = static_cast<double>(rig_.arrivals()->bytes() - bytes_before) /
                                 static_cast<double>(std::max<std::uint64_t>(report_.mails, 1));
        report_.groups.push_back({options_.rate > 0 ? "event to accepted mail" : "event to accepted mail, all fed at once", {}});
        judge({{&feed.result(), 0, &report_.groups[0].latency}});
    }

    // Probes alone, then probes beside a burst.
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
        auto all = rig_.units();
        const std::vector<BenchUnit> others(all.begin() + (by_unit ? 1 : 0), all.end());
        const auto probes = generator(others, by_unit ? options_.mix : only(Kind::confirmation));
        const auto load = generator(by_unit ? std::vector<BenchUnit>{all.front()} : all, only(kind));

        const auto probe_count = static_cast<std::uint64_t>(rate * unloaded_seconds);
        Feed quiet(probes, {rig_.address().events, burst_size, probe_count, rate});
        {
            Meter meter(rig_, "unloaded");
            meter.watch([&] { return quiet.done(); }, [&] { return quiet.planned(); }, probe_count);
        }
        quiet.join();
        check(quiet.result());
        rig_.wait_until_settled();

        Meter meter(rig_, "loaded");
        Feed burst(load, {rig_.address().events, 0, burst_size, 0});
        Feed probe(probes, {rig_.address().events, open_end, 0, rate});
        meter.watch([&] { return burst.done(); }, [&] { return burst.planned(); }, burst_size);
        probe.stop();
        meter.watch([&] { return probe.done(); }, [&] { return burst.planned() + probe.planned(); }, 0);
        burst.join();
        probe.join();
        check(burst.result());
        check(probe.result());
        meter.finish();
        keep(quiet.result());
        keep(burst.result());
        keep(probe.result());
        take(meter, burst.result());
        report_.mails += probe.result().accepted;
        const std::string who = by_unit ? "other units" : "confirmations";
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
    void backlog() {
        report_.scenario = "backlog";
        const auto small = std::clamp<std::uint64_t>(options_.backlog / 10, 2000, 20'000);
        RunOptions options = options_;
        options.backlog = small;
        Rig little(options);
        Report reference;
        drain(little, small, reference, "small queue");
        little.stop();
        if (!reference.exact()) throw std::runtime_error("the small queue lost or doubled mails");
        drain(rig_, options_.backlog, report_, "backlog");
        report_.figures.push_back(
            {"small_queue_mails_per_second", "rate with " + with_commas(small) + " queued", reference.mails_per_second(), "/s"});
        report_.figures.push_back({"small_queue_cpu_us_per_mail", "CPU a mail with " + with_commas(small) + " queued",
                                   reference.cpu_us_per_mail(), "µs"});
        report_.figures.push_back(
            {"rate_to_small_queue", "rate in relation to it", report_.mails_per_second() / reference.mails_per_second(), ""});
    }

    void drain(Rig& rig, std::uint64_t count, Report& report, const std::string& title) {
        rig.start_without_sink();
        const auto events = generator(rig.units(), options_.mix);
        Feed feed(events, {rig.address().events, 0, count, 0});
        {
            Meter meter(rig, title + ": queueing", [&] { return feed.planned(); });
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
        meter.watch([] { return true; }, [&] { return count - meter.base(); }, count);
        meter.finish();
        auto arrivals = rig.arrivals()->all();
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
        const auto tenth = std::max<std::size_t>(last / 10, 1);
        report.figures.push_back(
            {"first_tenth_per_second", "rate of the first tenth", static_cast<double>(tenth) / span(0, tenth), "/s"});
        report.figures.push_back(
            {"last_tenth_per_second", "rate of the last tenth", static_cast<double>(tenth) / span(last - tenth, last), "/s"});
    }

    void take(Meter& meter, const FeedResult& fed) {
        report_.mails = fed.planned.size();
        report_.seconds = std::chrono::duration<double>(meter.ended() - fed.begun).count();
        report_.accept_per_second =
            static_cast<double>(fed.accepted) / std::max(1e-9, std::chrono::duration<double>(fed.answered - fed.begun).count());
        report_.cpu = meter.cpu();
        report_.others = meter.others();
        threads_ = meter.threads();
        report_.commits = meter.commits();
        report_.samples = std::move(meter.samples());
    }

    // Was every mail there once? And how long did each take?
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
        report_.tally = compare(planned_, arrivals, [&](const Planned& mail, SteadyTime at) {
            last = std::max(last, at);
            for (const auto& group : groups)
                if (mail.event >= group.first && mail.event - group.first < group.feed->written.size())
                    group.latency->add(at - group.feed->written[mail.event - group.first]);
        });
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
