/// MailLog::events and refusal: what a replay asks.
#pragma once
#include "contract/queue_rig.hpp"

namespace ilbud::test {

struct Walked {
    Ids events;
    std::uint64_t pruned = 0;
    int pages = 0;
};

inline Walked walk(QueueRig& rig, const EventSpan& span = {}) {
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    Walked walked;
    std::optional<LogCursor> place{LogCursor{}};
    while (place) {
        const auto page = (*reader)->events(span, *place);
        for (const auto& event : page.events) walked.events.push_back(event.id);
        walked.pruned += page.pruned;
        place = page.next;
        if (++walked.pages > 100) FAIL("the walk does not end");
    }
    return walked;
}

TEST_CASE("reader: events come in the order of acceptance, of the span alone, while the queue goes on") {
    QueueRig rig;
    CHECK(walk(rig).events.empty());
    const auto start = rig.clock.now();
    for (int hour = 0; hour < 10; ++hour) {
        rig.accept({.id = "e" + std::to_string(hour)});
        rig.clock.tick(1h);
    }
    CHECK(walk(rig).events == Ids{"e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8", "e9"});
    CHECK(walk(rig, {start + 3h, start + 6h}).events == Ids{"e3", "e4", "e5"});
    CHECK(walk(rig, {start + 8h + 1us}).events == Ids{"e9"});
    CHECK(walk(rig, {start - 5h, start + 1us}).events == Ids{"e0"});
    CHECK(walk(rig, {start + 10h}).events.empty());
    CHECK(walk(rig, {start - 5h, start}).events.empty());
    CHECK(walk(rig).pruned == 0);
}

TEST_CASE("reader: events come as they were stored, with their mails as they were planned and what became of them") {
    QueueRig rig;
    auto entry = entry_of({.id = "e1", .kind = Kind::invoice, .name = "Søren Åkjær", .once_key = "invoice 7"}, rig.clock.now());
    entry.decision.skipped.push_back({Kind::receipt, "no_email", "x@example.com"});
    const auto planned = entry.decision.mails[0];
    const auto raw = entry.event->raw;
    rig.accept_all({entry});
    rig.settle(rig.ended(rig.lease().at(0), MailState::bounced, "no_such_mailbox"));
    auto reader = rig.adapter.reader();
    const auto page = (*reader)->events({}, {});
    REQUIRE(page.events.size() == 1);
    const auto& event = page.events[0];
    CHECK(event.raw == raw);
    CHECK(event.accepted_at == rig.clock.now());
    CHECK(event.skipped.at(0).reason == "no_email");
    CHECK(event.chain.at(0).rule == "R9");
    REQUIRE(event.mails.size() == 1);
    const auto& [mail, state] = event.mails[0];
    CHECK(state == MailState::bounced);
    CHECK(mail.id == planned.id);
    CHECK(mail.kind == Kind::invoice);
    CHECK(mail.account == "press");
    CHECK(mail.unit == "daily");
    CHECK(mail.to_name == "Søren Åkjær");
    CHECK(mail.from_name == "Dagbladet");
    CHECK(mail.reply_to == "svar@example.org");
    CHECK(mail.locale == Locale::da);
    CHECK(mail.once_key == "invoice 7");
}

TEST_CASE("reader: a long span is read in pages, each event once") {
    QueueRig rig;
    std::vector<Entry> entries;
    Ids ids;
    for (int i = 0; i < 700; ++i) {
        ids.push_back("e" + std::to_string(i));
        entries.push_back(entry_of({.id = ids.back()}, rig.clock.now()));
    }
    rig.accept_all(std::move(entries));
    const auto walked = walk(rig);
    CHECK(walked.events == ids);
    CHECK(walked.pages >= 3);
}

TEST_CASE("reader: it tells how many events of the span are no longer stored") {
    QueueRig rig;
    const auto start = rig.clock.now();
    for (int hour = 0; hour < 6; ++hour) {
        rig.accept({.id = "e" + std::to_string(hour)});
        rig.clock.tick(1h);
    }
    for (const auto& lease : rig.lease())
        if (lease.event->id != "e2") rig.settle(rig.ended(lease));
    CHECK(rig.prune(start + 4h) == 3);  // e0, e1 and e3: e2 waits still
    const auto all = walk(rig, {start});
    CHECK(all.events == Ids{"e2", "e4", "e5"});
    CHECK(all.pruned == 3);
    CHECK(walk(rig, {start + 4h}).pruned == 1);  // e3, just before
    CHECK(walk(rig, {start + 5h}).pruned == 0);
    CHECK(walk(rig, {start, start + 3h}).pruned == 3);
}

TEST_CASE("reader: it tells what the queue would have refused, going by earlier events") {
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::cancelled, .once_key = "invoice 1", .marks = {"notice 1"}});
    rig.accept({.id = "e2", .kind = Kind::stopped});
    rig.accept({.id = "e3", .kind = Kind::cancelled, .once_key = "invoice 3", .marks = {"notice 3"}});
    rig.suppress("press", "gone@example.com");
    rig.clock.tick(1h);
    rig.accept({.id = "e4"});
    auto reader = rig.adapter.reader();
    const auto page = (*reader)->events({}, {});
    const auto& second = page.events.at(1);
    const auto& fourth = page.events.at(3);
    const auto refusal = [&](const MailSample& sample, const StoredEvent& event) {
        return (*reader)->refusal(entry_of(sample).decision.mails[0], event);
    };
    CHECK(refusal({}, second).empty());
    CHECK(refusal({.unless_marked = {"notice 1"}}, second) == "cancelled_before");
    CHECK(refusal({.unless_marked = {"notice 3"}}, second).empty());  // it came later
    CHECK(refusal({.kind = Kind::invoice, .once_key = "invoice 1"}, second) == "invoice_mailed_before");
    CHECK(refusal({.once_key = "invoice 1", .repeat = true}, second).empty());
    CHECK(refusal({.once_key = "invoice 3"}, second).empty());
    CHECK(refusal({.unless_mailed = "invoice 1"}, second) == "document_sent_before");
    CHECK(refusal({.unless_mailed = "invoice 3"}, second).empty());
    CHECK(refusal({.to = "Gone@example.com"}, fourth) == "suppressed");
    CHECK(refusal({.to = "gone@example.com", .account = "other"}, fourth).empty());
}

}  // namespace ilbud::test
