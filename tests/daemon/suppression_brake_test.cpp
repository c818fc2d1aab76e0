#include "daemon/suppression_brake.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "support/daemon_world.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Outcome delivered() {
    Outcome outcome;
    outcome.verdict = Verdict::delivered;
    return outcome;
}

Outcome refused() {
    Outcome outcome;
    outcome.verdict = Verdict::bounced;
    outcome.reason = "no_such_mailbox";
    outcome.suppress = true;
    return outcome;
}

Outcome again_at(Time due) {
    Outcome outcome;
    outcome.verdict = Verdict::retry;
    outcome.reason = "temporary_failure";
    outcome.due = due;
    return outcome;
}

Reply no_such_user() {
    Reply reply;
    reply.stage = Stage::recipient;
    reply.code = 550;
    reply.enhanced = "5.1.1";
    reply.text = "no such user <anna@example.com>";
    reply.relay = "r1";
    return reply;
}

class BrakeWorld : public DaemonWorld {
 public:
    bool stops(const Outcome& outcome, const std::string& account = "press") {
        return brake.stops(account, outcome, limits, now);
    }
    /// How many of `mails` that are all refused suppress their address.
    int suppressed(int mails, const std::string& account = "press") {
        int count = 0;
        for (int i = 0; i < mails; ++i)
            if (!stops(refused(), account)) ++count;
        return count;
    }
    Outcome hold(const std::string& account = "press") {
        return run_task(context, brake.hold(account, no_such_user(), again_at(clock.now() + 1min)));
    }
    std::vector<Hold> holds() { return run_task(context, queue->holds()); }

    BrakeSettings limits{};
    SteadyTime now = std::chrono::steady_clock::now();
    std::vector<Braked> told;
    SuppressionBrake brake{*queue, clock, log, [this](const Braked& braked) { told.push_back(braked); }};
};

}  // namespace

TEST_CASE("brake: a relay that refuses everybody suppresses twenty of an account's 500 and no more") {
    BrakeWorld world;
    CHECK(world.suppressed(500) == 20);
}

TEST_CASE("brake: what another account's mail came to does not count") {
    BrakeWorld world;
    CHECK(world.suppressed(500) == 20);
    CHECK_FALSE(world.stops(refused(), "other"));
    CHECK_FALSE(world.stops(delivered()));
}

TEST_CASE("brake: twenty refusals in an hour are the account's own, however many of its mails they are") {
    BrakeWorld world;
    CHECK(world.suppressed(20) == 20);
}

TEST_CASE("brake: up to a tenth of what ended may be refused, and one more is stopped") {
    BrakeWorld world;
    for (int i = 0; i < 900; ++i) CHECK_FALSE(world.stops(delivered()));
    CHECK(world.suppressed(100) == 100);  // of 1000
    CHECK(world.stops(refused()));
}

TEST_CASE("brake: mails that wait for another attempt have not ended and do not count") {
    BrakeWorld world;
    for (int i = 0; i < 900; ++i) CHECK_FALSE(world.stops(again_at(world.clock.now())));
    CHECK(world.suppressed(100) == 20);
}

TEST_CASE("brake: what is longer ago than the time that is looked at does not count") {
    BrakeWorld world;
    CHECK(world.suppressed(20) == 20);
    world.now += 1h;
    CHECK(world.suppressed(20) == 20);
    CHECK(world.stops(refused()));
}

TEST_CASE("brake: limits of the settings hold at the next reply; a share of 1 is off") {
    BrakeWorld world;
    world.limits = {5, 0.5, 10min};
    CHECK(world.suppressed(50) == 5);
    world.brake.begin_anew("press");
    world.limits.share_max = 1;
    CHECK(world.suppressed(50) == 50);
}

TEST_CASE("brake: a stopped mail is due at once behind a hold that says what the relay said, and it is told once") {
    BrakeWorld world;
    world.suppressed(21);
    const auto outcome = world.hold();
    CHECK(outcome.verdict == Verdict::retry);
    CHECK(outcome.reason == "brake");
    CHECK_FALSE(outcome.suppress);
    CHECK(outcome.due == world.clock.now());
    world.hold();
    const auto holds = world.holds();
    REQUIRE(holds.size() == 1);
    CHECK(holds[0].scope == MailScope{.account = "press"});
    CHECK(holds[0].since == world.clock.now());
    CHECK(holds[0].reason ==
          "brake: 20 of 20 mails that ended within 1h suppressed their address; relay r1 said 550 5.1.1 no such user …");
    REQUIRE(world.told.size() == 1);
    CHECK(world.told[0].account == "press");
    CHECK(world.logged("account.braked"));
}

TEST_CASE("brake: while the hold cannot be stored the mail waits its turn, and the next such reply tries again") {
    BrakeWorld world;
    world.suppressed(21);
    std::filesystem::rename(world.folder / "queue", world.folder / "gone");
    const auto outcome = world.hold();
    CHECK(outcome.due == world.clock.now() + 1min);
    CHECK(world.told.empty());
    CHECK(world.logged("account.not_held"));
    std::filesystem::rename(world.folder / "gone", world.folder / "queue");
}

TEST_CASE("brake: after a release the count begins anew: old refusals do not hold the account again") {
    BrakeWorld world;
    world.suppressed(500);
    world.hold();
    world.brake.begin_anew("press");
    CHECK(world.suppressed(20) == 20);
    CHECK(world.stops(refused()));
    world.hold();
    CHECK(world.told.size() == 2);
}

TEST_CASE("brake: a reply that comes behind the release holds nothing") {
    BrakeWorld world;
    REQUIRE(world.suppressed(21) == 20);
    world.brake.begin_anew("press");
    CHECK(world.hold().due == world.clock.now() + 1min);
    CHECK(world.holds().empty());
}

TEST_CASE("brake: a mail to the operator is of no account: it is never suppressed, and nothing is held for it") {
    BrakeWorld world;
    CHECK(world.stops(refused(), ""));
    CHECK_FALSE(world.stops(delivered(), ""));
    CHECK(world.hold("").reason == "brake");
    CHECK(world.holds().empty());
}

TEST_CASE("brake: several lanes together suppress no more than one") {
    BrakeWorld world;
    std::vector<std::thread> lanes;
    std::atomic<int> suppressed = 0;
    for (int i = 0; i < 4; ++i)
        lanes.emplace_back([&] {
            for (int mail = 0; mail < 250; ++mail)
                if (!world.stops(refused())) ++suppressed;
        });
    for (auto& lane : lanes) lane.join();
    CHECK(suppressed == 20);
}

TEST_CASE("brake: a restart does not forget who was suppressed: twenty before it are twenty after it") {
    BrakeWorld world;
    for (int i = 0; i < 20; ++i) {
        Suppression one{"press", "reader" + std::to_string(i) + "@example.com", "no_such_mailbox", world.clock.now()};
        one.source = SuppressionSource::reply;
        one.relay = "r1";
        run_task(world.context, world.store->suppressions().add(std::move(one)));
    }
    world.clock.tick(10min);
    world.reopen_queue();
    SuppressionBrake next(*world.queue, world.clock, world.log);
    run_task(world.context, next.load(*world.store, world.settings, world.now));
    CHECK(next.stops("press", refused(), world.limits, world.now));
    SuppressionBrake later(*world.queue, world.clock, world.log);
    world.clock.tick(1h);
    run_task(world.context, later.load(*world.store, world.settings, world.now));
    CHECK_FALSE(later.stops("press", refused(), world.limits, world.now));
}
