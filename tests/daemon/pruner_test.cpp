#include "daemon/pruner.hpp"

#include <catch2/catch.hpp>

#include "ilbud/policy/decide.hpp"
#include "support/daemon_world.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

class PrunerWorld : public DaemonWorld {
 public:
    PrunerWorld() {
        settings.platform.queue.keep = 24h * 30;
        settings.platform.queue.prune_batch = 2;
        put_in_force();
    }
    // Events whose mails are all delivered.
    void finish(int events) {
        std::vector<Entry> entries;
        for (int i = 0; i < events; ++i) {
            auto event = parse_event(sample_event(EventType::created, {.id = "e" + std::to_string(++events_)}));
            auto decision = decide(settings, *event, clock.now());
            entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
        }
        run_task(context, queue->accept(std::move(entries)));
        std::vector<Settlement> ends;
        for (const auto& lease : run_task(context, queue->lease(100, {}))) {
            Settlement end;
            end.row = lease.row;
            end.token = lease.token;
            end.state = MailState::delivered;
            end.at = clock.now();
            ends.push_back(end);
        }
        run_task(context, queue->settle(std::move(ends)));
    }
    // One round: the pruner is stopped once it rests.
    void prune() {
        Pruner pruner(context, snapshots, *queue, clock, log);
        TaskGroup tasks(context, [](std::exception_ptr failure) { CHECK_FALSE(failure); });
        tasks.spawn(pruner.run());
        tasks.spawn(stop_when_done(pruner));
        context.restart();
        context.run();
    }
    [[nodiscard]] std::size_t left() const { return reader()->mails({}).size(); }

 private:
    Task<void> stop_when_done(Pruner& pruner) {
        for (std::size_t before = 0; before != left() || before == 0; before = left()) {
            if (left() == 0) break;
            co_await sleep_for(200ms);  // longer than the pause between two batches
            if (before == left()) break;
        }
        pruner.stop();
    }
    int events_ = 0;
};

}  // namespace

TEST_CASE("Pruner: what ended longer ago than queue.keep goes, batch by batch; the rest stays") {
    PrunerWorld world;
    world.finish(5);
    world.clock.tick(24h * 20);
    world.finish(3);
    world.clock.tick(24h * 11);
    world.prune();
    CHECK(world.left() == 3);
    CHECK(world.logged("queue.pruned"));
    CHECK(world.logged("events=5"));
}

TEST_CASE("Pruner: nothing to remove is not worth a line") {
    PrunerWorld world;
    world.finish(1);
    world.prune();
    CHECK(world.left() == 1);
    CHECK_FALSE(world.logged("queue.pruned"));
}
