/// Mails that a newer event makes pointless (R36).
#pragma once
#include <algorithm>

#include "contract/queue_rig.hpp"

namespace ilbud::test {

inline std::string r36(QueueRig& rig, const std::string& id) {
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto event = (*reader)->event("/shop", id);
    REQUIRE(event);
    std::string findings;
    for (const auto& step : event->chain)
        if (step.rule == "R36") findings += step.finding + "\n";
    return findings;
}

/// "queued", "cancelled: superseded by e2", …
inline std::string fate(QueueRig& rig, const std::string& id) {
    const auto row = rig.row(id);
    return std::string(to_word(row.state)) + (row.reason.empty() ? "" : ": " + row.reason) +
           (row.superseded_by.id.empty() ? "" : " by " + row.superseded_by.id);
}

TEST_CASE("R36: a repeated confirmation request withdraws the one that waits, and both events tell") {
    QueueRig rig;
    rig.accept(request("e1"));
    rig.accept(request("other", {}, "o-2"));
    const auto answer = rig.accept(request("e2"));
    CHECK(answer.mails.size() == 1);
    CHECK(answer.withdrawn == Ids{rig.row("e1").id});
    CHECK(rig.row("e1").superseded_by.source == "/shop");
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(fate(rig, "e2") == "queued");
    CHECK(r36(rig, "e2") == "confirmation mail " + rig.row("e1").id + " to anna@example.com waited and is withdrawn\n");
    CHECK(rig.count(MailState::cancelled) == 1);
    CHECK(rig.count(MailState::queued) == 2);
    CHECK(rig.counters.superseded == 1);
    CHECK(events_of(rig.lease()) == Ids{"other", "e2"});
}

TEST_CASE("R36: requests of one commit: the last one stands, also after a restart") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (const char* id : {"e1", "e2", "e3"}) entries.push_back(entry_of(request(id), rig.clock.now()));
    for (const auto& answer : rig.accept_all(std::move(entries))) CHECK(answer.mails.size() == 1);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(fate(rig, "e2") == "cancelled: superseded by e3");
    if (GENERATE(false, true)) rig.reopen();
    CHECK(events_of(rig.lease()) == Ids{"e3"});
    CHECK(rig.count(MailState::cancelled) == 2);
}

TEST_CASE("R36: what was read back from the store is withdrawn as well, a deferred mail with the word of its last attempt") {
    QueueRig rig;
    rig.accept(request("e1"));
    rig.accept(request("waits", {}, "o-2"));
    for (const auto& lease : rig.lease()) {
        auto settlement = rig.again(lease, 1h);
        settlement.frozen = "signed";
        rig.settle(settlement);
    }
    rig.reopen();
    rig.accept(request("e2"));
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(rig.row("e1").reply_code == 451);
    CHECK(rig.row("e1").attempts == 1);
    CHECK(events_of(rig.lease()) == Ids{"e2"});
    rig.clock.tick(2h);
    CHECK(events_of(rig.lease()) == Ids{"waits"});
}

TEST_CASE("R36: a stop withdraws the welcome of its subscription, whatever it mails itself") {
    QueueRig rig;
    rig.accept(welcome("e1"));
    rig.accept(welcome("other", {"welcome:s-2"}));
    auto silent = entry_of(stop("e2"), rig.clock.now());
    silent.decision.mails.clear();
    CHECK(rig.accept_all({silent}).at(0).withdrawn.size() == 1);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(events_of(rig.lease()) == Ids{"other"});
    CHECK(rig.accept_all({silent}).at(0).withdrawn.empty());  // a duplicate does nothing
    CHECK(rig.accept(stop("e3")).withdrawn.empty());
}

TEST_CASE("R36: a welcome that lists several subscriptions goes only when all of them have ended") {
    QueueRig rig;
    rig.accept(welcome("e1", {"welcome:s-1", "welcome:s-2"}));
    CHECK(rig.accept(stop("e2", "welcome:s-1")).withdrawn.empty());
    CHECK(fate(rig, "e1") == "queued");
    CHECK(r36(rig, "e2").find("stays: it lists other subscriptions") != std::string::npos);
    CHECK(rig.accept(stop("e3", "welcome:s-1")).withdrawn.empty());  // the same one again is not the other one
    rig.reopen();
    CHECK(rig.accept(stop("e4", "welcome:s-2")).withdrawn.size() == 1);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e4");
}

TEST_CASE("R36: all mails of an event about one topic are withdrawn, and none of the newer event's own") {
    QueueRig rig;
    auto first = entry_of(request("e1"), rig.clock.now());
    auto second = entry_of(request("e2"), rig.clock.now());
    for (auto* entry : {&first, &second}) {
        auto copy = entry->decision.mails[0];
        copy.id += "-payer";
        copy.to = "bo@example.com";
        entry->decision.mails.push_back(copy);
    }
    rig.accept_all({first});
    const auto answer = rig.accept_all({second}).at(0);
    CHECK(answer.mails.size() == 2);
    CHECK(answer.withdrawn.size() == 2);
    CHECK(events_of(rig.lease()) == Ids{"e2", "e2"});
}

TEST_CASE("R36: a mail that is lent is on its way: it may be delivered, and both events tell") {
    QueueRig rig;
    rig.accept(request("e1"));
    const auto lease = rig.lease().at(0);
    CHECK(rig.accept(request("e2")).withdrawn.empty());
    CHECK(r36(rig, "e2").find("is on its way already") != std::string::npos);
    rig.settle(rig.ended(lease));
    CHECK(fate(rig, "e1") == "delivered: delivered by e2");
    CHECK(rig.count(MailState::cancelled) == 0);
    CHECK(rig.counters.superseded == 0);
    CHECK(events_of(rig.lease()) == Ids{"e2"});
}

TEST_CASE("R36: a mail that was lent when it was superseded does not wait again") {
    QueueRig rig;
    rig.accept(welcome("e1"));
    const auto lease = rig.lease().at(0);
    rig.accept(stop("e2"));
    auto back = rig.again(lease, 1min);
    back.frozen = "signed";
    back.attempted = GENERATE(true, false);
    if (!back.attempted) back.reason.clear();  // given back untried
    rig.settle(back);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(rig.row("e1").attempts == (back.attempted ? 1 : 0));
    CHECK(rig.count(MailState::cancelled) == 1);
    CHECK(rig.counters.superseded == 1);
    rig.clock.tick(1h);
    CHECK(events_of(rig.lease()) == Ids{"e2"});
}

TEST_CASE("R36: a mail that was lent when it was superseded is not lent again: its holder died, or let the time pass") {
    QueueSettings settings;
    settings.lease_hold = 5ms;
    QueueRig rig(settings);
    rig.accept(welcome("e1"));
    const auto lease = rig.lease(1).at(0);
    const bool died = GENERATE(true, false);
    if (!died) CHECK(rig.lease(1, 200ms).size() == 1);  // lapsed, and lent once more
    rig.accept(stop("e2"));
    if (died) rig.reopen();
    Ids lent;
    while (true) {
        const auto leases = rig.lease(1, 50ms);
        if (leases.empty()) break;
        lent.push_back(leases[0].event->id);
        rig.settle(rig.ended(leases[0]));
    }
    CHECK(lent == Ids{"e2"});
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    rig.settle(rig.ended(lease));  // too late
    CHECK(rig.count(MailState::cancelled) == 1);
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("R36: a mail whose lease lapsed and that was read back is not lent on the word of the memory") {
    QueueSettings settings;
    settings.lease_hold = 5ms;
    QueueRig rig(settings);
    rig.accept({.id = "first", .kind = Kind::welcome});
    rig.accept(welcome("e1"));
    CHECK(rig.lease(2).size() == 2);
    CHECK(events_of(rig.lease(1, 200ms)) == Ids{"first"});  // both lapsed and were read back; e1 is held in memory now
    rig.accept(stop("e2"));
    Ids lent;
    for (int i = 0; i < 3; ++i)
        for (const auto& lease : rig.lease(10, 20ms)) lent.push_back(lease.event->id);
    CHECK(std::ranges::count(lent, "e1") == 0);
    CHECK(std::ranges::count(lent, "e2") > 0);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
}

TEST_CASE("R36: a mail that has ended is not touched, and leaves nothing behind") {
    QueueRig rig;
    rig.accept(welcome("e1"));
    rig.settle(rig.ended(rig.lease().at(0)));
    CHECK(rig.accept(stop("e2")).withdrawn.empty());
    CHECK(fate(rig, "e1") == "delivered: delivered");
    CHECK(r36(rig, "e2").empty());
}

TEST_CASE("R36: an older event that comes late supersedes nothing, and its mail is skipped") {
    QueueRig rig;
    rig.accept(request("new", "2025-06-24T09:30:00Z"));
    if (GENERATE(false, true)) rig.settle(rig.ended(rig.lease().at(0)));  // waiting or gone: the newer one was the last word
    const auto late = rig.accept(request("old", "2025-06-24T09:00:00Z"));
    CHECK(late.mails.empty());
    REQUIRE(late.skipped.size() == 1);
    CHECK(late.skipped[0].reason == "superseded");
    CHECK(late.skipped[0].to == "anna@example.com");
    CHECK(late.withdrawn.empty());
    CHECK(rig.row("new").state != MailState::cancelled);
    rig.reopen();
    CHECK(rig.accept(request("older", "2025-06-24T08:00:00Z")).mails.empty());
    CHECK(rig.accept(request("newest", "2025-06-24T09:45:00Z")).mails.size() == 1);
}

TEST_CASE("R36: a welcome that comes after the stop of its subscription is skipped if its event is older, mailed if not") {
    QueueRig rig;
    rig.accept(stop("stop", "welcome:s-1", "2025-06-24T09:30:00Z"));
    CHECK(rig.accept(welcome("both", {"welcome:s-1", "welcome:s-2"}, "2025-06-24T09:00:00Z")).mails.size() == 1);
    CHECK(rig.accept(welcome("late", {"welcome:s-1"}, "2025-06-24T09:00:00Z")).skipped.at(0).reason == "superseded");
    CHECK(rig.accept(welcome("again", {"welcome:s-1"}, "2025-06-24T09:40:00Z")).mails.size() == 1);
    CHECK(rig.accept(stop("late stop", "welcome:s-1", "2025-06-24T09:35:00Z")).withdrawn.empty());
    CHECK(fate(rig, "again") == "queued");
}

TEST_CASE("R36: of events with the same time, or without one, the one that comes later is newer") {
    const std::string nine = "2025-06-24T09:00:00Z", eleven = "2025-06-24T11:00:00Z", ahead = "2099-01-01T00:00:00Z";
    const std::string before_1970 = "1969-12-31T23:59:59Z", epoch = "1970-01-01T00:00:00Z";
    // A time that lies ahead counts as that of its arrival, 10:00.
    const auto [first, second] = GENERATE_COPY(table<std::string, std::string>({{"", ""},
                                                                                {nine, ""},
                                                                                {ahead, ""},
                                                                                {nine, nine},
                                                                                {"", eleven},
                                                                                {ahead, eleven},
                                                                                {ahead, ahead},
                                                                                {"", nine},
                                                                                {"", epoch},
                                                                                {"", before_1970},
                                                                                {before_1970, ""},
                                                                                {before_1970, before_1970}}));
    INFO("first " << first << ", then " << second);
    QueueRig rig;
    rig.accept(request("e1", first));
    rig.clock.tick(2h);
    CHECK(rig.accept(request("e2", second)).mails.size() == 1);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
}

TEST_CASE("R36: a request with the time of a slow clock is not older than one without a time that came a moment before") {
    QueueRig rig;
    rig.accept(request("e1"));
    if (GENERATE(false, true)) rig.settle(rig.ended(rig.lease().at(0)));  // withdrawn, or gone: the new one is mailed
    rig.clock.tick(1s);
    CHECK(rig.accept(request("e2", "2025-06-24T09:59:59Z")).mails.size() == 1);
}

TEST_CASE("R36: a stop withdraws a welcome whose event tells no time, though the stop's lies before its arrival") {
    QueueRig rig;
    rig.accept(welcome("e1"));
    rig.clock.tick(1s);
    CHECK(rig.accept(stop("e2", "welcome:s-1", "2025-06-24T09:59:59Z")).withdrawn.size() == 1);
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
}

TEST_CASE("R36: an event without a time does not hide the time of the one before it") {
    QueueRig rig;
    rig.accept(request("told", "2025-06-24T09:30:00Z"));
    rig.accept(request("untold"));
    CHECK(fate(rig, "told") == "cancelled: superseded by untold");
    CHECK(rig.accept(request("late", "2025-06-24T09:00:00Z")).skipped.at(0).reason == "superseded");
    CHECK(fate(rig, "untold") == "queued");
    CHECK(rig.accept(request("newest", "2025-06-24T09:45:00Z")).mails.size() == 1);
    CHECK(fate(rig, "untold") == "cancelled: superseded by newest");
}

TEST_CASE("R36: a late welcome that lists an ended subscription is withdrawn when the others have ended") {
    QueueRig rig;
    rig.accept(stop("e1", "welcome:s-1", "2025-06-24T09:30:00Z"));
    rig.accept(welcome("e2", {"welcome:s-1", "welcome:s-2"}, "2025-06-24T09:00:00Z"));
    if (GENERATE(false, true)) rig.reopen();
    CHECK(rig.accept(stop("e3", "welcome:s-2", "2025-06-24T09:20:00Z")).withdrawn.size() == 1);
    CHECK(fate(rig, "e2") == "cancelled: superseded by e3");
}

TEST_CASE("R36: without times the later one is newer even when the clock was set back") {
    QueueRig rig;
    rig.accept(request("e1"));
    rig.settle(rig.ended(rig.lease().at(0)));
    rig.clock.set(rig.clock.now() - 3h);
    CHECK(rig.accept(request("e2")).mails.size() == 1);
    rig.clock.set(rig.clock.now() - 3h);
    CHECK(rig.accept(request("e3")).mails.size() == 1);
    CHECK(fate(rig, "e2") == "cancelled: superseded by e3");
}

TEST_CASE("R36: a request that the queue refuses replaces none: the one before stays valid") {
    QueueRig rig;
    rig.accept(request("e1"));
    rig.suppress("press", "typo@example.com");
    auto refused = request("e2");
    refused.to = "typo@example.com";
    const auto answer = rig.accept(refused);
    CHECK(answer.mails.empty());
    CHECK(answer.withdrawn.empty());
    CHECK(fate(rig, "e1") == "queued");
    QueueSettings full = rig.settings;
    full.mails_max = 1;
    rig.queue->apply(full);
    CHECK(rig.accept(request("e3")).status == Accepted::Status::busy);
    CHECK(fate(rig, "e1") == "queued");
}

TEST_CASE("R36: a confirmation request that waits is withdrawn when its order is confirmed, whatever it lists besides") {
    QueueRig rig;
    rig.accept(request("e1", {}, "o-1", {"request:s-1", "request:s-2"}));
    rig.accept(request("other", {}, "o-2", {"request:s-2"}));
    if (GENERATE(false, true)) rig.reopen();
    CHECK(rig.accept(confirm("e2", {"confirmation:o-1", "request:s-1"})).withdrawn == Ids{rig.row("e1").id});
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(r36(rig, "e2") == "confirmation mail " + rig.row("e1").id + " to anna@example.com waited and is withdrawn\n");
    CHECK(rig.counters.superseded == 1);
    if (GENERATE(false, true)) rig.reopen();
    CHECK(rig.accept(confirm("e3", {"confirmation:o-1", "request:s-1", "request:s-2"})).withdrawn == Ids{rig.row("other").id});
    CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    CHECK(events_of(rig.lease()) == Ids{"e2", "e3"});
}

TEST_CASE("R36: a confirmation request goes when all of its subscriptions have ended or are confirmed, its order named or not") {
    QueueRig rig;
    rig.accept(request("e1", {}, GENERATE("o-1", ""), {"request:s-1", "request:s-2"}));
    CHECK(rig.accept(stop("e2", "request:s-1")).withdrawn.empty());
    CHECK(fate(rig, "e1") == "queued");
    CHECK(r36(rig, "e2").find("stays: it lists other subscriptions") != std::string::npos);
    CHECK(rig.accept(confirm("e3", {"confirmation:o-9", "request:s-1"})).withdrawn.empty());  // the same one is not the other one
    if (GENERATE(false, true)) rig.reopen();
    const auto last = GENERATE(stop("e4", "request:s-2"), confirm("e4", {"request:s-2"}));
    CHECK(rig.accept(last).withdrawn == Ids{rig.row("e1").id});
    CHECK(fate(rig, "e1") == "cancelled: superseded by e4");
    if (GENERATE(false, true)) rig.reopen();
    CHECK(rig.count(MailState::queued) == 3);  // what the others mail
}

TEST_CASE("R36: a confirmation request that comes after its confirmation or the end of its subscriptions is skipped") {
    QueueRig rig;
    const std::string before = "2025-06-24T09:00:00Z", then = "2025-06-24T09:30:00Z", after = "2025-06-24T09:40:00Z";
    const auto word = GENERATE_COPY(confirm("word", {"confirmation:o-1"}, then), stop("word", "request:s-1", then),
                                    confirm("word", {"confirmation:o-1", "request:s-1"}, then));
    rig.accept(word);
    if (GENERATE(false, true)) rig.reopen();
    const auto late = rig.accept(request("late", before));
    CHECK(late.mails.empty());
    REQUIRE(late.skipped.size() == 1);
    CHECK(late.skipped[0].reason == "superseded");
    CHECK(rig.accept(request("again", after)).mails.size() == 1);
    auto older = word;
    older.id = "older word";
    older.time = "2025-06-24T09:35:00Z";
    CHECK(rig.accept(older).withdrawn.empty());
    CHECK(fate(rig, "again") == "queued");
}

TEST_CASE("R36: a late confirmation request is mailed if only one of its subscriptions has ended, and goes with the other") {
    QueueRig rig;
    rig.accept(stop("e1", "request:s-1", "2025-06-24T09:30:00Z"));
    const auto order = GENERATE("o-1", "");
    CHECK(rig.accept(request("e2", "2025-06-24T09:00:00Z", order, {"request:s-1", "request:s-2"})).mails.size() == 1);
    CHECK(rig.accept(stop("e3", "request:s-2", "2025-06-24T09:20:00Z")).withdrawn.size() == 1);
    CHECK(fate(rig, "e2") == "cancelled: superseded by e3");
}

TEST_CASE("R36: a confirmation request on its way is not told as withdrawn, and does not wait again") {
    QueueRig rig;
    rig.accept(request("e1", {}, "o-1", {"request:s-1", "request:s-2"}));
    const auto lease = rig.lease().at(0);
    CHECK(rig.accept(confirm("e2", {"confirmation:o-1"})).withdrawn.empty());
    CHECK(r36(rig, "e2").find("is on its way already") != std::string::npos);
    CHECK(rig.accept(stop("e3", "request:s-1")).withdrawn.empty());
    CHECK(r36(rig, "e3").empty());  // told once
    if (GENERATE(false, true)) {
        rig.settle(rig.ended(lease));
        CHECK(fate(rig, "e1") == "delivered: delivered by e2");
    } else {
        rig.settle(rig.again(lease, 1min));
        CHECK(fate(rig, "e1") == "cancelled: superseded by e2");
    }
    CHECK(rig.count(MailState::queued) == 2);
}

TEST_CASE("R36: a request for an order leaves alone one without an order, though both list the same subscription") {
    QueueRig rig;
    rig.accept(request("none", {}, ""));
    CHECK(rig.accept(request("e1")).withdrawn.empty());
    CHECK(rig.accept(request("none again", {}, "")).withdrawn.empty());
    CHECK(rig.accept(request("e2")).withdrawn == Ids{rig.row("e1").id});
    CHECK(rig.count(MailState::queued) == 3);
}

TEST_CASE("R36: what was superseded is pruned with its event, and the last word with the one that said it") {
    QueueRig rig;
    rig.accept(request("e1", "2025-06-24T09:00:00Z"));
    rig.accept(request("e2", "2025-06-24T09:30:00Z"));
    rig.settle(rig.ended(rig.lease().at(0)));
    CHECK(rig.prune(rig.clock.now() + 1h) == 2);
    CHECK(rig.counts().events == 0);
    CHECK(rig.count(MailState::cancelled) == 0);
    rig.reopen();  // numbers of rows begin anew: what was said of others must not be said of these
    CHECK(rig.accept(request("e3", "2025-06-24T09:10:00Z")).mails.size() == 1);
    CHECK(fate(rig, "e3") == "queued");
    rig.reopen();
    CHECK(events_of(rig.lease()) == Ids{"e3"});
}

TEST_CASE("R23: a mail that was superseded before it left does not use its once-key up") {
    QueueRig rig;
    auto reminder = [](const std::string& id) {
        return MailSample{.id = id, .kind = Kind::reminder, .once_key = "reminder 1", .topics = {"reminder:1"}};
    };
    rig.accept(reminder("e1"));
    CHECK(rig.accept(stop("e2", "reminder:1")).withdrawn.size() == 1);
    CHECK(rig.accept(reminder("e3")).mails.size() == 1);
    CHECK(rig.accept(reminder("e4")).skipped.at(0).reason == "mailed_before");
}

}  // namespace ilbud::test
