// What was acknowledged is kept: through kills, stops, full disks and repetitions.
#include <signal.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include "cli/feeder.hpp"
#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trial.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

std::string numbered_event(std::size_t number) {
    Sample sample;
    sample.id = "k-" + std::to_string(number);
    sample.email = "reader" + std::to_string(number) + "@example.com";
    sample.number = "K" + std::to_string(number);
    return sample_event(number % 3 == 0 ? EventType::invoice_issued : EventType::created, sample);
}

}  // namespace

TEST_CASE("S46: killed ten times while 5,000 events are fed and delivered, nothing acknowledged is lost") {
    constexpr std::size_t events = 5000;
    constexpr int kills = 10;
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();

    std::set<std::string> acknowledged;
    std::atomic<std::size_t> answered{0};
    std::string failure;
    std::thread feeding([&] {
        std::size_t next = 0;
        FeederCallbacks callbacks;
        callbacks.next = [&]() -> std::optional<std::string> {
            if (next == events) return std::nullopt;
            return numbered_event(next++);
        };
        callbacks.answered = [&](AnswerStatus status, std::string_view answer, std::string_view) {
            if (status != AnswerStatus::accepted && status != AnswerStatus::duplicate) failure = std::string(answer);
            collect_mail_ids(answer, acknowledged);
            ++answered;
        };
        Feeder feeder(world.socket(), 100, 60s, std::move(callbacks));
        const auto done = feeder.run();
        if (!done) failure = to_text(done.error());
    });
    std::mt19937 random(20250624);
    for (int kill = 0; kill < kills; ++kill) {
        const auto target = events * static_cast<std::size_t>(kill) / (kills + 1);
        wait_until(
            "more answers", [&] { return answered >= target || !failure.empty(); }, 120);
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
        world.kill();
        world.start();
    }
    feeding.join();
    CHECK(failure.empty());
    CHECK(answered == events);
    CHECK(acknowledged.size() == events);
    wait_until(
        "the queue to be empty", [&] { return world.status("queued") == 0 && world.status("leased") == 0; }, 120);
    CHECK(world.stop() == 0);

    const auto arrived = sink.message_ids();
    std::size_t lost = 0;
    std::size_t repeated = 0;
    for (const auto& id : acknowledged) {
        const auto found = std::find_if(arrived.begin(), arrived.end(),
                                        [&](const auto& one) { return one.first.find(id) != std::string::npos; });
        if (found == arrived.end()) ++lost;
    }
    for (const auto& [id, times] : arrived) repeated += static_cast<std::size_t>(times - 1);
    std::cout << kills << " kills, " << events << " events: " << lost << " lost, " << repeated << " mails sent again\n";
    CHECK(lost == 0);
    CHECK(repeated <= static_cast<std::size_t>(kills) * 64);
}

TEST_CASE("R1: the same event many times, also across a kill, makes one mail; another body is a conflict") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    CHECK(world.ask(numbered_event(1)).find("\"accepted\"") != std::string::npos);
    CHECK(world.ask(numbered_event(1)).find("\"duplicate\"") != std::string::npos);
    wait_until("the mail", [&] { return world.status("delivered") == 1; });
    world.kill();
    world.start();
    for (int i = 0; i < 5; ++i) CHECK(world.ask(numbered_event(1)).find("\"duplicate\"") != std::string::npos);
    Sample other;
    other.id = "k-1";
    other.email = "someone.else@example.com";
    CHECK(world.ask(sample_event(EventType::created, other)).find("\"conflict\"") != std::string::npos);
    CHECK(world.stop() == 0);
    CHECK(sink.count() == 1);
}

TEST_CASE("daemon: SIGTERM lets what is in flight finish, settles it, and ends with 0") {
    SinkThread sink(300ms);
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < 200; ++i) lines.push_back(numbered_event(i));
    REQUIRE(world.send(lines) == 0);
    wait_until("the first mails", [&] { return sink.count() > 0; });
    CHECK(world.stop() == 0);
    const auto before = sink.message_ids();
    CHECK(before.size() < 200);  // it did not stay to empty the queue
    world.start();
    wait_until("the rest", [&] { return sink.message_ids().size() == 200; });
    wait_until("all settled", [&] { return world.status("queued") == 0; });
    CHECK(world.stop() == 0);
    for (const auto& [id, times] : sink.message_ids()) {
        INFO(id);
        CHECK(times == 1);  // what was in flight was settled: nothing went twice
    }
}

TEST_CASE("daemon: a second start on the same queue is refused and does not disturb the first") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto second = run({program(), "serve", "--config", world.config().string()}, world.folder() / "second.log");
    CHECK(second.status == 1);
    CHECK(read_file(world.folder() / "second.log").find("queue_in_use") != std::string::npos);
    CHECK(world.ask(numbered_event(1)).find("\"accepted\"") != std::string::npos);
    CHECK(world.stop() == 0);
}

TEST_CASE("S48: with the disk full events are refused as busy, nothing is acknowledged, and it recovers by itself") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    options.queue_extra = "disk_free_min = \"1024 GiB\"\n";
    World world(options);
    world.start();
    const auto refused = world.ask(numbered_event(1));
    CHECK(refused.find("\"busy\"") != std::string::npos);
    CHECK(refused.find("disk_full") != std::string::npos);
    options.queue_extra = "disk_free_min = \"1 MiB\"\n";
    world.write_settings(options);
    CHECK(world.ilbud({"reload"}).status == 0);
    CHECK(world.ask(numbered_event(1)).find("\"accepted\"") != std::string::npos);
    wait_until("the mail", [&] { return sink.count() == 1; });
    CHECK(world.stop() == 0);
}

TEST_CASE("S48: a limit of file sizes is a full disk, and ends nobody") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    std::filesystem::remove(world.log());
    Process daemon({"/bin/sh", "-c", "ulimit -f 1200; exec " + program() + " serve --config " + world.config().string()},
                   world.log());
    wait_until("the daemon to take events", [&] { return std::filesystem::exists(world.socket()); });
    std::string answer;
    for (int i = 0; i < 3000 && answer.find("\"busy\"") == std::string::npos; ++i) answer = world.ask(numbered_event(i));
    CHECK(answer.find("\"busy\"") != std::string::npos);
    CHECK(answer.find("disk_") != std::string::npos);
    CHECK(world.ilbud({"status"}).status == 0);
    daemon.signal(SIGTERM);
    const int status = daemon.wait();
    CHECK((status == 0 || status == 74));
}

TEST_CASE("S24: the sockets and the queue belong to their owner from the first moment") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    struct stat status {};
    REQUIRE(::stat(world.socket().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0660U);
    REQUIRE(::stat(world.queue().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0700U);
    for (const auto& file : std::filesystem::directory_iterator(world.queue())) {
        REQUIRE(::stat(file.path().c_str(), &status) == 0);
        INFO(file.path());
        CHECK((status.st_mode & 077U) == 0U);
    }
    CHECK(world.stop() == 0);
}
