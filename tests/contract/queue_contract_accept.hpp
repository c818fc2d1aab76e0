/// Queue::accept and what it promises.
#pragma once
#include "contract/queue_rig.hpp"

namespace ilbud::test {

using Status = Accepted::Status;

TEST_CASE("accept: an event's mail comes back as a lease, whole") {
    QueueRig rig;
    const auto answer = rig.accept({.id = "e1"});
    CHECK(answer.status == Status::accepted);
    REQUIRE(answer.mails.size() == 1);
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 1);
    const auto& lease = leases[0];
    CHECK(lease.mail.id == answer.mails[0].id);
    CHECK(lease.mail.kind == Kind::welcome);
    CHECK(lease.mail.account == "press");
    CHECK(lease.mail.unit == "daily");
    CHECK(lease.mail.to == "anna@example.com");
    CHECK(lease.mail.from == "kundeservice@example.org");
    CHECK(lease.mail.planned_at == rig.clock.now());
    CHECK(lease.event->subscriber.name == "Anna Jensen");
    CHECK(lease.attempt == 1);
    CHECK(lease.frozen.empty());
    CHECK_FALSE(lease.uncertain);
}

TEST_CASE("accept: what was read back after a restart equals what was accepted") {
    QueueRig rig;
    const auto before = rig.accept({.id = "e1", .kind = Kind::invoice, .name = "Søren Åkjær", .once_key = "invoice 7"});
    rig.reopen();
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 1);
    const auto& mail = leases[0].mail;
    const auto& planned = before.mails.at(0);
    CHECK(mail.id == planned.id);
    CHECK(mail.kind == Kind::invoice);
    CHECK(mail.to_name == "Søren Åkjær");
    CHECK(mail.from_name == "Dagbladet");
    CHECK(mail.reply_to == "svar@example.org");
    CHECK(mail.locale == Locale::da);
    CHECK(mail.planned_at == planned.planned_at);
    CHECK(mail.once_key == "invoice 7");
    CHECK(leases[0].event->id == "e1");
    CHECK(std::get<Invoice>(leases[0].event->data).number == "2025-117");
}

TEST_CASE("R1: the same event again is a duplicate and gets the first answer") {
    QueueRig rig;
    auto entry = entry_of({.id = "e1"}, rig.clock.now());
    entry.decision.skipped.push_back({Kind::receipt, "no_email", "x@example.com"});
    std::vector twice{entry, entry};
    const auto answers = rig.accept_all(std::move(twice));
    CHECK(answers.at(0).status == Status::accepted);
    CHECK(answers.at(1).status == Status::duplicate);
    rig.reopen();
    const auto later = rig.accept_all({entry}).at(0);
    CHECK(later.status == Status::duplicate);
    REQUIRE(later.mails.size() == 1);
    CHECK(later.mails[0].id == answers[0].mails[0].id);
    CHECK(later.mails[0].to == "anna@example.com");
    REQUIRE(later.skipped.size() == 1);
    CHECK(later.skipped[0].reason == "no_email");
    CHECK(later.skipped[0].kind == Kind::receipt);
    CHECK(rig.lease().size() == 1);
    CHECK(rig.counts().events == 1);
}

TEST_CASE("R1: the same id with another body is a conflict, and the first one stands") {
    QueueRig rig;
    std::vector<Entry> entries;
    entries.push_back(entry_of({.id = "e1", .name = "Anna"}));
    entries.push_back(entry_of({.id = "e1", .name = "Bertil"}));
    const auto answers = rig.accept_all(std::move(entries));
    CHECK(answers.at(1).status == Status::conflict);
    CHECK(answers.at(1).mails.empty());
    CHECK(rig.accept({.id = "e1", .name = "Carla"}).status == Status::conflict);
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 1);
    CHECK(leases[0].event->subscriber.name == "Anna");
}

TEST_CASE("R1: source and id name an event together") {
    QueueRig rig;
    CHECK(rig.accept({.id = "c", .source = "/ab"}).status == Status::accepted);
    CHECK(rig.accept({.id = "bc", .source = "/a"}).status == Status::accepted);
    CHECK(rig.accept({.id = "c", .source = "/ab2"}).status == Status::accepted);
}

TEST_CASE("S46: one event many times, also across restarts, makes one mail") {
    QueueRig rig;
    std::size_t leased = 0, accepted = 0;
    for (int round = 0; round < 5; ++round) {
        std::vector<Entry> entries;
        for (int i = 0; i < 20; ++i) entries.push_back(entry_of({.id = "same"}));
        for (const auto& answer : rig.accept_all(std::move(entries))) accepted += answer.status == Status::accepted;
        for (const auto& lease : rig.lease()) {
            ++leased;
            rig.settle(rig.ended(lease));
        }
        rig.reopen();
    }
    CHECK(accepted == 1);
    CHECK(leased == 1);
}

TEST_CASE(
    "R17: a receipt is not queued if the invoice counts as mailed: while it waits and when it arrived, not when it bounced") {
    QueueRig rig;
    const auto receipt = [&](const char* id) {
        return rig.accept({.id = id, .kind = Kind::receipt, .unless_mailed = "unit/7/anna"});
    };
    CHECK(receipt("c1").mails.size() == 1);
    std::vector<Entry> entries;
    entries.push_back(entry_of({.id = "i1", .kind = Kind::invoice, .once_key = "unit/7/anna"}));
    entries.push_back(entry_of({.id = "c2", .kind = Kind::receipt, .unless_mailed = "unit/7/anna"}));
    const auto answers = rig.accept_all(std::move(entries));
    CHECK(answers.at(0).mails.size() == 1);
    CHECK(answers.at(1).mails.empty());
    REQUIRE(answers.at(1).skipped.size() == 1);
    CHECK(answers.at(1).skipped[0].reason == "document_sent_before");
    CHECK(answers.at(1).skipped[0].kind == Kind::receipt);
    rig.reopen();
    CHECK(receipt("c3").mails.empty());
    for (const auto& lease : rig.lease())
        rig.settle(rig.ended(lease, lease.mail.kind == Kind::invoice ? MailState::bounced : MailState::delivered));
    CHECK(receipt("c4").mails.size() == 1);
    // The receipt itself never counts as the invoice.
    CHECK(rig.accept({.id = "i2", .kind = Kind::invoice, .once_key = "unit/7/anna"}).mails.size() == 1);
    CHECK(receipt("c5").mails.empty());
}

TEST_CASE("R23: a once-key lets one mail through, across events, batches and restarts") {
    QueueRig rig;
    std::vector<Entry> entries;
    entries.push_back(entry_of({.id = "e1", .kind = Kind::invoice, .once_key = "unit/2025-117/anna"}));
    entries.push_back(entry_of({.id = "e2", .kind = Kind::invoice, .once_key = "unit/2025-117/anna"}));
    const auto answers = rig.accept_all(std::move(entries));
    CHECK(answers.at(0).mails.size() == 1);
    CHECK(answers.at(1).status == Status::accepted);
    CHECK(answers.at(1).mails.empty());
    REQUIRE(answers.at(1).skipped.size() == 1);
    CHECK(answers.at(1).skipped[0].reason == "invoice_mailed_before");
    CHECK(answers.at(1).skipped[0].to == "anna@example.com");
    rig.reopen();
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice, .once_key = "unit/2025-117/anna"}).mails.empty());
    CHECK(rig.accept({.id = "e4", .kind = Kind::invoice, .once_key = "unit/2025-118/anna"}).mails.size() == 1);
    // A resend passes, before or after, and counts.
    CHECK(rig.accept({.id = "e5", .kind = Kind::invoice, .once_key = "unit/2025-118/anna", .repeat = true}).mails.size() == 1);
    CHECK(rig.accept({.id = "e6", .kind = Kind::invoice, .once_key = "unit/2025-119/anna", .repeat = true}).mails.size() == 1);
    CHECK(rig.accept({.id = "e7", .kind = Kind::invoice, .once_key = "unit/2025-119/anna"}).mails.empty());
    CHECK(rig.accept({.id = "e5", .kind = Kind::invoice}).mails.size() == 1);
}

TEST_CASE("R14: a mark left by an earlier event keeps a later mail back") {
    QueueRig rig;
    std::vector<Entry> entries;
    entries.push_back(
        entry_of({.id = "e1", .kind = Kind::cancelled, .unless_marked = {"cancelled s-1"}, .marks = {"cancelled s-1"}}));
    entries.push_back(entry_of({.id = "e2", .kind = Kind::stopped, .unless_marked = {"other", "cancelled s-1"}}));
    const auto answers = rig.accept_all(std::move(entries));
    CHECK(answers.at(0).mails.size() == 1);  // its own mark does not count
    CHECK(answers.at(1).mails.empty());
    REQUIRE(answers.at(1).skipped.size() == 1);
    CHECK(answers.at(1).skipped[0].reason == "cancelled_before");
    rig.reopen();
    CHECK(rig.accept({.id = "e3", .kind = Kind::stopped, .unless_marked = {"cancelled s-1"}}).mails.empty());
    CHECK(rig.accept({.id = "e4", .kind = Kind::stopped, .unless_marked = {"cancelled s-2"}}).mails.size() == 1);
}

TEST_CASE("R7: a suppressed address gets no mail, in its account only, whatever the case of its local part") {
    QueueRig rig;
    CHECK(rig.suppress("press", "anna@example.com"));
    CHECK_FALSE(rig.suppress("press", "Anna@example.com"));
    const auto answer = rig.accept({.id = "e1", .to = "ANNA@example.com"});
    CHECK(answer.status == Status::accepted);
    CHECK(answer.mails.empty());
    REQUIRE(answer.skipped.size() == 1);
    CHECK(answer.skipped[0].reason == "suppressed");
    CHECK_FALSE(answer.skipped[0].undeliverable);
    CHECK(answer.skipped[0].to == "ANNA@example.com");
    // An invoice must reach its debtor in another way.
    CHECK(rig.accept({.id = "i1", .kind = Kind::invoice}).skipped.at(0).undeliverable);
    CHECK(rig.accept({.id = "e2", .account = "other"}).mails.size() == 1);
    CHECK(rig.accept({.id = "e3", .to = "bo@example.com"}).mails.size() == 1);
    CHECK(rig.counts().suppressions == 1);
    CHECK_FALSE(rig.unsuppress("other", "anna@example.com"));
    CHECK(rig.unsuppress("press", "Anna@EXAMPLE.com"));
    CHECK(rig.accept({.id = "e4"}).mails.size() == 1);
}

TEST_CASE(
    "R7: a complaint stops mails of its group, that of their kind or the one they were planned with, also those that wait") {
    QueueRig rig;
    const auto complain = [&](const std::string& kinds) {
        Suppression complaint{"press", "anna@example.com", std::string(complaint_reason), rig.clock.now()};
        complaint.kinds = kinds;
        rig.suppress(complaint);
    };
    rig.accept({.id = "waits", .kind = Kind::reminder, .group = "claims"});
    complain("claims");
    CHECK(rig.accept({.id = "e1", .kind = Kind::reminder, .group = "claims"}).skipped.at(0).reason == "suppressed");
    CHECK(rig.accept({.id = "e2", .kind = Kind::reminder}).mails.size() == 1);
    rig.reopen();
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 1);
    CHECK(group_of(leases[0].mail) == "payment");
    CHECK(rig.row("waits").state == MailState::suppressed);
    complain("payment");
    CHECK(rig.accept({.id = "e3", .kind = Kind::invoice}).skipped.at(0).reason == "suppressed");
    CHECK(rig.accept({.id = "e4", .kind = Kind::invoice, .group = "claims"}).skipped.at(0).reason == "suppressed");
    CHECK(rig.accept({.id = "e5", .kind = Kind::welcome}).mails.size() == 1);
}

TEST_CASE("R7: a suppressed mail does not use up its once-key") {
    QueueRig rig;
    rig.suppress("press", "anna@example.com");
    CHECK(rig.accept({.id = "e1", .kind = Kind::invoice, .once_key = "7"}).mails.empty());
    rig.unsuppress("press", "anna@example.com");
    CHECK(rig.accept({.id = "e2", .kind = Kind::invoice, .once_key = "7"}).mails.size() == 1);
}

TEST_CASE("accept: at mails_max the answer is busy, and duplicates are still known") {
    QueueSettings settings;
    settings.mails_max = 2;
    QueueRig rig(settings);
    rig.accept({.id = "e1"});
    rig.accept({.id = "e2"});
    const auto busy = rig.accept({.id = "e3"});
    CHECK(busy.status == Status::busy);
    CHECK(busy.busy_reason == "queue_full");
    CHECK(rig.accept({.id = "e1"}).status == Status::duplicate);
    auto without_mail = entry_of({.id = "e4"});
    without_mail.decision.mails.clear();
    CHECK(rig.accept_all({without_mail}).at(0).status == Status::accepted);
    const auto leases = rig.lease();
    CHECK(rig.accept({.id = "e3"}).status == Status::busy);  // leased ones wait still
    rig.settle(rig.ended(leases.at(0)));
    CHECK(rig.accept({.id = "e3"}).status == Status::accepted);
    settings.mails_max = 10;
    rig.queue->apply(settings);
    CHECK(rig.accept({.id = "e5"}).status == Status::accepted);
}

TEST_CASE("S28: text that looks like SQL is text in every field") {
    const std::string evil = "x'; DROP TABLE mail; --\"%_\\ \xC3\xA6";
    QueueRig rig;
    auto entry = entry_of({.to = "\"';DROP\"@example.com",
                           .account = evil,
                           .name = evil,
                           .once_key = evil,
                           .unless_marked = {"not " + evil},
                           .marks = {evil}});
    auto renamed = *entry.event;
    renamed.id = renamed.source = evil;
    entry.event = std::make_shared<const Event>(std::move(renamed));
    entry.decision.mails[0].unit = evil;
    entry.decision.mails[0].id = evil;
    entry.decision.mails[0].from = entry.decision.mails[0].from_name = entry.decision.mails[0].reply_to = evil;
    entry.decision.skipped.push_back({Kind::receipt, evil, evil});
    entry.decision.chain.push_back({evil, evil});
    CHECK(rig.accept_all({entry}).at(0).status == Status::accepted);
    CHECK(rig.suppress(evil, evil));
    rig.reopen();
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 1);
    CHECK(leases[0].mail.id == evil);
    CHECK(leases[0].mail.unit == evil);
    CHECK(leases[0].mail.from == evil);
    CHECK(leases[0].mail.reply_to == evil);
    auto settlement = rig.again(leases[0], 1min);
    settlement.reason = settlement.enhanced = settlement.reply_text = settlement.relay = settlement.frozen = evil;
    rig.settle(settlement);
    MailQuery query;
    query.unit = query.source = query.event = query.id = evil;
    query.to = "\"';DROP\"@example.com";
    const auto rows = rig.rows(query);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].reply_text == evil);
    CHECK(rows[0].relay == evil);
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto event = (*reader)->event(evil, evil);
    REQUIRE(event);
    CHECK(event->skipped.at(0).reason == evil);
    CHECK(event->chain.at(1).finding == evil);
    CHECK((*reader)->suppressions(evil).at(0).account == evil);
    rig.clock.tick(2min);
    CHECK(rig.lease().at(0).frozen == evil);
    CHECK(rig.unsuppress(evil, evil));
}

}  // namespace ilbud::test
