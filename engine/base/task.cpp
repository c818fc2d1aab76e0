#include "ilbud/base/task.hpp"

#include <cassert>

namespace ilbud {

Task<void> sleep_for(Duration duration) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

TaskGroup::TaskGroup(asio::io_context& context, std::function<void(std::exception_ptr)> on_error)
    : context_(context), on_error_(std::move(on_error)), idle_(context) {}

TaskGroup::~TaskGroup() {
    assert(running_ == 0);
}

void TaskGroup::spawn(Task<void> task) {
    ++running_;
    asio::co_spawn(context_, std::move(task), [this](std::exception_ptr failure) {
        if (failure) on_error_(failure);
        if (--running_ == 0) idle_.wake();
    });
}

Task<void> TaskGroup::wait() {
    while (running_ > 0) co_await idle_.wait();
}

}  // namespace ilbud
