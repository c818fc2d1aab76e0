#include "ilbud/watch/watch_agenda.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

using Names = std::vector<std::string>;
const Time start = *parse_time("2025-06-24T10:00:00Z");
const Time later = start + 24h;  // than everything below

}  // namespace

TEST_CASE("watch agenda: nothing has happened, nothing is due") {
    WatchAgenda agenda;
    CHECK_FALSE(agenda.book_due(start));
    CHECK_FALSE(agenda.save_due(start));
    CHECK(agenda.take_calls(start).empty());
    CHECK(agenda.next(later) == later);
}

TEST_CASE("watch agenda: a new book at once, the next one half a second later, however many changes there are") {
    WatchAgenda agenda;
    agenda.book_changed();
    CHECK(agenda.book_due(start));
    agenda.book_published(start);
    CHECK_FALSE(agenda.book_due(start));
    for (int i = 0; i < 100; ++i) agenda.book_changed();
    CHECK_FALSE(agenda.book_due(start + 499ms));
    CHECK(agenda.next(later) == start + 500ms);
    CHECK(agenda.book_due(start + 500ms));
}

TEST_CASE("watch agenda: who waits to see the book gets it at once") {
    WatchAgenda agenda;
    agenda.book_published(start);
    agenda.book_changed();
    CHECK_FALSE(agenda.book_due(start + 1ms));
    agenda.hurry_book();
    CHECK(agenda.book_due(start + 1ms));
}

TEST_CASE("watch agenda: a book that came into force for other reasons is not due any more") {
    WatchAgenda agenda;
    agenda.book_changed();
    agenda.book_published(start);
    CHECK_FALSE(agenda.book_due(start));
}

TEST_CASE("watch agenda: mails that waited are called behind the book, and once more for those a lane had in hand") {
    WatchAgenda agenda;
    agenda.book_changed();
    agenda.may_go("avisen.example", start);
    CHECK(agenda.take_calls(start).empty());
    agenda.book_published(start);
    CHECK(agenda.take_calls(start) == Names{"avisen.example"});
    CHECK(agenda.take_calls(start).empty());
    CHECK(agenda.next(later) == start + 10s);
    CHECK(agenda.take_calls(start + 9s).empty());
    CHECK(agenda.take_calls(start + 10s) == Names{"avisen.example"});
    CHECK(agenda.take_calls(start + 20s).empty());
    CHECK(agenda.next(later) == later);
}

TEST_CASE("watch agenda: calls that wait for a book do not keep the watch awake until it comes") {
    WatchAgenda agenda;
    agenda.book_published(start);
    agenda.book_changed();
    agenda.may_go("avisen.example", start + 1ms);
    CHECK(agenda.take_calls(start + 2ms).empty());
    CHECK(agenda.next(later) == start + 500ms);
    agenda.book_published(start + 500ms);
    CHECK(agenda.next(later) == start + 1ms);
}

TEST_CASE("watch agenda: a domain that may go long after the last book is called once") {
    WatchAgenda agenda;
    agenda.book_published(start);
    agenda.may_go("avisen.example", start + 1h);
    CHECK(agenda.take_calls(start + 1h) == Names{"avisen.example"});
    CHECK(agenda.take_calls(start + 2h).empty());
}

// Each call is a way through all mails that wait.
TEST_CASE("watch agenda: domains that come back one after the other are called twice each, and many of them together") {
    WatchAgenda agenda;
    std::map<std::string, int> calls;
    int times = 0;
    const auto take = [&](Time now) {
        const auto names = agenda.take_calls(now);
        if (names.empty()) return;
        ++times;
        for (const auto& name : names) ++calls[name];
        agenda.calls_made(now, now);
    };
    for (int half = 0; half < 400; ++half) {  // five domains at each book, for 200 seconds
        const auto now = start + half * 500ms;
        for (int i = 0; i < 5; ++i) agenda.may_go("d" + std::to_string(half * 5 + i), now);
        agenda.book_changed();
        agenda.book_published(now);
        take(now);
    }
    for (auto now = start + 200s; now < start + 220s; now += 500ms) take(now);
    CHECK(calls.size() == 2000);
    CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& call) { return call.second == 2; }));
    CHECK(times <= 110);
    CHECK(agenda.next(later) == later);
}

TEST_CASE("watch agenda: after a long way through the mails the next one waits the longer, but not for who watches") {
    WatchAgenda agenda;
    agenda.may_go("avisen.example", start);
    CHECK(agenda.take_calls(start).size() == 1);
    agenda.calls_made(start, start + 1s);
    agenda.may_go("bladet.example", start + 1s);
    CHECK(agenda.take_calls(start + 20s).empty());
    CHECK(agenda.next(later) == start + 21s);
    CHECK(agenda.take_calls(start + 21s) == Names{"bladet.example"});
    agenda.calls_made(start + 21s, start + 22s);
    agenda.may_go("tidende.example", start + 22s);
    agenda.hurry_book();
    CHECK(agenda.take_calls(start + 22s) == Names{"tidende.example"});
}

TEST_CASE("watch agenda: what has changed is stored together, a second after the last commit") {
    WatchAgenda agenda;
    agenda.begin_save(start);
    agenda.changed("avisen.example");
    CHECK_FALSE(agenda.save_due(start + 999ms));
    CHECK(agenda.next(later) == start + 1s);
    agenda.changed("bladet.example");
    CHECK(agenda.save_due(start + 1s));
    agenda.begin_save(start + 1s);
    CHECK(agenda.take_unsaved() == std::set<std::string>{"avisen.example", "bladet.example"});
    CHECK_FALSE(agenda.save_due(start + 1h));
}

TEST_CASE("watch agenda: what changes while it is being stored is stored again") {
    WatchAgenda agenda;
    agenda.changed("avisen.example");
    agenda.begin_save(start);
    CHECK(agenda.take_unsaved().size() == 1);
    agenda.changed("avisen.example");
    CHECK(agenda.save_due(start + 1s));
}

TEST_CASE("watch agenda: where the clock was set back, what was done later than now is due") {
    WatchAgenda agenda;
    agenda.book_published(later);
    agenda.begin_save(later);
    agenda.book_changed();
    agenda.changed("avisen.example");
    CHECK(agenda.book_due(start));
    CHECK(agenda.save_due(start));
    agenda.book_published(start);
    agenda.may_go("avisen.example", later);
    CHECK(agenda.take_calls(start) == Names{"avisen.example"});
}

TEST_CASE("watch agenda: after the clock was set back a domain is called once, and not at every wake") {
    WatchAgenda agenda;
    agenda.book_published(later);
    agenda.may_go("avisen.example", start);
    CHECK(agenda.take_calls(start) == Names{"avisen.example"});
    CHECK(agenda.take_calls(start + 1s).empty());
    CHECK(agenda.next(later) == later);
}
