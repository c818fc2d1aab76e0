/// Mails that wait for something which has come.
#pragma once
#include "contract/queue_rig.hpp"
#include "ilbud/base/address.hpp"

namespace ilbud::test {

namespace {

// Takes what is due and gives it back for `reason`, due in an hour.
inline void defer_all(QueueRig& rig, const std::string& reason) {
    for (const auto& lease : rig.lease()) {
        auto back = rig.ended(lease, MailState::queued, reason);
        back.attempted = false;
        back.due = rig.clock.now() + 1h;
        rig.settle(back);
    }
}

}  // namespace

TEST_CASE("hasten: mails that wait for the reason and are from the domain become due at once, also after a restart") {
    QueueRig rig;
    for (const auto* id : {"e1", "e2", "e3"}) rig.accept({.id = id, .unit = id});
    defer_all(rig, "domain_unsigned");
    CHECK(rig.lease().empty());
    CHECK(rig.hasten("greylisted", "example.org") == 0);
    CHECK(rig.hasten("domain_unsigned", "example.com") == 0);
    CHECK(rig.hasten("domain_unsigned", "ample.org") == 0);
    CHECK(rig.lease().empty());
    CHECK(rig.hasten("domain_unsigned", "example.org") == 3);
    CHECK(rig.hasten("domain_unsigned", "example.org") == 0);
    CHECK(rig.row("e1").due == rig.clock.now());
    CHECK(rig.row("e1").reason == "domain_unsigned");
    rig.reopen();
    const auto leases = rig.lease();
    REQUIRE(leases.size() == 3);
    CHECK(leases[0].attempt == 1);
    for (const auto& lease : leases) rig.settle(rig.ended(lease));
    CHECK(rig.count(MailState::delivered) == 3);
    CHECK(rig.count(MailState::queued) == 0);
}

TEST_CASE("hasten: a mail that is lent keeps its time") {
    QueueRig rig;
    rig.accept({.id = "e1"});
    defer_all(rig, "domain_unsigned");
    rig.clock.tick(1h);
    const auto lease = rig.lease().at(0);
    CHECK(rig.hasten("domain_unsigned", "example.org") == 0);
    rig.settle(rig.again(lease, 1h));
    CHECK(rig.lease().empty());
    CHECK(rig.hasten("domain_unsigned", "example.org") == 0);
    CHECK(rig.hasten("greylisted", "example.org") == 1);
    CHECK(rig.lease().size() == 1);
}

// One sweep is a transaction for each couple of thousand waiting mails, however many domains it is for.
TEST_CASE("hasten: many domains in one sweep of what waits, and no others' mails") {
    QueueRig rig;
    std::vector<Entry> entries;
    std::vector<std::string> domains;
    for (int i = 0; i < 200; ++i) {
        const auto domain = "d" + std::to_string(i) + ".example";
        auto entry = entry_of({.id = domain}, rig.clock.now());
        entry.decision.mails[0].from = "post@" + domain;
        entries.push_back(std::move(entry));
        if (i % 2 == 0) domains.push_back(domain);
    }
    rig.accept_all(std::move(entries));
    std::vector<Settlement> back;
    for (const auto& lease : rig.lease(200)) {
        back.push_back(rig.ended(lease, MailState::queued, "domain_unsigned"));
        back.back().due = rig.clock.now() + 1h;
    }
    rig.settle(std::move(back));
    const std::uint64_t before = rig.counters.store_commits;
    CHECK(rig.hasten("domain_unsigned", domains) == 100);
    CHECK(rig.counters.store_commits - before == 1);
    CHECK(rig.hasten("domain_unsigned", std::vector<std::string>{}) == 0);
    CHECK(rig.counters.store_commits - before == 1);
    const auto leases = rig.lease(200);
    CHECK(leases.size() == 100);
    for (const auto& lease : leases)
        CHECK(std::find(domains.begin(), domains.end(), domain_of(lease.mail.from)) != domains.end());
}

// What a transaction writes bounds how long an event waits that came in meanwhile.
TEST_CASE("hasten: a transaction moves a few hundred mails at most") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (int i = 0; i < 1000; ++i) entries.push_back(entry_of({.id = "e" + std::to_string(i)}, rig.clock.now()));
    rig.accept_all(std::move(entries));
    std::vector<Settlement> back;
    for (const auto& lease : rig.lease(1000)) {
        back.push_back(rig.ended(lease, MailState::queued, "domain_unsigned"));
        back.back().due = rig.clock.now() + 1h;
    }
    rig.settle(std::move(back));
    const std::uint64_t before = rig.counters.store_commits;
    CHECK(rig.hasten("domain_unsigned", "example.org") == 1000);
    CHECK(rig.counters.store_commits - before >= 4);
}

TEST_CASE("hasten: five thousand mails, each once") {
    QueueRig rig;
    std::vector<Entry> entries;
    for (int i = 0; i < 5000; ++i) entries.push_back(entry_of({.id = "e" + std::to_string(i)}, rig.clock.now()));
    rig.accept_all(std::move(entries));
    std::vector<Settlement> back;
    for (const auto& lease : rig.lease(5000)) {
        back.push_back(rig.ended(lease, MailState::queued, "domain_unsigned"));
        back.back().due = rig.clock.now() + 1h;
    }
    REQUIRE(back.size() == 5000);
    rig.settle(std::move(back));
    CHECK(rig.hasten("domain_unsigned", "example.org") == 5000);
    std::set<std::uint64_t> rows;
    for (auto leases = rig.lease(1000); !leases.empty(); leases = rig.lease(1000))
        for (const auto& lease : leases) CHECK(rows.insert(lease.row).second);
    CHECK(rows.size() == 5000);
}

TEST_CASE("hasten: a mail that was read already, and is due later again as the clock was set back, is lent once") {
    QueueRig rig;
    rig.accept({.id = "a"});
    rig.accept({.id = "b"});
    for (const auto& lease : rig.lease()) rig.settle(rig.again(lease, 1h));
    rig.clock.tick(1h + 2s);
    const auto first = rig.lease(1);
    REQUIRE(first.size() == 1);
    rig.clock.set(rig.clock.now() - 30s);
    rig.hasten("greylisted", "example.org");
    rig.settle(rig.ended(first.at(0)));
    std::size_t sent = 1;
    for (int i = 0; i < 3; ++i)
        for (const auto& lease : rig.lease()) {
            ++sent;
            rig.settle(rig.ended(lease));
        }
    CHECK(sent == 2);
    CHECK(rig.count(MailState::delivered) == 2);
    CHECK(rig.count(MailState::queued) == 0);
}

}  // namespace ilbud::test
