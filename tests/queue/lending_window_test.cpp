#include "../../engine/queue/lending_window.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

const Time start{std::chrono::hours(480000)};
const LendingLine line{1, 7};

ReadyMail mail(std::size_t bytes = 100) {
    auto event = std::make_shared<Event>();
    event->raw.assign(bytes, 'x');
    return {{}, std::move(event), 0, false, false, 0};
}

std::uint64_t take_row(LendingWindow& window) {
    const auto next = window.next(start);
    REQUIRE(next);
    REQUIRE_FALSE(window.missing(*next, start));
    const auto taken = window.take(*next);
    REQUIRE(taken);
    return taken->first.row;
}

}  // namespace

TEST_CASE("lending window: what fits is held and comes out by due time") {
    LendingWindow window({});
    window.add(line, {start - 1s, 2}, mail(), start);
    window.add(line, {start - 2s, 5}, mail(), start);
    window.add(line, {start - 1s, 1}, mail(), start);
    CHECK(window.next_due() == start - 2s);
    CHECK(take_row(window) == 5);
    CHECK(take_row(window) == 1);
    CHECK(take_row(window) == 2);
    CHECK_FALSE(window.next(start));
    CHECK_FALSE(window.next_due());
    CHECK(window.held() == 0);
}

TEST_CASE("lending window: beyond its limits mails stay in the store, and later ones wait behind them") {
    const bool by_bytes = GENERATE(false, true);
    LendingWindow window(by_bytes ? LendingWindow::Limits{.mails = 100, .bytes = 50'000} : LendingWindow::Limits{.mails = 2});
    for (std::uint64_t row = 1; row <= 4; ++row) window.add(line, {start, row}, mail(by_bytes ? 10'000 : 10), start);
    CHECK(window.held() == 2);
    CHECK(window.page_size() == (by_bytes ? 64 : 1));
    CHECK(take_row(window) == 1);
    window.add(line, {start, 5}, mail(), start);  // there would be room, but 3 and 4 come first
    CHECK(window.held() == 1);
    CHECK(take_row(window) == 2);
    const auto next = window.next(start);
    REQUIRE(next);
    CHECK(window.missing(*next, start) == DueKey{start, 3});
    LendingWindow::Page page;
    page.emplace_back(DueKey{start, 3}, mail());
    page.emplace_back(DueKey{start, 4}, mail());
    window.add_page(line, std::move(page), DueKey{start, 5});
    CHECK(take_row(window) == 3);
    CHECK(take_row(window) == 4);
    CHECK(window.missing(*window.next(start), start) == DueKey{start, 5});
    window.add_page(line, {}, std::nullopt);
    CHECK_FALSE(window.next(start));
}

TEST_CASE("lending window: a line asleep wakes when its first mail in the store is due") {
    LendingWindow window({});
    window.left_in_store(line, {start + 5min, 1});
    window.left_in_store(line, {start + 3min, 2});
    window.left_in_store(line, {start + 9min, 3});
    CHECK(window.next_due() == start + 3min);
    CHECK_FALSE(window.next(start + 3min - 1us));
    const auto next = window.next(start + 3min);
    REQUIRE(next == line);
    CHECK(window.missing(line, start + 3min) == DueKey{start + 3min, 2});
    // Nothing there any more but the later one: it sleeps on.
    window.add_page(line, {}, DueKey{start + 9min, 3});
    CHECK_FALSE(window.take(line));
    CHECK_FALSE(window.next(start + 4min));
    CHECK(window.next(start + 9min) == line);
}

TEST_CASE("lending window: a deferred mail in the store keeps new ones in memory, and is fetched when its turn comes") {
    LendingWindow window({});
    window.left_in_store(line, {start + 1min, 1});
    window.add(line, {start, 2}, mail(), start);
    window.add(line, {start + 2min, 3}, mail(), start + 30s);
    CHECK(window.held() == 2);
    CHECK(take_row(window) == 2);
    CHECK(window.missing(line, start + 2min) == DueKey{start + 1min, 1});
    CHECK(window.holds(line, {start + 2min, 3}));
    CHECK_FALSE(window.holds(line, {start + 1min, 1}));
}

// Held against what was put in and taken out, over many lines and in a random but fixed order.
TEST_CASE("lending window: what is due next is the earliest of all lines, whatever comes, goes and is read back") {
    LendingWindow window({.mails = 40, .page = 4});
    std::map<LendingLine, std::set<DueKey>> held, stored;  // `stored`: as the store has it, held ones left out
    std::minstd_rand random(7);
    const auto first_due = [&] {
        std::optional<Time> first;
        for (const auto* places : {&held, &stored})
            for (const auto& [name, keys] : *places)
                if (!keys.empty() && (!first || keys.begin()->due < *first)) first = keys.begin()->due;
        return first;
    };
    for (std::uint64_t row = 1; row < 3000; ++row) {
        const LendingLine name{static_cast<int>(random() % 3), static_cast<std::int64_t>(random() % 20)};
        const DueKey key{start + std::chrono::seconds(random() % 600) - 300s, row};
        switch (random() % 4) {
            case 0:
                window.add(name, key, mail(), start);
                (window.holds(name, key) ? held : stored)[name].insert(key);
                break;
            case 1:
                window.left_in_store(name, key);
                stored[name].insert(key);
                break;
            case 2:
                if (held[name].empty()) break;
                window.forget(name, *held[name].begin());
                held[name].erase(held[name].begin());
                break;
            default:
                const auto next = window.next(start);
                if (!next) break;
                if (const auto from = window.missing(*next, start)) {
                    LendingWindow::Page page;
                    auto& keys = stored[*next];
                    CHECK(*from == *keys.begin());
                    while (page.size() < window.page_size() && !keys.empty() && keys.begin()->due <= start) {
                        page.emplace_back(*keys.begin(), mail());
                        held[*next].insert(*keys.begin());
                        keys.erase(keys.begin());
                    }
                    window.add_page(*next, std::move(page), keys.empty() ? std::nullopt : std::optional(*keys.begin()));
                }
                if (const auto taken = window.take(*next)) CHECK(held[*next].erase(taken->first) == 1);
        }
        REQUIRE(window.next_due() == first_due());
    }
}

TEST_CASE("lending window: a forgotten mail is not lent, and its line goes when it is empty") {
    LendingWindow window({});
    window.add(line, {start, 1}, mail(), start);
    window.forget(line, {start, 2});
    window.forget({2, 9}, {start, 2});
    CHECK(window.held() == 1);
    window.forget(line, {start, 1});
    CHECK(window.held() == 0);
    CHECK_FALSE(window.next(start));
    CHECK_FALSE(window.next_due());
}
