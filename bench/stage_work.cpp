// Every stage as the daemon calls it, through the public functions of its room, on mails that were brought to
// that point beforehand. Timed are microseconds of CPU, by Google Benchmark's loop; what belongs to the
// surroundings (new events, opened sessions) stands before the loop or between PauseTiming and ResumeTiming.
#include "stage_work.hpp"

#include <algorithm>
#include <stdexcept>

#include "arrivals.hpp"
#include "ilbud/delivery/smtp_session.hpp"
#include "ilbud/delivery/transport.hpp"
#include "ilbud/queue/store.hpp"
#include "ilbud/render/markdown.hpp"
#include "ilbud/sign/canonical.hpp"

namespace ilbud::bench {
namespace {

using State = benchmark::State;
// A batch as accepts and settlements come together under load.
constexpr std::size_t batch = 64;

// An invoice as its template makes it, so that Markdown alone is timed on a usual text.
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
// Different mails in turn: one and the same would stay in the cache as no real one does.
template <class Work>
std::function<void(State&)> each(const std::vector<Specimen>& specimens, Work work) {
    return [&specimens, work](State& state) {
        std::size_t i = 0;
        for (auto _ : state) work(specimens[i++ % specimens.size()]);
    };
}

// A stage that fails would be very fast; the run ends instead.
template <class Value>
void need(const Value& value, const char* what) {
    if (!value) throw std::runtime_error(std::string(what) + " failed");
}

/// A queue of its own folder, and new mails for it.
// The name holds the number of iterations: Google Benchmark calls a stage several times with growing numbers,
// and each call needs a queue that has seen nothing. The same number seeds the generator.
class QueueBench {
 public:
    QueueBench(const State& state, const StagesWorld& world, const std::string& name)
        : world_(world),
          context_(1),
          log_(LogLevel::error, LogFormat::text, [](std::string_view) {}),
          generator_(static_cast<std::uint64_t>(state.max_iterations) + 2, bench_units(1), usual_mix, world.now) {
        auto settings = world.snapshot->settings.platform.queue;
        settings.folder = world.folder.path() / (name + std::to_string(state.max_iterations));
        auto store = open_sqlite_store(settings, system_clock(), log_, counters_);
        if (!store) throw std::runtime_error(to_text(store.error()));
        store_ = std::move(*store);
        queue_ = &store_->queue();
    }
    // Outside of the timing: parsing and deciding have stages of their own.
    std::vector<Entry> new_entries() {
        std::vector<Entry> entries;
        for (std::size_t i = 0; i < batch; ++i) {
            auto event = parse_event(generator_.line(number_++));
            need(event, "parse_event");
            auto decision = decide(world_.snapshot->settings, *event, world_.now);
            need(decision, "decide");
            entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
        }
        return entries;
    }
    /// Accept, lease, settle: as in the daemon.
    // Leases may come in fewer than were asked for, so this goes on until all are settled.
    void deliver(std::vector<Entry> entries) {
        const auto count = entries.size();
        run_to_end(context_, queue_->accept(std::move(entries)));
        for (std::size_t done = 0; done < count;) {
            // A second is never waited for: the mails are there.
            const auto leases = run_to_end(context_, queue_->lease(batch, std::chrono::seconds(1)));
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
            run_to_end(context_, queue_->settle(std::move(settlements)));
        }
    }
    // A day ahead, so that everything finished is old enough.
    std::size_t prune_all() { return run_to_end(context_, queue_->prune(system_clock().now() + 24h, batch)).removed; }

 private:
    const StagesWorld& world_;
    asio::io_context context_;
    Log log_;
    Counters counters_;
    std::unique_ptr<Store> store_;
    Queue* queue_ = nullptr;
    Generator generator_;
    std::uint64_t number_ = 0;
};

// MeasureProcessCPUTime counts the store's thread as well, which does most of it.
void journal(State& state, const StagesWorld& world) {
    QueueBench queue(state, world, "journal-");
    for (auto _ : state) {
        state.PauseTiming();
        auto entries = queue.new_entries();
        state.ResumeTiming();
        queue.deliver(std::move(entries));
    }
}

void prune(State& state, const StagesWorld& world) {
    QueueBench queue(state, world, "prune-");
    for (auto _ : state) {
        state.PauseTiming();
        queue.deliver(queue.new_entries());
        state.ResumeTiming();
        // Anything but a whole batch means that mails were not finished, and
        // the figure would be of something else.
        if (queue.prune_all() != batch) throw std::runtime_error("finished mails were not pruned");
    }
}

// Relaxed form of header and body (RFC 6376 §3.4.2, §3.4.4), hashed as signing does;
// DoNotOptimize keeps the compiler from leaving it out.
void hash_canonical(const Specimen& one) {
    std::string header;
    for (const auto& field : header_fields(one.message.header)) append_canonical_field(header, field.bytes, true);
    std::string buffer;
    benchmark::DoNotOptimize(sha256(header));
    benchmark::DoNotOptimize(sha256(canonical_body(one.message.body, true, buffer)));
}

/// One mail through the state machine, the server's replies from a script.
// No socket: the cost of our own state machine alone. 16384 bytes a piece, as
// much as a TLS record holds (RFC 8446 §5.1).
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
        // The replies come in one piece, as a server answers a pipelined envelope (RFC 2920).
        send();
        session.receive("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go ahead\r\n");
        send();
        session.receive("250 2.0.0 Ok: taken\r\n");
        const auto decided = session.take();
        if (decided.size() != 1 || decided[0].reply.code != 250) throw std::runtime_error("the session did not take a mail");
    }
}

// A coroutine a mail, as in a lane.
Task<void> send_one(Transport& transport, const Specimen& one) {
    Consignment consignment{one.mail.id, {one.mail.from, one.mail.to}, std::make_shared<const std::string>(one.letter)};
    const auto reply = co_await transport.send(std::move(consignment));
    if (reply.code != 250) throw std::runtime_error("the sink did not take a mail");
}

/// Over loopback to a sink on another thread; this thread's CPU time alone is counted.
// The sink's work is on another thread and is not counted; the kernel's part of sending is, as in the daemon.
void transaction(State& state, const StagesWorld& world, const std::vector<Specimen>& specimens, bool tls) {
    Arrivals sink({}, tls ? world.certificate : CertificateFiles{});
    Log log(LogLevel::error, LogFormat::text, [](std::string_view) {});
    Counters counters;
    // Settings of the world but for the relay: its port, and whether it speaks TLS.
    auto settings = world.snapshot->settings.platform.delivery;
    settings.relays.front().port = sink.port();
    settings.relays.front().tls = tls ? TlsPolicy::required : TlsPolicy::none;
    settings.relays.front().ca_file = tls ? world.certificate.certificate : std::filesystem::path();
    asio::io_context context(1);
    std::exception_ptr failure;
    const auto transport = open_curl_transport(context, settings, {}, log, counters);
    TaskGroup mails(context, [&](std::exception_ptr error) { failure = error; });
    const auto send_batch = [&] {
        // The same mails each time: what is timed does not hang on which they are.
        for (std::size_t i = 0; i < batch; ++i) mails.spawn(send_one(*transport, specimens[i]));
        run_to_end(context, mails.wait());
    };
    // Opening costs once a session, not once a mail, and is left out.
    send_batch();  // opens the sessions
    for (auto _ : state) send_batch();
    run_to_end(context, transport->stop(std::chrono::seconds(1)));
    // run_to_end may have left the context stopped.
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

// Nine days of validity: longer than any retry time of the settings (S13).
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

/// How many a lane signs in one go.
// At least one, whatever the settings say: with none the stages would time nothing.
std::size_t letters_together(const StagesWorld& world) {
    return std::max<std::size_t>(world.snapshot->settings.platform.dkim.sign_together, 1);
}

/// As a lane signs while mails wait: several in one go.
// Several signatures at once share the processor's wide units; lanes do so while enough mails wait.
void sign_together(State& state, const StagesWorld& world, const std::vector<Specimen>& specimens) {
    const auto count = letters_together(world);
    std::size_t at = 0;
    for (auto _ : state) {
        std::vector<SigningTask> tasks;
        for (std::size_t i = 0; i < count; ++i)
            tasks.push_back({specimens[at++ % specimens.size()].message, &keys_of(world), "dagbladet.example", world.now,
                             world.now + 24h * 9});
        for (const auto& message : sign_all(std::move(tasks))) need(message, "sign_all");
    }
}

// The whole letter by the function that lanes call, several at once.
void write_together(State& state, const StagesWorld& world, const std::vector<Specimen>& specimens) {
    const auto count = letters_together(world);
    std::size_t at = 0;
    for (auto _ : state) {
        std::vector<LetterOrder> orders;
        for (std::size_t i = 0; i < count; ++i) {
            const auto& one = specimens[at++ % specimens.size()];
            orders.push_back({&one.mail, one.event.get()});
        }
        for (const auto& letter : write_letters(orders, *world.snapshot, world.book, world.now)) need(letter, "write_letters");
    }
}

}  // namespace

// Budgets are in R and add up to what a mail may cost; 0 has none of its own. `part_of_sum` marks those that
// make one whole trip without counting anything twice.
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
        // all_threads: the store works on a thread of its own.
        {"journal: accept, lease, settle", 0.07, "commits of " + std::to_string(batch) + ", store's thread included",
         [&](State& state) { journal(state, world); }, batch, true, true},
        {"prune what is finished", 0, "when its time in the log is over", [&](State& state) { prune(state, world); }, batch, true,
         false},
        {"render welcome", 0.25, "Markdown included", each(welcomes, rendering(world)), 1, false, false},
        {"render invoice", 0.25, "Markdown included", each(invoices, rendering(world)), 1, false, false},
        {"render", 0.25, "Markdown included, usual mix", each(all, rendering(world)), 1, false, false},
        {"Markdown alone", 0.05, "an invoice, both parts", each(all, markdown), 1, false, false},
        {"compose", 0.04, "", each(all, composing(world)), 1, false, false},
        {"canonicalise and hash", 0.06, "", each(all, hash_canonical), 1, false, false},
        {"sign, RSA-2048", 1.06, "with the above", each(all, signing(world, keys_of(world))), 1, false, false},
        {"sign, RSA-2048, together", 1.06, "as lanes do while mails wait",
         [&](State& state) { sign_together(state, world, all); }, letters_together(world), false, false},
        {"sign, Ed25519", 0, "", each(all, signing(world, KeyRing{{world.ed25519}})), 1, false, false},
        {"whole letter", 1.35, "render, compose, sign",
         each(all,
              [&](const Specimen& one) {
                  need(write_letter(one.mail, *one.event, *world.snapshot, world.book, world.now), "write_letter");
              }),
         1, false, false},
        {"whole letter, together", 1.35, "as lanes do while mails wait", [&](State& state) { write_together(state, world, all); },
         letters_together(world), false, true},
        {"SMTP state machine", 0, "no socket", [&](State& state) { machine(state, all); }, 1, false, false},
        {"send over loopback", 0.10, "20 sessions, the machine included",
         [&](State& state) { transaction(state, world, all, false); }, batch, false, true},
        {"send over loopback, TLS", 0.35, "as above, encrypted", [&](State& state) { transaction(state, world, all, true); },
         batch, false, false},
    };
}

// The four parts that divide_cpu divides a lane's time by, in its order.
std::vector<Stage> stages_of_lane(const StagesWorld& world, const std::vector<Specimen>& mails, bool tls, bool alone) {
    const Stage one{.name = "sign", .run = each(mails, signing(world, keys_of(world)))};
    const Stage several{
        .name = "sign", .run = [&](State& state) { sign_together(state, world, mails); }, .mails = letters_together(world)};
    return {
        {.name = "render", .run = each(mails, rendering(world))},
        {.name = "compose", .run = each(mails, composing(world))},
        alone ? one : several,
        {.name = "send", .run = [&, tls](State& state) { transaction(state, world, mails, tls); }, .mails = batch},
    };
}

}  // namespace ilbud::bench
