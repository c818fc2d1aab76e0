#include "ilbud/watch/domain_state.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "support/watched_domain.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

SelectorStatus status(const DnsAnswer& answer, int expected = 1) {
    Watched watched;
    watched.keys.selectors[0].key = expected > 0 ? key_print(key_record(expected)) : "";
    watched.look(answer, idle(1));
    return watched.state.selectors[0].status;
}

}  // namespace

TEST_CASE("R27: what a selector shows is told apart") {
    CHECK(Watched().state.selectors[0].status == SelectorStatus::unknown);
    CHECK(status(failed()) == SelectorStatus::unknown);
    CHECK(status(nothing()) == SelectorStatus::absent);
    CHECK(status(answer(DnsStatus::no_data)) == SelectorStatus::absent);
    CHECK(status(idle(0)) == SelectorStatus::empty);
    CHECK(status(answer(DnsStatus::no_data, {target(0)})) == SelectorStatus::empty);
    CHECK(status(answer(DnsStatus::found, {target(0)}, {"v=DKIM1; p="})) == SelectorStatus::empty);
    CHECK(status(answer(DnsStatus::no_name, {"other.example"})) == SelectorStatus::elsewhere);
    CHECK(status(answer(DnsStatus::found, {}, {"v=spf1 -all"})) == SelectorStatus::elsewhere);
    CHECK(status(answer(DnsStatus::found, {}, {"v=DKIM1; p="})) == SelectorStatus::elsewhere);
    CHECK(status(answer(DnsStatus::found, {target(0)}, {key_record(1), key_record(1)})) == SelectorStatus::elsewhere);
    CHECK(status(shows(0, 2)) == SelectorStatus::foreign);
    CHECK(status(shows(0, 1), 0) == SelectorStatus::foreign);  // a key where the slot is idle
    CHECK(status(shows(0, 1)) == SelectorStatus::ours);
    CHECK(status(answer(DnsStatus::found, {"alias.avisen.dk", target(0)}, {key_record(1)})) == SelectorStatus::ours);
    CHECK(status(answer(DnsStatus::found, {}, {key_record(1)})) == SelectorStatus::ours);  // a provider that flattens CNAMEs
}

TEST_CASE("R27: a domain signs for itself as soon as the preferred slot's key is in place") {
    Watched watched;
    CHECK(watched.own(0));  // nothing is known against it
    watched.look(nothing(), nothing());
    CHECK(watched.by() == SignedBy::nobody);
    CHECK(watched.news.choice_changed);
    CHECK(watched.state.choice.reason ==
          "there is no CNAME at s1._domainkey.avisen.dk; there is no CNAME at s2._domainkey.avisen.dk");
    watched.later(10min).good();
    CHECK(watched.own(0));
    CHECK(watched.news.choice_changed);
    CHECK(watched.news.may_go);
    CHECK_FALSE(watched.news.fixed);  // nobody was told of any trouble
    CHECK(watched.state.since == watched.now);
    CHECK(watched.state.problem.empty());
}

TEST_CASE("R27: a platform's domain signs for a domain that cannot, where there is one") {
    Watched watched;
    watched.rules.platform_signs = true;
    watched.look(nothing(), nothing());
    CHECK(watched.by() == SignedBy::platform);
    watched.rules.platform_signs = false;
    watched.decide();
    CHECK(watched.by() == SignedBy::nobody);
    watched.rules.platform_signs = true;
    watched.decide();
    CHECK(watched.by() == SignedBy::platform);
    CHECK(watched.news.may_go);
}

TEST_CASE("S43: a look that failed changes nothing, whatever was known") {
    for (const int before : {0, 1, 2, 3}) {
        Watched watched;
        if (before == 1) watched.good();
        if (before == 2) watched.look(nothing(), nothing());
        if (before == 3) watched.good().later(1h).look(nothing(), nothing());  // within the grace time
        const auto known = watched.state;
        for (int i = 0; i < 20; ++i) {
            watched.later(2h).look(failed(), failed());
            CHECK_FALSE(watched.news.choice_changed);
            CHECK_FALSE(watched.news.broken);
            CHECK(watched.state.choice == known.choice);
            CHECK(watched.state.selectors == known.selectors);
            CHECK(watched.state.trouble_since == known.trouble_since);
        }
        CHECK(watched.state.failures == 20);
        CHECK(watched.state.failure == "SERVFAIL");
    }
}

TEST_CASE("R27: a key that disappears signs on for the grace time; its end is decided by a look") {
    Watched watched;
    watched.good().later(1h).look(nothing(), nothing());
    CHECK(watched.own(0));
    const auto gone = watched.now;
    CHECK(watched.state.selectors[0].gone_since == gone);
    CHECK(watched.state.trouble_since == gone);
    watched.later(6h - 1s).look(nothing(), nothing());
    CHECK(watched.own(0));
    CHECK_FALSE(watched.news.broken);
    CHECK(watched.state.next_look == gone + 6h);
    watched.later(24h).look(failed(), failed());
    CHECK(watched.own(0));
    watched.look(nothing(), idle(1));
    CHECK(watched.by() == SignedBy::nobody);
    CHECK(watched.news.broken);
}

TEST_CASE("R27: from the first bad look the platform's domain signs too, where it can; it is told, and ends with the trouble") {
    Watched watched;
    watched.rules.sign_twice = SignTwice::grace;
    watched.good();
    CHECK_FALSE(watched.state.choice.twice);
    watched.later(1h).look(failed(), failed());
    CHECK_FALSE(watched.state.choice.twice);
    watched.later(1h).look(nothing(), nothing());
    CHECK(watched.own(0));
    CHECK(watched.state.choice.twice);
    CHECK(watched.news.choice_changed);
    CHECK(watched.news.broken);
    CHECK(watched.state.since == watched.now);
    watched.state.told = {"press"};
    watched.later(1h).good();
    CHECK_FALSE(watched.state.choice.twice);
    CHECK(watched.news.fixed);
    watched.state.told.clear();
    watched.later(1h).look(nothing(), nothing()).later(6h).look(nothing(), nothing());
    CHECK(watched.by() == SignedBy::nobody);
    CHECK_FALSE(watched.state.choice.twice);
}

TEST_CASE("R27: with sign_twice always, or never, the look changes nothing of it") {
    for (const auto rule : {SignTwice::always, SignTwice::never}) {
        Watched watched;
        watched.rules.sign_twice = rule;
        watched.decide();
        CHECK(watched.state.choice.twice == (rule == SignTwice::always));
        watched.good();
        CHECK(watched.state.choice.twice == (rule == SignTwice::always));
        CHECK_FALSE(watched.news.broken);
        watched.later(1h).look(nothing(), nothing());
        CHECK(watched.state.choice.twice == (rule == SignTwice::always));
        CHECK(watched.news.broken == (rule == SignTwice::always));
        CHECK(read_domain_state(to_json(watched.state, watched.keys))->choice == watched.state.choice);
    }
}

TEST_CASE("R27: a key that comes back within the grace time leaves no trace") {
    Watched watched;
    watched.good().later(1h).look(nothing(), idle(1)).later(5h).good();
    CHECK_FALSE(watched.news.choice_changed);
    CHECK_FALSE(watched.state.trouble_since);
    watched.later(1h).look(nothing(), idle(1)).later(5h).look(nothing(), idle(1));
    CHECK(watched.own(0));  // a grace time of its own
}

TEST_CASE("R3: accounts are told once the grace time is over, and again when the domain is fixed") {
    Watched watched;
    watched.look(nothing(), nothing());
    CHECK_FALSE(watched.news.broken);  // a new customer publishes the records in his own time
    watched.later(6h).look(nothing(), nothing());
    CHECK(watched.news.broken);
    watched.state.told = {"press"};
    watched.later(1h).look(failed(), failed());
    CHECK_FALSE(watched.news.fixed);
    watched.later(1h).good();
    CHECK(watched.news.fixed);
    watched.state.told.clear();
    watched.later(1h).good();
    CHECK_FALSE(watched.news.fixed);
}

TEST_CASE("R30: during a key change a domain is signed by the key that it shows") {
    Watched watched;
    watched.good();
    watched.keys.selectors[1].key = key_print(key_record(2));
    watched.decide();
    CHECK(watched.own(0));
    watched.keys.preferred = 1;
    watched.decide();
    CHECK(watched.own(0));  // the new key is not seen here yet
    watched.later(1h).look(shows(0, 1), shows(1, 2));
    CHECK(watched.own(1));
    CHECK(watched.state.choice.usable.slots == std::array<bool, 2>{true, true});
    watched.keys.selectors[0].key.clear();
    watched.decide();
    CHECK(watched.own(1));
    CHECK(watched.state.choice.usable.slots == std::array<bool, 2>{false, true});
}

TEST_CASE("R30: a domain without the second CNAME stays with the old key as long as that is in force") {
    Watched watched;
    watched.look(shows(0, 1), nothing());
    watched.keys.selectors[1].key = key_print(key_record(2));
    watched.keys.preferred = 1;
    watched.later(1h).look(shows(0, 1), nothing());
    CHECK(watched.own(0));
    CHECK(watched.state.problem == "there is no CNAME at s2._domainkey.avisen.dk");
    CHECK_FALSE(watched.news.broken);
    watched.later(12h).look(shows(0, 1), nothing());
    CHECK_FALSE(watched.news.broken);
    watched.keys.selectors[0].key.clear();
    watched.decide();
    CHECK(watched.by() == SignedBy::nobody);
}

TEST_CASE("R30: a slot whose key was replaced does not sign until the new key is seen") {
    Watched watched;
    watched.good();
    watched.keys.selectors[0].key = key_print(key_record(9));
    watched.decide();
    CHECK(watched.by() == SignedBy::nobody);
    CHECK(watched.state.selectors[0].status == SelectorStatus::foreign);
    watched.later(1h).look(shows(0, 9), idle(1));
    CHECK(watched.own(0));
}

TEST_CASE("domain state: the Ed25519 key signs only where its selector is seen") {
    Watched watched;
    watched.keys.selectors[2] = {"ed", target(2), key_print(key_record(3))};
    watched.decide();
    CHECK(watched.state.choice.usable.ed25519);  // nothing is known
    watched.look(shows(0, 1), idle(1), nothing());
    CHECK_FALSE(watched.state.choice.usable.ed25519);
    watched.look(shows(0, 1), idle(1), shows(2, 3));
    CHECK(watched.state.choice.usable.ed25519);
    watched.look(shows(0, 1), idle(1), failed());
    CHECK(watched.state.choice.usable.ed25519);
    watched.look(shows(0, 1), idle(1), shows(2, 4));
    CHECK_FALSE(watched.state.choice.usable.ed25519);
}

TEST_CASE("domain state: a domain of which one slot never answered is signed by the slot that did") {
    Watched watched;
    watched.keys.selectors[1].key = key_print(key_record(2));
    watched.look(failed(), shows(1, 2));
    CHECK(watched.own(1));
    Watched other;
    other.look(failed(), nothing());
    CHECK(other.own(0));  // nothing is known against the preferred key
}

TEST_CASE("domain state: looks grow rarer while a domain stays as it is, and follow the TTL once it is in order") {
    Watched watched;
    std::vector<Duration> waits;
    for (int i = 0; i < 5; ++i) {
        watched.look(nothing(), nothing());
        waits.push_back(watched.state.next_look - watched.now);
        watched.now = watched.state.next_look;
    }
    const std::vector<Duration> least{5min, 10min, 20min, 30min, 30min};
    for (std::size_t i = 0; i < least.size(); ++i) {
        INFO(i);
        CHECK(waits[i] >= least[i]);
        CHECK(waits[i] <= least[i] * 11 / 10);
    }
    watched.good();  // its streak is followed on the TTL of 5 minutes
    CHECK(watched.state.next_look - watched.now <= 330s);
    for (int i = 0; i < 3; ++i) {
        watched.now = watched.state.next_look;
        watched.good();
    }
    CHECK(watched.state.selectors[0].streak >= 3);
    CHECK(watched.state.next_look - watched.now >= 30min);
    auto slow = shows(0, 1);
    slow.ttl = 240h;
    auto slow_idle = idle(1);
    slow_idle.ttl = 240h;
    watched.now = watched.state.next_look;
    watched.look(slow, slow_idle);
    CHECK(watched.state.next_look - watched.now >= 6h);
    CHECK(watched.state.next_look - watched.now <= Duration(6h) * 11 / 10);
}

TEST_CASE("domain state: looks that come before the TTL is over do not count for the streak") {
    Watched watched;
    for (int i = 0; i < 10; ++i) watched.later(10s).good();
    CHECK(watched.state.selectors[0].streak == 1);
    watched.later(5min).good();
    CHECK(watched.state.selectors[0].streak == 2);
    watched.later(5min).look(nothing(), idle(1));
    CHECK(watched.state.selectors[0].streak == 1);
}

TEST_CASE("S47: a clock set back neither ends a grace time nor leaves it open for ever") {
    Watched watched;
    watched.good().later(1h).look(nothing(), idle(1));
    watched.later(-24h).look(nothing(), idle(1));
    CHECK(watched.own(0));
    CHECK(watched.state.selectors[0].gone_since == watched.now);
    watched.later(6h).look(nothing(), idle(1));
    CHECK(watched.by() == SignedBy::nobody);
    CHECK(watched.news.broken);
}

TEST_CASE("count_in: tells how far a slot's key has come over the domains that have its CNAME") {
    KeyCoverage coverage;
    Watched first, second, third;
    for (auto* watched : {&first, &second, &third}) watched->keys.selectors[1].key = key_print(key_record(2));
    for (int i = 0; i < 3; ++i) {
        first.later(6min).look(shows(0, 1), shows(1, 2));
        second.later(6min).look(shows(0, 1), idle(1));
        third.later(6min).look(shows(0, 1), nothing());
    }
    second.state.domain = "second.dk";
    third.state.domain = "third.dk";
    for (auto* watched : {&first, &second, &third}) count_in(coverage, watched->state, watched->keys, watched->rules, 1, 20);
    CHECK(coverage.domains == 2);
    CHECK(coverage.seen == 1);
    CHECK(coverage.missing == std::vector<std::string>{"second.dk", "third.dk"});
    CHECK(coverage.signs == 0);
    count_in(coverage, first.state, first.keys, first.rules, 0, 20);
    CHECK(coverage.signs == 1);
}

TEST_CASE("domain state: is the same after it was written down and read") {
    Watched watched;
    watched.keys.selectors[2] = {"ed", target(2), key_print(key_record(3))};
    watched.look(shows(0, 1), answer(DnsStatus::found, {}, {"odd \"text\"\x01"}), shows(2, 4))
        .later(1h)
        .look(nothing(), failed(), shows(2, 3));
    watched.state.told = {"press", "club"};
    watched.state.removed_at = watched.now;
    watched.state.selectors[1].found = "odd";
    const auto read = read_domain_state(to_json(watched.state, watched.keys));
    REQUIRE(read);
    CHECK(*read == watched.state);
    CHECK(read_domain_state("{}").error().code == "invalid_json");
    CHECK(read_domain_state("[").error().code == "invalid_json");
    CHECK(read_domain_state(R"({"domain":"a.dk","signs":7,"selectors":[]})")->domain == "a.dk");
}

TEST_CASE("records_to_publish: names the CNAMEs that are missing, ready to paste") {
    Watched watched;
    watched.look(shows(0, 1), nothing());
    CHECK(records_to_publish(watched.state, watched.keys) == "s2._domainkey.avisen.dk. IN CNAME s2.dkim.platform.example.\n");
    watched.look(nothing(), nothing());
    CHECK(records_to_publish(watched.state, watched.keys) ==
          "s1._domainkey.avisen.dk. IN CNAME s1.dkim.platform.example.\ns2._domainkey.avisen.dk. IN CNAME "
          "s2.dkim.platform.example.\n");
}

TEST_CASE("is_reserved_domain: names for documentation and tests, and what is below them") {
    for (const auto* name : {"avisen.example", "example.com", "www.example.org", "a.test", "localhost", "x.invalid", "example"})
        CHECK(is_reserved_domain(name));
    for (const auto* name : {"avisen.dk", "myexample.com", "example.dk", "test.com", "com"})
        CHECK_FALSE(is_reserved_domain(name));
}

TEST_CASE("R30: whatever the DNS does, mail is never unsigned by mistake nor signed by a key that nobody sees") {
    std::mt19937 random(7);
    const auto dice = [&](int sides) { return static_cast<int>(random() % static_cast<unsigned>(sides)); };
    const auto any = [&](std::size_t slot) -> DnsAnswer {
        switch (dice(7)) {
            case 0:
                return failed();
            case 1:
                return nothing();
            case 2:
                return idle(slot);
            case 3:
                return answer(DnsStatus::found, {}, {"v=spf1 -all"});
            default:
                return shows(slot, 1 + dice(4));
        }
    };
    for (int run = 0; run < 300; ++run) {
        Watched watched;
        watched.rules.platform_signs = dice(2) == 0;
        struct Memory {
            bool answered = false;
            std::string shown;                                  // by the last good look
            std::map<std::string, std::pair<Time, Time>> gone;  // keys: last seen, first good look without it
        };
        std::array<Memory, 2> memory;
        for (int step = 0; step < 60; ++step) {
            watched.later(std::chrono::minutes(dice(200)));
            const auto before = watched.state.choice;
            bool keys_changed = false;
            if (dice(6) == 0) {
                keys_changed = true;
                const auto slot = static_cast<std::size_t>(dice(2));
                watched.keys.selectors[slot].key = dice(3) == 0 ? "" : key_print(key_record(1 + dice(4)));
                watched.keys.preferred = dice(2);
                watched.decide();
            } else {
                const std::array<DnsAnswer, 2> answers{any(0), any(1)};
                for (std::size_t slot = 0; slot < 2; ++slot) {
                    if (answers[slot].status == DnsStatus::failed) continue;
                    auto& known = memory[slot];
                    const auto shown = answers[slot].records.empty() ? "" : key_print(answers[slot].records.front());
                    if (known.answered && !known.shown.empty() && known.shown != shown)
                        known.gone[known.shown] = {watched.now, watched.now};
                    known.gone.erase(shown);
                    known.shown = shown;
                    known.answered = true;
                }
                watched.look(answers[0], answers[1]);
                if (answers[0].status == DnsStatus::failed && answers[1].status == DnsStatus::failed)
                    CHECK(watched.state.choice == before);
            }
            CHECK((keys_changed || watched.news.choice_changed == (before != watched.state.choice)));
            const auto& choice = watched.state.choice;
            if (choice.by != SignedBy::own) {
                CHECK((choice.by == SignedBy::platform) == watched.rules.platform_signs);
                for (std::size_t slot = 0; slot < 2; ++slot) {  // no key that is in force was to be seen
                    const auto& key = watched.keys.selectors[slot].key;
                    CHECK_FALSE((!key.empty() && memory[slot].shown == key));
                }
                continue;
            }
            const auto slot = static_cast<std::size_t>(choice.slot);
            const auto& key = watched.keys.selectors[slot].key;
            CHECK_FALSE(key.empty());
            const bool seen = memory[slot].shown == key;
            const bool unknown = !memory[slot].answered && choice.slot == watched.keys.preferred;
            const auto gone = memory[slot].gone.find(key);
            const bool grace = gone != memory[slot].gone.end() &&
                               watched.state.selectors[slot].looked_at < gone->second.second + watched.rules.grace;
            CHECK((seen || unknown || grace));
        }
    }
}

TEST_CASE("count_in: a domain that shows the key, though not for long enough yet, is not told as one that does not") {
    Watched watched;
    watched.keys.selectors[1].key = key_print(key_record(2));
    const auto count = [&] {
        KeyCoverage coverage;
        count_in(coverage, watched.state, watched.keys, watched.rules, 1, 20);
        return coverage;
    };
    watched.later(6min).look(shows(0, 1), shows(1, 2));
    CHECK(count().domains == 1);
    CHECK(count().shown() == 1);
    CHECK(count().seen == 0);
    CHECK(count().missing.empty());
    for (int i = 0; i < 2; ++i) watched.later(6min).look(shows(0, 1), shows(1, 2));
    CHECK(count().shown() == 1);
    CHECK(count().seen == 1);
    watched.later(6min).look(shows(0, 1), idle(1));
    CHECK(count().shown() == 0);
    CHECK(count().missing == std::vector<std::string>{watched.state.domain});
}
