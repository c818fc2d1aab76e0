/// Queue::settle, suppressions, prune.
#pragma once
#include "contract/queue_rig.hpp"

namespace ilbud::test {

TEST_CASE("settle: a finished mail is gone for good and stays in the log") {
    QueueRig rig;
    const auto state =
        GENERATE(MailState::delivered, MailState::bounced, MailState::expired, MailState::cancelled, MailState::suppressed);
    rig.accept({.id = "e1"});
    auto settlement = rig.ended(rig.lease().at(0), state, "why");
    settlement.reply_code = 250;
    settlement.enhanced = "2.0.0";
    settlement.reply_text = "250 2.0.0 taken";
    settlement.relay = "smart";
    rig.clock.tick(3s);
    settlement.at = rig.clock.now();
    rig.settle(settlement);
    CHECK(rig.count(state) == 1);
    CHECK(rig.lease().empty());
    rig.reopen();
    CHECK(rig.lease().empty());
    CHECK(rig.count(state) == 1);
    const auto row = rig.row("e1");
    CHECK(row.state == state);
    CHECK(row.reason == "why");
    CHECK(row.reply_code == 250);
    CHECK(row.enhanced == "2.0.0");
    CHECK(row.reply_text == "250 2.0.0 taken");
    CHECK(row.relay == "smart");
    CHECK(row.attempts == 1);
    CHECK(row.changed_at == rig.clock.now());
}

TEST_CASE("settle: a wrong token changes nothing") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    const auto lease = rig.lease().at(0);
    auto wrong = rig.ended(lease);
    wrong.token += 1;
    rig.settle(wrong);
    auto unknown = rig.ended(lease);
    unknown.row += 77;
    rig.settle(unknown);
    CHECK(rig.count(MailState::leased) == 1);
    rig.settle({rig.ended(lease), rig.ended(lease, MailState::bounced, "again"), rig.ended(lease, MailState::expired, "again")});
    CHECK(rig.count(MailState::delivered) == 1);
    CHECK(rig.count(MailState::bounced) == 0);
}

TEST_CASE("settle: the frozen bytes come with every later lease, until replaced") {
    QueueRig rig;
    const std::string bytes("Subject: x\r\n\r\nbody\0more\r\n", 26);
    rig.accept({.id = "e1"});
    auto settlement = rig.again(rig.lease().at(0), 1min);
    settlement.frozen = bytes;
    rig.settle(settlement);
    rig.clock.tick(1min);
    auto lease = rig.lease().at(0);
    CHECK(lease.frozen == bytes);
    rig.settle(rig.again(lease, 1min));
    rig.reopen();
    rig.clock.tick(1min);
    lease = rig.lease().at(0);
    CHECK(lease.frozen == bytes);
    CHECK(lease.attempt == 3);
    settlement = rig.again(lease, 1min);
    settlement.frozen = "signed anew";
    rig.settle(settlement);
    rig.clock.tick(1min);
    CHECK(rig.lease().at(0).frozen == "signed anew");
}

TEST_CASE("S36: a mail that may have arrived stays marked") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    auto settlement = rig.again(rig.lease().at(0), 1min);
    settlement.uncertain = true;
    rig.settle(settlement);
    rig.clock.tick(1min);
    auto lease = rig.lease().at(0);
    CHECK(lease.uncertain);
    rig.settle(rig.again(lease, 1min));
    rig.reopen();
    rig.clock.tick(1min);
    lease = rig.lease().at(0);
    CHECK(lease.uncertain);
    rig.settle(rig.ended(lease));
    CHECK(rig.row("e1").uncertain);
    CHECK(rig.counters.uncertain == 1);
}

TEST_CASE("settle: given back without a word, the last reply still stands in the log") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    rig.settle(rig.again(rig.lease().at(0), 1min));
    rig.clock.tick(1min);
    auto back = rig.ended(rig.lease().at(0), MailState::queued, "");
    back.attempted = false;
    back.due = rig.clock.now() + 30s;
    rig.settle(back);
    const auto row = rig.row("e1");
    CHECK(row.state == MailState::queued);
    CHECK(row.reason == "greylisted");
    CHECK(row.reply_code == 451);
    CHECK(row.attempts == 1);
    CHECK(row.due == back.due);
    rig.clock.tick(30s);
    CHECK(rig.lease().at(0).attempt == 2);
}

TEST_CASE("R7: a hard bounce suppresses the address in its account") {
    QueueRig rig;
    rig.accept({.id = "e1", .to = "Anna@example.com"});
    auto settlement = rig.ended(rig.lease().at(0), MailState::bounced, "no_such_mailbox");
    settlement.suppress = true;
    rig.settle(settlement);
    CHECK(rig.accept({.id = "e2"}).mails.empty());
    CHECK(rig.accept({.id = "e3", .account = "other"}).mails.size() == 1);
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto list = (*reader)->suppressions("press");
    REQUIRE(list.size() == 1);
    CHECK(list[0].address == "anna@example.com");
    CHECK(list[0].reason == "no_such_mailbox");
    CHECK(list[0].since == rig.clock.now());
    CHECK((*reader)->suppressions("other").empty());  // S49
    CHECK((*reader)->suppressions("").size() == list.size());
}

TEST_CASE("R7: a suppression by a reply holds whose word it was and what was said, and can be undone by that") {
    QueueRig rig;
    const auto refuse = [&rig](const std::string& id, const std::string& relay, const std::string& account) {
        rig.accept({.id = id, .to = id + "@example.com", .account = account});
        auto settlement = rig.ended(rig.lease().at(0), MailState::bounced, "no_such_mailbox");
        settlement.suppress = true;
        settlement.relay = relay;
        settlement.reply_text = "no such user";
        rig.settle(settlement);
    };
    refuse("before", "mad", "press");
    rig.clock.tick(1h);
    const auto since = rig.clock.now();
    for (int i = 0; i < 450; ++i) refuse("mad" + std::to_string(i), "mad", "press");  // more than one commit takes
    refuse("other", "mad", "other");
    refuse("sane", "sane", "press");
    CHECK(rig.suppress({"press", "hand@example.com", "by_hand", since}));
    auto& suppressions = rig.store->suppressions();
    const auto list = run_task(rig.context, suppressions.list(SuppressionScope{.relay = "sane"}));
    REQUIRE(list.size() == 1);
    CHECK(list[0].address == "sane@example.com");
    CHECK(list[0].evidence == "no such user");
    CHECK(list[0].source == SuppressionSource::reply);
    const auto remove = [&](SuppressionScope scope) { return run_task(rig.context, suppressions.remove(std::move(scope))); };
    CHECK(remove({.relay = "nobody", .since = since}) == 0);
    CHECK(remove({.relay = "mad", .since = since, .account = "press"}) == 450);
    CHECK(remove({.relay = "mad", .since = since}) == 1);
    CHECK(remove({.relay = "mad", .since = since}) == 0);
    const auto left = run_task(rig.context, suppressions.list(""));
    REQUIRE(left.size() == 3);
    CHECK(left[0].address == "before@example.com");
    CHECK(left[1].address == "hand@example.com");
    CHECK(left[2].address == "sane@example.com");
    CHECK(run_task(rig.context, rig.queue->counts()).suppressions == 3);
    CHECK(rig.accept({.id = "again", .to = "mad7@example.com"}).mails.size() == 1);
}

TEST_CASE("queued_by_unit: counts what waits, lent or not, whatever its class") {
    QueueRig rig;
    const auto queued = [&rig] {
        const auto all = run_task(rig.context, rig.store->log().queued_by_unit());
        return std::map<std::string, std::uint64_t>(all.begin(), all.end());
    };
    CHECK(queued().empty());
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2", .kind = Kind::invoice});
    rig.accept({.id = "e3", .unit = "weekly"});
    const auto leases = rig.lease();
    CHECK(queued() == std::map<std::string, std::uint64_t>{{"daily", 2}, {"weekly", 1}});
    for (const auto& lease : leases)
        if (lease.event->id != "e2") rig.settle(rig.ended(lease));
    CHECK(queued() == std::map<std::string, std::uint64_t>{{"daily", 1}});
}

TEST_CASE("settle: counts what became of the attempts") {
    QueueRig rig;
    for (int i = 0; i < 7; ++i) rig.accept({.id = "e" + std::to_string(i)});
    const auto leases = rig.lease();
    const auto untried = [&](const Lease& lease, std::string_view reason) {
        auto back = rig.again(lease, 1min);
        back.attempted = false;
        back.reason = reason;
        return back;
    };
    rig.settle({rig.ended(leases.at(0)), rig.again(leases[1], 1min), rig.ended(leases[2], MailState::bounced, "gone"),
                untried(leases[3], "unreachable"), untried(leases[4], letter_failed_reason), untried(leases[5], held_reason),
                untried(leases.at(6), "")});
    CHECK(rig.counters.attempts == 3);
    CHECK(rig.counters.delivered == 1);
    CHECK(rig.counters.deferred == 3);  // not what people keep back, nor what was given back without a word
    CHECK(rig.counters.letter_failed == 1);
    CHECK(rig.counters.bounced == 1);
    CHECK(rig.counters.store_commits >= 5);
}

TEST_CASE("prune: removes what is finished and old, a few at a time, and nothing else") {
    QueueRig rig;
    const auto begin = rig.clock.now();
    for (int i = 0; i < 10; ++i) rig.accept({.id = "old" + std::to_string(i)});
    const auto leases = rig.lease();
    for (std::size_t i = 0; i < 10; ++i)
        if (i != 3) rig.settle(rig.ended(leases.at(i)));
    rig.settle(rig.again(leases.at(3), 1min));
    rig.clock.tick(24h);
    rig.accept({.id = "young"});
    const auto later = rig.lease();
    REQUIRE(events_of(later) == Ids{"old3", "young"});
    rig.settle({rig.again(later[0], 1min), rig.ended(later[1])});
    CHECK(rig.prune(begin) == 0);
    CHECK(rig.sweep(begin + 1h, 4) == Pruned{3, true});  // one of the four waits still
    CHECK(rig.sweep(begin + 1h, 4) == Pruned{4, true});
    CHECK(rig.sweep(begin + 1h, 4) == Pruned{2, false});
    CHECK(rig.sweep(begin + 1h, 4) == Pruned{0, false});
    CHECK(rig.counts().events == 2);
    CHECK(rig.accept({.id = "old0"}).status == Accepted::Status::accepted);
    CHECK(rig.accept({.id = "old3"}).status == Accepted::Status::duplicate);
    CHECK(rig.accept({.id = "young"}).status == Accepted::Status::duplicate);
    MailQuery query;
    query.to = "anna@example.com";
    CHECK(rig.rows(query).size() == 3);
    rig.clock.tick(1min);
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease));
    while (rig.prune(rig.clock.now() + 1h, 4) > 0) {
    }
    CHECK(rig.counts().events == 0);
    for (const auto number : rig.counts().mails) CHECK(number == 0);
    rig.reopen();
    CHECK(rig.accept({.id = "new"}).mails.size() == 1);
}

TEST_CASE("prune: what waits at the front keeps nothing behind it, however much of it there is") {
    QueueRig rig;
    for (int i = 0; i < 12; ++i) rig.accept({.id = "waits" + std::to_string(i)});
    rig.lease();
    for (int i = 0; i < 3; ++i) rig.accept({.id = "old" + std::to_string(i)});
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease));
    const auto before = rig.clock.now() + 1h;
    std::size_t removed = 0;
    int calls = 0;
    for (bool more = true; more; ++calls) {
        REQUIRE(calls < 20);
        const auto pruned = rig.sweep(before, 2);
        removed += pruned.removed;
        more = pruned.more;
    }
    CHECK(removed == 3);
}

TEST_CASE("prune: once-keys and marks go with the event that left them last") {
    QueueRig rig;
    const auto begin = rig.clock.now();
    rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "7", .marks = {"mine", "ours"}});
    rig.settle(rig.ended(rig.lease().at(0)));
    rig.clock.tick(24h);
    rig.accept({.id = "e2", .marks = {"ours"}});
    CHECK(rig.prune(begin + 1h) == 1);
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "7"}).mails.size() == 1);
    CHECK(rig.accept({.id = "e4", .unless_marked = {"mine"}}).mails.size() == 1);
    CHECK(rig.accept({.id = "e5", .unless_marked = {"ours"}}).mails.empty());
}

TEST_CASE("prune: an event accepted while the clock was ahead keeps none behind it from being pruned") {
    QueueRig rig;
    rig.clock.tick(24h * 365);
    rig.accept({.id = "from the future"});
    rig.settle(rig.ended(rig.lease().at(0)));
    rig.clock.set(rig.clock.now() - 24h * 365);
    rig.accept({.id = "e1"});
    rig.settle(rig.ended(rig.lease().at(0)));
    CHECK(rig.prune(rig.clock.now() + 1h) == 1);
    CHECK(rig.accept({.id = "from the future"}).status == Accepted::Status::duplicate);
}

TEST_CASE("R23: an invoice that bounced, expired or was suppressed does not count as mailed") {
    const auto state = GENERATE(MailState::bounced, MailState::expired, MailState::suppressed);
    CAPTURE(to_word(state));
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "unit/7/anna"});
    CHECK(rig.accept({.id = "e2", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
    rig.settle(rig.ended(rig.lease().at(0), state, "x"));
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.size() == 1);
    CHECK(rig.accept({.id = "e4", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
}

TEST_CASE("R23: a repeat that bounced does not free the first one's") {
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "unit/7/anna"});
    rig.accept({.id = "e2", .kind = Kind::invoice, .once_key = "unit/7/anna", .repeat = true});
    for (const auto& lease : rig.lease())
        rig.settle(rig.ended(lease, lease.event->id == "e2" ? MailState::bounced : MailState::delivered, "x"));
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
}

TEST_CASE("R23: an invoice whose first mail bounced is not mailed a third time while its resent mail waits or was delivered") {
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "unit/7/anna"});
    const auto first = rig.lease().at(0);
    for (const auto* id : {"e2", "e3"}) rig.accept({.id = id, .kind = Kind::invoice, .once_key = "unit/7/anna", .repeat = true});
    rig.settle(rig.ended(first, MailState::bounced, "x"));
    CHECK(rig.accept({.id = "e4", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
    rig.reopen();
    for (const auto& lease : rig.lease())
        rig.settle(rig.ended(lease, lease.event->id == "e3" ? MailState::delivered : MailState::expired, "x"));
    CHECK(rig.accept({.id = "e5", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
    Amendment report;
    report.mail = rig.row("e3").id;
    report.state = MailState::bounced;
    CHECK(run_task(rig.context, rig.queue->amend({report})).at(0));
    CHECK(rig.accept({.id = "e6", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.size() == 1);
}

TEST_CASE("R23: a mail whose event is pruned leaves the key to the one that was resent") {
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "unit/7/anna"});
    rig.settle(rig.ended(rig.lease().at(0)));
    rig.clock.tick(48h);
    rig.accept({.id = "e2", .kind = Kind::invoice, .once_key = "unit/7/anna", .repeat = true});
    CHECK(rig.prune(rig.clock.now() - 24h) == 1);
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
}

TEST_CASE("R23: an invoice that people cancelled does not count as mailed, one that is given back untried does") {
    QueueRig rig;
    const auto mail = rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.at(0).id;
    auto back = rig.ended(rig.lease().at(0), MailState::queued, "");
    back.attempted = false;
    back.due = rig.clock.now();
    rig.settle(back);
    CHECK(rig.accept({.id = "e2", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.empty());
    CHECK(run_task(rig.context, rig.queue->cancel({mail}, "by hand")) == std::vector{Cancellation::cancelled});
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.size() == 1);
}

TEST_CASE("explain: an invoice that was mailed before shows why there is no mail, and names none that does not exist") {
    QueueRig rig;
    const auto planned = [&rig](const std::string& id) {
        auto entry = entry_of({.id = id, .kind = Kind::invoice, .once_key = "unit/7/anna"}, rig.clock.now());
        entry.decision.chain.push_back({"R2", "invoice mail " + entry.decision.mails[0].id + " to anna@example.com, in da"});
        std::vector<Entry> entries;
        entries.push_back(std::move(entry));
        rig.accept_all(std::move(entries));
        return (*rig.adapter.reader())->event("/shop", id)->chain.back();
    };
    CHECK(planned("e1").rule == "R2");
    const auto step = planned("e2");
    CHECK(step.rule == "R23");
    CHECK(step.finding.starts_with("no invoice mail to anna@example.com is made. "));
}

TEST_CASE("R7: of suppressions the one that holds for longer stands, and what has expired makes room by the wall clock") {
    QueueRig rig;
    Suppression suppression{"press", "anna@example.com", "by hand", rig.clock.now()};
    suppression.expires = rig.clock.now() + 1h;
    const auto add = [&](const Suppression& one) { return run_task(rig.context, rig.store->suppressions().add(one)); };
    CHECK(add(suppression));
    CHECK_FALSE(add(suppression));
    SECTION("a later end") {
        suppression.expires = rig.clock.now() + 48h;
        CHECK(add(suppression));
        rig.clock.tick(2h);
        CHECK(rig.accept({.id = "a"}).mails.empty());
    }
    SECTION("none at all, as a hard bounce brings it") {
        suppression.expires.reset();
        CHECK(add(suppression));
        rig.clock.tick(24h * 365);
        CHECK(rig.accept({.id = "a"}).mails.empty());
    }
    SECTION("a report of when the other one still held") {
        suppression.since = rig.clock.now() + 59min;
        suppression.expires.reset();
        rig.clock.tick(2h);
        CHECK(rig.accept({.id = "a"}).mails.size() == 1);
        CHECK(add(suppression));
        CHECK(rig.accept({.id = "b"}).mails.empty());
    }
    SECTION("an end at the beginning of time, or before") {
        suppression.address = "bo@example.com";
        suppression.expires = GENERATE(Time{}, Time(Duration(-5)));
        CHECK(add(suppression));
        CHECK(rig.accept({.id = "a", .to = "bo@example.com"}).mails.size() == 1);
        suppression.expires.reset();
        CHECK(add(suppression));
        CHECK(rig.accept({.id = "b", .to = "bo@example.com"}).mails.empty());
    }
}

}  // namespace ilbud::test
