/// For commands, which have nothing else to do: one Task, run to its end on a loop of its own.
#pragma once
#include <optional>

#include "ilbud/base/task.hpp"

namespace ilbud {

namespace detail {
// co_spawn wants a result that can be made of nothing; this one goes around it.
template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>& into) {
    auto value = co_await std::move(task);
    into.emplace(std::move(value));
}
}  // namespace detail

/// What the task returns; throws what it throws.
template <class T>
T run_to_end(Task<T> task) {
    asio::io_context context(1);
    std::optional<T> result;
    std::exception_ptr failure;
    asio::co_spawn(context, detail::keep_result(std::move(task), result), [&](std::exception_ptr error) { failure = error; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

}  // namespace ilbud
