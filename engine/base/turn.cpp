#include "ilbud/base/turn.hpp"

#include <optional>

namespace ilbud {

// The turn is handed over into it: a coroutine that is destroyed between being called and going on passes its turn on, too.
struct Turns::Waiter {
    explicit Waiter(const asio::any_io_executor& executor) : called(executor) {}
    Wake called;
    std::optional<Turn> turn;
};

Task<Turns::Turn> Turns::next() {
    const auto state = state_;
    if (!state->taken) {
        state->taken = true;
        co_return Turn(state);
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(executor);
    state->waiting.push_back(waiter);
    while (!waiter->turn) co_await waiter->called.wait();
    co_return std::move(*waiter->turn);
}

void Turns::pass_on(const std::shared_ptr<State>& state) {
    while (!state->waiting.empty()) {
        const auto waiter = state->waiting.front().lock();
        state->waiting.pop_front();
        if (!waiter) continue;  // its coroutine is gone
        waiter->turn.emplace(Turn(state));
        waiter->called.wake();
        return;  // `taken` stays: the turn changes hands
    }
    state->taken = false;
}

}  // namespace ilbud
