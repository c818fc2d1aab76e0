/// What a queue counts for rates.
#pragma once
#include "contract/queue_rig.hpp"

namespace ilbud::test {

using Ended = std::vector<std::pair<std::string, EndedMails>>;
using Complaints = std::vector<std::pair<std::string, std::uint64_t>>;

inline Ended ended_in_hour(QueueRig& rig, Time hour) {
    return run_task(rig.context, rig.store->log().ended_in_hour(hour));
}
inline Complaints complaints_since(QueueRig& rig, Time since) {
    return run_task(rig.context, rig.store->log().complaints_since(since));
}
inline void finish(QueueRig& rig, const MailSample& sample, MailState state) {
    rig.accept(sample);
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease, state));
}

TEST_CASE("ended_in_hour: finished and bounced mails by unit, deferred ones not before their end, also after a restart") {
    QueueRig rig;
    const Time now = rig.clock.now();
    finish(rig, {.id = "e1", .unit = "daily"}, MailState::delivered);
    finish(rig, {.id = "e2", .unit = "daily"}, MailState::bounced);
    finish(rig, {.id = "e3", .unit = "weekly"}, MailState::expired);
    rig.accept({.id = "e4", .unit = "weekly"});
    rig.settle(rig.again(rig.lease().at(0), 1h));
    const Ended expected{{"daily", {2, 1}}, {"weekly", {1, 0}}};
    CHECK(ended_in_hour(rig, now) == expected);
    rig.reopen();
    CHECK(ended_in_hour(rig, now) == expected);
    CHECK(ended_in_hour(rig, now - 1h).empty());

    rig.clock.tick(2h);
    rig.settle(rig.ended(rig.lease().at(0), MailState::bounced));
    CHECK(ended_in_hour(rig, now + 2h + 59min) == Ended{{"weekly", {1, 1}}});
    CHECK(ended_in_hour(rig, now) == expected);
}

TEST_CASE("ended_in_hour: many settlements of one call count each, a settlement of a lost lease not at all") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (int i = 0; i < 40; ++i)
        entries.push_back(entry_of({.id = "e" + std::to_string(i), .unit = i % 2 == 0 ? "daily" : "weekly"}, rig.clock.now()));
    rig.accept_all(std::move(entries));
    std::vector<Settlement> all;
    for (const auto& lease : rig.lease())
        all.push_back(rig.ended(lease, all.size() < 4 ? MailState::bounced : MailState::delivered));
    REQUIRE(all.size() == 40);
    const auto again = all;
    rig.settle(std::move(all));
    rig.settle(again);
    const auto counts = ended_in_hour(rig, rig.clock.now());
    REQUIRE(counts.size() == 2);
    CHECK(counts[0].second.finished == 20);
    CHECK(counts[1].second.finished == 20);
    CHECK(counts[0].second.bounced + counts[1].second.bounced == 4);
}

TEST_CASE("ended_in_hour: suppressed mails, bounces that no relay spoke of, and notices do not count") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    auto unread = rig.ended(rig.lease().at(0), MailState::bounced);
    unread.attempted = false;
    rig.settle(unread);
    std::vector<Entry> notice;
    notice.push_back(entry_of({.id = "e2", .kind = Kind::notice}, rig.clock.now()));
    notice.front().decision.mails.front().unit.clear();
    rig.accept_all(std::move(notice));
    rig.settle(rig.ended(rig.lease().at(0), MailState::bounced));
    rig.accept({.id = "e3"});
    rig.suppress("press", "anna@example.com");
    CHECK(rig.lease().empty());
    CHECK(ended_in_hour(rig, rig.clock.now()).empty());
}

TEST_CASE("ended_in_hour: an hour is kept for a week") {
    QueueRig rig;
    const Time now = rig.clock.now();
    finish(rig, {.id = "e1"}, MailState::delivered);
    rig.clock.tick(24h * 7);
    finish(rig, {.id = "e2"}, MailState::delivered);
    CHECK(ended_in_hour(rig, now).size() == 1);
    rig.clock.tick(24h * 7);
    finish(rig, {.id = "e3"}, MailState::delivered);
    CHECK(ended_in_hour(rig, now).empty());
}

TEST_CASE("complaints_since: suppressions by complaint, by account, from a time on") {
    QueueRig rig;
    const Time now = rig.clock.now();
    const auto suppress = [&](const std::string& account, const std::string& address, std::string_view reason, Time since) {
        rig.suppress({account, address, std::string(reason), since});
    };
    suppress("press", "a@example.com", complaint_reason, now - 2h);
    suppress("press", "b@example.com", complaint_reason, now);
    suppress("press", "c@example.com", "no_such_mailbox", now);
    suppress("radio", "a@example.com", complaint_reason, now);
    CHECK(complaints_since(rig, now - 1h) == Complaints{{"press", 1}, {"radio", 1}});
    CHECK(complaints_since(rig, now - 2h) == Complaints{{"press", 2}, {"radio", 1}});
    rig.unsuppress("radio", "a@example.com");
    CHECK(complaints_since(rig, now + 1s).empty());
    CHECK(complaints_since(rig, now) == Complaints{{"press", 1}});
}

TEST_CASE("ended_in_hour: a mail that no relay was ever asked about says nothing of its address, expired or not") {
    QueueRig rig;
    rig.accept({.id = "held"});
    auto end = rig.ended(rig.lease().at(0), MailState::expired, std::string(held_reason));
    end.attempted = false;
    rig.settle(end);
    CHECK(run_task(rig.context, rig.store->log().ended_in_hour(rig.clock.now())).empty());
    rig.accept({.id = "tried"});
    rig.settle(rig.again(rig.lease().at(0), 1h));
    rig.clock.tick(1h);
    end = rig.ended(rig.lease().at(0), MailState::expired, "unreachable");
    end.attempted = false;
    rig.settle(end);
    CHECK(run_task(rig.context, rig.store->log().ended_in_hour(rig.clock.now())).size() == 1);
}

TEST_CASE("complaints_since: counts addresses, in however many groups of kinds") {
    QueueRig rig;
    Suppression complaint{"press", "anna@example.com", std::string(complaint_reason), rig.clock.now()};
    for (const auto* kinds : {"subscription", "payment"}) {
        complaint.kinds = kinds;
        run_task(rig.context, rig.store->suppressions().add(complaint));
    }
    const auto all = run_task(rig.context, rig.store->log().complaints_since(rig.clock.now() - 1h));
    REQUIRE(all.size() == 1);
    CHECK(all[0].second == 1);
}

}  // namespace ilbud::test
