#include "daemon/pruner.hpp"

#include <catch2/catch.hpp>

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
    // Events whose mails are all delivered, or wait.
    void finish(int events, bool ends = true) {
        std::vector<std::string> texts;
        for (int i = 0; i < events; ++i)
            texts.push_back(sample_event(EventType::created, {.id = "e" + std::to_string(++events_)}));
        accept(texts);
        if (ends) end_due(MailState::delivered);
    }
    // One round: the pruner is stopped once it has told what it removed, or where there is nothing to tell, after a while.
    void prune(bool removes = true) {
        Pruner pruner(context, snapshots, *queue, clock, log);
        TaskGroup tasks(context, [](std::exception_ptr failure) { CHECK_FALSE(failure); });
        tasks.spawn(pruner.run());
        tasks.spawn(stop_when_done(pruner, removes));
        context.restart();
        context.run();
    }
    [[nodiscard]] std::size_t left() const { return reader()->mails({}).size(); }

 private:
    Task<void> stop_when_done(Pruner& pruner, bool removes) {
        const auto end = std::chrono::steady_clock::now() + (removes ? Duration(60s) : Duration(100ms));
        while (!logged("queue.pruned") && std::chrono::steady_clock::now() < end) co_await sleep_for(10ms);
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

TEST_CASE("Pruner: what still waits does not hold up what ended behind it") {
    PrunerWorld world;
    world.finish(5, false);
    const auto held = run_task(world.context, world.queue->lease(100, {}));  // not by the next one
    world.finish(4);
    world.clock.tick(24h * 31);
    world.prune();
    CHECK(held.size() == 5);
    CHECK(world.left() == 5);
    CHECK(world.logged("events=4"));
}

TEST_CASE("Pruner: nothing to remove is not worth a line") {
    PrunerWorld world;
    world.finish(1);
    world.prune(false);
    CHECK(world.left() == 1);
    CHECK_FALSE(world.logged("queue.pruned"));
}
