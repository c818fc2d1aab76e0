// The watch over SPF and DMARC with a shelf of its own, DNS zones written here and a clock ticked by hand.
#include "ilbud/watch/verdict_watch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "ilbud/queue/store.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

class VerdictRig {
 public:
    explicit VerdictRig(int domains = 1) {
        auto& platform = settings.platform;
        platform.spf_includes = {"_spf.platform.se"};
        platform.source_addresses = {"192.0.2.10"};
        platform.delivery.helo_name = "out.platform.se";
        platform.dkim.selectors = {DkimSelector{"ilbud1", "ilbud1.platform.se", ""},
                                   DkimSelector{"ilbud2", "ilbud2.platform.se", ""}};
        keys.slots[0] = sample_keys().keys[0];
        auto& press = settings.accounts["press"];
        press.id = "press";
        press.language = Locale::en;
        press.customer_services["desk"].support_email = "desk@avis0.dk";
        for (int i = 0; i < domains; ++i) {
            const auto name = domain(i);
            auto& unit = settings.units["u" + std::to_string(i)];
            unit.id = "u" + std::to_string(i);
            unit.account = "press";
            unit.customer_service = "desk";
            unit.invoice_email = "faktura@" + name;
            resolver.add(name, RecordType::txt, "v=spf1 include:_spf.platform.se -all");
            resolver.add("_dmarc." + name, RecordType::txt, "v=DMARC1; p=none; rua=mailto:dmarc@" + name);
            resolver.add("ilbud1._domainkey." + name, RecordType::cname, "ilbud1.platform.se");
            resolver.add("ilbud2._domainkey." + name, RecordType::cname, "ilbud2.platform.se");
        }
        resolver.add("ilbud1.platform.se", RecordType::txt, keys.slots[0]->dns_record());
        resolver.add("_spf.platform.se", RecordType::txt, "v=spf1 ip4:192.0.2.10 -all");
        open();
    }
    static std::string domain(int i) { return "avis" + std::to_string(i) + ".dk"; }

    // As a new process: everything but DNS, clock and the queue's folder is new.
    void open() {
        watch.reset();
        store.reset();
        QueueSettings where;
        where.folder = folder.path() / "queue";
        where.disk_free_min = 0;
        store = std::move(*open_sqlite_store(where, clock, log, counters));
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), keys}));
        watch =
            std::make_unique<VerdictWatch>(WatchServices{context,
                                                         snapshots,
                                                         store->shelf(),
                                                         clock,
                                                         log,
                                                         resolver,
                                                         {},
                                                         [this] { return keys; },
                                                         [this](std::vector<DomainNews> some) { return hear(std::move(some)); }});
        run_task(context, watch->load());
    }
    void pass(Duration time, Duration by = 10min) {
        for (Duration gone{}; gone < time; gone += by) {
            clock.tick(by);
            run_task(context, watch->round());
            context.restart();
            while (context.poll_one() > 0) {
            }
        }
        run_task(context, watch->round());
    }
    std::optional<VerdictState> look_now(const std::string& name) {
        std::optional<VerdictState> state;
        run_task(context, look_into(state, name));
        return state;
    }
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (const auto& one : std::exchange(news, {}))
            all.push_back(one.account + ' ' + one.domain + ' ' + std::string(to_word(*one.aspect)) +
                          (one.broken ? " broken" : " fixed"));
        std::sort(all.begin(), all.end());
        return all;
    }

    TemporaryFolder folder;
    ManualClock clock{*parse_time("2026-11-29T08:00:00Z")};
    Log log{LogLevel::error, LogFormat::text, [](std::string_view) {}};
    Counters counters;
    asio::io_context context{1};
    Settings settings;
    KeysInForce keys;
    ZoneResolver resolver;
    SnapshotHolder snapshots{nullptr};
    std::unique_ptr<Store> store;
    std::unique_ptr<VerdictWatch> watch;
    std::vector<DomainNews> news, heard;

 private:
    Task<void> hear(std::vector<DomainNews> some) {
        news.insert(news.end(), some.begin(), some.end());
        heard.insert(heard.end(), some.begin(), some.end());
        co_return;
    }
    Task<void> look_into(std::optional<VerdictState>& state, std::string name) {
        state = co_await watch->look_now(std::move(name));
    }
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("R28: a customer who loses the SPF record is told once, with the cause and the record, and again when it is back") {
    VerdictRig rig;
    rig.pass(30min);
    CHECK(rig.told().empty());
    rig.resolver.set("avis0.dk", RecordType::txt, "v=spf1 mx -all");
    rig.pass(27h);
    CHECK(rig.told() == Told{"press avis0.dk spf broken"});
    CHECK(rig.heard.back().found == "The SPF record does not name us as a sender (include:_spf.platform.se is missing).");
    CHECK(rig.heard.back().records.find("v=spf1 mx include:_spf.platform.se -all") != std::string::npos);
    rig.pass(48h);
    rig.open();
    rig.pass(48h);
    CHECK(rig.told().empty());
    rig.resolver.set("avis0.dk", RecordType::txt, "v=spf1 include:_spf.platform.se -all");
    rig.pass(2h);
    CHECK(rig.told() == Told{"press avis0.dk spf fixed"});
    rig.pass(48h);
    CHECK(rig.told().empty());
}

TEST_CASE("R28: a DMARC record that vanishes is told for itself, a DNS that fails tells nothing") {
    VerdictRig rig;
    rig.pass(30min);
    rig.resolver.fail("avis0.dk").fail("_dmarc.avis0.dk");
    rig.pass(60h);
    CHECK(rig.told().empty());
    rig.resolver.heal("avis0.dk").heal("_dmarc.avis0.dk");
    rig.resolver.remove("_dmarc.avis0.dk", RecordType::txt);
    CHECK(rig.look_now("avis0.dk")->verdict == DomainVerdict::signing);
    CHECK(rig.told() == Told{"press avis0.dk dmarc broken"});
    CHECK_FALSE(rig.look_now("elsewhere.dk"));
}

TEST_CASE("R28: every domain is looked at within a day, and asked for no more than its verdict needs") {
    VerdictRig rig(40);
    rig.pass(3h);
    rig.resolver.asked.clear();
    rig.pass(27h);
    for (int i = 0; i < 40; ++i) {
        const auto name = VerdictRig::domain(i);
        const auto asked = [&](const std::string& what, RecordType type) {
            return std::count(rig.resolver.asked.begin(), rig.resolver.asked.end(), std::pair{what, type});
        };
        CHECK(asked(name, RecordType::txt) == 1);
        CHECK(asked("_mta-sts." + name, RecordType::txt) == 0);
    }
    CHECK(rig.resolver.asked.size() <= 40 * 12);
}

TEST_CASE("R28: a domain that left the settings is forgotten") {
    VerdictRig rig(2);
    rig.pass(30min);
    rig.settings.units.erase("u1");
    rig.open();
    rig.pass(10min);
    CHECK(rig.watch->states().size() == 1);
    rig.open();
    CHECK(rig.watch->states().size() == 1);
}
