#include "queue/lease_book.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace ilbud;

namespace {

using Steady = LeaseBook::Steady;
const Steady start = Steady{} + std::chrono::hours(1);

WaitingMail mail(std::uint64_t row) {
    WaitingMail waiting;
    waiting.key.row = row;
    return waiting;
}

std::vector<std::uint64_t> rows(const std::vector<WaitingMail>& mails) {
    std::vector<std::uint64_t> all;
    for (const auto& each : mails) all.push_back(each.key.row);
    return all;
}

using Rows = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("lease book: leases lapse by their ends, in whatever order they were lent") {
    LeaseBook book(1);
    book.lend(mail(1), start + 3s);
    book.lend(mail(2), Steady::max());
    book.lend(mail(3), start + 1s);
    book.lend(mail(4), start + 2s);
    CHECK(book.next_lapse() == start + 1s);
    CHECK(rows(book.lapse(start)).empty());
    CHECK(rows(book.lapse(start + 2s)) == Rows{3, 4});
    CHECK(rows(book.lapse(start + 2s)).empty());
    CHECK(rows(book.lapse(start + 24h)) == Rows{1});
    CHECK(book.out() == 1);
}

TEST_CASE("lease book: a lease whose settlement was given up lapses again, one that waits for the disk does not") {
    LeaseBook book(1);
    const auto first = book.lend(mail(1), start + 1s);
    const auto second = book.lend(mail(2), start + 1s);
    book.find(1, first)->round = 7;
    book.find(2, second)->round = 7;
    CHECK(rows(book.lapse(start + 5s)).empty());
    book.not_settled(1, first, start + 6s);
    book.not_settled(2, second + 1, start + 6s);  // not the newest lease
    CHECK(rows(book.lapse(start + 5s)).empty());
    CHECK(rows(book.lapse(start + 6s)) == Rows{1});
}

TEST_CASE("lease book: held against a plain list of ends, whatever is lent, renewed, ended and lapsed") {
    std::mt19937 random(11);
    LeaseBook book(1);
    std::map<std::uint64_t, std::pair<std::uint64_t, Steady>> plain;  // row: token, end
    auto now = start;
    for (int step = 0; step < 50'000; ++step) {
        const std::uint64_t row = random() % 300;
        const auto until = now + std::chrono::milliseconds(random() % 1000);
        const auto known = plain.find(row);
        switch (random() % 4) {
            case 0:
                if (known == plain.end()) plain[row] = {book.lend(mail(row), until), until};
                break;
            case 1:
                if (known == plain.end()) break;
                known->second.second = std::max(known->second.second, until);
                REQUIRE(book.renew(row, known->second.first, until) == known->second.second);
                break;
            case 2:
                if (known == plain.end()) break;
                book.end(row);
                plain.erase(known);
                break;
            default:
                now += std::chrono::milliseconds(random() % 20);
                Rows expected;
                for (const auto& [each, lease] : plain)
                    if (lease.second <= now) expected.push_back(each);
                auto lapsed = rows(book.lapse(now));
                std::ranges::sort(lapsed);
                REQUIRE(lapsed == expected);
                for (const auto each : expected) {
                    REQUIRE_FALSE(book.renew(each, plain.at(each).first, now + 1h));
                    plain.erase(each);
                }
                for (const auto& [each, lease] : plain) REQUIRE(book.next_lapse() <= lease.second);
        }
    }
}
