/// How an operation of the store thread answers the coroutine that waits for it: on that coroutine's own executor.
///
/// Threads  an Awaiting is made by the waiting thread and answered once by the store thread
/// The executor's context must outlive the operation.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "ilbud/base/task.hpp"

namespace ilbud {

/// A waiting coroutine with its answer, ready to go on.
class Completion {
 public:
    virtual ~Completion() = default;
    /// Goes on; on the executor's thread, once.
    virtual void run() = 0;
    [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }

 protected:
    explicit Completion(asio::any_io_executor executor) : executor_(std::move(executor)), work_(executor_) {}

 private:
    asio::any_io_executor executor_;
    asio::executor_work_guard<asio::any_io_executor> work_;  // the context keeps running while someone waits
};

/// Whoever waits for the `Values` of one operation (one type, or none).
template <class... Values>
class Awaiting {
 public:
    template <class Handler>
    explicit Awaiting(Handler handler) : waiting_(std::make_unique<WaitingHandler<Handler>>(std::move(handler))) {}

    /// Consumes the Awaiting: an operation is answered once. Nothing runs yet; see resume_all.
    std::unique_ptr<Completion> answer(Values... values) && {
        waiting_->values = std::tuple<Values...>(std::move(values)...);
        return std::move(waiting_);
    }
    std::unique_ptr<Completion> fail(std::exception_ptr failure) && {
        waiting_->failure = std::move(failure);
        return std::move(waiting_);
    }

 private:
    struct Waiting : Completion {
        using Completion::Completion;
        std::exception_ptr failure;
        std::tuple<Values...> values;
    };
    template <class Handler>
    struct WaitingHandler final : Waiting {
        explicit WaitingHandler(Handler waiting_handler)
            : Waiting(asio::get_associated_executor(waiting_handler)), handler(std::move(waiting_handler)) {}
        void run() override {
            std::apply([this](Values&... values) { handler(this->failure, std::move(values)...); }, this->values);
        }
        Handler handler;
    };
    std::unique_ptr<Waiting> waiting_;
};

/// Lets all go on; those that share an executor with one wake-up of its thread.
inline void resume_all(std::vector<std::unique_ptr<Completion>> completions) {
    while (!completions.empty()) {
        const auto executor = completions.front()->executor();
        std::vector<std::unique_ptr<Completion>> together, others;
        // The context must not end, and perhaps be gone, while this thread is still inside its post().
        const asio::executor_work_guard<asio::any_io_executor> posting(executor);
        for (auto& completion : completions)
            (completion->executor() == executor ? together : others).push_back(std::move(completion));
        asio::post(executor, [together = std::move(together)]() mutable {
            for (auto& completion : together) {
                completion->run();
                completion.reset();
            }
        });
        completions = std::move(others);
    }
}

}  // namespace ilbud
