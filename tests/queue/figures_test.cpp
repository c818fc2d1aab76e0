// Figures, not checks: run  ILBUD_QUEUE_FOLDER=/var/tmp test_queue "[figures]"  in a release build.
// ILBUD_FIGURES_MAILS sets the backlog (1,000,000).
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "sqlite_adapter.hpp"
// The adapter comes first.
#include "contract/queue_rig.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto in_us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return in_us(usage.ru_utime) + in_us(usage.ru_stime);
}

double wall_us() {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::size_t resident_mib() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word)
        if (word == "VmRSS:") {
            std::size_t kib = 0;
            status >> kib;
            return kib / 1024;
        }
    return 0;
}

// Ids as random as senders' UUIDs are.
std::string sha_name(int number) {
    return stable_id({std::to_string(number)});
}

// Made before the clock runs: reading the event is not the queue's work.
std::vector<Entry> entries_of(int first, int count, Kind kind = Kind::receipt, const std::string& unit = "daily") {
    std::vector<Entry> entries;
    for (int i = first; i < first + count; ++i)
        entries.push_back(
            entry_of({.id = sha_name(i), .kind = kind, .unit = unit, .to = "subscriber" + std::to_string(i) + "@example.com"}));
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (may_have_topics(kind))
            entries[i].decision.mails[0].topics = {"welcome:" + unit + ":" + std::to_string(first + static_cast<int>(i))};
    return entries;
}

void settle_all(QueueRig& rig, const std::vector<Lease>& leases) {
    std::vector<Settlement> done;
    for (const auto& lease : leases) {
        auto settlement = rig.ended(lease);
        settlement.reply_code = 250;
        settlement.enhanced = "2.0.0";
        settlement.reply_text = "250 2.0.0 Ok: queued as 4bXyZ1234567";
        settlement.relay = "smart";
        done.push_back(std::move(settlement));
    }
    rig.settle(std::move(done));
}

void measure_batches(int batch, int total, Kind kind = Kind::receipt) {
    QueueRig rig;
    double cpu = 0, wall = 0;
    for (int i = 0; i < total; i += batch) {
        auto entries = entries_of(i, batch, kind);
        const auto cpu_before = cpu_us(), wall_before = wall_us();
        rig.accept_all(std::move(entries));
        settle_all(rig, rig.lease(static_cast<std::size_t>(batch)));
        cpu += cpu_us() - cpu_before;
        wall += wall_us() - wall_before;
    }
    std::printf("batches of %3d: %6.1f us CPU, %7.1f us elapsed an event (accept + lease + settle), after %d events, %s\n", batch,
                cpu / total, wall / total, total, std::string(to_word(kind)).c_str());
}

void measure_backlog(int mails) {
    QueueRig rig;
    constexpr int batch = 250;
    auto begin = wall_us();
    for (int i = 0; i < mails; i += batch)
        rig.accept_all(
            entries_of(i, batch, i % 1000 == 0 ? Kind::receipt : Kind::invoice, "unit" + std::to_string(i / batch % 20)));
    std::printf("backlog of %d: filled in %.1f s, resident %zu MiB\n", mails, (wall_us() - begin) / 1e6, resident_mib());
    begin = wall_us();
    rig.close();
    std::printf("  close %.0f ms\n", (wall_us() - begin) / 1e3);
    begin = wall_us();
    rig.reopen();
    const auto first = rig.lease(64, 10s);
    std::printf("  start to first lease of %zu: %.1f ms, resident %zu MiB\n", first.size(), (wall_us() - begin) / 1e3,
                resident_mib());
    settle_all(rig, first);
    for (int round = 0; round < 4; ++round) {
        const auto cpu = cpu_us();
        begin = wall_us();
        int lent = 0;
        while (lent < 20'000) {
            const auto leases = rig.lease(64);
            if (leases.empty()) break;
            lent += static_cast<int>(leases.size());
            settle_all(rig, leases);
        }
        if (lent == 0) break;
        std::printf("  lease + settle from the backlog: %.1f us CPU, %.1f us elapsed a mail, resident %zu MiB\n",
                    (cpu_us() - cpu) / lent, (wall_us() - begin) / lent, resident_mib());
    }
    auto reader = rig.adapter.reader();
    begin = wall_us();
    MailQuery query;
    query.to = "subscriber77@example.com";
    const auto found = (*reader)->mails(query).size();
    std::printf("  reader: %zu mail(s) by address in %.1f ms", found, (wall_us() - begin) / 1e3);
    begin = wall_us();
    (*reader)->counts();
    std::printf(", counts in %.2f ms\n", (wall_us() - begin) / 1e3);
}

// Lone clients, each waiting for its answer before the next event.
void measure_clients(int clients, int each) {
    QueueRig rig;
    asio::io_context context(1);
    const auto client = [&](int number) -> Task<void> {
        for (int i = 0; i < each; ++i) {
            auto entries = entries_of(number * 1'000'000 + i, 1);
            co_await rig.queue->accept(std::move(entries));
        }
    };
    const auto cpu = cpu_us(), begin = wall_us();
    for (int i = 0; i < clients; ++i) asio::co_spawn(context, client(i), [](std::exception_ptr) {});
    context.run();
    const auto events = clients * each;
    std::printf("%2d clients: %.1f us CPU, %.1f us elapsed an event, %.2f events a commit\n", clients, (cpu_us() - cpu) / events,
                (wall_us() - begin) / events, static_cast<double>(events) / static_cast<double>(rig.counters.store_commits));
}

}  // namespace

TEST_CASE("figures: accept lease and settle", "[.figures]") {
    measure_batches(64, 200'000);
    measure_batches(250, 100'000);
    measure_batches(1, 5'000);
    measure_batches(250, 100'000, Kind::welcome);  // with a topic (R36)
}

TEST_CASE("figures: lone clients", "[.figures]") {
    for (const int clients : {1, 2, 8, 32}) measure_clients(clients, 4000 / clients);
}

TEST_CASE("figures: a long backlog", "[.figures]") {
    const char* given = std::getenv("ILBUD_FIGURES_MAILS");
    measure_backlog(given != nullptr ? std::atoi(given) : 1'000'000);
}
