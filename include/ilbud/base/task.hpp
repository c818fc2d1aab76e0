/// The only door to Asio's coroutines.
///
/// A Task runs on the executor of whoever awaits it. Whoever spawns one waits for it (STYLE §6); see TaskGroup.
#pragma once
#include <exception>
#include <functional>
#include <utility>  // before awaitable.hpp: g++ 12 needs std::exchange

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "ilbud/base/time.hpp"

namespace ilbud {

namespace asio = boost::asio;

template <class T = void>
using Task = asio::awaitable<T>;

/// Waits for `duration` of steady time on the awaiter's executor.
Task<void> sleep_for(Duration duration);

/// What a coroutine waits at until somebody wakes it, or until a time. It is not told which of the two it was and looks for itself.
/// One thread: that of the context. A call while nobody waits is forgotten: look first, then wait, with nothing awaited between.
/// Several may wait at one wake if all wait until the same time; all are woken. Whoever waits keeps it alive.
class Wake {
 public:
    explicit Wake(asio::io_context& context) : timer_(context) {}
    explicit Wake(const asio::any_io_executor& executor) : timer_(executor) {}

    [[nodiscard]] Task<void> wait() { return wait_until(SteadyTime::max()); }
    [[nodiscard]] Task<void> wait_for(Duration most) { return wait_until(std::chrono::steady_clock::now() + most); }
    [[nodiscard]] Task<void> wait_until(SteadyTime end) {
        if (timer_.expiry() != end) timer_.expires_at(end);
        return timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored_));
    }
    void wake() { timer_.cancel(); }

 private:
    asio::steady_timer timer_;
    boost::system::error_code ignored_;  // to be woken is no failure; here, since the wait's frame is Asio's own
};

/// Tasks started together and waited for together. One thread (an io_context run by one thread); not copyable.
/// A task's exception ends in `on_error` (given once, at construction), never in the loop.
class TaskGroup {
 public:
    TaskGroup(asio::io_context& context, std::function<void(std::exception_ptr)> on_error);
    ~TaskGroup();  ///< asserts that nothing runs any more
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void spawn(Task<void> task);
    [[nodiscard]] std::size_t running() const { return running_; }
    /// Returns when no task runs.
    Task<void> wait();

 private:
    asio::io_context& context_;
    std::function<void(std::exception_ptr)> on_error_;
    Wake idle_;  // when the last task ends
    std::size_t running_ = 0;
};

}  // namespace ilbud
