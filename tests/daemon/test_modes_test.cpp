// R39 over a real queue: what was planned before an account went into test mode.
#include "daemon/test_modes.hpp"

#include <catch2/catch.hpp>

#include "daemon/settling.hpp"
#include "support/daemon_world.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

class TestModeWorld : public DaemonWorld {
 public:
    TestModeWorld() { accept({sample_event(EventType::created, {.id = "planned before", .unit = "daily"})}); }

    void set(bool test_mode, std::vector<std::string> domains = {}) {
        settings.accounts["press"].test_mode = test_mode;
        settings.accounts["press"].test_domains = std::move(domains);
        put_in_force();
    }
    /// What a lane does with all that is due: keeps it back, or delivers it.
    void carry() {
        std::vector<ShelfWrite> notes;
        std::vector<Settlement> results;
        const auto snapshot = snapshots.current();
        for (const auto& lease : run_task(context, queue->lease(100, {}))) {
            const auto reason = kept_back_by(lease, *snapshot, clock.now());
            Settlement sent;
            sent.row = lease.row;
            sent.token = lease.token;
            sent.at = clock.now();
            sent.reason = "delivered";
            if (reason == test_mode_reason) notes = {TestModes::note_of(snapshot->settings.accounts.at("press"))};
            results.push_back(reason.empty()
                                  ? sent
                                  : settle_kept_back(lease, reason, retry_of(lease, *snapshot, clock.now()), clock.now(), log));
        }
        run_task(context, queue->settle(std::move(results), std::move(notes)));
    }
    bool look() { return run_task(context, modes->step()); }
    void restart() {
        modes.reset();
        reopen_queue();
        modes.emplace(context, snapshots, *store, log);
    }
    MailRow mail() { return reader()->mails({}).at(0); }
    [[nodiscard]] Duration give_up_after() const {
        return settings.platform.delivery.retry[static_cast<std::size_t>(Kind::welcome)].give_up_after;
    }
    std::size_t rows() { return run_task(context, store->shelf().rows("test_mode")).size(); }

    std::optional<TestModes> modes{std::in_place, context, snapshots, *store, log};
};

}  // namespace

TEST_CASE("R39: a mail planned before its account went into test mode waits, its age running on, and then expires") {
    TestModeWorld world;
    const auto planned = world.clock.now();
    world.clock.tick(10min);
    world.set(true);
    world.carry();
    CHECK(world.mail().state == MailState::queued);
    CHECK(world.mail().reason == "test_mode");
    CHECK(world.mail().attempts == 0);
    CHECK(world.mail().due == planned + world.give_up_after());
    world.clock.tick(world.give_up_after() - 10min);
    world.carry();
    CHECK(world.mail().state == MailState::expired);
    CHECK(world.mail().reason == "test_mode");
}

TEST_CASE("R39: test mode lets mail to the allowed domains go, also what was planned before") {
    TestModeWorld world;
    world.set(true, {"example.com"});
    world.carry();
    CHECK(world.mail().state == MailState::delivered);
}

TEST_CASE("R39: a mail that is still young goes when test mode is switched off, also by a daemon that starts with it off") {
    TestModeWorld world;
    world.set(true);
    world.carry();
    CHECK(world.look());
    CHECK(world.mail().due > world.clock.now());  // nothing goes while it lasts
    CHECK(world.modes->current().at(0).keeps_back);
    const bool restarts = GENERATE(false, true);
    if (restarts) world.restart();
    world.set(false);
    CHECK(world.look());
    CHECK(world.modes->current().empty());
    CHECK(world.mail().due == world.clock.now());
    CHECK(world.rows() == 0);
    world.carry();
    CHECK(world.mail().state == MailState::delivered);
}

TEST_CASE("R39: switched off after weeks, test mode floods nobody") {
    TestModeWorld world;
    world.set(true);
    world.carry();
    world.clock.tick(24h * 30);  // nobody leased it meanwhile: no relay was up, or the daemon was not
    world.restart();
    world.set(false);
    CHECK(world.look());
    world.carry();
    CHECK(world.mail().state == MailState::expired);
    CHECK(world.mail().reason == "test_mode");
}

TEST_CASE("R39: a hold that ends after weeks floods nobody either") {
    TestModeWorld world;
    const MailScope scope{.account = "press"};
    run_task(world.context, world.queue->hold({scope, "by hand", world.clock.now()}));
    world.carry();
    CHECK(world.mail().reason == "held");
    world.clock.tick(24h * 30);
    run_task(world.context, world.queue->release(scope));
    world.carry();
    CHECK(world.mail().state == MailState::expired);
    CHECK(world.mail().reason == "held");
}

TEST_CASE("R39: another allowed domain lets go the mail that it allows, and the rest waits on") {
    TestModeWorld world;
    world.accept({sample_event(EventType::created, {.id = "other", .unit = "daily", .email = "bo@example.net"})});
    world.set(true);
    world.carry();
    world.set(true, {"example.net"});
    CHECK(world.look());
    world.carry();
    MailQuery query;
    query.event = "other";
    CHECK(world.reader()->mails(query).at(0).state == MailState::delivered);
    query.event = "planned before";
    CHECK(world.reader()->mails(query).at(0).due > world.clock.now());
    CHECK(world.look());
    CHECK(world.modes->current().at(0).domains == std::vector<std::string>{"example.net"});
    CHECK(world.reader()->mails(query).at(0).due > world.clock.now());  // once, and not with every look
}

TEST_CASE("R39: a mail that a lane keeps back by older settings, after test mode has ended, is let go by the next look") {
    TestModeWorld world;
    world.set(true);
    const auto older = world.snapshots.current();
    const auto lease = run_task(world.context, world.queue->lease(1, {})).at(0);
    world.set(false);
    CHECK(world.look());
    run_task(world.context,
             world.queue->settle({settle_kept_back(lease, test_mode_reason, retry_of(lease, *older, world.clock.now()),
                                                   world.clock.now(), world.log)},
                                 {TestModes::note_of(older->settings.accounts.at("press"))}));
    CHECK(world.look());
    CHECK(world.rows() == 0);
    world.carry();
    CHECK(world.mail().state == MailState::delivered);
}

TEST_CASE("R39: an account that left the settings keeps nothing back for ever") {
    TestModeWorld world;
    world.set(true);
    world.carry();
    world.settings.accounts.erase("press");
    world.put_in_force();
    CHECK(world.look());
    CHECK(world.rows() == 0);
    CHECK(world.mail().due == world.clock.now());
}
