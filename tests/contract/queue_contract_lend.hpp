/// Queue::lease: order, fairness, deferral, holds.
#pragma once
#include <map>

#include "contract/queue_rig.hpp"

namespace ilbud::test {

TEST_CASE("lease: mails of one unit leave in the order in which they came") {
    QueueRig rig;
    for (int i = 0; i < 5; ++i) rig.accept({.id = "e" + std::to_string(i)});
    CHECK(events_of(rig.lease(3)) == Ids{"e0", "e1", "e2"});
    rig.accept({.id = "e5"});
    CHECK(events_of(rig.lease()) == Ids{"e3", "e4", "e5"});
    CHECK(rig.lease().empty());
}

TEST_CASE("lease: nobody gets a mail that is lent") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    CHECK(rig.lease().size() == 1);
    CHECK(rig.lease().empty());
    CHECK(rig.count(MailState::leased) == 1);
    CHECK(rig.count(MailState::queued) == 0);
}

TEST_CASE("lease: classes share by their weights while all have work, and none starves") {
    QueueSettings settings;
    settings.class_weights = {4, 2, 1};
    QueueRig rig(settings);
    std::vector<Entry> entries;
    for (int i = 0; i < 70; ++i)
        for (const auto kind : {Kind::invoice, Kind::receipt, Kind::confirmation})
            entries.push_back(entry_of({.id = std::to_string(i) + std::string(to_word(kind)), .kind = kind}));
    rig.accept_all(std::move(entries));
    std::map<Kind, int> shares;
    const auto leases = rig.lease(70);
    for (const auto& lease : leases) ++shares[lease.mail.kind];
    CHECK(shares[Kind::confirmation] == 40);
    CHECK(shares[Kind::receipt] == 20);
    CHECK(shares[Kind::invoice] == 10);
    CHECK(leases[0].mail.kind == Kind::confirmation);
    // The urgent class alone takes all; what is left then goes on.
    CHECK(rig.lease(1000).size() == 140);
}

TEST_CASE("lease: units take turns inside a class, also those read back from the store") {
    QueueRig rig;
    const bool restarted = GENERATE(false, true);
    std::vector<Entry> entries;
    for (int i = 0; i < 200; ++i)
        entries.push_back(entry_of({.id = "big" + std::to_string(i), .kind = Kind::invoice, .unit = "big"}));
    for (int i = 0; i < 3; ++i)
        entries.push_back(entry_of({.id = "small" + std::to_string(i), .kind = Kind::invoice, .unit = "small"}));
    rig.accept_all(std::move(entries));
    if (restarted) rig.reopen();
    CHECK(events_of(rig.lease(7)) == Ids{"big0", "small0", "big1", "small1", "big2", "small2", "big3"});
    rig.accept({.id = "late", .kind = Kind::invoice, .unit = "late"});
    const auto next = events_of(rig.lease(2));
    CHECK(std::ranges::count(next, "late") == 1);
    CHECK(rig.lease(1000).size() == 195);
}

TEST_CASE("lease: a confirmation overtakes a long queue of invoices") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (int i = 0; i < 300; ++i) entries.push_back(entry_of({.id = "i" + std::to_string(i), .kind = Kind::invoice}));
    rig.accept_all(std::move(entries));
    rig.reopen();
    rig.lease(20);
    rig.accept({.id = "now", .kind = Kind::confirmation});
    CHECK(events_of(rig.lease(1)) == Ids{"now"});
}

TEST_CASE("lease: of mails whose events are large fewer are lent at once, and one at least") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (int i = 0; i < 10; ++i) entries.push_back(entry_of({.id = "e" + std::to_string(i)}));
    const auto bytes = entries.front().event->raw.size();
    rig.accept_all(std::move(entries));
    const auto lease = [&](std::size_t most) { return run_task(rig.context, rig.queue->lease(100, {}, most)).size(); };
    CHECK(lease(0) == 1);
    CHECK(lease(bytes) == 1);
    CHECK(lease(2 * bytes + 1) == 3);
    CHECK(lease(1000 * bytes) == 5);
}

TEST_CASE("lease: waits for the first mail") {
    QueueRig rig;
    std::vector<Lease> leases;
    asio::co_spawn(rig.context, rig.queue->lease(10, 10s),
                   [&](std::exception_ptr, std::vector<Lease> got) { leases = std::move(got); });
    std::vector<Entry> entries;
    entries.push_back(entry_of({.id = "e1"}));
    rig.accept_all(std::move(entries));  // runs the context until both have ended
    CHECK(events_of(leases) == Ids{"e1"});
}

TEST_CASE("lease: with nothing due it ends empty when its patience ends") {
    QueueRig rig;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(rig.lease(10, 30ms).empty());
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= 30ms);
}

TEST_CASE("lease: after stop_lending waiting and new leases end empty at once") {
    QueueRig rig;
    bool ended = false;
    asio::co_spawn(rig.context, rig.queue->lease(10, 1h),
                   [&](std::exception_ptr, const std::vector<Lease>& got) { ended = got.empty(); });
    rig.queue->stop_lending();
    rig.accept({.id = "e1"});
    CHECK(ended);
    CHECK(rig.lease(10, 1h).empty());
}

TEST_CASE("lease: a deferred mail is due again at its time, with its attempts counted") {
    QueueRig rig;
    const bool restarted = GENERATE(false, true);
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    rig.settle(rig.again(rig.lease(1).at(0), 5min));
    if (restarted) rig.reopen();
    CHECK(events_of(rig.lease()) == Ids{"e2"});
    rig.clock.tick(5min - 1us);
    CHECK(rig.lease().empty());
    rig.clock.tick(1us);
    const auto leases = rig.lease();
    REQUIRE(events_of(leases) == Ids{"e1"});
    CHECK(leases[0].attempt == 2);
}

TEST_CASE("lease: a waiting lease notices that a deferred mail has become due") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.settle(rig.again(rig.lease().at(0), 5min));
    std::vector<Lease> leases;
    asio::co_spawn(rig.context, rig.queue->lease(10, 10s),
                   [&](std::exception_ptr, std::vector<Lease> got) { leases = std::move(got); });
    rig.clock.tick(6min);
    rig.context.restart();
    rig.context.run();
    CHECK(leases.size() == 1);
}

TEST_CASE("lease: a mail deferred into the past of another one goes first") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    const auto first = rig.lease();
    rig.clock.tick(10min);
    rig.accept({.id = "e2"});
    auto back = rig.again(first.at(0), -5min);
    back.attempted = false;
    rig.settle(back);
    const auto leases = rig.lease();
    CHECK(events_of(leases) == Ids{"e1", "e2"});
    CHECK(leases.at(0).attempt == 1);  // it was given back untried
}

TEST_CASE("lease: a mail not settled within its hold is lent again under another token") {
    QueueSettings settings;
    settings.lease_hold = 20ms;
    QueueRig rig(settings);
    rig.accept({.id = "e1"});
    const auto first = rig.lease();
    const auto second = rig.lease(10, 10s);
    REQUIRE(events_of(second) == Ids{"e1"});
    CHECK(second[0].token != first.at(0).token);
    CHECK(second[0].attempt == 1);
    rig.settle(rig.ended(first[0], MailState::bounced, "too_late"));
    CHECK(rig.count(MailState::bounced) == 0);
    rig.settle(rig.ended(second[0]));
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("settle: counts although the hold is over, as long as nobody else has the mail") {
    QueueSettings settings;
    settings.lease_hold = 10ms;
    QueueRig rig(settings);
    rig.accept({.id = "e1", .unit = "one"});
    rig.accept({.id = "e2", .unit = "two"});
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 2);
    // Waits until the holds are over: one of the two is lent again, the other one is free.
    const auto again = rig.lease(1, 10s);
    REQUIRE(again.size() == 1);
    const auto& other = leases[0].row == again[0].row ? leases[1] : leases[0];
    rig.settle(rig.ended(other));
    CHECK(rig.count(MailState::delivered) == 1);
    rig.settle(rig.ended(again[0]));
    CHECK(rig.count(MailState::delivered) == 2);
    CHECK(rig.lease().empty());
}

TEST_CASE("lease: a hold that a reload made shorter counts for what is lent from then on") {
    QueueSettings settings;
    settings.lease_hold = 1h;
    QueueRig rig(settings);
    rig.accept({.id = "long"});
    CHECK(rig.lease().size() == 1);
    settings.lease_hold = 20ms;
    settings.disk_free_min = 0;
    rig.queue->apply(settings);
    rig.accept({.id = "short"});
    CHECK(events_of(rig.lease()) == Ids{"short"});
    CHECK(events_of(rig.lease(10, 3s)) == Ids{"short"});
}

TEST_CASE("renew: a renewed mail stays its holder's beyond its first hold, the others lapse") {
    QueueSettings settings;
    settings.lease_hold = 1s;
    QueueRig rig(settings);
    rig.accept({.id = "renewed"});
    rig.accept({.id = "other"});
    const auto before = std::chrono::steady_clock::now();
    const auto leases = rig.lease();
    const auto after = std::chrono::steady_clock::now();
    REQUIRE(events_of(leases) == Ids{"renewed", "other"});
    for (const auto& lease : leases) {
        CHECK(lease.until >= before);
        CHECK(lease.until <= after + 1s);
    }
    settings.lease_hold = 1h;
    settings.disk_free_min = 0;
    rig.queue->apply(settings);
    const auto ends = rig.renew({{leases[0].row, leases[0].token}});
    REQUIRE(ends.size() == 1);
    REQUIRE(ends[0]);
    CHECK(*ends[0] > leases[0].until + 30min);
    settings.lease_hold = 1s;
    rig.queue->apply(settings);
    CHECK(rig.renew({{leases[0].row, leases[0].token}}) == ends);  // never moved back
    CHECK(events_of(rig.lease(10, 10s)) == Ids{"other"});
    rig.settle(rig.ended(leases[0]));
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("renew: answers in the order asked, none for what is not the caller's any more") {
    QueueSettings settings;
    settings.lease_hold = 1s;
    QueueRig rig(settings);
    rig.accept({.id = "lapsed"});
    const auto lapsed = rig.lease().at(0);
    const auto taken_over = rig.lease(10, 10s).at(0);
    rig.accept({.id = "settled"});
    rig.accept({.id = "free"});
    const auto rest = rig.lease(1);
    rig.settle(rig.ended(rest.at(0)));
    const auto ends = rig.renew({{lapsed.row, lapsed.token},
                                 {taken_over.row, taken_over.token},
                                 {rest[0].row, rest[0].token},
                                 {taken_over.row, taken_over.token + 1000},
                                 {taken_over.row + 1000, taken_over.token},
                                 {taken_over.row, taken_over.token}});
    REQUIRE(ends.size() == 6);
    CHECK_FALSE(ends[0]);
    CHECK(ends[1]);
    CHECK_FALSE(ends[2]);
    CHECK_FALSE(ends[3]);
    CHECK_FALSE(ends[4]);
    CHECK(ends[5] == ends[1]);
    CHECK(rig.renew({}).empty());
}

TEST_CASE("lease: what was leased when the process ended is due again, with no attempt counted") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    const auto before = rig.lease();
    rig.reopen();
    const auto after = rig.lease();
    REQUIRE(events_of(after) == Ids{"e1"});
    CHECK(after[0].attempt == 1);
    rig.settle(rig.ended(before.at(0), MailState::bounced, "old"));
    CHECK(rig.count(MailState::leased) == 1);
}

TEST_CASE("S45: an address suppressed while its mail waits is not mailed") {
    QueueRig rig;
    const bool restarted = GENERATE(false, true);
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2", .to = "bo@example.com"});
    rig.accept({.id = "e3", .account = "other"});
    rig.suppress("press", "anna@example.com");
    if (restarted) rig.reopen();
    CHECK(events_of(rig.lease()) == Ids{"e2", "e3"});
    CHECK(rig.count(MailState::suppressed) == 1);
    CHECK(rig.row("e1").state == MailState::suppressed);
    CHECK(rig.row("e1").reason == "suppressed");
    rig.reopen();
    CHECK(events_of(rig.lease()) == Ids{"e2", "e3"});
}

TEST_CASE("S45: an address suppressed in the very commit that accepts its mail is not mailed") {
    QueueRig rig;
    asio::io_context other(1);
    // Both are asked for before either can be answered, so that they may share a commit.
    asio::co_spawn(other, rig.queue->accept({entry_of({.id = "e1"}), entry_of({.id = "e2", .to = "bo@example.com"})}),
                   [](std::exception_ptr, std::vector<Accepted>) {});
    asio::co_spawn(other, rig.store->suppressions().add({"press", "anna@example.com", "by_hand", rig.clock.now()}),
                   [](std::exception_ptr, bool) {});
    other.run();
    CHECK(events_of(rig.lease()) == Ids{"e2"});
}

TEST_CASE("S47: the clock set back by a day delays no deferred mail") {
    QueueRig rig;
    const bool restarted = GENERATE(false, true);
    rig.accept({.id = "e1"});
    rig.settle(rig.again(rig.lease().at(0), 10min));
    rig.clock.set(rig.clock.now() - 24h);
    if (restarted) rig.reopen();
    CHECK(rig.lease().empty());
    CHECK(rig.row("e1").due <= rig.clock.now() + 24h + 10min);
    rig.clock.tick(10min);
    CHECK(events_of(rig.lease()) == Ids{"e1"});
}

TEST_CASE("S47: the clock set back and right again makes no storm") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    auto leases = rig.lease();
    rig.settle(rig.again(leases.at(0), 10min));
    rig.clock.set(rig.clock.now() - 24h);
    rig.settle(rig.again(leases.at(1), 20min));
    CHECK(rig.lease().empty());
    rig.clock.set(rig.clock.now() + 24h);
    CHECK(rig.lease().empty());
    rig.clock.tick(10min);
    CHECK(events_of(rig.lease()) == Ids{"e1"});
    rig.clock.tick(10min);
    CHECK(events_of(rig.lease()) == Ids{"e2"});
}

TEST_CASE("S47: the clock set ahead by a day lends each deferred mail once, and ends no hold") {
    QueueRig rig;
    rig.accept({.id = "held"});
    const auto held = rig.lease();
    rig.accept({.id = "e1"});
    rig.settle(rig.again(rig.lease().at(0), 10min));
    rig.clock.tick(24h);
    const auto leases = rig.lease();
    CHECK(events_of(leases) == Ids{"e1"});
    rig.settle(rig.again(leases.at(0), 10min));
    CHECK(rig.lease().empty());
}

TEST_CASE("lease: a clock that is set back by seconds hangs nobody, and what was due comes when it is due again") {
    QueueRig rig;
    rig.accept({.id = "a", .unit = "daily"});
    rig.accept({.id = "b", .unit = "weekly"});
    for (const auto& lease : rig.lease()) rig.settle(rig.again(lease, 1h));
    rig.clock.tick(1h + 2s);
    REQUIRE(rig.lease(1).size() == 1);  // the other unit's is due as well, and nobody has read it
    rig.clock.set(rig.clock.now() - 5s);
    CHECK(rig.lease().size() <= 1);
    rig.clock.tick(1min);
    CHECK(rig.lease().size() <= 1);
    CHECK(rig.counts().mails[static_cast<std::size_t>(MailState::leased)] == 2);
}

TEST_CASE("lease: none asked for is answered at once and holds up nobody") {
    QueueRig rig;
    CHECK(rig.lease(0, 1h).empty());
    rig.accept({.id = "a"});
    CHECK(rig.lease().size() == 1);
}

TEST_CASE("lease: a wait without end is one") {
    QueueRig rig;
    rig.accept({.id = "a"});
    CHECK(rig.lease(1, Duration::max()).size() == 1);
}

}  // namespace ilbud::test
