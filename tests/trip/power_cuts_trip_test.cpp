// After a power cut at any moment everything acknowledged is there: images of the queue's folder, built from what was written.
#include <catch2/catch.hpp>

#include <iomanip>
#include <iostream>
#include <random>

#include "support/fault_plan.hpp"
#include "support/power_cut.hpp"
#include "support/testdata.hpp"
#include "trip/support/trial.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

WorldOptions options_for(const SmtpServer& relay, int lanes) {
    WorldOptions options;
    options.relay_port = relay.port();
    options.platform_extra = "[daemon]\nlanes = " + std::to_string(lanes) + "\nlog_level = \"warning\"\n";
    return options;
}

/// A life of the daemon, from an empty folder on, with everything it did to its files.
struct Life {
    std::vector<Acknowledged> acknowledged;
    std::vector<Arrival> arrivals;
    std::unique_ptr<StorageLog> log;
};

// Two starts with a good end between them, so that the journal is made, moved, removed and made again; the last end is a kill.
Life record_life(std::size_t events, const std::filesystem::path& place, int lanes, std::chrono::milliseconds dot_latency) {
    Life life;
    Arrivals arrivals;
    std::unique_ptr<StorageFaults> recorded;
    const auto storage = [&] { return recorded ? recorded->log_bytes() : 0; };
    SmtpServer relay(arrivals.options(dot_latency, storage));
    World world(options_for(relay, lanes));
    recorded = std::make_unique<StorageFaults>(world.queue(), place, StorageFaults::Log::operations);
    world.set_environment(recorded->environment());
    for (std::size_t part = 0; part < 2; ++part) {
        world.start();
        ClientOptions options;
        options.socket = world.socket();
        options.series = "cut" + std::to_string(part);
        options.events = events / 2;
        options.window = 8;  // so that there are many commits
        options.storage = storage;
        Clients clients(std::move(options));
        clients.join();
        CHECK(clients.failure().empty());
        const auto now = clients.acknowledged();
        life.acknowledged.insert(life.acknowledged.end(), now.begin(), now.end());
        wait_until(
            "the mails", [&] { return arrivals.missing(life.acknowledged) == 0; }, 60);
        std::this_thread::sleep_for(300ms);  // a checkpoint of an idle daemon
        if (part == 0) CHECK(world.stop() == 0);
    }
    world.kill();
    life.arrivals = arrivals.all();
    life.log = std::make_unique<StorageLog>(recorded->log());

    // The log is complete: from it alone the very files can be made.
    life.log->whole(life.log->size(), place / "whole");
    for (const auto* file : {"ilbud.db", "ilbud.db-wal"}) {
        INFO(file);
        CHECK(read_file(place / "whole" / file) == read_file(world.queue() / file));
    }
    return life;
}

struct CutTotal {
    std::size_t images = 0, acknowledged = 0, forgotten = 0, lost = 0, repeated = 0, most = 0;
    PowerCut cuts;
};

// A daemon on the image: what was acknowledged before the cut is known, and its mail came before or comes now.
void try_image(const Life& life, std::size_t steps, std::uint64_t seed, World& world, int lanes, CutTotal& total) {
    const auto cut = life.log->cut(steps, seed, world.queue());
    const auto until = life.log->bytes(steps);
    Arrivals arrivals;
    SmtpServer relay(arrivals.options());
    world.write_settings(options_for(relay, lanes));
    std::vector<Acknowledged> before;
    for (const auto& one : life.acknowledged)
        if (one.storage <= until) before.push_back(one);
    std::set<std::string> delivered;
    for (const auto& one : life.arrivals)
        if (one.storage <= until) delivered.insert(one.mail);
    INFO("image after operation " << steps << " of " << life.log->size() << ", seed " << seed << ": " << cut.kept << " kept, "
                                  << cut.dropped << " dropped, " << cut.torn << " torn, " << cut.names_lost << " names lost");
    world.start();
    std::size_t forgotten = 0;
    for (const auto& one : before)
        if (world.ask(one.line).find("\"duplicate\"") == std::string::npos) ++forgotten;
    wait_until(
        "the queue to be empty", [&] { return world.status("queued") == 0 && world.status("leased") == 0; }, 60);
    CHECK(world.stop() == 0);
    check_integrity(world.queue());
    std::set<std::string> now;
    for (const auto& one : arrivals.all()) now.insert(one.mail);
    std::size_t lost = 0, repeated = 0;
    for (const auto& one : before) lost += !delivered.contains(one.mail) && !now.contains(one.mail) ? 1U : 0U;
    for (const auto& mail : now) repeated += delivered.contains(mail) ? 1U : 0U;
    CHECK(forgotten == 0);
    CHECK(lost == 0);
    CHECK(now.size() == arrivals.count());  // none twice by the same daemon
    CHECK(repeated <= repeats_most + 20);
    ++total.images;
    total.acknowledged += before.size();
    total.forgotten += forgotten;
    total.lost += lost;
    total.repeated += repeated;
    total.most = std::max(total.most, repeated);
    total.cuts.kept += cut.kept;
    total.cuts.dropped += cut.dropped;
    total.cuts.torn += cut.torn;
    total.cuts.names_lost += cut.names_lost;
}

void run_cuts(std::size_t lives, std::size_t images, std::size_t events, std::uint64_t seed) {
    std::cout << "power cuts, seed " << seed << "\n"
              << "  life                 images  acknowledged  forgotten  lost  repeated (most)  unsynced: kept  dropped  torn  "
                 "names lost\n";
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i < lives; ++i) {
        const int lanes = i % 2 == 0 ? 2 : 8;
        TemporaryFolder place;
        const auto life = record_life(events, place.path(), lanes, std::chrono::milliseconds(i % 3 * 5));
        Arrivals none;
        SmtpServer nobody(none.options());
        World world(options_for(nobody, lanes));
        CutTotal total;
        const auto names = life.log->names();
        const auto unsynced = life.log->unsynced();
        for (std::size_t image = 0; image < images; ++image) {
            std::size_t steps = 1 + random() % life.log->size();
            if (image % 4 == 0) {  // just after an answer, where what was promised is youngest
                const auto answer = life.acknowledged[random() % life.acknowledged.size()].storage;
                for (steps = 1; steps < life.log->size() && life.log->bytes(steps) < answer;) ++steps;
            } else if (image % 4 == 1) {  // where files come and go: at a start and at a good end
                steps = std::min(names[random() % names.size()] + random() % 4, life.log->size());
            } else if (image % 4 == 2) {  // in a commit, with something to lose
                steps = unsynced[random() % unsynced.size()];
            }
            try_image(life, steps, random(), world, lanes, total);
        }
        std::cout << "  " << std::left << std::setw(19) << std::to_string(lanes) + " lanes, " + std::to_string(i % 3 * 5) + " ms"
                  << std::right << std::setw(8) << total.images << std::setw(14) << total.acknowledged << std::setw(11)
                  << total.forgotten << std::setw(6) << total.lost << std::setw(10) << total.repeated << " (" << total.most << ")"
                  << std::setw(16) << total.cuts.kept << std::setw(9) << total.cuts.dropped << std::setw(6) << total.cuts.torn
                  << std::setw(12) << total.cuts.names_lost << "\n"
                  << std::flush;
        CHECK(total.images == images);
        CHECK(total.cuts.kept + total.cuts.dropped + total.cuts.torn > 0);
    }
}

}  // namespace

TEST_CASE("power cuts: whatever the disk had not synced, everything acknowledged is there after the start") {
    run_cuts(1, 4, 30, 20265);
}

TEST_CASE("power cuts: 100 images of five lives", "[.long]") {
    run_cuts(5, 20, 400, 20266);
}
