/// Blocking work beside the loop: on a thread of its own, which ends before the awaiter goes on.
///
/// In    a function that may take a while: it reads files, runs a program, makes a key
/// Out   what it returns, or what it throws; the awaiter's executor is free meanwhile
#pragma once
#include <boost/asio/post.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <thread>

#include "ilbud/base/task.hpp"

namespace ilbud {

template <class T>
Task<T> run_aside(std::function<T()> work) {
    const auto executor = co_await asio::this_coro::executor;
    Wake done(executor);
    std::optional<T> result;
    std::exception_ptr failure;
    bool finished = false;
    std::thread worker([&] {
        try {
            result.emplace(work());
        } catch (...) {
            failure = std::current_exception();
        }
        asio::post(executor, [&] {
            finished = true;
            done.wake();
        });
    });
    while (!finished) co_await done.wait();  // NOLINT(bugprone-infinite-loop): what the worker posts ends it
    worker.join();
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*result);
}

}  // namespace ilbud
