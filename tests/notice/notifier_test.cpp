#include "ilbud/notice/notifier.hpp"

#include <catch2/catch.hpp>

#include <functional>

#include "support/queue_world.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Settings told_settings() {
    Settings settings;
    settings.platform.notices.from = "notices@ilbud.example";
    Account& account = settings.accounts["forlag"];
    account.id = "forlag";
    account.email = "drift@avis.example";
    account.contact_email = "anne@avis.example";
    CustomerService& service = account.customer_services["kunder"];
    service.id = "kunder";
    service.support_email = "kunder@avis.example";
    Unit& unit = settings.units["avis"];
    unit.id = "avis";
    unit.account = "forlag";
    unit.customer_service = "kunder";
    unit.invoice_email = "faktura@avis.example";
    return settings;
}

// A notifier over a real queue in a folder; reopen() is a restart.
class NotifierRig : public QueueWorld {
 public:
    explicit NotifierRig(Settings wanted = told_settings()) : QueueWorld(std::move(wanted)) {
        clock.set(*parse_time("2025-06-24T23:50:00Z"));
        reopen();
    }
    void reopen() {
        notifier.reset();
        reopen_queue();
        put_in_force();
        notifier = std::make_unique<Notifier>(context, snapshots, *store, clock, log, counters);
    }
    void tell(const std::string& cause, const std::string& subject = "avis.example") {
        tell({Notice{"forlag", cause, subject, {{"since", to_text(clock.now())}}, {}}});
    }
    void tell(std::vector<Notice> notices) { run_task(context, notifier->tell(std::move(notices))); }
    void step() { run_task(context, notifier->step()); }

    std::vector<MailRow> mails() {
        MailQuery query;
        query.kind = Kind::notice;
        query.newest_first = false;
        return reader()->mails(query);
    }

    // One welcome mail of `unit`, finished as `state`.
    void finish(int number, MailState state) {
        accept({sample_event(EventType::created, {.id = "e" + std::to_string(number), .unit = "avis"})});
        end_due(state);
    }

    std::unique_ptr<Notifier> notifier;
};

}  // namespace

TEST_CASE("R3: tell mails the contact of the account alone, and the event is explained as any other") {
    NotifierRig rig;
    rig.tell("domain_broken");
    const auto mails = rig.mails();
    REQUIRE(mails.size() == 1);
    CHECK(mails[0].to == "anne@avis.example");
    CHECK(mails[0].from == "notices@ilbud.example");
    CHECK(mails[0].source == "ilbud:notices");
    CHECK(mails[0].state == MailState::queued);
    const auto event = rig.reader()->event(mails[0].source, mails[0].event);
    REQUIRE(event);
    CHECK(event->chain.size() == 2);
    CHECK(event->chain[0].rule == "R3");
    CHECK(rig.logged("notice.told"));
}

TEST_CASE("tell: a stored notice is lent as what it was, also after a restart") {
    NotifierRig rig;
    rig.tell("domain_broken");
    rig.reopen();
    const auto leases = run_task(rig.context, rig.queue->lease(10, {}));
    REQUIRE(leases.size() == 1);
    CHECK(leases[0].mail.kind == Kind::notice);
    const auto& data = std::get<AccountNotice>(leases[0].event->data);
    CHECK(data.cause == NoticeCause::domain_broken);
    CHECK(data.subject == "avis.example");
}

TEST_CASE("tell: at most one mail a day for one cause and subject, over restarts and midnight") {
    NotifierRig rig;
    rig.tell("key_change_stuck");
    rig.clock.tick(20min);
    rig.tell("key_change_stuck");
    CHECK(rig.mails().size() == 1);
    rig.reopen();
    rig.tell("key_change_stuck");
    CHECK(rig.mails().size() == 1);
    rig.tell("key_change_stuck", "blad.example");
    CHECK(rig.mails().size() == 2);
    rig.clock.tick(23h + 40min);
    rig.reopen();
    rig.tell("key_change_stuck");
    CHECK(rig.mails().size() == 3);
}

TEST_CASE("tell: fixed is told once, if broken was; broken again too soon is told when its day has come") {
    NotifierRig rig;
    rig.tell("domain_fixed");
    CHECK(rig.mails().empty());
    rig.tell("domain_broken");
    rig.clock.tick(1h);
    rig.tell("domain_fixed");
    rig.tell("domain_fixed");
    CHECK(rig.mails().size() == 2);
    rig.tell("domain_broken");
    CHECK(rig.logged("notice.held"));
    rig.reopen();
    rig.step();
    CHECK(rig.mails().size() == 2);
    rig.clock.tick(23h);
    rig.step();
    CHECK(rig.mails().size() == 3);
    rig.step();
    CHECK(rig.mails().size() == 3);
}

TEST_CASE("R1: a crash between event and shelf mails the notice once, and it counts as told") {
    NotifierRig rig;
    rig.tell("domain_broken");
    const Time at = rig.clock.now();
    // The shelf as it was before the event was stored.
    const Notice notice{"forlag", "domain_broken", "avis.example", {{"since", to_text(at)}}, {}};
    NoticeBook book;
    book.take(notice, at, 24h);
    run_task(rig.context, put_rows(rig.store->shelf(), "notice", book.changes()));
    rig.clock.tick(1h);
    rig.reopen();
    rig.tell("domain_fixed");
    CHECK(rig.mails().size() == 2);
    rig.tell("domain_broken");
    CHECK(rig.mails().size() == 2);
}

TEST_CASE("tell: several at once are told one after the other, each once") {
    NotifierRig rig;
    for (int i = 0; i < 3; ++i)
        for (const char* subject : {"a.example", "b.example"})
            asio::co_spawn(rig.context, rig.notifier->tell({Notice{"forlag", "key_change_stuck", subject, {}, {}}}),
                           [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    rig.context.restart();
    rig.context.run();
    CHECK(rig.mails().size() == 2);
}

TEST_CASE("tell: what is not mailed is logged with its reason") {
    const auto reason = [](const std::function<void(NotifierRig&)>& change) {
        NotifierRig rig;
        change(rig);
        rig.reopen();
        rig.tell("domain_broken");
        CHECK(rig.mails().empty());
        CHECK(rig.logged("notice.not_mailed"));
        return rig.lines.str();
    };
    CHECK(reason([](NotifierRig& rig) { rig.settings.platform.notices.from.clear(); }).find("no_notice_sender") !=
          std::string::npos);
    CHECK(reason([](NotifierRig& rig) { rig.settings.platform.notices.enabled = false; }).find("notices_off") !=
          std::string::npos);
    CHECK(reason([](NotifierRig& rig) { rig.settings.accounts["forlag"].test_mode = true; }).find("test_mode") !=
          std::string::npos);
    CHECK(reason([](NotifierRig& rig) { rig.settings.accounts.erase("forlag"); }).find("unknown_account") != std::string::npos);
    CHECK(reason([](NotifierRig& rig) {
              run_task(rig.context, rig.store->suppressions().add({"forlag", "anne@avis.example", "no_such_mailbox", {}}));
          }).find("suppressed") != std::string::npos);
}

TEST_CASE("tell: many notices are a few commits, and those told before are not gone through again") {
    NotifierRig rig;
    for (const auto* cause : {"domain_broken", "domain_fixed"}) {
        std::vector<Notice> notices;
        for (int i = 0; i < 600; ++i) notices.push_back({"forlag", cause, "d" + std::to_string(i) + ".example", {}, {}});
        const std::uint64_t commits = rig.counters.store_commits, operations = rig.counters.store_operations;
        rig.tell(std::move(notices));
        CHECK(rig.counters.store_commits - commits <= 12);
        CHECK(rig.counters.store_operations - operations <= 12);
    }
    CHECK(rig.counters.mails_planned == 1200);
    rig.reopen();
    rig.step();
    CHECK(rig.counters.mails_planned == 1200);
}

TEST_CASE("tell: of what comes at once only what still holds is told") {
    NotifierRig rig;
    const auto notice = [](const char* cause) { return Notice{"forlag", cause, "avis.example", {}, {}}; };
    rig.tell({notice("domain_broken"), notice("domain_fixed")});
    CHECK(rig.mails().empty());
    rig.tell({notice("domain_broken"), notice("domain_broken")});
    CHECK(rig.mails().size() == 1);
}

TEST_CASE("tell: a cause that nobody knows is logged and stops nothing") {
    NotifierRig rig;
    rig.tell("sunshine");
    CHECK(rig.mails().empty());
    CHECK(rig.logged("notice.unknown_cause"));
}

TEST_CASE("tell: a store that takes no events now keeps the notice for later") {
    NotifierRig rig;
    rig.finish(1, MailState::queued);
    rig.settings.platform.queue.mails_max = 1;
    rig.reopen();
    rig.tell("domain_broken");
    CHECK(rig.mails().empty());
    CHECK(rig.logged("queue_full"));
    rig.settings.platform.queue.mails_max = 100;
    rig.reopen();
    rig.step();
    CHECK(rig.mails().size() == 1);
}

TEST_CASE("step: a high bounce rate within the window is told once a day, and not when it lies behind") {
    NotifierRig rig;
    rig.settings.platform.notices.bounce_mails_min = 20;
    rig.settings.platform.notices.rate_window = 6h;
    rig.reopen();
    int number = 0;
    for (; number < 19; ++number) rig.finish(number, MailState::delivered);
    rig.step();
    CHECK(rig.mails().empty());
    rig.finish(number++, MailState::bounced);  // 1 of 20
    rig.step();
    CHECK(rig.mails().empty());  // rates are looked at every five minutes
    rig.clock.tick(6min);
    rig.step();
    REQUIRE(rig.mails().size() == 1);
    const auto text = rig.reader()->event("ilbud:notices", rig.mails()[0].event)->raw;
    CHECK(text.find("\"0.05\"") != std::string::npos);
    rig.clock.tick(1h);
    rig.step();
    CHECK(rig.mails().size() == 1);
    rig.clock.tick(24h);
    rig.step();
    CHECK(rig.mails().size() == 1);
}

TEST_CASE("step: complaints count as soon as they are recorded") {
    NotifierRig rig;
    rig.settings.platform.notices.complaint_mails_min = 10;
    rig.settings.platform.notices.complaint_rate = 0.1;
    rig.reopen();
    for (int number = 0; number < 10; ++number) rig.finish(number, MailState::delivered);
    run_task(rig.context,
             rig.store->suppressions().add({"forlag", "vred@example.com", std::string(complaint_reason), rig.clock.now()}));
    rig.step();
    REQUIRE(rig.mails().size() == 1);
    CHECK(rig.mails()[0].event.find("complaint_rate") == 0);
}

TEST_CASE("stop: rates are not judged by a count that was broken off") {
    NotifierRig rig;
    rig.settings.platform.notices.bounce_mails_min = 5;
    rig.settings.platform.notices.bounce_rate = 0.5;
    rig.settings.platform.notices.rate_window = 6h;
    rig.reopen();
    int number = 0;
    for (; number < 5; ++number) rig.finish(number, MailState::bounced);
    rig.clock.tick(2h);
    for (; number < 15; ++number) rig.finish(number, MailState::delivered);  // 5 of 15: all is well
    // Stopped behind each handler of a round in turn, until a round ends before.
    bool ended = false;
    for (int handlers = 0; !ended; ++handlers) {
        rig.reopen();
        asio::co_spawn(rig.context, rig.notifier->step(), [&](std::exception_ptr) { ended = true; });
        rig.context.restart();
        for (int i = 0; i < handlers && !ended; ++i) rig.context.run_one();
        const bool whole = ended;
        rig.notifier->stop();
        rig.context.run();
        ended = whole;
        REQUIRE(rig.mails().empty());
    }
}
