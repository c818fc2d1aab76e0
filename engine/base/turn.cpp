#include "ilbud/base/turn.hpp"

#include <boost/asio/redirect_error.hpp>

namespace ilbud {

Task<Turns::Turn> Turns::next() {
    const auto state = state_;
    if (!state->taken) {
        state->taken = true;
        co_return Turn(state);
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(executor);
    state->waiting.push_back(waiter);
    while (!waiter->called) {
        boost::system::error_code ignored;
        co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return Turn(state);
}

void Turns::pass_on(State& state) {
    while (!state.waiting.empty()) {
        const auto waiter = state.waiting.front().lock();
        state.waiting.pop_front();
        if (!waiter) continue;  // its coroutine is gone
        waiter->called = true;
        waiter->timer.cancel();
        return;  // `taken` stays: the turn changes hands
    }
    state.taken = false;
}

}  // namespace ilbud
