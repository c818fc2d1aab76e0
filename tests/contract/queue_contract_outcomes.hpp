/// Outcomes: every change of a mail is a row, in the commit that made it.
#pragma once
#include "contract/queue_rig.hpp"

namespace ilbud::test {

inline std::vector<std::string> causes_of(const std::vector<OutcomeRow>& rows) {
    std::vector<std::string> causes;
    for (const auto& row : rows) causes.push_back(std::string(to_word(row.state)) + " " + row.cause);
    return causes;
}
using Causes = std::vector<std::string>;

TEST_CASE("outcomes: deferred, then delivered: two rows in their order, with what the relay said each time") {
    QueueRig rig;
    const auto mail = rig.accept({.id = "e1"}).mails.at(0).id;
    rig.settle(rig.again(rig.lease().at(0), 1h));
    rig.clock.tick(2h);
    auto end = rig.ended(rig.lease().at(0));
    end.relay = "other";
    rig.settle(end);
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto page = (*reader)->outcomes();
    REQUIRE(causes_of(page.outcomes) == Causes{"queued greylisted", "delivered delivered"});
    CHECK(page.outcomes[0].reply_text == "451 4.7.1 come back later");
    CHECK(page.outcomes[0].relay == "smart");
    CHECK(page.outcomes[0].attempts == 1);
    CHECK(page.outcomes[1].attempts == 2);
    CHECK(page.outcomes[1].relay == "other");
    CHECK(page.outcomes[1].reply_text.empty());
    CHECK(page.outcomes[1].at == rig.clock.now());
    CHECK(page.outcomes[1].event == "e1");
    CHECK(page.outcomes[1].mail == mail);
    CHECK(causes_of((*reader)->timeline(mail)) == causes_of(page.outcomes));
}

TEST_CASE("outcomes: a reader goes on where it was, sees nothing twice and misses nothing, also across a restart") {
    QueueRig rig;
    for (int i = 0; i < 5; ++i) rig.accept({.id = "e" + std::to_string(i)});
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease));
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto first = (*reader)->outcomes({}, 3);
    CHECK(first.outcomes.size() == 3);
    rig.reopen();
    rig.accept({.id = "later"});
    rig.settle(rig.ended(rig.lease().at(0), MailState::bounced, "no_such_mailbox"));
    auto again = rig.adapter.reader();
    const auto rest = (*again)->outcomes(first.next, 1000);
    CHECK(rest.outcomes.size() == 3);
    CHECK(rest.outcomes.back().event == "later");
    const auto nothing = (*again)->outcomes(rest.next, 1000);
    CHECK(nothing.outcomes.empty());
    CHECK(nothing.next == rest.next);
}

TEST_CASE("outcomes: a mail given back untried has none; what the store itself decides has") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    auto back = rig.ended(rig.lease().at(0), MailState::queued, "");
    back.attempted = false;
    back.due = rig.clock.now();
    rig.settle(back);
    auto reader = rig.adapter.reader();
    CHECK((*reader)->outcomes().outcomes.empty());
    rig.suppress("press", "anna@example.com");
    CHECK(rig.lease().empty());
    rig.counts();
    CHECK(causes_of((*reader)->outcomes().outcomes) == Causes{"suppressed suppressed"});
    rig.accept(request("r1"));
    rig.accept(request("r2"));
}

TEST_CASE("outcomes: a withdrawn mail's is the newer event's doing") {
    QueueRig rig;
    rig.accept(request("r1"));
    rig.accept(request("r2"));
    auto reader = rig.adapter.reader();
    CHECK(causes_of((*reader)->outcomes().outcomes) == Causes{"cancelled superseded"});
}

TEST_CASE("outcomes: pruned with their mail, and numbers never come again") {
    QueueRig rig;
    const auto mail = rig.accept({.id = "e1"}).mails.at(0).id;
    rig.settle(rig.again(rig.lease().at(0), 1h));
    rig.clock.tick(2h);
    rig.settle(rig.ended(rig.lease().at(0)));
    auto reader = rig.adapter.reader();
    const auto before = (*reader)->outcomes();
    CHECK(before.outcomes.size() == 2);
    rig.clock.tick(1h);
    CHECK(rig.prune(rig.clock.now()) == 1);
    CHECK((*reader)->outcomes().outcomes.empty());
    CHECK((*reader)->timeline(mail).empty());
    rig.reopen();
    rig.accept({.id = "e2"});
    rig.settle(rig.ended(rig.lease().at(0)));
    auto again = rig.adapter.reader();
    CHECK((*again)->outcomes(before.next, 10).outcomes.size() == 1);
}

TEST_CASE("outcomes and mails: what is no cursor is refused") {
    QueueRig rig;
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    for (const char* text : {"x", "o", "o-1", "o1.2", "m1 ", "o99999999999999999999", "' OR 1=1"}) {
        CAPTURE(text);
        const auto outcomes = run_task((*reader)->log().outcomes({text}, 10));
        REQUIRE_FALSE(outcomes);
        CHECK(outcomes.error().code == "invalid_cursor");
        const auto events = run_task((*reader)->log().events({}, {text}));
        REQUIRE_FALSE(events);
        const auto mails = run_task((*reader)->log().mails({}, {text}));
        REQUIRE_FALSE(mails);
    }
}

TEST_CASE("mails: page by page every mail comes once, in both orders, by address and by state too") {
    QueueRig rig;
    constexpr int count = 2500;  // more than two segments of the search
    std::vector<Entry> entries;
    for (int i = 0; i < count; ++i)
        entries.push_back(entry_of({.id = "e" + std::to_string(i), .to = i % 5 == 0 ? "bo@example.com" : "anna@example.com"}));
    rig.accept_all(std::move(entries));
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    for (const bool newest_first : {true, false})
        for (const bool by_address : {true, false}) {
            MailQuery query;
            query.newest_first = newest_first;
            query.most = 97;
            if (by_address) query.to = "Bo@example.com";
            std::vector<std::string> seen;
            std::optional<LogCursor> place{LogCursor{}};
            while (place) {
                const auto page = (*reader)->page(query, *place);
                CHECK(page.mails.size() <= 97);
                for (const auto& mail : page.mails) seen.push_back(mail.event);
                place = page.next;
            }
            CHECK(seen.size() == (by_address ? count / 5 : count));
            CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == seen.size());
            CHECK(seen.front() == (newest_first ? (by_address ? "e2495" : "e2499") : "e0"));
        }
}

TEST_CASE("lease: what a holder had that died is due again, and uncertain") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    CHECK(rig.lease(1).size() == 1);
    rig.reopen();
    const auto again = rig.lease();
    REQUIRE(again.size() == 2);
    for (const auto& lease : again) {
        CHECK(lease.uncertain == (lease.event->id == "e1"));
        CHECK(lease.attempt == 1);
    }
    CHECK(rig.row("e1").uncertain);
    CHECK(rig.row("e1").reason == "holder_died");
    CHECK_FALSE(rig.row("e2").uncertain);
}

TEST_CASE("lease: settled or given back before the end leaves nothing uncertain") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 2);
    rig.settle(rig.ended(leases[0]));
    auto back = rig.ended(leases[1], MailState::queued, "");
    back.attempted = false;
    back.due = rig.clock.now();
    rig.settle(back);
    rig.reopen();
    const auto again = rig.lease();
    REQUIRE(again.size() == 1);
    CHECK_FALSE(again[0].uncertain);
}

TEST_CASE("S47: an age is the time that passed, whatever is done to the wall clock") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.clock.tick(1h);
    const auto age = [&](Duration wait = 1min) {
        auto leases = rig.lease();
        REQUIRE(leases.size() == 1);
        const auto found = leases[0].age;
        rig.settle(rig.again(leases[0], wait));
        return found;
    };
    CHECK(age() == 1h);
    rig.clock.set(rig.clock.now() + 24h * 500);
    CHECK(age() == 1h);
    rig.clock.tick(1h);
    CHECK(age() == 2h);
    rig.clock.set(rig.clock.now() - 24h * 500);
    rig.clock.tick(1h);
    CHECK(age() == 3h);
    rig.reopen();
    rig.clock.tick(1h);
    CHECK(age() == 4h);
}

TEST_CASE(
    "S47: an age goes on across restarts: within a boot by time that passed, across boots by the wall clock if that can be") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    const auto age = [&] {
        auto leases = rig.lease();
        REQUIRE(leases.size() == 1);
        const auto found = leases[0].age;
        rig.settle(rig.again(leases[0], 1min));
        rig.clock.tick(2min);
        return found;
    };
    rig.clock.tick(10min);
    rig.close();
    rig.clock.tick(1h);
    rig.clock.set(rig.clock.now() + 24h * 500);  // while nobody looked, in the same boot
    rig.reopen();
    CHECK(age() == 70min);
    rig.close();
    rig.clock.tick(2h);
    rig.clock.reboot();
    rig.reopen();
    CHECK(age() == 70min + 2min + 2h);
    rig.close();
    rig.clock.set(rig.clock.now() + 24h * 500);  // a machine that was off for so long?
    rig.clock.reboot();
    rig.reopen();
    const auto leapt = age();
    CHECK(leapt >= 70min + 2min + 2h);
    CHECK(leapt < 24h);
}

TEST_CASE("S47: nothing is pruned because a clock leapt ahead; a day later, or when it is put right, it is") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.settle(rig.ended(rig.lease().at(0)));
    const auto sane = rig.clock.now();
    rig.clock.set(sane + 24h * 500);
    CHECK(rig.prune(rig.clock.now() - 24h * 400) == 0);
    CHECK(rig.accept({.id = "e1"}).status == Accepted::Status::duplicate);
    rig.reopen();
    CHECK(rig.prune(rig.clock.now() - 24h * 400) == 0);
    SECTION("put right") {
        rig.clock.set(sane + 1h);
        CHECK(rig.prune(sane + 1min) == 1);
    }
    SECTION("it stays so") {
        rig.clock.tick(25h);
        CHECK(rig.prune(rig.clock.now() - 24h * 400) == 1);
    }
}

TEST_CASE("mails: numbers never come again: one accepted behind a prune and a restart is found by id and by address") {
    QueueRig rig;
    rig.accept({.id = "first", .to = "bo@example.com"});
    rig.settle(rig.again(rig.lease().at(0), 24h * 30));
    std::vector<Entry> entries;
    for (int i = 0; i < 1100; ++i) entries.push_back(entry_of({.id = "e" + std::to_string(i)}, rig.clock.now()));
    rig.accept_all(std::move(entries));
    std::vector<Settlement> all;
    for (const auto& lease : rig.lease(2000)) all.push_back(rig.ended(lease));
    run_task(rig.context, rig.queue->settle(std::move(all)));
    rig.clock.tick(24h);
    while (run_task(rig.context, rig.queue->prune(rig.clock.now(), 500)).more) {
    }
    REQUIRE(rig.counts().events == 1);
    rig.reopen();
    const auto id = rig.accept({.id = "new", .to = "cecilie@example.com"}).mails.at(0).id;
    auto reader = rig.adapter.reader();
    MailQuery query;
    query.to = "cecilie@example.com";
    CHECK((*reader)->mails(query).size() == 1);
    query = {};
    query.id = id;
    CHECK((*reader)->mails(query).size() == 1);
}

TEST_CASE("S47: an age knows nothing of a leap that came before, also behind a prune of all and a restart") {
    const auto by = GENERATE(as<Duration>(), -240h, 240h);
    CAPTURE(by.count());
    QueueRig rig;
    for (int i = 0; i < 5; ++i) {
        rig.accept({.id = "e" + std::to_string(i)});
        rig.settle(rig.ended(rig.lease().at(0)));
    }
    rig.clock.set(rig.clock.now() + by);
    rig.accept({.id = "f"});
    rig.settle(rig.ended(rig.lease().at(0)));
    rig.clock.tick(1000h);
    CHECK(rig.prune(rig.clock.now()) == 6);
    rig.reopen();
    rig.accept({.id = "new"});
    const auto lease = rig.lease().at(0);
    CHECK(lease.age < 1h);
    rig.settle(rig.again(lease, 5h));
    rig.clock.tick(6h);
    CHECK(rig.lease().at(0).age >= 6h);
}

}  // namespace ilbud::test
