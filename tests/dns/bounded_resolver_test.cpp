#include "ilbud/dns/bounded_resolver.hpp"

#include <boost/asio/detached.hpp>

#include <catch2/catch.hpp>

#include "support/run_task.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// Waits before it answers: for its own turn, or for a server.
class Waiting final : public Resolver {
 public:
    Task<DnsAnswer> query(std::string /*name*/, RecordType /*type*/) override {
        co_await sleep_for(wait);
        DnsAnswer answer;
        answer.status = DnsStatus::no_data;
        if (for_its_turn) answer.waited = wait;
        co_return answer;
    }

    Duration wait = 40ms;
    bool for_its_turn = false;
};

// How many of five questions, one after the other, are asked within 100 ms.
std::size_t asked_of_five(Waiting& inner) {
    asio::io_context context;
    BoundedResolver bounded(inner, {.queries_max = 10, .time_max = 100ms, .query_max = 10ms});
    for (int i = 0; i < 5; ++i) run_task(context, bounded.query("n" + std::to_string(i) + ".test", RecordType::txt));
    return bounded.queries();
}

}  // namespace

TEST_CASE("bounded resolver: a check that waits for our own pace gets all its time for the servers") {
    Waiting inner;
    CHECK(asked_of_five(inner) <= 3);
    inner.for_its_turn = true;
    CHECK(asked_of_five(inner) == 5);
}

TEST_CASE("bounded resolver: a moment in which several questions wait for their turn is counted once") {
    Waiting inner;
    inner.for_its_turn = true;
    asio::io_context context;
    BoundedResolver bounded(inner, {.queries_max = 10, .time_max = 100ms, .query_max = 10ms});
    const auto ask = [&bounded](int number) -> Task<void> {
        co_await bounded.query("n" + std::to_string(number) + ".test", RecordType::txt);
    };
    for (int i = 0; i < 8; ++i)
        asio::co_spawn(
            context, [&ask, i] { return ask(i); }, asio::detached);
    context.run();
    CHECK(bounded.queries() == 8);
    CHECK(bounded.left() <= 100ms + turn_max);
    CHECK(bounded.left() > turn_max);
}
