// The pure half of key changes: which step comes next, when, and why.
#include <catch2/catch.hpp>

#include "ilbud/keys/key_slots.hpp"

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

const Time start = *parse_time("2025-06-24T10:00:00Z");

KeyPolicy quick_policy() {
    KeyPolicy policy;
    policy.rotation.looks = 3;
    policy.rotation.wait_min = 10min;
    policy.rotation.patience = 24h;
    policy.rotation.retry = 1min;
    policy.rotation.look_interval = 1h;
    policy.in_flight = 168h;
    policy.record_ttl = 5min;
    policy.published_by_us = true;
    return policy;
}

KeySlots with_signing_key() {
    KeySlots slots;
    auto& one = slots.slots[0];
    one.stage = KeyStage::signing;
    one.file = "first.pem";
    one.record = "v=DKIM1; k=rsa; p=Zmlyc3Q=";
    one.signing_since = one.published_at = one.since = start - 240h;
    one.last_look = start;
    return slots;
}

KeyCoverages all_follow() {
    KeyCoverages both;
    both[0] = {10, 10, {}, 10, {}, true};
    both[1] = {10, 10, {}, 0, {}, true};
    return both;
}

std::optional<KeyStep> step_of(const KeySlots& slots, int slot, const KeyCoverages& both, const KeyPolicy& policy, Time now) {
    for (const auto& step : next_steps(slots, both, policy, now))
        if (step.slot == slot) return step;
    return std::nullopt;
}

std::vector<KeyAction> actions(const std::vector<KeyStep>& plan) {
    std::vector<KeyAction> all;
    for (const auto& step : plan) all.push_back(step.action);
    return all;
}

// Brings slot 1 to `published` at `now`.
void publish_second(KeySlots& slots, const KeyPolicy& policy, Time now) {
    begin_making(slots, 1, "second.pem", KeyType::rsa, 2048, now);
    finish_making(slots, 1, "v=DKIM1; k=rsa; p=c2Vjb25k", now);
    record_look(slots, 1, Look::here, 5min, all_follow()[1], policy, now);
    REQUIRE(slots.slots[1].stage == KeyStage::published);
}

}  // namespace

TEST_CASE("R30: the plan of a key change names every step in order, with its time") {
    auto slots = with_signing_key();
    const auto policy = quick_policy();
    CHECK(key_plan(slots, all_follow(), policy, start).empty());
    REQUIRE(ask_rotate(slots, start));
    const auto plan = key_plan(slots, all_follow(), policy, start);
    using A = KeyAction;
    CHECK(actions(plan) == std::vector<A>{A::make, A::publish, A::look, A::sign, A::close, A::withdraw, A::remove});
    CHECK(plan[0].slot == 1);
    CHECK(plan[3].earliest == start + 10min);  // wait_min is longer than the record's life
    CHECK(plan[4].slot == 0);
    CHECK(plan[5].earliest == start + 10min + 168h);
    for (const auto& step : plan) CHECK_FALSE(step.reason.empty());
    CHECK(ask_rotate(slots, start).error().code == "rotating_already");
}

TEST_CASE("R30: a new key signs only after several looks, spread over its record's TTL, and after wait_min") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    REQUIRE(ask_rotate(slots, start));
    publish_second(slots, policy, start);
    auto now = start;
    CHECK(step_of(slots, 1, all_follow(), policy, now)->earliest == start + 2min + 30s);
    const auto look = [&](Duration later, Look found = Look::here) {
        now += later;
        record_look(slots, 1, found, 5min, all_follow()[1], policy, now);
        return slots.slots[1].stage;
    };
    CHECK(look(1s) == KeyStage::published);
    CHECK(look(1s) == KeyStage::published);
    CHECK(look(1s) == KeyStage::published);    // looks enough, but not over the TTL
    CHECK(look(6min) == KeyStage::published);  // over the TTL, but too soon after it was published
    CHECK(look(3min, Look::unknown) == KeyStage::published);
    CHECK(slots.slots[1].good_looks == 5);  // a DNS failure changes nothing (S43)
    CHECK(look(2min) == KeyStage::seen);
    CHECK(step_of(slots, 1, all_follow(), policy, now)->action == KeyAction::sign);
}

TEST_CASE("R30: a look that does not find the record begins the looks anew, also for a key that was seen") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    policy.rotation.wait_min = 0s;
    publish_second(slots, policy, start);
    record_look(slots, 1, Look::here, 5min, all_follow()[1], policy, start + 3min);
    record_look(slots, 1, Look::absent, {}, all_follow()[1], policy, start + 4min);
    CHECK(slots.slots[1].good_looks == 0);
    CHECK_FALSE(slots.slots[1].trouble.empty());
    for (int i = 0; i < 3; ++i) record_look(slots, 1, Look::here, 5min, all_follow()[1], policy, start + 5min + i * 3min);
    CHECK(slots.slots[1].stage == KeyStage::seen);
    CHECK(slots.slots[1].trouble.empty());
    record_look(slots, 1, Look::absent, {}, all_follow()[1], policy, start + 20min);
    CHECK(slots.slots[1].stage == KeyStage::published);
}

TEST_CASE("R30: domains that do not show the new key are waited for, but not longer than patience") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    publish_second(slots, policy, start);
    auto both = all_follow();
    both[1] = {10, 8, {"slow.example", "wrong.example"}, 0, {}, true};
    auto now = start;
    while (now < start + 23h) record_look(slots, 1, Look::here, 5min, both[1], policy, now += 1h);
    CHECK(slots.slots[1].stage == KeyStage::published);
    policy.rotation.stuck_after = 12h;
    const auto stuck = stuck_keys(slots, both, policy, now);
    REQUIRE(stuck.size() == 1);
    CHECK(stuck[0].slot == 1);
    CHECK(stuck[0].since == start);
    CHECK(stuck[0].domains == std::vector<std::string>{"slow.example", "wrong.example"});
    CHECK(stuck[0].reason.find("2 of 10") != std::string::npos);
    SECTION("unknown is not seen") {
        both[1].known = false;
        record_look(slots, 1, Look::here, 5min, both[1], policy, start + 30h);
        CHECK(slots.slots[1].stage == KeyStage::published);
    }
    SECTION("then the others follow") {
        record_look(slots, 1, Look::here, 5min, both[1], policy, start + 25h);
        CHECK(slots.slots[1].stage == KeyStage::seen);
    }
}

TEST_CASE("R30: the old key is not closed while it signs for any domain, and stays published until no mail can be in flight") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    publish_second(slots, policy, start);
    slots.slots[1].stage = KeyStage::seen;
    begin_signing(slots, 1, start);
    CHECK(slots.signing() == 1);
    CHECK(slots.slots[0].stage == KeyStage::retiring);
    CHECK(in_force(slots.slots[0]));
    auto both = all_follow();
    both[0].signs = 2;
    both[0].signers = {"a.example", "b.example"};
    auto step = step_of(slots, 0, both, policy, start + 1000h);
    CHECK(step->action == KeyAction::close);
    CHECK(step->waits);
    const auto stuck = stuck_keys(slots, both, policy, start + 1000h);
    REQUIRE(stuck.size() == 1);
    CHECK(stuck[0].domains == both[0].signers);
    CHECK(stuck[0].awaited == 1);
    CHECK(ask_retire(slots, 0, false, both, policy, start + 1000h).error().code == "too_early");

    both[0].signs = 0;
    both[0].known = false;
    CHECK(step_of(slots, 0, both, policy, start + 1000h)->waits);
    both[0].known = true;
    CHECK_FALSE(step_of(slots, 0, both, policy, start + 1000h)->waits);
    close_key(slots, 0, start + 1000h);
    CHECK_FALSE(in_force(slots.slots[0]));
    step = step_of(slots, 0, both, policy, start + 1001h);
    CHECK(step->action == KeyAction::withdraw);
    CHECK(step->earliest == start + 1168h);
    CHECK(ask_retire(slots, 0, false, both, policy, start + 1167h).error().code == "too_early");
    CHECK(ask_retire(slots, 0, false, both, policy, start + 1168h));
    CHECK(slots.slots[0].stage == KeyStage::withdrawing);
}

TEST_CASE("R30: the signing key cannot be retired, not even by force; a stolen old one can at once") {
    auto slots = with_signing_key();
    const auto policy = quick_policy();
    CHECK(ask_retire(slots, 0, true, all_follow(), policy, start).error().code == "not_retirable");
    CHECK(ask_retire(slots, 1, true, all_follow(), policy, start).error().code == "not_retirable");
    publish_second(slots, policy, start);
    begin_signing(slots, 1, start);
    CHECK(ask_retire(slots, 0, true, all_follow(), policy, start + 1min));
    CHECK(slots.slots[0].stage == KeyStage::withdrawing);
    CHECK_FALSE(in_force(slots.slots[0]));
}

TEST_CASE("R30: a new key that is given up retires like any other once it could have signed") {
    auto slots = with_signing_key();
    const auto policy = quick_policy();
    REQUIRE(ask_rotate(slots, start));
    publish_second(slots, policy, start);
    CHECK(ask_retire(slots, 1, false, all_follow(), policy, start));
    CHECK(slots.slots[1].stage == KeyStage::retiring);
    CHECK_FALSE(slots.rotating_since);
    CHECK(slots.signing() == 0);
}

TEST_CASE("R30: a second key change waits until the old key has gone") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    publish_second(slots, policy, start);
    begin_signing(slots, 1, start);
    REQUIRE(ask_rotate(slots, start + 1h));
    auto both = all_follow();
    both[0].signs = 0;
    const auto plan = key_plan(slots, both, policy, start + 1h);
    using A = KeyAction;
    const auto all = actions(plan);
    REQUIRE(all.size() > 6);
    CHECK(std::vector<A>(all.begin(), all.begin() + 7) ==
          std::vector<A>{A::close, A::withdraw, A::remove, A::make, A::publish, A::look, A::sign});
    CHECK(plan[3].slot == 0);
    CHECK(plan[3].earliest == start + 1h + 168h);
    CHECK(ask_new_key(slots, "x.pem", KeyType::rsa, 2048, start).error().code == "no_idle_slot");
    CHECK(ask_publish(slots).error().code == "nothing_to_publish");
}

TEST_CASE("R30: with automatic changes the signing key's age begins one, not before the other slot is free") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    policy.rotation.automatic = true;
    policy.rotation.age = 241h;
    policy.rotation.look_interval = 24h;
    auto step = step_of(slots, 0, all_follow(), policy, start);
    REQUIRE(step);
    CHECK(step->action == KeyAction::start);
    CHECK(step->earliest == start + 1h);
    CHECK(key_plan(slots, all_follow(), policy, start).front().action == KeyAction::start);
    slots.slots[1].stage = KeyStage::retiring;
    step = step_of(slots, 0, all_follow(), policy, start + 2h);
    CHECK(step->action == KeyAction::look);
}

TEST_CASE("key_policy: nothing is in flight after the longest retry of any kind and what a signature outlives it") {
    Platform platform;
    platform.dkim.valid_beyond_retry = 48h;
    CHECK(key_policy(platform).in_flight == 24h * 5 + 48h + 2s);  // invoices are tried for five days
    platform.delivery.retry[0].give_up_after = 24h * 9;
    CHECK(key_policy(platform).in_flight == 24h * 9 + 48h + 2s);
}

TEST_CASE("R30: looks and attempts that a clock ahead of time has dated are not waited for once it is put right") {
    const auto policy = quick_policy();
    auto slots = with_signing_key();
    publish_second(slots, policy, start + 24h);
    slots.slots[0].last_look = start + 24h;
    for (const int slot : {0, 1}) {
        const auto step = step_of(slots, slot, all_follow(), policy, start);
        REQUIRE(step);
        CHECK(step->action == KeyAction::look);
        CHECK(step->earliest == start);
    }
    record_attempt(slots, 1, "refused", start + 24h);
    slots.slots[1].stage = KeyStage::made;
    slots.slots[1].publish_wanted = true;
    CHECK(step_of(slots, 1, all_follow(), policy, start)->earliest == start);
    record_attempt(slots, 1, "refused", start);
    CHECK(slots.slots[1].trouble_since == start);
}

TEST_CASE("R30: a key published by a clock ahead of time is looked at anew, and signs after the usual time") {
    const auto policy = quick_policy();
    auto slots = with_signing_key();
    publish_second(slots, policy, start + 24h);
    for (const auto after : {Duration(0s), Duration(5min)})
        record_look(slots, 1, Look::here, 5min, all_follow()[1], policy, start + after);
    CHECK(slots.slots[1].stage == KeyStage::published);
    CHECK(slots.slots[1].good_looks == 2);
    record_look(slots, 1, Look::here, 5min, all_follow()[1], policy, start + 10min);
    CHECK(slots.slots[1].stage == KeyStage::seen);
}

TEST_CASE("R30: a key closed by a clock ahead of time is withdrawn later, never earlier") {
    const auto policy = quick_policy();
    auto slots = with_signing_key();
    begin_signing(slots, 1, start);
    close_key(slots, 0, start + 24h);
    CHECK(step_of(slots, 0, all_follow(), policy, start)->earliest == start + 24h + policy.in_flight);
}

TEST_CASE("next_steps: a look's reason never counts more looks than are needed, nor fewer domains than show the key") {
    auto slots = with_signing_key();
    auto policy = quick_policy();
    policy.rotation.stuck_after = 12h;
    publish_second(slots, policy, start);
    auto both = all_follow();
    both[1] = {2, 0, {"slow.example"}, 0, {}, true};
    both[1].seen_briefly = 1;
    auto now = start;
    for (int i = 0; i < 30; ++i) record_look(slots, 1, Look::here, 5min, both[1], policy, now += 30min);
    REQUIRE(slots.slots[1].good_looks == 31);
    CHECK(step_of(slots, 1, both, policy, now)->reason ==
          "3 of 3 looks found the record, 1 of 2 domains show it, 0 of them for long enough");
    // One that shows it is not what is stuck; the other is.
    const auto stuck = stuck_keys(slots, both, policy, now);
    REQUIRE(stuck.size() == 1);
    CHECK(stuck[0].reason == "1 of 2 domains do not show the new key");
    both[1].seen_briefly = 2;
    CHECK(stuck_keys(slots, both, policy, now).empty());
}
