#include "ilbud/notice/notice_book.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

const Time start = *parse_time("2025-06-24T23:50:00Z");
using Taken = NoticeBook::Taken;
using Names = std::vector<std::string>;

Notice notice(const std::string& cause, const std::string& subject = "avis.example") {
    return {"forlag", cause, subject, {{"since", "2025-06-24T10:00:00Z"}}, "a\nb"};
}
std::string name(NoticeCause cause) {
    return notice_row_name("forlag", cause, "avis.example");
}

// A book as after a restart: what was put on the shelf, and nothing else.
class Books {
 public:
    Taken take(const std::string& cause, Time now) {
        restart();
        const auto taken = book_.take(notice(cause), now, 24h);
        keep();
        return taken;
    }
    // Tells what is due; the causes told.
    Names tell(Time now, bool mailed = true) {
        restart();
        Names causes;
        for (const auto& each : book_.due(now, 24h)) {
            causes.push_back(book_.row(each).next->cause);
            book_.told(each, mailed);
        }
        keep();
        return causes;
    }
    void tidy(Time now) {
        restart();
        book_.tidy(now, 24h);
        keep();
    }
    std::map<std::string, std::string> shelf;

 private:
    void restart() {
        book_ = {};
        std::vector<ShelfRow> rows;
        for (const auto& [key, value] : shelf) rows.push_back({key, value});
        book_.load(rows);
    }
    void keep() {
        for (const auto& [key, value, version] : book_.changes())
            if (value.empty())
                shelf.erase(key);
            else
                shelf[key] = value;
    }
    NoticeBook book_;
};

}  // namespace

TEST_CASE("take: one notice a day for one cause and subject, also over midnight and a restart") {
    Books books;
    CHECK(books.take("bounce_rate", start) == Taken::due);
    CHECK(books.tell(start) == Names{"bounce_rate"});
    CHECK(books.take("bounce_rate", start + 20min) == Taken::too_soon);  // after midnight
    CHECK(books.take("bounce_rate", start + 23h + 59min) == Taken::too_soon);
    CHECK(books.tell(start + 23h + 59min).empty());
    CHECK(books.take("bounce_rate", start + 24h) == Taken::due);
    CHECK(books.tell(start + 24h) == Names{"bounce_rate"});
}

TEST_CASE("take: another cause, account or subject has its own day") {
    NoticeBook book;
    CHECK(book.take(notice("domain_broken"), start, 24h) == Taken::due);
    book.told(name(NoticeCause::domain_broken), true);
    CHECK(book.take(notice("domain_broken", "blad.example"), start, 24h) == Taken::due);
    CHECK(book.take(notice("key_change_stuck"), start, 24h) == Taken::due);
    Notice other = notice("domain_broken");
    other.account = "andre";
    CHECK(book.take(other, start, 24h) == Taken::due);
    CHECK(book.due(start, 24h).size() == 3);
}

TEST_CASE("take: a domain that is fixed is told only if it was told that it was broken") {
    Books books;
    CHECK(books.take("domain_fixed", start) == Taken::never_told);
    books.take("domain_broken", start);
    CHECK(books.tell(start) == Names{"domain_broken"});
    CHECK(books.take("domain_fixed", start + 1h) == Taken::due);
    CHECK(books.tell(start + 1h) == Names{"domain_fixed"});
    CHECK(books.take("domain_fixed", start + 2h) == Taken::never_told);
}

TEST_CASE("take: a notice that was not mailed has told nobody that the domain was broken") {
    Books books;
    books.take("domain_broken", start);
    books.tell(start, false);
    CHECK(books.take("domain_fixed", start + 1h) == Taken::never_told);
}

TEST_CASE("take: broken again too soon waits for its time, and is dropped if it is fixed by then") {
    Books books;
    books.take("domain_broken", start);
    books.tell(start);
    books.take("domain_fixed", start + 1h);
    books.tell(start + 1h);
    CHECK(books.take("domain_broken", start + 2h) == Taken::held);
    CHECK(books.tell(start + 23h).empty());
    SECTION("still broken") {
        CHECK(books.tell(start + 24h) == Names{"domain_broken"});
        CHECK(books.take("domain_fixed", start + 26h) == Taken::due);
    }
    SECTION("fixed meanwhile") {
        CHECK(books.take("domain_fixed", start + 3h) == Taken::never_told);
        CHECK(books.tell(start + 48h).empty());
    }
}

TEST_CASE("take: fixed too soon waits, and is dropped if it breaks again by then") {
    Books books;
    books.take("domain_broken", start);
    books.tell(start);
    books.take("domain_fixed", start + 23h);
    books.tell(start + 23h);
    books.take("domain_broken", start + 25h);
    books.tell(start + 25h);
    CHECK(books.take("domain_fixed", start + 26h) == Taken::held);
    SECTION("stays fixed") {
        CHECK(books.tell(start + 47h) == Names{"domain_fixed"});
    }
    SECTION("breaks") {
        CHECK(books.take("domain_broken", start + 27h) == Taken::held);
        CHECK(books.tell(start + 48h).empty());
        CHECK(books.tell(start + 49h) == Names{"domain_broken"});
    }
}

TEST_CASE("due: a notice whose event may be stored already keeps its time until it is told") {
    Books books;
    books.take("domain_broken", start);
    NoticeBook book;
    book.load({{name(NoticeCause::domain_broken), books.shelf.at(name(NoticeCause::domain_broken))}});
    REQUIRE(book.due(start + 5h, 24h).size() == 1);
    CHECK(book.row(name(NoticeCause::domain_broken)).next_at == start);
    CHECK(book.row(name(NoticeCause::domain_broken)).next == notice("domain_broken"));
}

TEST_CASE("S47: a clock set back an hour tells nothing twice, one set back a year holds nothing up") {
    Books books;
    books.take("bounce_rate", start);
    books.tell(start);
    CHECK(books.take("bounce_rate", start - 1h) == Taken::too_soon);
    CHECK(books.take("bounce_rate", start - 24h * 365) == Taken::due);
}

TEST_CASE("tidy: what no longer matters leaves the shelf") {
    Books books;
    books.take("bounce_rate", start);
    books.take("domain_broken", start);
    books.tell(start);
    books.tidy(start + 23h);
    CHECK(books.shelf.size() == 2);
    books.tidy(start + 25h);
    CHECK(books.shelf.size() == 1);  // broken and not yet told to be fixed
    books.take("domain_fixed", start + 30h);
    books.tell(start + 30h);
    books.tidy(start + 60h);
    CHECK(books.shelf.empty());
}

TEST_CASE("load: a row that cannot be read is thrown away") {
    NoticeBook book;
    book.load({{"a", "{"}, {"b", R"({"next":{"account":1}})"}, {"c", "{}"}});
    const auto changes = book.changes();
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].name == "a");
    CHECK(changes[0].value.empty());
    CHECK(changes[1].name == "b");
}

// The event of the first one may be stored under an id that follows from its time.
TEST_CASE("book: what may have been stored already is not replaced by a newer one") {
    NoticeBook before;
    REQUIRE(before.take(notice("domain_broken"), start, 24h) == Taken::due);
    NoticeBook book;
    book.load(before.changes());
    auto newer = notice("domain_broken");
    newer.facts.emplace_back("since", "later");
    CHECK(book.take(newer, start + 1h, 24h) == Taken::due);
    const auto names = book.due(start + 1h, 24h);
    REQUIRE(names.size() == 1);
    CHECK(book.row(names[0]).next_at == start);
    CHECK(book.row(names[0]).next == notice("domain_broken"));
}
