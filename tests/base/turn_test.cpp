#include "ilbud/base/turn.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <vector>

using namespace ilbud;

namespace {

Task<void> work(Turns& turns, int number, std::vector<int>& order, int& at_once, int& most) {
    const auto turn = co_await turns.next();
    order.push_back(number);
    most = std::max(most, ++at_once);
    for (int pause = 0; pause < 3; ++pause) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    --at_once;
}

}  // namespace

TEST_CASE("Turns: one at a time, in the order of asking") {
    asio::io_context context{1};
    Turns turns;
    std::vector<int> order;
    int at_once = 0, most = 0;
    for (int number = 0; number < 20; ++number)
        asio::co_spawn(context, work(turns, number, order, at_once, most),
                       [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    context.run();
    CHECK(most == 1);
    REQUIRE(order.size() == 20);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("Turns: a turn whose owner fails goes to the next") {
    asio::io_context context{1};
    Turns turns;
    std::vector<int> order;
    int at_once = 0, most = 0;
    const auto fail = [](Turns& all) -> Task<void> {
        const auto turn = co_await all.next();
        throw std::runtime_error("no");
    };
    bool failed = false;
    asio::co_spawn(context, fail(turns), [&](std::exception_ptr failure) { failed = failure != nullptr; });
    asio::co_spawn(context, work(turns, 1, order, at_once, most), [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    context.run();
    CHECK(failed);
    CHECK(order == std::vector<int>{1});
}

TEST_CASE("Turns: a context that ends while some wait harms nobody") {
    Turns turns;
    std::vector<int> order;
    int at_once = 0, most = 0;
    {
        asio::io_context context{1};
        for (int number = 0; number < 3; ++number)
            asio::co_spawn(context, work(turns, number, order, at_once, most), [](std::exception_ptr) {});
        context.run_one();
        context.run_one();
    }
    asio::io_context next{1};
    asio::co_spawn(next, work(turns, 9, order, at_once, most), [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    next.run();
    CHECK(order.back() == 9);
}

TEST_CASE("Turns: a turn handed to a coroutine that is destroyed before it goes on goes to the next") {
    Turns turns;
    std::vector<int> order;
    int at_once = 0, most = 0;
    asio::io_context living{1};
    auto dying = std::make_unique<asio::io_context>(1);
    const auto hold = [](Turns& all, asio::io_context& other) -> Task<void> {
        const auto turn = co_await all.next();
        other.poll();  // the one on the other context begins to wait
    };
    const auto spawn_work = [&](asio::io_context& context, int number) {
        asio::co_spawn(context, work(turns, number, order, at_once, most),
                       [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    };
    spawn_work(*dying, 1);
    asio::co_spawn(living, hold(turns, *dying), [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    living.run();  // the turn is passed on to the other context, which nobody runs any more
    living.restart();
    spawn_work(living, 2);
    dying.reset();
    living.run();
    CHECK(order == std::vector<int>{2});
}
