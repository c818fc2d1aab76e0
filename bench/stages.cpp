#include "stages.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <stdexcept>

#include "arrivals.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/delivery/smtp_session.hpp"
#include "ilbud/delivery/transport.hpp"
#include "ilbud/mail/canonical.hpp"
#include "ilbud/mail/markdown.hpp"
#include "ilbud/queue/queue.hpp"
#include "measure.hpp"
#include "stages_world.hpp"

namespace ilbud::bench {
namespace {

using State = benchmark::State;
constexpr std::size_t specimen_count = 256;
constexpr std::size_t batch = 64;
constexpr std::size_t together = 8;  // letters that a lane signs in one go

/// A stage as the table shows it. `budget` in R; 0: none of its own.
struct Stage {
    std::string name;
    double budget = 0;
    std::string note{};
    std::function<void(State&)> run;
    std::size_t mails = 1;  ///< that one iteration handles
    bool all_threads = false;
    bool part_of_sum = false;
};

constexpr std::string_view typical_markdown =
    "# Faktura 40215\n\nKære Jørgen Østergård\n\nHer er din faktura fra Dagbladet Eksempel A/S.\n\n| | |\n|:---|:---|\n| At "
    "betale | **689,00 kr.** |\n"
    "| Forfaldsdato | **7. december 2026** |\n| Fakturanummer | 40215 |\n| Fakturadato | 23. november 2026 |\n\n"
    "[Betal fakturaen](https://betal.dagbladet.example/40215?kode=5f0a77)\n\n| Tekst | Beløb |\n|:---|---:|\n| Ugemagasinet, 1. "
    "halvår 2027 | 640,00 kr. |\n"
    "| Bladholder | 49,00 kr. |\n\n| | |\n|:---|---:|\n| Heraf moms | 137,80 kr. |\n| **I alt** | **689,00 kr.** |\n\nVenlig "
    "hilsen\\\nDagbladet Eksempel A/S\n\n"
    "Dit abonnent-ID er **104307**. På [selvbetjening](https://selvbetjening.dagbladet.example/) kan du se dine fakturaer.\n";

/// Calls `work` with one specimen after the other.
template <class Work>
std::function<void(State&)> each(const std::vector<Specimen>& specimens, Work work) {
    return [&specimens, work](State& state) {
        std::size_t i = 0;
        for (auto _ : state) work(specimens[i++ % specimens.size()]);
    };
}

template <class Value>
void need(const Value& value, const char* what) {
    if (!value) throw std::runtime_error(std::string(what) + " failed");
}

// New events every time, made while the clock stands; then through the store as in the daemon: accept, lease, settle.
void journal(State& state, const StagesWorld& world) {
    asio::io_context context(1);
    Log log(LogLevel::error, LogFormat::text, [](std::string_view) {});
    Counters counters;
    auto settings = world.snapshot->settings.platform.queue;
    settings.folder = world.folder.path() / ("stages-queue-" + std::to_string(state.max_iterations));
    auto queue = open_sqlite_queue(settings, system_clock(), log, counters);
    if (!queue) throw std::runtime_error(to_text(queue.error()));
    const Generator generator(static_cast<std::uint64_t>(state.max_iterations) + 2, bench_units(1), usual_mix, world.now);
    std::uint64_t number = 0;
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<Entry> entries;
        for (std::size_t i = 0; i < batch; ++i) {
            auto event = parse_event(generator.line(number++));
            need(event, "parse_event");
            auto decision = decide(world.snapshot->settings, *event, world.now);
            need(decision, "decide");
            entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
        }
        state.ResumeTiming();
        run_to_end(context, (*queue)->accept(std::move(entries)));
        for (std::size_t done = 0; done < batch;) {
            const auto leases = run_to_end(context, (*queue)->lease(batch, std::chrono::seconds(1)));
            std::vector<Settlement> settlements(leases.size());
            for (std::size_t i = 0; i < leases.size(); ++i) {
                settlements[i].row = leases[i].row;
                settlements[i].token = leases[i].token;
                settlements[i].at = system_clock().now();
                settlements[i].reason = "delivered";
                settlements[i].reply_code = 250;
                settlements[i].reply_text = "2.0.0 Ok: taken";
                settlements[i].relay = "sink";
            }
            done += leases.size();
            run_to_end(context, (*queue)->settle(std::move(settlements)));
        }
    }
}

void hash_canonical(const Specimen& one) {
    std::string header;
    for (const auto& field : header_fields(one.message.header)) append_canonical_field(header, field.bytes, true);
    std::string buffer;
    benchmark::DoNotOptimize(sha256(header));
    benchmark::DoNotOptimize(sha256(canonical_body(one.message.body, true, buffer)));
}

/// One mail through the state machine, the server's replies from a script.
void machine(State& state, const std::vector<Specimen>& specimens) {
    SmtpSession session(read_extensions("250-sink\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n"), true, 16384);
    const auto send = [&] {
        for (auto out = session.output(); !out.empty(); out = session.output()) session.sent(out.size());
    };
    std::size_t i = 0;
    for (auto _ : state) {
        const auto& one = specimens[i++ % specimens.size()];
        const Envelope envelope{one.mail.from, one.mail.to};
        session.offer(i, envelope, one.letter);
        send();
        session.receive("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go ahead\r\n");
        send();
        session.receive("250 2.0.0 Ok: taken\r\n");
        const auto decided = session.take();
        if (decided.size() != 1 || decided[0].reply.code != 250) throw std::runtime_error("the session did not take a mail");
    }
}

Task<void> send_one(Transport& transport, const Specimen& one) {
    Consignment consignment{one.mail.id, {one.mail.from, one.mail.to}, one.letter};
    const auto reply = co_await transport.send(std::move(consignment));
    if (reply.code != 250) throw std::runtime_error("the sink did not take a mail");
}

/// Over loopback to a sink on another thread; this thread's CPU time alone is counted.
void transaction(State& state, const StagesWorld& world, const std::vector<Specimen>& specimens, bool tls) {
    Arrivals sink({}, tls ? world.certificate : CertificateFiles{});
    Log log(LogLevel::error, LogFormat::text, [](std::string_view) {});
    Counters counters;
    auto settings = world.snapshot->settings.platform.delivery;
    settings.relays.front().port = sink.port();
    settings.relays.front().tls = tls ? TlsPolicy::required : TlsPolicy::none;
    settings.relays.front().ca_file = tls ? world.certificate.certificate : std::filesystem::path();
    asio::io_context context(1);
    std::exception_ptr failure;
    const auto transport = open_curl_transport(context, settings, 1, log, counters);
    TaskGroup mails(context, [&](std::exception_ptr error) { failure = error; });
    const auto send_batch = [&] {
        for (std::size_t i = 0; i < batch; ++i) mails.spawn(send_one(*transport, specimens[i]));
        run_to_end(context, mails.wait());
    };
    send_batch();  // opens the sessions
    for (auto _ : state) send_batch();
    run_to_end(context, transport->stop(std::chrono::seconds(1)));
    context.restart();
    context.run();  // what the sessions have left to do
    if (failure) std::rethrow_exception(failure);
}

auto rendering(const StagesWorld& world) {
    return [&](const Specimen& one) {
        need(render(one.mail, *one.event, world.snapshot->settings, world.snapshot->templates), "render");
    };
}

auto composing(const StagesWorld& world) {
    return [&](const Specimen& one) { need(compose(one.mail, one.content, {}, world.now), "compose"); };
}

auto signing(const StagesWorld& world, KeyRing keys) {
    return [&world, keys = std::move(keys)](const Specimen& one) {
        need(sign(one.message, keys, "dagbladet.example", world.now, world.now + 24h * 9), "sign");
    };
}

const KeyRing& keys_of(const StagesWorld& world) {
    const auto signer = world.book.signer("dagbladet.example");
    need(signer, "signer");
    return *signer->keys;
}

/// As a lane signs while mails wait: several in one go.
void sign_together(State& state, const StagesWorld& world, const std::vector<Specimen>& specimens) {
    std::size_t at = 0;
    for (auto _ : state) {
        std::vector<SigningTask> tasks;
        for (std::size_t i = 0; i < together; ++i)
            tasks.push_back({specimens[at++ % specimens.size()].message, &keys_of(world), "dagbladet.example", world.now,
                             world.now + 24h * 9});
        for (const auto& message : sign_all(std::move(tasks))) need(message, "sign_all");
    }
}

void letters_together(State& state, const StagesWorld& world, const std::vector<Specimen>& specimens) {
    std::size_t at = 0;
    for (auto _ : state) {
        std::vector<LetterOrder> orders;
        for (std::size_t i = 0; i < together; ++i) {
            const auto& one = specimens[at++ % specimens.size()];
            orders.push_back({&one.mail, one.event.get()});
        }
        for (const auto& letter : write_letters(orders, *world.snapshot, world.book, world.now)) need(letter, "write_letters");
    }
}

std::vector<Stage> stages_of(const StagesWorld& world, const std::vector<Specimen>& all, const std::vector<Specimen>& welcomes,
                             const std::vector<Specimen>& invoices) {
    const auto markdown = [style = html_style("#1f3c88", "#ffffff")](const Specimen&) {
        std::string html;
        std::string text;
        append_markdown(typical_markdown, style, &html, &text);
        benchmark::DoNotOptimize(html.data());
    };
    return {
        {"parse and check an event", 0, "", each(all, [](const Specimen& one) { need(parse_event(one.line), "parse_event"); }), 1,
         false, false},
        {"decide", 0, "",
         each(all, [&](const Specimen& one) { need(decide(world.snapshot->settings, *one.event, world.now), "decide"); }), 1,
         false, false},
        {"event to decision", 0.02, "both of the above",
         each(all,
              [&](const Specimen& one) {
                  const auto event = parse_event(one.line);
                  need(event, "parse_event");
                  need(decide(world.snapshot->settings, *event, world.now), "decide");
              }),
         1, false, true},
        {"journal: accept, lease, settle", 0.07, "commits of " + std::to_string(batch) + ", store's thread included",
         [&](State& state) { journal(state, world); }, batch, true, true},
        {"render welcome", 0.25, "Markdown included", each(welcomes, rendering(world)), 1, false, false},
        {"render invoice", 0.25, "Markdown included", each(invoices, rendering(world)), 1, false, false},
        {"render", 0.25, "Markdown included, usual mix", each(all, rendering(world)), 1, false, false},
        {"Markdown alone", 0.05, "an invoice, both parts", each(all, markdown), 1, false, false},
        {"compose", 0.04, "", each(all, composing(world)), 1, false, false},
        {"canonicalise and hash", 0.06, "", each(all, hash_canonical), 1, false, false},
        {"sign, RSA-2048", 1.06, "with the above", each(all, signing(world, keys_of(world))), 1, false, false},
        {"sign, RSA-2048, eight", 1.06, "together, as lanes do", [&](State& state) { sign_together(state, world, all); },
         together, false, false},
        {"sign, Ed25519", 0, "", each(all, signing(world, KeyRing{{world.ed25519}})), 1, false, false},
        {"whole letter", 1.35, "render, compose, sign",
         each(all,
              [&](const Specimen& one) {
                  need(write_letter(one.mail, *one.event, *world.snapshot, world.book, world.now), "write_letter");
              }),
         1, false, false},
        {"whole letter, eight", 1.35, "together, as lanes do", [&](State& state) { letters_together(state, world, all); },
         together, false, true},
        {"SMTP state machine", 0, "no socket", [&](State& state) { machine(state, all); }, 1, false, false},
        {"send over loopback", 0.10, "20 sessions, the machine included",
         [&](State& state) { transaction(state, world, all, false); }, batch, false, true},
        {"send over loopback, TLS", 0.35, "as above, encrypted", [&](State& state) { transaction(state, world, all, true); },
         batch, false, false},
    };
}

/// Keeps the CPU time of each and, on a terminal, says which one runs.
class Keeper : public benchmark::BenchmarkReporter {
 public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const auto& run : runs) {
            if (run.error_occurred) throw std::runtime_error(run.run_name.function_name + ": " + run.error_message);
            seconds_[run.run_name.function_name] = run.cpu_accumulated_time / static_cast<double>(run.iterations);
            if (::isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r\x1b[K%s", run.run_name.function_name.c_str());
        }
    }
    void Finalize() override {
        if (::isatty(STDERR_FILENO) == 1) std::fputs("\r\x1b[K", stderr);
    }
    /// Seconds an iteration; nothing if it did not run.
    [[nodiscard]] std::optional<double> of(const std::string& name) const {
        const auto found = seconds_.find(name);
        return found == seconds_.end() ? std::nullopt : std::optional(found->second);
    }

 private:
    std::map<std::string, double> seconds_;
};

std::string fixed(double number, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, number);
    return text;
}

void run_benchmarks(const std::vector<Stage>& stages, double seconds_min, const std::string& filter, Keeper& keeper) {
    benchmark::ClearRegisteredBenchmarks();
    for (const auto& stage : stages) {
        auto* registered = benchmark::RegisterBenchmark(stage.name.c_str(), stage.run);
        if (stage.all_threads) registered->MeasureProcessCPUTime();
    }
    std::vector<std::string> words{"ilbud-bench", "--benchmark_min_time=" + std::to_string(seconds_min)};
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    int argc = static_cast<int>(argv.size());
    benchmark::Initialize(&argc, argv.data());
    benchmark::RunSpecifiedBenchmarks(&keeper, filter);
}

}  // namespace

int run_stages(const StagesOptions& options) {
    const StagesWorld world(options);
    const auto all = world.specimens(usual_mix, specimen_count);
    const auto welcomes = world.specimens(only(Kind::welcome), 32);
    const auto invoices = world.specimens(only(Kind::invoice), 32);
    const auto stages = stages_of(world, all, welcomes, invoices);
    const double before = rsa2048_sign_us();
    Keeper keeper;
    run_benchmarks(stages, options.seconds_min, options.filter, keeper);
    const double r = (before + rsa2048_sign_us()) / 2;

    Table table({"stage", "µs", "R", "budget R", "of it", ""});
    for (std::size_t column = 1; column <= 4; ++column) table.right_align(column);
    std::string text;
    JsonWriter json(text);
    json.begin_object().field("rsa2048_sign_us", r).field("cpu_model", cpu_model()).key("stages").begin_array();
    double sum = 0;
    double budget = 0;
    const auto add = [&](const std::string& name, double us, double limit, const std::string& note) {
        table.add({name, fixed(us, 1), fixed(us / r, 3), limit > 0 ? fixed(limit, 2) : "",
                   limit > 0 ? fixed(100 * us / r / limit, 0) + " %" : "", note});
        json.begin_object().field("stage", name).field("us", us).field("r", us / r);
        if (limit > 0) json.field("budget_r", limit);
        json.end_object();
    };
    for (const auto& stage : stages) {
        const auto seconds = keeper.of(stage.name);
        if (!seconds) continue;
        const double us = *seconds * 1e6 / static_cast<double>(stage.mails);
        if (stage.part_of_sum) {
            sum += us;
            budget += stage.budget;
        }
        add(stage.name, us, stage.budget, stage.note);
    }
    if (sum > 0) add("sum", sum, budget, "event to decision, journal, whole letter (eight), send");
    json.end_array().end_object();
    if (options.json != "-") print("R = " + fixed(r, 1) + " µs (one RSA-2048 signature), " + cpu_model() + "\n\n" + table.text());
    if (!options.json.empty()) {
        if (options.json == "-") {
            print(text + "\n");
        } else {
            std::ofstream file(options.json, std::ios::binary | std::ios::trunc);
            file << text << "\n";
            if (!file) throw std::runtime_error("cannot write " + options.json.string());
        }
    }
    return 0;
}

LaneStages::LaneStages(const StagesOptions& options, const Mix& mix, bool tls, bool ed25519, bool alone)
    : world_(std::make_unique<StagesWorld>(options, ed25519)),
      specimens_(world_->specimens(mix, specimen_count)),
      tls_(tls),
      alone_(alone),
      seconds_min_(options.seconds_min) {}
LaneStages::~LaneStages() = default;

void LaneStages::measure() {
    const auto& world = *world_;
    const Stage one_alone{.name = "sign", .run = each(specimens_, signing(world, keys_of(world)))};
    const Stage eight{.name = "sign", .run = [&](State& state) { sign_together(state, world, specimens_); }, .mails = together};
    const std::vector<Stage> stages{
        {.name = "render", .run = each(specimens_, rendering(world))},
        {.name = "compose", .run = each(specimens_, composing(world))},
        alone_ ? one_alone : eight,
        {.name = "send", .run = [&](State& state) { transaction(state, world, specimens_, tls_); }, .mails = batch},
    };
    Keeper keeper;
    run_benchmarks(stages, seconds_min_, ".", keeper);
    const auto us = [&](std::size_t stage) {
        return keeper.of(stages[stage].name).value_or(0) * 1e6 / static_cast<double>(stages[stage].mails);
    };
    measured_.push_back({us(0), us(1), us(2), us(3)});
}

LaneCosts LaneStages::mean() const {
    LaneCosts mean;
    for (const auto& one : measured_)
        for (auto LaneCosts::*stage : {&LaneCosts::render, &LaneCosts::compose, &LaneCosts::sign, &LaneCosts::send})
            mean.*stage += one.*stage / static_cast<double>(measured_.size());
    return mean;
}

}  // namespace ilbud::bench
