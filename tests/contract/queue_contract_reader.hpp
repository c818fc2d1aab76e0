/// MailLog, beside the queue that is open.
#pragma once
#include "contract/queue_rig.hpp"

namespace ilbud::test {

inline Ids events_of(const std::vector<MailRow>& rows) {
    Ids ids;
    for (const auto& row : rows) ids.push_back(row.event);
    return ids;
}

TEST_CASE("reader: every filter, both orders, and the limit") {
    QueueRig rig;
    rig.accept({.id = "e1", .kind = Kind::welcome, .unit = "daily", .to = "anna@example.com"});
    rig.accept({.id = "e2", .kind = Kind::invoice, .unit = "weekly", .to = "bo@example.com"});
    rig.clock.tick(1h);
    const auto later = rig.clock.now();
    rig.accept({.id = "e3", .kind = Kind::invoice, .unit = "daily", .to = "Anna@example.com"});
    const auto answer = rig.accept({.id = "e4", .kind = Kind::receipt, .unit = "daily", .to = "cai@example.com"});
    for (const auto& lease : rig.lease()) {
        if (lease.event->id == "e2") rig.settle(rig.ended(lease));
        if (lease.event->id == "e3") rig.settle(rig.ended(lease, MailState::bounced, "gone"));
    }
    const auto found = [&](auto change) {
        MailQuery query;
        change(query);
        return events_of(rig.rows(query));
    };
    CHECK(found([](MailQuery&) {}) == Ids{"e4", "e3", "e2", "e1"});
    CHECK(found([](MailQuery& q) { q.newest_first = false; }) == Ids{"e1", "e2", "e3", "e4"});
    CHECK(found([](MailQuery& q) { q.most = 2; }) == Ids{"e4", "e3"});
    CHECK(found([](MailQuery& q) { q.kind = Kind::invoice; }) == Ids{"e3", "e2"});
    CHECK(found([](MailQuery& q) { q.unit = "daily"; }) == Ids{"e4", "e3", "e1"});
    CHECK(found([](MailQuery& q) { q.unit = "none"; }).empty());
    CHECK(found([](MailQuery& q) { q.to = "anna@example.com"; }) == Ids{"e3", "e1"});
    CHECK(found([](MailQuery& q) {
              q.to = "anna@example.com";
              q.newest_first = false;
              q.most = 1;
          }) == Ids{"e1"});
    CHECK(found([](MailQuery& q) {
              q.source = "/shop";
              q.event = "e2";
          }) == Ids{"e2"});
    CHECK(found([](MailQuery& q) {
              q.source = "/shop";
              q.event = "none";
          }).empty());
    CHECK(found([](MailQuery& q) { q.event = "e2"; }) == Ids{"e2"});
    CHECK(found([](MailQuery& q) { q.source = "/other"; }).empty());
    CHECK(found([&](MailQuery& q) { q.id = answer.mails.at(0).id; }) == Ids{"e4"});
    CHECK(found([](MailQuery& q) { q.id = "none"; }).empty());
    CHECK(found([&](MailQuery& q) { q.since = later; }) == Ids{"e4", "e3"});
    CHECK(found([](MailQuery& q) { q.state = MailState::queued; }) == Ids{"e4", "e1"});  // leased ones, too
    CHECK(found([](MailQuery& q) {
              q.state = MailState::queued;
              q.kind = Kind::welcome;
          }) == Ids{"e1"});
    CHECK(found([](MailQuery& q) { q.state = MailState::delivered; }) == Ids{"e2"});
    CHECK(found([](MailQuery& q) { q.state = MailState::bounced; }) == Ids{"e3"});
    CHECK(found([](MailQuery& q) {
              q.state = MailState::bounced;
              q.newest_first = false;
          }) == Ids{"e3"});
    CHECK(found([](MailQuery& q) { q.state = MailState::expired; }).empty());
    CHECK(found([](MailQuery& q) {
              q.state = MailState::bounced;
              q.to = "bo@example.com";
          }).empty());
    CHECK(found([](MailQuery& q) { q.state = MailState::leased; }).empty());
}

TEST_CASE("reader: a row shows the mail as it stands") {
    QueueRig rig;
    const auto begin = rig.clock.now();
    rig.accept({.id = "e1"});
    auto row = rig.row("e1");
    CHECK(row.source == "/shop");
    CHECK(row.kind == Kind::welcome);
    CHECK(row.account == "press");
    CHECK(row.unit == "daily");
    CHECK(row.to == "anna@example.com");
    CHECK(row.from == "kundeservice@example.org");
    CHECK(row.state == MailState::queued);
    CHECK(row.planned_at == begin);
    CHECK(row.due == begin);
    CHECK(row.changed_at == begin);
    CHECK(row.attempts == 0);
    rig.clock.tick(1s);
    rig.settle(rig.again(rig.lease().at(0), 7min));
    row = rig.row("e1");
    CHECK(row.state == MailState::queued);
    CHECK(row.due == rig.clock.now() + 7min);
    CHECK(row.changed_at == rig.clock.now());
    CHECK(row.attempts == 1);
    CHECK(row.reason == "greylisted");
    CHECK(row.reply_code == 451);
}

TEST_CASE("reader: an event is explained whole, and an unknown one is not there") {
    QueueRig rig;
    auto entry = entry_of({.id = "e1"}, rig.clock.now());
    entry.decision.skipped.push_back({Kind::receipt, "no_email", ""});
    auto second = entry.decision.mails[0];
    second.id = "second";
    second.to = "copy@example.com";
    second.copy = true;
    entry.decision.mails.push_back(second);
    rig.accept_all({entry});
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto row = (*reader)->event("/shop", "e1");
    REQUIRE(row);
    CHECK(row->raw == entry.event->raw);
    CHECK(row->accepted_at == rig.clock.now());
    REQUIRE(row->chain.size() == 1);
    CHECK(row->chain[0].rule == "R9");
    REQUIRE(row->skipped.size() == 1);
    CHECK(row->skipped[0].reason == "no_email");
    REQUIRE(row->mails.size() == 2);
    CHECK(row->mails[1].to == "copy@example.com");
    CHECK_FALSE((*reader)->event("/shop", "e2"));
    CHECK_FALSE((*reader)->event("/other", "e1"));
}

TEST_CASE("reader: counts agree with the queue's own, apart from leases") {
    QueueRig rig;
    for (int i = 0; i < 5; ++i) rig.accept({.id = "e" + std::to_string(i)});
    rig.suppress("press", "bo@example.com");
    rig.settle(rig.ended(rig.lease(1).at(0)));
    rig.lease(1);
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    const auto seen = (*reader)->counts();
    CHECK(seen.mails[static_cast<std::size_t>(MailState::queued)] == 4);
    CHECK(seen.mails[static_cast<std::size_t>(MailState::delivered)] == 1);
    CHECK(seen.events == 5);
    CHECK(seen.suppressions == 1);
    CHECK(seen.oldest_due == rig.clock.now());
    const auto own = rig.counts();
    CHECK(own.mails[static_cast<std::size_t>(MailState::queued)] == 3);
    CHECK(own.mails[static_cast<std::size_t>(MailState::leased)] == 1);
    CHECK(own.events == 5);
    CHECK(own.oldest_due == rig.clock.now());
}

TEST_CASE("reader: the oldest mail that waits is found among those never tried, deferred and lent") {
    QueueRig rig;
    const auto oldest = [&rig] { return (*rig.adapter.reader())->counts().oldest_planned; };
    CHECK_FALSE(oldest());
    rig.accept({.id = "first"});
    const auto first = rig.clock.now();
    rig.clock.tick(1min);
    rig.accept({.id = "second", .unit = "weekly"});
    const auto second = rig.clock.now();
    CHECK(oldest() == first);
    rig.settle(rig.again(rig.lease(1).at(0), 48h));
    const bool first_went_back = rig.row("first").attempts == 1;
    CHECK(oldest() == first);  // deferred, or not tried
    rig.clock.tick(1min);
    const auto lent = rig.lease(1).at(0);
    CHECK(oldest() == first);
    rig.settle(rig.ended(lent));
    CHECK(oldest() == (first_went_back ? first : second));
    rig.accept({.id = "third"});
    CHECK(oldest() == (first_went_back ? first : second));
    rig.clock.tick(48h);
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease));
    CHECK_FALSE(oldest());
}

}  // namespace ilbud::test
