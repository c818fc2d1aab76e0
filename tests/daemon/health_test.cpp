#include "daemon/health.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ilbud;

namespace {

const Time now = *parse_time("2025-06-24T10:00:00Z");
Counters counters;

Status status_of() {
    Status status;
    status.counters = &counters;
    status.relays = {{"r1"}, {"r2"}};
    return status;
}

std::vector<std::string> codes(const Health& health) {
    std::vector<std::string> all;
    std::ranges::transform(health.findings, std::back_inserter(all), &HealthFinding::code);
    return all;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("health: nothing found is healthy, and so are mails that wait, test mode and a hold by hand") {
    auto status = status_of();
    CHECK(judge_health(status, now).state == HealthState::healthy);
    status.counts.mails[0] = 1000;
    status.counts.oldest_planned = now - 100h;
    status.test_modes = {{"press", {}, true}};
    status.holds = {{{{.account = "press"}, "by hand", now}, {}}};
    CHECK(judge_health(status, now).state == HealthState::healthy);
}

TEST_CASE("health: a store that takes nothing is failing, and says what to do") {
    auto status = status_of();
    for (const auto* trouble : {"store_lost", "disk_full", "store_locked", "disk_failed"}) {
        status.counts.trouble = trouble;
        status.counts.trouble_since = now - 1h;
        const auto health = judge_health(status, now);
        CHECK(health.state == HealthState::failing);
        CHECK(codes(health) == Codes{trouble});
        CHECK(health.findings[0].text.find("2025-06-24T09:00:00.000000Z") != std::string::npos);
    }
    status.counts.trouble = "store_lost";
    CHECK(judge_health(status, now).findings[0].text.find("restore the last backup") != std::string::npos);
    status.counts.trouble.clear();
    status.store_busy = 1min;
    CHECK(codes(judge_health(status, now)) == Codes{"store_stuck"});
}

TEST_CASE("health: one relay out of order is degraded, all of them for long are failing") {
    auto status = status_of();
    status.relays[0].state = RelayState::part;
    status.relays[0].since = now - 1h;
    CHECK(codes(judge_health(status, now)) == Codes{"relay_down"});
    CHECK(judge_health(status, now).state == HealthState::degraded);
    status.relays[0].state = status.relays[1].state = RelayState::down;
    status.relays[1].since = now - 5min;  // until then one was up
    CHECK(codes(judge_health(status, now)) == Codes{"no_relay_up"});
    CHECK(judge_health(status, now).state == HealthState::degraded);
    CHECK(judge_health(status, now, {.relays_down = 5min}).state == HealthState::failing);
    CHECK(judge_health(status, now + 5min).state == HealthState::failing);
    // What can be reached again is no illness, also when no mail comes that would show it.
    status.relays[0].state = status.relays[1].state = RelayState::trial;
    CHECK(judge_health(status, now + 5min).state == HealthState::healthy);
}

TEST_CASE("health: what people must see to is degraded, the worst finding first") {
    auto status = status_of();
    RelayTrouble trouble;
    trouble.relay = "r1";
    trouble.cause = "auth_failed";
    status.troubles = {trouble};
    status.holds = {{{{.account = "press"}, "brake: 20 of 20 mails", now}, {}}};
    status.keys = KeySummary{"ilbud1", true, 2};
    status.letter_failed_at = now - 30min;
    CHECK(judge_health(status, now).state == HealthState::degraded);
    CHECK(codes(judge_health(status, now)) == Codes{"relay_trouble", "account_braked", "key_change_stuck", "letter_failed"});
    CHECK(codes(judge_health(status, now + 1h)) == Codes{"relay_trouble", "account_braked", "key_change_stuck"});
    status.counts.trouble = "disk_full";
    CHECK(codes(judge_health(status, now)).front() == "disk_full");
}
