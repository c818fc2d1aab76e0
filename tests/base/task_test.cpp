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
