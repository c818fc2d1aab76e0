/// Holds, cancellations, and what is learned of a mail behind its end.
#pragma once
#include <boost/asio/detached.hpp>

#include "contract/queue_contract_outcomes.hpp"
#include "contract/queue_rig.hpp"

namespace ilbud::test {

namespace {

inline void hold(QueueRig& rig, MailScope scope, const std::string& reason = "by hand") {
    run_task(rig.context, rig.queue->hold({std::move(scope), reason, rig.clock.now()}));
}
inline bool release(QueueRig& rig, MailScope scope) {
    return run_task(rig.context, rig.queue->release(std::move(scope)));
}
inline std::vector<Cancellation> cancel(QueueRig& rig, std::vector<std::string> mails) {
    return run_task(rig.context, rig.queue->cancel(std::move(mails), "by hand"));
}
inline bool amend(QueueRig& rig, Amendment amendment) {
    return run_task(rig.context, rig.queue->amend({std::move(amendment)})).at(0);
}
inline std::vector<OutcomeRow> timeline(QueueRig& rig, const std::string& mail) {
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    return (*reader)->timeline(mail);
}
// As a holder does with what is held: it waits to be given up.
inline void put_off(QueueRig& rig, const Lease& lease, std::string_view reason = held_reason) {
    auto back = rig.ended(lease, MailState::queued, std::string(reason));
    back.attempted = false;
    back.due = rig.clock.now() + 72h;
    rig.settle(back);
}

}  // namespace

TEST_CASE("hold: mails of the scope are lent held, others are not") {
    const auto scope = GENERATE(MailScope{.account = "press"}, MailScope{.unit = "daily"}, MailScope{.site = "example.com"},
                                MailScope{.kind = Kind::welcome},
                                MailScope{.account = "press", .unit = "daily", .site = "example.com", .kind = Kind::welcome});
    QueueRig rig;
    rig.accept({.id = "before"});  // planned before the hold
    hold(rig, scope);
    rig.accept({.id = "behind"});
    auto other = entry_of({.id = "other", .kind = Kind::receipt, .unit = "weekly", .to = "bo@example.net", .account = "radio"});
    std::vector<Entry> entries;
    entries.push_back(std::move(other));
    rig.accept_all(std::move(entries));
    std::map<std::string, bool> held;
    for (const auto& lease : rig.lease()) held[lease.event->id] = lease.held;
    CHECK(held == std::map<std::string, bool>{{"before", true}, {"behind", true}, {"other", false}});
}

TEST_CASE("hold: survives a restart, is listed, and is replaced by one of the same scope") {
    QueueRig rig;
    hold(rig, {.unit = "daily"}, "first");
    rig.clock.tick(1min);
    hold(rig, {.unit = "daily"}, "second");
    rig.clock.tick(1min);
    hold(rig, {.kind = Kind::invoice}, "third");
    const auto check = [&rig] {
        const auto holds = run_task(rig.context, rig.queue->holds());
        REQUIRE(holds.size() == 2);
        CHECK(holds[0].reason == "second");
        CHECK(holds[0].scope == MailScope{.unit = "daily"});
        CHECK(holds[1].scope == MailScope{.kind = Kind::invoice});
        CHECK(holds[1].since == rig.clock.now());
    };
    check();
    rig.reopen();
    check();
    rig.accept({.id = "e1"});
    CHECK(rig.lease().at(0).held);
    CHECK(release(rig, {.unit = "daily"}));
    CHECK_FALSE(release(rig, {.unit = "daily"}));
    rig.reopen();
    CHECK(run_task(rig.context, rig.queue->holds()).size() == 1);
    CHECK_FALSE(rig.lease().at(0).held);
}

TEST_CASE("hold: released, what was put off is due at once, and only that") {
    QueueRig rig;
    hold(rig, {.unit = "daily"});
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2", .unit = "weekly"});
    for (const auto& lease : rig.lease()) lease.held ? put_off(rig, lease) : rig.settle(rig.again(lease, 1h));
    CHECK(rig.lease().empty());
    CHECK(rig.row("e1").reason == "held");
    CHECK(rig.row("e1").attempts == 0);
    CHECK(release(rig, {.unit = "daily"}));
    const auto leases = rig.lease();
    REQUIRE(events_of(leases) == Ids{"e1"});
    CHECK_FALSE(leases[0].held);
    rig.settle(rig.ended(leases[0]));
    CHECK(causes_of(timeline(rig, leases[0].mail.id)) == Causes{"queued held", "delivered delivered"});
}

TEST_CASE("hold: one that ends while a mail of it is lent leaves no mail waiting for its end") {
    QueueRig rig;
    hold(rig, {.unit = "daily"});
    rig.accept({.id = "e1"});
    const auto lease = rig.lease().at(0);
    REQUIRE(lease.held);
    CHECK(release(rig, {.unit = "daily"}));
    put_off(rig, lease);
    const auto again = rig.lease();
    REQUIRE(again.size() == 1);
    CHECK_FALSE(again[0].held);
}

TEST_CASE(
    "hasten: by scope, what people kept back is due at once, also what was lent meanwhile, and other accounts' mail stays") {
    QueueRig rig;
    rig.accept({.id = "waits"});
    rig.accept({.id = "other", .account = "radio"});
    rig.accept({.id = "deferred"});
    for (const auto& lease : rig.lease())
        lease.event->id == "deferred" ? rig.settle(rig.again(lease, 72h)) : put_off(rig, lease, test_mode_reason);
    rig.accept({.id = "lent"});
    const auto lent = rig.lease().at(0);
    const auto let_go = [&rig](std::string_view reason) {
        return run_task(rig.context, rig.queue->hasten(std::string(reason), MailScope{.account = "press"}));
    };
    CHECK(let_go(held_reason) == 0);
    CHECK(let_go(test_mode_reason) == 1);
    put_off(rig, lent, test_mode_reason);
    rig.reopen();
    auto leases = rig.lease();
    auto ids = events_of(leases);
    std::ranges::sort(ids);
    REQUIRE(ids == Ids{"lent", "waits"});
    for (const auto& lease : leases) {
        CHECK(lease.waited_for == test_mode_reason);
        CHECK(lease.attempt == 1);
        put_off(rig, lease, test_mode_reason);  // nothing was let go since it was lent: it waits
    }
    CHECK(rig.lease().empty());
    CHECK(rig.row("other").due > rig.clock.now());
}

TEST_CASE("hold: a mail under two holds is held until both have ended") {
    QueueRig rig;
    hold(rig, {.unit = "daily"});
    hold(rig, {.account = "press"});
    rig.accept({.id = "e1"});
    put_off(rig, rig.lease().at(0));
    CHECK(release(rig, {.unit = "daily"}));
    const auto lease = rig.lease().at(0);
    CHECK(lease.held);
    put_off(rig, lease);
    CHECK(rig.lease().empty());
    CHECK(release(rig, {.account = "press"}));
    CHECK_FALSE(rig.lease().at(0).held);
}

TEST_CASE("cancel: what waits ends, what is lent and what has ended stays, and the answers are in order") {
    QueueRig rig;
    const auto waits = rig.accept({.id = "waits", .unit = "weekly"}).mails.at(0).id;
    const auto ended = rig.accept({.id = "ended"}).mails.at(0).id;
    rig.settle(rig.ended(rig.lease(2).at(0)));  // one of the two: the other comes back by the restart
    rig.reopen();
    const auto finished = rig.row("ended").state == MailState::delivered ? ended : waits;
    const auto left = finished == ended ? waits : ended;
    const auto lent = rig.accept({.id = "lent", .kind = Kind::confirmation}).mails.at(0).id;
    const auto lease = rig.lease(1).at(0);
    REQUIRE(lease.mail.id == lent);
    CHECK(cancel(rig, {left, "nonsense", lent, finished, ""}) == std::vector{Cancellation::cancelled, Cancellation::unknown,
                                                                             Cancellation::on_its_way, Cancellation::finished,
                                                                             Cancellation::unknown});
    CHECK(rig.lease().empty());
    CHECK(cancel(rig, {left}) == std::vector{Cancellation::finished});
    CHECK(timeline(rig, left).back().cause == "by hand");
    CHECK(rig.count(MailState::cancelled) == 1);
    rig.settle(rig.ended(lease));
    rig.reopen();
    CHECK(rig.lease().empty());
    CHECK(rig.count(MailState::queued) == 0);
}

TEST_CASE("cancel: a mail that waits for a later attempt, and one behind many others") {
    QueueRig rig;
    const auto deferred = rig.accept({.id = "deferred"}).mails.at(0).id;
    rig.settle(rig.again(rig.lease().at(0), 1h));
    std::vector<Entry> entries;
    for (int i = 0; i < 3000; ++i) entries.push_back(entry_of({.id = "e" + std::to_string(i)}, rig.clock.now()));
    const auto all = rig.accept_all(std::move(entries));
    CHECK(cancel(rig, {deferred, all[2500].mails[0].id, all[10].mails[0].id}) == std::vector(3, Cancellation::cancelled));
    rig.clock.tick(2h);
    CHECK(rig.lease(5000).size() == 2998);
    CHECK(timeline(rig, deferred).back().attempts == 1);
}

TEST_CASE("cancel: a mail whose request is withdrawn later is not withdrawn twice") {
    QueueRig rig;
    const auto mail = rig.accept(request("r1")).mails.at(0).id;
    CHECK(cancel(rig, {mail}) == std::vector{Cancellation::cancelled});
    CHECK(rig.accept(request("r2")).withdrawn.empty());
    CHECK(rig.count(MailState::cancelled) == 1);
    CHECK(events_of(rig.lease()) == Ids{"r2"});
}

TEST_CASE("amend: a bounce reported after delivered stands from then on, in timeline, counts and rates") {
    QueueRig rig;
    const auto mail = rig.accept({.id = "e1"}).mails.at(0).id;
    rig.settle(rig.ended(rig.lease().at(0)));
    rig.clock.tick(1min);
    Amendment report{mail, MailState::bounced, rig.clock.now(), "mailbox_full"};
    report.enhanced = "5.2.2";
    report.reply_text = "552 5.2.2 over quota";
    CHECK(amend(rig, report));
    CHECK(rig.count(MailState::delivered) == 0);
    CHECK(rig.count(MailState::bounced) == 1);
    rig.reopen();
    const auto rows = timeline(rig, mail);
    CHECK(causes_of(rows) == Causes{"delivered delivered", "bounced mailbox_full"});
    CHECK(rows.back().enhanced == "5.2.2");
    CHECK(rig.row("e1").state == MailState::bounced);
    MailQuery bounced;
    bounced.state = MailState::bounced;
    CHECK(rig.rows(bounced).size() == 1);
    CHECK_FALSE(amend(rig, report));  // told once
    CHECK(rig.prune(rig.clock.now() + 1h) == 1);
    CHECK(rig.count(MailState::bounced) == 0);
}

TEST_CASE("amend: a complaint leaves the mail delivered; what has not been delivered is not amended") {
    QueueRig rig;
    const auto delivered = rig.accept({.id = "e1"}).mails.at(0).id;
    rig.settle(rig.ended(rig.lease().at(0)));
    const auto waits = rig.accept({.id = "e2"}).mails.at(0).id;
    CHECK(amend(rig, {delivered, MailState::delivered, rig.clock.now(), "complaint"}));
    CHECK(rig.count(MailState::delivered) == 1);
    CHECK(causes_of(timeline(rig, delivered)) == Causes{"delivered delivered", "delivered complaint"});
    CHECK_FALSE(amend(rig, {waits, MailState::bounced, rig.clock.now(), "mailbox_full"}));
    CHECK_FALSE(amend(rig, {"nonsense", MailState::bounced, rig.clock.now(), "mailbox_full"}));
    CHECK_THROWS(amend(rig, {delivered, MailState::queued, rig.clock.now(), "again"}));
    CHECK(events_of(rig.lease()) == Ids{"e2"});
}

TEST_CASE("amend: shelf rows are written in the same commit") {
    QueueRig rig;
    const auto mail = rig.accept({.id = "e1"}).mails.at(0).id;
    rig.settle(rig.ended(rig.lease().at(0)));
    const std::uint64_t before = rig.counters.store_commits;
    run_task(rig.context, rig.queue->amend({{mail, MailState::bounced, rig.clock.now(), "mailbox_full"}},
                                           {{"reports", "place", R"({"read":7})"}}));
    CHECK(rig.counters.store_commits - before == 1);
    CHECK(rig.shelf("reports") == QueueRig::Shelf{{"place", R"({"read":7})"}});
}

TEST_CASE("release: a process that ends before its mails are due again finds the hold, which is released again") {
    QueueRig rig;
    hold(rig, {.unit = "daily"});
    rig.accept({.id = "a"});
    put_off(rig, rig.lease().at(0));
    {
        asio::io_context given_up(1);  // as if the process ended: the question is put, and nobody takes the answer
        asio::co_spawn(given_up, rig.queue->release({.unit = "daily"}), asio::detached);
        given_up.poll_one();  // and no more, or the store may be quick enough for the next question to be put as well
        rig.close();
    }
    rig.reopen();
    CHECK(run_task(rig.context, rig.queue->holds()).size() == 1);
    CHECK(release(rig, {.unit = "daily"}));
    CHECK(run_task(rig.context, rig.queue->holds()).empty());
    CHECK(rig.lease().at(0).held == false);
    rig.reopen();
    CHECK(run_task(rig.context, rig.queue->holds()).empty());
}

TEST_CASE("holds: by the time from which they hold, before and after a restart") {
    QueueRig rig;
    const auto now = rig.clock.now();
    run_task(rig.context, rig.queue->hold({{.unit = "later"}, "x", now + 1h}));
    run_task(rig.context, rig.queue->hold({{.unit = "b"}, "x", now}));
    run_task(rig.context, rig.queue->hold({{.unit = "a"}, "x", now}));
    for (int i = 0; i < 2; ++i) {
        std::vector<std::string> units;
        for (const auto& one : run_task(rig.context, rig.queue->holds())) units.push_back(one.scope.unit);
        CHECK(units == std::vector<std::string>{"a", "b", "later"});
        rig.reopen();
    }
}

TEST_CASE("amend, settle: rows that say which version they replace are refused, as what is a fact depends on none") {
    QueueRig rig;
    const auto id = rig.accept({.id = "a"}).mails.at(0).id;
    const auto lease = rig.lease().at(0);
    std::vector<ShelfWrite> writes;
    writes.push_back({"audit", "a", "2", 999});
    CHECK_THROWS_AS(run_task(rig.context, rig.queue->settle({rig.ended(lease)}, writes)), std::invalid_argument);
    rig.settle(rig.ended(lease));
    Amendment report;
    report.mail = id;
    report.state = MailState::bounced;
    CHECK_THROWS_AS(run_task(rig.context, rig.queue->amend({report}, writes)), std::invalid_argument);
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("R23: an invoice that a later report bounced does not count as mailed") {
    QueueRig rig;
    Amendment report;
    report.mail = rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.at(0).id;
    report.state = MailState::bounced;
    rig.settle(rig.ended(rig.lease().at(0)));
    CHECK(rig.accept({.id = "e2", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
    CHECK(amend(rig, report));
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.size() == 1);
}

}  // namespace ilbud::test
