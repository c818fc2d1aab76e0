/// Runs one Task to its end on a context of its own and returns what it returned (or throws what it threw).
#pragma once
#include <exception>
#include <optional>
#include <type_traits>

#include "ilbud/base/task.hpp"

namespace ilbud::test {

// Asio's co_spawn wants a result that can be made of nothing; this one goes around it.
template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>& into) {
    auto value = co_await std::move(task);
    into.emplace(std::move(value));
}

template <class T>
T run_task(asio::io_context& context, Task<T> task) {
    if constexpr (std::is_void_v<T>) {
        std::exception_ptr failure;
        asio::co_spawn(context, std::move(task), [&](std::exception_ptr error) { failure = error; });
        context.restart();
        context.run();
        if (failure) std::rethrow_exception(failure);
    } else {
        std::optional<T> result;
        run_task(context, keep_result(std::move(task), result));
        return std::move(*result);
    }
}

template <class T>
T run_task(Task<T> task) {
    asio::io_context context(1);
    return run_task(context, std::move(task));
}

}  // namespace ilbud::test
