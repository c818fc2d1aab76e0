#include "ilbud/keys/keeper_agenda.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

const Time start = *parse_time("2025-06-24T10:00:00Z");

Stuck stuck_slot(int slot, std::vector<std::string> domains = {}) {
    Stuck stuck;
    stuck.slot = slot;
    stuck.domains = std::move(domains);
    return stuck;
}

}  // namespace

TEST_CASE("keeper: a step that is near is waited for, one that is far or unknown is looked for every two seconds") {
    CHECK(wait_for_step(start + 500ms, start) == 500ms);
    CHECK(wait_for_step(start + 1h, start) == 2s);
    CHECK(wait_for_step(std::nullopt, start) == 2s);
}

TEST_CASE("keeper: a step that is due and cannot be done does not take the processor") {
    CHECK(wait_for_step(start, start) == 10ms);
    CHECK(wait_for_step(start - 1h, start) == 10ms);
}

TEST_CASE("keeper: what is stuck is told at once, then once an hour while it lasts") {
    StuckReminders reminders;
    const auto told = [&](Time now) { return reminders.to_tell({stuck_slot(1)}, now).size(); };
    CHECK(told(start) == 1);
    CHECK(told(start + 1s) == 0);
    CHECK(told(start + 1h - 1s) == 0);
    CHECK(told(start + 1h) == 1);
    CHECK(told(start + 90min) == 0);
    CHECK(told(start + 2h) == 1);
}

TEST_CASE("keeper: each slot is told for itself, and waiting for us apart from waiting for domains") {
    StuckReminders reminders;
    CHECK(reminders.to_tell({stuck_slot(0), stuck_slot(1)}, start).size() == 2);
    const auto told = reminders.to_tell({stuck_slot(0), stuck_slot(1, {"avisen.example"})}, start + 1min);
    REQUIRE(told.size() == 1);
    CHECK(told[0].domains == std::vector<std::string>{"avisen.example"});
    // Another domain is no other trouble.
    CHECK(reminders.to_tell({stuck_slot(1, {"bladet.example"})}, start + 2min).empty());
}

TEST_CASE("keeper: after the clock was set back it is told again, and not forgotten for as long as the clock was wrong") {
    StuckReminders reminders;
    CHECK(reminders.to_tell({stuck_slot(1)}, start + 24h * 365).size() == 1);
    CHECK(reminders.to_tell({stuck_slot(1)}, start).size() == 1);
    CHECK(reminders.to_tell({stuck_slot(1)}, start + 1s).empty());
}
