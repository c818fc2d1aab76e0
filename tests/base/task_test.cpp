#include "ilbud/base/task.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "support/run_task.hpp"

using namespace ilbud;

namespace {
Task<void> count_up(int& value) {
    co_await sleep_for(Duration{100});
    ++value;
}
Task<void> fail() {
    co_await sleep_for(Duration{100});
    throw std::runtime_error("broken");
}
Task<void> wait_for(TaskGroup& group, int& value, int& seen) {
    co_await group.wait();
    seen = value;
}
}  // namespace

TEST_CASE("TaskGroup: wait returns when every task has ended, a failing one included") {
    asio::io_context context(1);
    int value = 0;
    int seen = -1;
    int failures = 0;
    TaskGroup group(context, [&](std::exception_ptr) { ++failures; });
    for (int i = 0; i < 3; ++i) group.spawn(count_up(value));
    group.spawn(fail());
    test::run_task(context, wait_for(group, value, seen));
    CHECK(seen == 3);
    CHECK(failures == 1);
    CHECK(group.running() == 0);
}

TEST_CASE("Wake: all who wait go on when it is called, none before, and a call nobody waits for is forgotten") {
    asio::io_context context(1);
    Wake wake(context);
    int gone_on = 0;
    const auto wait = [&]() -> Task<void> {
        co_await wake.wait();
        ++gone_on;
    };
    wake.wake();
    TaskGroup group(context, [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    for (int i = 0; i < 3; ++i) group.spawn(wait());
    context.poll();
    CHECK(gone_on == 0);
    wake.wake();
    context.restart();
    context.run();
    CHECK(gone_on == 3);
}

TEST_CASE("Wake: a wait ends at its time, and the same wake serves again") {
    asio::io_context context(1);
    Wake wake(context);
    test::run_task(context, wake.wait_for(1ms));
    test::run_task(context, wake.wait_until(std::chrono::steady_clock::now() - 1s));
    bool ended = false;
    const auto wait = [&]() -> Task<void> {
        co_await wake.wait_for(24h);
        ended = true;
    };
    TaskGroup group(context, [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    group.spawn(wait());
    context.restart();
    context.poll();
    CHECK_FALSE(ended);
    wake.wake();
    context.restart();
    context.run();
    CHECK(ended);
}

TEST_CASE("Wake: its context may end while somebody waits") {
    auto context = std::make_unique<asio::io_context>(1);
    Wake wake(*context);
    const auto wait = [&]() -> Task<void> { co_await wake.wait(); };
    asio::co_spawn(*context, wait(), [](std::exception_ptr) {});
    context->poll();
    CHECK_NOTHROW(wake.wake());
    // The frame goes with the context, and never again into the wake.
}
