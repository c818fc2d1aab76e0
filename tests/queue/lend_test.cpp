#include "../../engine/queue/lend.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

using namespace ilbud;

TEST_CASE("lend: nothing due, nobody's turn") {
    LendingTurns turns;
    CHECK_FALSE(turns.next());
    turns.join({1, 7});
    CHECK(turns.next());
    turns.leave({1, 7});
    turns.leave({2, 9});
    CHECK_FALSE(turns.next());
}

TEST_CASE("lend: units of a class take turns, and a newcomer waits for one round at most") {
    LendingTurns turns;
    for (const std::int64_t unit : {1, 2, 3}) turns.join({1, unit});
    turns.join({1, 2});  // known
    std::vector<std::int64_t> order;
    for (int i = 0; i < 4; ++i) order.push_back(turns.next()->unit);
    CHECK(order == std::vector<std::int64_t>{1, 2, 3, 1});
    turns.join({1, 4});
    order.clear();
    for (int i = 0; i < 4; ++i) order.push_back(turns.next()->unit);
    CHECK(order == std::vector<std::int64_t>{2, 3, 1, 4});
}

TEST_CASE("lend: classes take their shares, spread evenly") {
    LendingTurns turns;
    turns.set_weights({5, 2, 1});
    for (const int urgency : {0, 1, 2}) turns.join({urgency, 1});
    std::map<int, int> shares;
    int since_last_slow = 0, longest = 0;
    for (int i = 0; i < 800; ++i) {
        const auto urgency = turns.next()->urgency;
        ++shares[urgency];
        since_last_slow = urgency == 2 ? 0 : since_last_slow + 1;
        longest = std::max(longest, since_last_slow);
    }
    CHECK(shares[0] == 500);
    CHECK(shares[1] == 200);
    CHECK(shares[2] == 100);
    CHECK(longest <= 8);
}

TEST_CASE("lend: a class that was away cannot claim what it missed") {
    LendingTurns turns;
    turns.set_weights({1, 1, 1});
    turns.join({0, 1});
    for (int i = 0; i < 1000; ++i) turns.next();
    turns.join({2, 1});
    std::map<int, int> shares;
    for (int i = 0; i < 100; ++i) ++shares[turns.next()->urgency];
    CHECK(shares[2] <= 51);
    CHECK(shares[2] >= 49);
}

TEST_CASE("lend: a weight of zero or less counts as one") {
    LendingTurns turns;
    turns.set_weights({0, -3, 1});
    for (const int urgency : {0, 1, 2}) turns.join({urgency, 1});
    std::map<int, int> shares;
    for (int i = 0; i < 30; ++i) ++shares[turns.next()->urgency];
    CHECK(shares[0] == 10);
    CHECK(shares[1] == 10);
}
