// A disk that fails for a while: nothing acknowledged is lost, and the database stays whole.
#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <iomanip>
#include <iostream>
#include <random>

#include "support/fault_plan.hpp"
#include "support/testdata.hpp"
#include "trip/support/trial.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

struct Fault {
    const char* name;
    FaultPlan plan;
};

// Each by number and by chance, in calls that a commit, a checkpoint and a start make.
const std::array<Fault, 12> faults{{
    {"no room to write", {.fail_with = ENOSPC, .calls = "pwrite,write", .every = 3}},
    {"no room, by chance", {.fail_with = ENOSPC, .calls = "pwrite,write", .share = 0.05, .short_writes = true}},
    {"no room at all", {.fail_with = ENOSPC, .calls = "pwrite,write", .every = 1}},
    {"no room at sync", {.fail_with = ENOSPC, .calls = "fdatasync,fsync", .every = 3}},
    {"errors of writes", {.fail_with = EIO, .calls = "pwrite,write", .share = 0.02}},
    {"torn writes and errors", {.fail_with = EIO, .calls = "pwrite,write", .share = 0.1, .short_writes = true}},
    {"errors of syncs", {.fail_with = EIO, .calls = "fdatasync,fsync", .share = 0.2}},
    {"every sync", {.fail_with = EIO, .calls = "fdatasync,fsync", .every = 1}},
    {"short writes", {.calls = "pwrite,write", .share = 0.5, .short_writes = true}},
    {"each seventh call", {.fail_with = EIO, .calls = "pwrite,write,fdatasync,fsync", .every = 7}},
    {"files do not open", {.fail_with = EIO, .calls = "open,unlink,rename", .share = 0.5}},
    {"anything", {.fail_with = EIO, .share = 0.03, .short_writes = true}},
}};

/// The daemon as a service manager keeps it: started again whenever it ends.
struct Kept {
    explicit Kept(World& which) : world(which) {}
    World& world;
    SmtpServer* relay = nullptr;
    std::vector<End> ends;
    std::map<int, std::size_t> statuses;  // of its ends

    void look() {
        if (world.daemon().running()) return;
        ends.push_back({std::chrono::steady_clock::now(), relay->sessions()});
        ++statuses[world.daemon().wait()];
        world.launch();
    }
};

struct Total {
    std::size_t runs = 0, acknowledged = 0, lost = 0, conflicts = 0, others = 0;
    std::uint64_t failed = 0, shortened = 0;
};

void run_faults(std::size_t runs, std::size_t events, std::uint64_t seed) {
    Arrivals arrivals;
    SmtpServer relay(arrivals.options(2ms));
    WorldOptions options;
    options.relay_port = relay.port();
    options.platform_extra = "[daemon]\nlanes = 2\nlog_level = \"warning\"\n";
    TemporaryFolder place;
    World world(options);
    StorageFaults faulty(world.queue(), place.path());
    world.set_environment(faulty.environment());
    world.start();
    Kept kept(world);
    kept.relay = &relay;
    std::mt19937_64 random(seed);
    std::vector<Acknowledged> acknowledged;
    std::map<std::string, Total> totals;
    for (std::size_t run_number = 0; run_number < runs; ++run_number) {
        const auto& fault = faults[run_number % faults.size()];
        auto& total = totals[fault.name];
        auto plan = fault.plan;
        plan.seed = random();
        const auto failed = faulty.failed(), shortened = faulty.shortened();
        ClientOptions clients_options;
        clients_options.socket = world.socket();
        clients_options.series = "fault" + std::to_string(run_number);
        clients_options.events = events;
        clients_options.window = 1 + random() % 20;
        const auto begin = std::chrono::milliseconds(random() % 40);
        const auto length = std::chrono::milliseconds(40 + random() % 400);
        if (random() % 2 == 0) faulty.begin(plan);  // from the first event on, or in the middle
        Clients clients(std::move(clients_options));
        std::this_thread::sleep_for(begin);
        faulty.begin(plan);
        // A start falls into the faults as well.
        if (random() % 4 == 0) world.daemon().signal(SIGKILL);
        for (const auto until = std::chrono::steady_clock::now() + length; std::chrono::steady_clock::now() < until;) {
            kept.look();
            std::this_thread::sleep_for(20ms);
        }
        faulty.end();
        wait_until(
            "the clients", [&] { return kept.look(), clients.ended(); }, 120);
        clients.join();
        INFO(fault.name << ", run " << run_number << ": " << clients.failure());
        CHECK(clients.failure().empty());
        const auto now = clients.acknowledged();
        CHECK(now.size() == events);
        wait_until(
            "the mails after " + std::string(fault.name), [&] { return kept.look(), arrivals.missing(now) == 0; }, 60);
        acknowledged.insert(acknowledged.end(), now.begin(), now.end());
        ++total.runs;
        total.acknowledged += now.size();
        total.lost += arrivals.missing(now);
        total.conflicts += clients.conflicts();
        total.others += clients.others();
        total.failed += faulty.failed() - failed;
        total.shortened += faulty.shortened() - shortened;
    }
    wait_until("the daemon", [&] { return kept.look(), world.ilbud({"status"}).status == 0; });
    CHECK(world.stop() == 0);
    check_integrity(world.queue());
    const auto repeats = count_repeats(arrivals.all(), kept.ends, acknowledged);

    std::cout << "storage faults, seed " << seed
              << "\n  fault                     runs  acknowledged  lost  calls failed  shortened\n";
    for (const auto& [name, total] : totals) {
        std::cout << "  " << std::left << std::setw(24) << name << std::right << std::setw(6) << total.runs << std::setw(14)
                  << total.acknowledged << std::setw(6) << total.lost << std::setw(14) << total.failed << std::setw(11)
                  << total.shortened << "\n";
        INFO(name);
        CHECK(total.lost == 0);
        CHECK(total.conflicts == 0);
        CHECK(total.others == 0);
        if (total.runs >= 10) CHECK(total.failed + total.shortened > 0);  // a plan that never meets a call tries nothing
    }
    std::cout << "  the daemon ended " << kept.ends.size() << " times, with status";
    for (const auto& [status, times] : kept.statuses) std::cout << " " << status << " (" << times << ")";
    std::cout << "; repeated: " << repeats.answered << " answered (most " << repeats.most_answered << "), " << repeats.dots
              << " dots, " << repeats.others << " others; " << repeats.beyond << " ends beyond what is promised\n";
    CHECK(repeats.others == 0);
    CHECK(repeats.unexpected == 0);
    CHECK(faulty.failed() > 0);
    if (runs >= 100) CHECK(faulty.shortened() > 0);  // in a few runs chance may choose none
    // Refused to start (1), a broken storage (74), our own kill: anything else is a crash.
    for (const auto& [status, times] : kept.statuses) {
        INFO("status " << status << ", " << times << " times");
        CHECK((status == 1 || status == 74 || status == -SIGKILL));
    }
    CHECK(repeats.beyond == 0);
}

}  // namespace

TEST_CASE("storage faults: whatever fails below the queue, nothing acknowledged is lost") {
    run_faults(faults.size(), 10, 20263);
}

TEST_CASE("S48: a disk that has no room for a longer journal is left by moving the journal, and mails go on") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    TemporaryFolder place;
    World world(options);
    StorageFaults faulty(world.queue(), place.path());
    world.set_environment(faulty.environment());
    world.start();
    ClientOptions before;
    before.socket = world.socket();
    before.series = "before";
    before.events = 200;
    Clients(std::move(before)).join();
    wait_until("the mails before", [&] { return sink.count() == 200; });
    faulty.begin({.fail_with = ENOSPC, .calls = "pwrite,write", .every = 1, .journal_growth = true});
    ClientOptions during;
    during.socket = world.socket();
    during.series = "during";
    during.events = 1500;
    Clients clients(std::move(during));
    clients.join();
    CHECK(clients.failure().empty());
    wait_until("the mails on the full disk", [&] { return sink.count() >= 1700; });
    wait_until("their results", [&] { return world.status("delivered") == 1700; });
    CHECK(faulty.failed() > 0);
    faulty.end();
    CHECK(world.stop() == 0);
}

TEST_CASE("R1: an event that was answered busy since nothing could be synced has one effect, sent again after a kill") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    TemporaryFolder place;
    World world(options);
    StorageFaults faulty(world.queue(), place.path());
    world.set_environment(faulty.environment());
    world.start();
    faulty.begin({.fail_with = EIO, .calls = "fdatasync,fsync", .every = 1});
    std::vector<std::string> events;
    for (std::size_t i = 0; i < 10; ++i) {
        events.push_back(trial_event("unsynced", i));
        const auto answer = world.ask(events.back());
        INFO(answer);
        CHECK(answer.find("\"busy\"") != std::string::npos);
        CHECK(answer.find("disk_failed") != std::string::npos);
    }
    CHECK(sink.count() == 0);
    world.kill();
    faulty.end();
    world.start();
    for (const auto& event : events) {
        const auto answer = world.ask(event);
        INFO(answer);
        CHECK((answer.find("\"accepted\"") != std::string::npos || answer.find("\"duplicate\"") != std::string::npos));
    }
    wait_until("the mails", [&] { return sink.count() >= events.size(); });
    wait_until("their results", [&] { return world.status("queued") == 0 && world.status("leased") == 0; });
    CHECK(world.stop() == 0);
    CHECK(sink.count() == events.size());
    CHECK(sink.message_ids().size() == events.size());
}

TEST_CASE("storage faults: 200 times", "[.long]") {
    run_faults(204, 60, 20264);
}
