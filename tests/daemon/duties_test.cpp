#include "daemon/duties.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "support/daemon_world.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// Works until it is told to end.
struct Work {
    explicit Work(asio::io_context& context) : end(context) {}
    Task<void> run() {
        begun = true;
        while (!ended) co_await end.wait();
    }
    void stop() {
        ended = true;
        end.wake();
    }
    Wake end;
    bool begun = false;
    bool ended = false;
};

class DutyWorld : public DaemonWorld {
 public:
    // What a group's tasks threw.
    std::exception_ptr failure;
    TaskGroup tasks{context, [this](std::exception_ptr thrown) { failure = thrown; }};

    void run_until(const std::function<bool()>& done) {
        tasks.spawn(wait(done));
        context.restart();
        while (!done()) context.run_one();
    }
    void run_out() {
        context.restart();
        context.run();
    }

 private:
    static Task<void> wait(std::function<bool()> done) {
        while (!done()) co_await sleep_for(5ms);
    }
};

}  // namespace

TEST_CASE("Duties: of two daemons one does the work, and the other one as soon as the first is gone") {
    DutyWorld world;
    Duties first(world.context, world.store->shelf(), world.log, "first", 300ms);
    Duties second(world.context, world.store->shelf(), world.log, "second", 300ms);
    Work firsts(world.context), seconds(world.context), others(world.context);
    world.tasks.spawn(first.run());
    world.tasks.spawn(second.run());
    world.tasks.spawn(first.perform("pruning", [&] { return firsts.run(); }));
    world.run_until([&] { return firsts.begun; });
    world.tasks.spawn(second.perform("pruning", [&] { return seconds.run(); }));
    world.tasks.spawn(second.perform("notices", [&] { return others.run(); }));
    world.run_until([&] { return others.begun && world.logged("daemon.duty_waits"); });
    CHECK_FALSE(seconds.begun);
    first.stop();
    firsts.stop();
    world.run_until([&] { return seconds.begun; });
    second.stop();
    seconds.stop();
    others.stop();
    world.run_out();
    CHECK_FALSE(world.failure);
}

TEST_CASE("Duties: who stood still and lost a duty learns of it") {
    DutyWorld world;
    Duties first(world.context, world.store->shelf(), world.log, "first", 150ms);
    Work work(world.context);
    world.tasks.spawn(first.perform("keys", [&] { return work.run(); }));
    world.run_until([&] { return work.begun; });
    // Nobody holds on to it, so that another one gets it.
    std::this_thread::sleep_for(200ms);
    asio::io_context apart(1);
    CHECK(run_task(apart, world.store->shelf().take_duty("keys", "second", 1h)));
    world.tasks.spawn(first.run());
    world.run_until([&] { return world.failure != nullptr; });
    CHECK_THROWS_WITH(std::rethrow_exception(world.failure), Catch::Contains("keys"));
    first.stop();
    work.stop();
    world.run_out();
}

TEST_CASE("Duties: stopped before a duty is ours, the work does not begin") {
    DutyWorld world;
    CHECK(run_task(world.context, world.store->shelf().take_duty("keys", "another", 1h)));
    Duties duties(world.context, world.store->shelf(), world.log, "we");
    Work work(world.context);
    world.tasks.spawn(duties.perform("keys", [&] { return work.run(); }));
    world.run_until([&] { return world.logged("daemon.duty_waits"); });
    duties.stop();
    world.run_out();
    CHECK_FALSE(work.begun);
}
