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
    asio::steady_timer idle_;  // expires never; cancelled when the last task ends
    std::size_t running_ = 0;
};

}  // namespace ilbud
