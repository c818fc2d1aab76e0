// Killed at any moment, the daemon loses nothing that it acknowledged, and repeats no more than the design says.
#include <signal.h>
#include <sys/wait.h>
#include <catch2/catch.hpp>

#include <cmath>
#include <iomanip>
#include <iostream>
#include <random>

#include "trip/support/trial.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

/// One world, killed again and again while it is fed and delivers.
struct KillTrial {
    const char* name;
    int lanes, connections;
    std::chrono::milliseconds dot_latency;
    int kills;
    std::size_t events;
};

struct KillResult {
    std::size_t acknowledged = 0, lost = 0, refused = 0;
    Repeats repeats;
    std::string failure;
};

// The moment at which nothing of the daemon runs any more; it still waits to be collected.
SteadyMoment kill_now(World& world) {
    world.daemon().signal(SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(world.daemon().id()), &info, WEXITED | WNOWAIT);
    return std::chrono::steady_clock::now();
}

KillResult run_trial(const KillTrial& trial, std::uint64_t seed) {
    Arrivals arrivals;
    SmtpServer relay(arrivals.options(trial.dot_latency));
    WorldOptions options;
    options.relay_port = relay.port();
    options.connections = trial.connections;
    options.platform_extra = "[daemon]\nlanes = " + std::to_string(trial.lanes) + "\nlog_level = \"warning\"\n";
    World world(options);
    world.start();
    ClientOptions clients_options;
    clients_options.socket = world.socket();
    clients_options.events = trial.events;
    std::atomic<const Clients*> told = nullptr;
    // Fed as it is delivered, so that kills fall into both.
    clients_options.waits = [&] { return told != nullptr && told.load()->answered() > arrivals.count() + 400; };
    Clients clients(clients_options);
    told = &clients;

    std::mt19937_64 random(seed);
    std::vector<End> ends;
    for (int kill = 0; kill < trial.kills; ++kill) {
        const auto left =
            static_cast<double>(trial.events - std::min(trial.events, arrivals.answered())) / (trial.kills - kill + 1);
        const double dice = static_cast<double>(random() % 1000000 + 1) / 1e6;
        const auto pause = std::chrono::microseconds(random() % 20000);
        const auto early = std::chrono::microseconds(random() % 120000);
        // One in six while it starts.
        if (kill > 0 && random() % 6 == 0) {
            std::this_thread::sleep_for(early);
        } else {
            const auto target = arrivals.count() + static_cast<std::size_t>(-std::log(dice) * left * 1.2);
            wait_until(
                "more mails", [&] { return arrivals.count() >= target || arrivals.answered() >= trial.events; }, 120);
            std::this_thread::sleep_for(pause);
        }
        ends.push_back({kill_now(world), relay.sessions()});
        world.daemon().wait();
        world.launch();
    }
    clients.join();
    KillResult result;
    result.failure = clients.failure();
    result.refused = clients.conflicts() + clients.others();
    const auto acknowledged = clients.acknowledged();
    result.acknowledged = acknowledged.size();
    world.kill();
    ends.push_back({std::chrono::steady_clock::now(), relay.sessions()});
    world.start();
    wait_until(
        "the queue to be empty",
        [&] { return arrivals.missing(acknowledged) == 0 || (world.status("queued") == 0 && world.status("leased") == 0); }, 120);
    if (world.stop() != 0) result.failure += "the daemon did not end well";
    check_integrity(world.queue());
    result.lost = arrivals.missing(acknowledged);
    result.repeats = count_repeats(arrivals.all(), ends, acknowledged);
    return result;
}

// One line a trial; the sums of what may not happen.
void run_trials(const std::vector<KillTrial>& trials, std::uint64_t seed) {
    std::cout
        << "kills, seed " << seed << "\n"
        << "  trial                  kills  acknowledged  lost  repeated: answered (most)  dots (most)  others  ends beyond\n";
    for (const auto& trial : trials) {
        const auto result = run_trial(trial, seed++);
        const auto& repeats = result.repeats;
        std::cout << "  " << std::left << std::setw(22) << trial.name << std::right << std::setw(6) << trial.kills
                  << std::setw(14) << result.acknowledged << std::setw(6) << result.lost << std::setw(20) << repeats.answered
                  << " (" << repeats.most_answered << ")" << std::setw(8) << repeats.dots << " (" << repeats.most_dots << ")"
                  << std::setw(8) << repeats.others << std::setw(8) << repeats.beyond << "\n"
                  << std::flush;
        INFO(trial.name);
        CHECK(result.failure.empty());
        CHECK(result.acknowledged == trial.events);
        CHECK(result.refused == 0);
        CHECK(result.lost == 0);
        CHECK(repeats.others == 0);
        CHECK(repeats.unexpected == 0);
        CHECK(repeats.beyond == 0);
    }
}

}  // namespace

TEST_CASE("kills: a daemon that is killed at any moment loses nothing that it acknowledged") {
    run_trials({{"two lanes", 2, 20, 0ms, 4, 200}, {"slow relay", 4, 60, 30ms, 4, 200}}, 20261);
}

TEST_CASE("kills: 500 times, with 25,000 events, few and many lanes and connections, quick and slow relays", "[.long]") {
    run_trials({{"one connection", 1, 1, 0ms, 100, 5000},
                {"two lanes", 2, 20, 0ms, 100, 5000},
                {"slow relay", 4, 60, 50ms, 100, 5000},
                {"many connections", 8, 200, 20ms, 100, 5000},
                {"many lanes", 24, 100, 5ms, 100, 5000}},
               20262);
}
