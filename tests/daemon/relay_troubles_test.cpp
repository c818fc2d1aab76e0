#include "daemon/relay_troubles.hpp"

#include <catch2/catch.hpp>

#include "support/daemon_world.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Settings operated_settings() {
    Settings settings = daily_settings();
    settings.platform.notices.from = "notices@ilbud.example";
    settings.platform.notices.operator_email = "ops@ilbud.example";
    for (const auto* name : {"one", "two"}) {
        auto& relay = settings.platform.delivery.relays.emplace_back();
        relay.name = name;
    }
    return settings;
}

Reply reply(Stage stage, int code, std::string enhanced, std::string text) {
    Reply reply;
    reply.stage = stage;
    reply.code = code;
    reply.enhanced = std::move(enhanced);
    reply.text = std::move(text);
    reply.relay = "one";
    return reply;
}

Reply refusal(std::string relay = "one") {
    Reply refused = reply(Stage::auth, 535, "5.7.8", "account suspended");
    refused.failure = Reply::Failure::auth_failed;
    refused.relay = std::move(relay);
    return refused;
}

// reopen() is a restart.
class TroubleWorld : public QueueWorld {
 public:
    TroubleWorld() : QueueWorld(operated_settings()) { reopen(); }
    void reopen() {
        troubles.reset();
        teller.reset();
        reopen_queue();
        put_in_force();
        teller = std::make_unique<OperatorTeller>(context, snapshots, *store, clock, log, counters);
        troubles = std::make_unique<RelayTroubles>(context, snapshots, store->shelf(), *teller, clock, log);
        run_task(context, troubles->load());
    }
    void refuse(std::string relay = "one") { troubles->refused(refusal(std::move(relay))); }
    void deliver(std::string_view relay = "one") { troubles->took_mail(relay); }
    /// Subjects of the operator's mails, the first first.
    std::vector<std::string> mails() {
        run_task(context, teller->step());
        std::vector<std::string> subjects;
        MailQuery query;
        query.kind = Kind::notice;
        query.newest_first = false;
        for (const auto& mail : reader()->mails(query)) {
            CHECK(mail.to == "ops@ilbud.example");
            const auto event = parse_event(reader()->event(mail.source, mail.event)->raw, {.own = true});
            subjects.push_back(std::get<AccountNotice>(event->data).subject);
        }
        return subjects;
    }

    std::unique_ptr<OperatorTeller> teller;
    std::unique_ptr<RelayTroubles> troubles;
};

using Subjects = std::vector<std::string>;
const std::string refused = "Relay one refuses our account (auth_failed)";
const std::string well = "Relay one takes our mail again";

}  // namespace

TEST_CASE("relay troubles: a relay that refuses our account is told at once: by mail, in the log, in the status") {
    TroubleWorld world;
    world.refuse();
    CHECK(world.mails() == Subjects{refused});
    CHECK(world.logged("relay.trouble"));
    CHECK(world.logged("account suspended"));
    CHECK(world.logged("operator.told"));
    const auto all = world.troubles->current();
    REQUIRE(all.size() == 1);
    CHECK(all[0].relay == "one");
    CHECK(all[0].cause == "auth_failed");
    CHECK(all[0].code == 535);
    CHECK(all[0].since == world.clock.now());
}

TEST_CASE("relay troubles: what concerns a mail, or a line that is down, is none of our account's") {
    TroubleWorld world;
    Reply unreachable = reply(Stage::connect, 0, "", "");
    unreachable.failure = Reply::Failure::unreachable;
    Reply torn = unreachable;
    torn.failure = Reply::Failure::tls_failed;
    for (const auto& other :
         {unreachable, torn, reply(Stage::recipient, 550, "5.1.1", "no such user"),
          reply(Stage::recipient, 450, "4.2.0", "greylisted"), reply(Stage::final_dot, 554, "5.7.1", "this looks like spam"),
          reply(Stage::mail, 421, "4.7.0", "too many connections")})
        world.troubles->refused(other);
    world.refuse("");
    CHECK(world.mails().empty());
    CHECK(world.troubles->current().empty());
    world.troubles->refused(reply(Stage::recipient, 554, "5.7.1", "relay access denied"));
    world.refuse("two");
    CHECK(world.mails().size() == 2);
    CHECK(world.troubles->current().size() == 2);
}

TEST_CASE("relay troubles: while it lasts it is told once in its time, over restarts as well") {
    TroubleWorld world;
    for (int i = 0; i < 100; ++i) world.refuse();
    CHECK(world.mails() == Subjects{refused});
    world.clock.tick(5h);
    world.refuse();
    world.reopen();
    world.refuse();
    CHECK(world.mails() == Subjects{refused});
    world.clock.tick(1h);
    world.refuse();
    CHECK(world.mails() == Subjects{refused, refused});
    world.refuse("two");  // another relay is another trouble
    CHECK(world.mails().size() == 3);
}

TEST_CASE("relay troubles: its end is told once, when the relay took a mail and was quiet for a while") {
    TroubleWorld world;
    world.refuse();
    world.clock.tick(10min);
    world.troubles->step();
    CHECK(world.troubles->current().size() == 1);  // nothing was heard of it
    world.deliver("two");
    world.troubles->step();
    CHECK(world.troubles->current().size() == 1);
    world.deliver();
    world.refuse();  // it takes some and refuses others
    world.deliver();
    world.troubles->step();
    CHECK(world.mails() == Subjects{refused});
    world.clock.tick(5min);
    world.troubles->step();
    world.troubles->step();
    CHECK(world.mails() == Subjects{refused, well});
    CHECK(world.troubles->current().empty());
    CHECK(world.logged("relay.well"));
}

TEST_CASE("relay troubles: one that was told before a restart is told to be over after it") {
    TroubleWorld world;
    world.refuse();
    CHECK(world.mails() == Subjects{refused});
    world.reopen();
    CHECK(world.troubles->current().size() == 1);
    world.clock.tick(5min);
    world.deliver();
    world.troubles->step();
    CHECK(world.mails() == Subjects{refused, well});
    world.reopen();
    CHECK(world.troubles->current().empty());
}

TEST_CASE("relay troubles: one that comes back too soon to be told is not told to be over either") {
    TroubleWorld world;
    world.refuse();
    world.clock.tick(5min);
    world.deliver();
    world.troubles->step();
    CHECK(world.mails().size() == 2);
    world.clock.tick(1h);
    world.refuse();
    CHECK(world.troubles->current().size() == 1);
    world.clock.tick(5min);
    world.deliver();
    world.troubles->step();
    CHECK(world.mails().size() == 2);
    world.clock.tick(6h);
    world.refuse();
    CHECK(world.mails() == Subjects{refused, well, refused});
}

TEST_CASE("relay troubles: a relay that left the settings is in no trouble any more") {
    TroubleWorld world;
    world.refuse();
    world.settings.platform.delivery.relays.erase(world.settings.platform.delivery.relays.begin());
    world.put_in_force();
    world.troubles->step();
    CHECK(world.troubles->current().empty());
}

TEST_CASE("operator: without an address nothing is mailed, and the log tells all the same") {
    TroubleWorld world;
    world.settings.platform.notices.operator_email.clear();
    world.put_in_force();
    world.refuse();
    CHECK(world.mails().empty());
    CHECK(world.logged("relay.trouble"));
    world.reopen();  // what is over is known all the same
    CHECK(world.troubles->current().size() == 1);
}

TEST_CASE("operator: a queue that is full takes the notice later, once") {
    TroubleWorld world;
    world.settings.platform.queue.mails_max = 1;
    world.queue->apply(world.settings.platform.queue);
    world.accept({sample_event(EventType::created, {.id = "e"})});
    world.refuse();
    CHECK(world.mails().empty());
    CHECK(world.logged("operator.waits"));
    world.end_due(MailState::delivered);
    CHECK(world.mails() == Subjects{refused});
    CHECK(world.mails().size() == 1);
}
