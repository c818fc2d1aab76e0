// The watch over domains with a queue of its own, DNS zones written here and a clock ticked by hand.
#include "ilbud/watch/domain_watch.hpp"
#include "ilbud/queue/store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "support/manual_clock.hpp"
#include "support/run_task.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const std::string first_target = "ilbud1.dkim.platform.se";
const std::string second_target = "ilbud2.dkim.platform.se";

const SigningKey& second_key() {
    static const SigningKey key = *SigningKey::from_pem(*new_ed25519_key(), "ilbud2");
    return key;
}

class WatchRig {
 public:
    explicit WatchRig(int domains = 1) {
        auto& dkim = settings.platform.dkim;
        dkim.selectors = {DkimSelector{"ilbud1", first_target, ""}, DkimSelector{"ilbud2", second_target, ""}};
        settings.platform.domains.look_soon = 1min;
        settings.platform.domains.unsigned_mail = UnsignedMail::stop;
        keys.slots[0] = sample_keys().keys[0];
        settings.accounts["press"].id = "press";
        settings.accounts["press"].customer_services["desk"].support_email = "desk@avis0.dk";
        for (int i = 0; i < domains; ++i) add_unit("u" + std::to_string(i), domain(i));
        resolver.ttl = 5min;
        resolver.add(first_target, RecordType::txt, keys.slots[0]->dns_record());
        open();
    }

    static std::string domain(int i) { return "avis" + std::to_string(i) + ".dk"; }
    void add_unit(const std::string& id, const std::string& name) {
        Unit unit;
        unit.id = id;
        unit.account = "press";
        unit.customer_service = "desk";
        unit.invoice_email = "faktura@" + name;
        settings.units[id] = unit;
    }
    void publish(const std::string& name, bool both = true) {
        resolver.set("ilbud1._domainkey." + name, RecordType::cname, first_target);
        if (both) resolver.set("ilbud2._domainkey." + name, RecordType::cname, second_target);
    }
    void unpublish(const std::string& name) {
        for (const auto* selector : {"ilbud1", "ilbud2"})
            resolver.remove(std::string(selector) + "._domainkey." + name, RecordType::cname);
    }

    // As a new process: everything but DNS, clock and the queue's folder is new.
    void open() {
        watch.reset();
        store.reset();
        QueueSettings where;
        where.folder = folder.path() / "queue";
        where.disk_free_min = 0;
        store = std::move(*open_sqlite_store(where, clock, log, counters));
        queue = &store->queue();
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), keys}));
        watch =
            std::make_unique<DomainWatch>(WatchServices{context,
                                                        snapshots,
                                                        store->shelf(),
                                                        clock,
                                                        log,
                                                        resolver,
                                                        {},
                                                        [this] { return keys; },
                                                        [this](std::vector<DomainNews> some) { return hear(std::move(some)); }},
                                          books, store->queue());
        run_task(context, watch->load());
    }
    void reload() {
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), keys}));
        watch->settings_changed();
    }
    // Ends it as the daemon does.
    void close() {
        watch->stop();
        run_task(context, watch->run());
    }
    void step(Duration by) {
        clock.tick(by);
        run_task(context, watch->round());
    }
    void pass(Duration time, Duration by = 1s) {
        for (Duration gone{}; gone < time; gone += by) step(by);
    }

    // The state, or why not.
    std::string look_now(const std::string& name) {
        std::string answer;
        run_task(context, look_into(answer, name));
        return answer;
    }

    std::string signer(const std::string& name = "avis0.dk") {
        const auto found = books.current()->signer(name);
        if (!found) return found.error().code;
        return found->keys->keys.front().selector() + "@" + std::string(found->domain);
    }
    [[nodiscard]] std::size_t asked() const { return resolver.asked.size(); }
    [[nodiscard]] std::size_t count(DomainSort sort) const { return watch->counts().sorts.at(static_cast<std::size_t>(sort)); }

    TemporaryFolder folder;
    ManualClock clock{*parse_time("2025-06-24T08:00:00Z")};
    Log log{LogLevel::error, LogFormat::text, [](std::string_view) {}};
    Counters counters;
    asio::io_context context{1};
    ZoneResolver resolver;
    Settings settings;
    KeysInForce keys;
    SnapshotHolder snapshots{nullptr};
    BookHolder books{nullptr};
    std::unique_ptr<Store> store;
    Queue* queue = nullptr;
    std::unique_ptr<DomainWatch> watch;
    std::vector<DomainNews> news;
    int told = 0;  ///< times that something was told

 private:
    Task<void> look_into(std::string& answer, std::string name) {
        const auto state = co_await watch->look_now(std::move(name));
        answer = state ? to_json(state->state, state->expected) : state.error().code;
    }
    Task<void> hear(std::vector<DomainNews> some) {
        news.insert(news.end(), some.begin(), some.end());
        ++told;
        co_return;
    }
};

}  // namespace

TEST_CASE("R27: a domain is not signed by its own name until its records appear, then it is, without anybody's doing") {
    WatchRig rig;
    CHECK(rig.signer() == "ilbud1@avis0.dk");  // nothing is known against it
    rig.step(1s);
    rig.step(1s);
    CHECK(rig.signer() == "domain_unsigned");
    rig.publish("avis0.dk");
    rig.pass(6min);  // the "no" counts for its TTL of 5 minutes
    CHECK(rig.signer() == "ilbud1@avis0.dk");
    CHECK(rig.count(DomainSort::in_order) == 1);
}

TEST_CASE("watch: what the first looks find is in force as soon as it is known") {
    WatchRig rig;
    rig.step({});
    rig.step({});
    CHECK(rig.count(DomainSort::waiting) == 1);
    CHECK(rig.signer() == "domain_unsigned");
}

TEST_CASE("R3: a record that disappears is told after the grace time, and so is its return, each once") {
    WatchRig rig;
    rig.publish("avis0.dk");
    rig.pass(5s);
    rig.unpublish("avis0.dk");
    rig.pass(6h, 1min);
    CHECK(rig.signer() == "ilbud1@avis0.dk");
    CHECK(rig.count(DomainSort::in_grace) == 1);
    CHECK(rig.news.empty());
    rig.pass(8h, 1min);
    CHECK(rig.signer() == "domain_unsigned");
    REQUIRE(rig.news.size() == 1);
    CHECK(rig.news[0].broken);
    CHECK(rig.news[0].account == "press");
    CHECK(rig.news[0].domain == "avis0.dk");
    CHECK(rig.news[0].waiting);
    CHECK(rig.news[0].signed_by.empty());
    CHECK(rig.news[0].records.find("ilbud1._domainkey.avis0.dk. IN CNAME ilbud1.dkim.platform.se.\n") == 0);
    rig.close();
    rig.open();  // what was told is remembered
    rig.pass(24h, 5min);
    CHECK(rig.news.size() == 1);
    rig.publish("avis0.dk");
    rig.pass(2h, 1min);
    REQUIRE(rig.news.size() == 2);
    CHECK_FALSE(rig.news[1].broken);
    CHECK(rig.signer() == "ilbud1@avis0.dk");
}

TEST_CASE("S43: servers that fail or fall silent change nothing, for days") {
    WatchRig rig(2);
    rig.publish("avis0.dk");
    rig.pass(5s);
    CHECK(rig.signer("avis0.dk") == "ilbud1@avis0.dk");
    CHECK(rig.signer("avis1.dk") == "domain_unsigned");
    for (const auto* name : {"avis0.dk", "avis1.dk"})
        for (const auto* selector : {"ilbud1", "ilbud2"}) rig.resolver.fail(std::string(selector) + "._domainkey." + name);
    rig.resolver.fail(first_target);
    rig.pass(72h, 5min);
    CHECK(rig.signer("avis0.dk") == "ilbud1@avis0.dk");
    CHECK(rig.signer("avis1.dk") == "domain_unsigned");
    CHECK(rig.news.empty());
}

TEST_CASE("watch: what is known survives a restart; nothing is asked before its time") {
    WatchRig rig(20);
    for (int i = 0; i < 10; ++i) rig.publish(WatchRig::domain(i));
    rig.pass(10s);
    CHECK(rig.count(DomainSort::in_order) == 10);
    CHECK(rig.count(DomainSort::waiting) == 10);
    rig.close();
    const auto asked = rig.asked();
    rig.open();
    CHECK(rig.count(DomainSort::in_order) == 10);
    CHECK(rig.count(DomainSort::waiting) == 10);
    CHECK(rig.signer("avis0.dk") == "ilbud1@avis0.dk");
    CHECK(rig.signer("avis19.dk") == "domain_unsigned");  // before the first look
    rig.pass(10s);
    CHECK(rig.asked() == asked);
}

TEST_CASE("watch: the platform's domain stands in while its own key is seen, and mail waits where it is not") {
    WatchRig rig;
    rig.settings.platform.domains.unsigned_mail = UnsignedMail::platform;
    rig.settings.platform.dkim.platform_domain = "dkim.platform.se";
    rig.resolver.add("ilbud1._domainkey.dkim.platform.se", RecordType::txt, rig.keys.slots[0]->dns_record());
    rig.reload();
    rig.pass(5s);
    CHECK(rig.signer() == "ilbud1@dkim.platform.se");
    rig.resolver.remove("ilbud1._domainkey.dkim.platform.se", RecordType::txt);
    rig.pass(14h, 1min);
    CHECK(rig.signer() == "domain_unsigned");
    rig.resolver.add("ilbud1._domainkey.dkim.platform.se", RecordType::txt, rig.keys.slots[0]->dns_record());
    rig.pass(2h, 1min);
    CHECK(rig.signer() == "ilbud1@dkim.platform.se");
}

TEST_CASE("R30: in a key change each domain follows when it shows the new key; the count says how far it is") {
    WatchRig rig(3);
    for (int i = 0; i < 3; ++i) rig.publish(WatchRig::domain(i), i != 2);  // the last one never got the second CNAME
    rig.pass(5s);
    rig.keys.slots[1] = second_key();
    rig.resolver.add(second_target, RecordType::txt, second_key().dns_record());
    rig.watch->keys_changed();
    rig.pass(1h, 1min);
    const auto coverage = rig.watch->coverage(1);
    CHECK(coverage.known);
    CHECK(coverage.domains == 2);
    CHECK(coverage.seen == 2);
    CHECK(coverage.missing == std::vector<std::string>{"avis2.dk"});
    CHECK(coverage.signs == 0);
    rig.keys.preferred = 1;
    rig.watch->keys_changed();
    rig.pass(5s);
    CHECK(rig.signer("avis0.dk") == "ilbud2@avis0.dk");
    CHECK(rig.signer("avis2.dk") == "ilbud1@avis2.dk");
    CHECK(rig.count(DomainSort::lagging) == 1);
    CHECK(rig.watch->coverage(0).signs == 1);
    CHECK(rig.watch->coverage(1).signs == 2);
    rig.keys.slots[0].reset();
    rig.watch->keys_changed();
    rig.pass(2s);
    CHECK(rig.signer("avis2.dk") == "domain_unsigned");
}

TEST_CASE("watch: a reload adds domains and lets removed ones go when no mail of theirs can wait any more") {
    WatchRig rig;
    rig.publish("avis0.dk");
    rig.publish("ny.dk");
    rig.pass(5s);
    rig.add_unit("new", "ny.dk");
    rig.reload();
    rig.pass(5s);
    CHECK(rig.count(DomainSort::in_order) == 2);
    rig.settings.units.erase("new");
    rig.reload();
    rig.unpublish("ny.dk");
    rig.pass(24h, 5min);
    CHECK(rig.signer("ny.dk") == "domain_unsigned");  // mail planned before may still wait
    rig.pass(24h * 5, 30min);
    CHECK(rig.count(DomainSort::in_order) == 1);
    CHECK(run_task(rig.context, rig.store->shelf().rows(domain_shelf)).size() == 1);
}

TEST_CASE("watch: off, everything signs as the settings say and nobody is asked; on again, what was known counts") {
    WatchRig rig;
    rig.pass(5s);
    CHECK(rig.signer() == "domain_unsigned");
    rig.settings.platform.domains.watch = false;
    rig.reload();
    rig.step(1s);
    const auto asked = rig.asked();
    CHECK(rig.signer() == "ilbud1@avis0.dk");
    rig.pass(12h, 10min);
    CHECK(rig.asked() == asked);
    rig.settings.platform.domains.watch = true;
    rig.reload();
    rig.step(1s);
    CHECK(rig.signer() == "domain_unsigned");
}

TEST_CASE("watch: names of documentation are in no public DNS and are left alone unless a server is named") {
    WatchRig rig;
    rig.add_unit("doc", "avis.example");
    rig.reload();
    rig.pass(5s);
    CHECK(rig.signer("avis.example") == "ilbud1@avis.example");
    rig.settings.platform.dns.servers = {"127.0.0.1"};
    rig.reload();
    rig.pass(5s);
    CHECK(rig.signer("avis.example") == "domain_unsigned");
    rig.settings.platform.dns.servers.clear();
    rig.reload();
    rig.pass(5s);
    CHECK(rig.signer("avis.example") == "ilbud1@avis.example");
}

TEST_CASE("look_now: shows what is there at once; a domain that nobody mails from is unknown") {
    WatchRig rig;
    rig.pass(5s);
    rig.publish("avis0.dk");
    CHECK(rig.look_now("avis0.dk").find(R"("selector":"ilbud1")") != std::string::npos);
    CHECK(rig.signer() == "ilbud1@avis0.dk");
    CHECK(rig.look_now("other.dk") == "unknown_domain");
}

TEST_CASE("watch: ten thousand new domains are asked about at the rate that is set, and not at a stroke") {
    WatchRig rig(10'000);
    std::size_t before = 0;
    for (int second = 0; second < 40; ++second) {
        rig.step(1s);
        CHECK(rig.asked() - before <= 32);  // 30 questions a second, in looks of two
        before = rig.asked();
    }
    CHECK(before >= 40 * 28);
    rig.clock.tick(24h);  // a jump of the clock makes nothing faster
    run_task(rig.context, rig.watch->round());
    CHECK(rig.asked() - before <= 32);
}

// Telling is a commit or two, whatever is told.
TEST_CASE("watch: what is found of many domains within a second is told together") {
    WatchRig rig(300);
    rig.settings.platform.domains.grace = 0s;
    rig.settings.platform.domains.queries_per_second = 10'000;
    rig.settings.platform.domains.looks_at_once = 50;
    rig.reload();
    rig.pass(60s);
    CHECK(rig.news.size() == 300);
    CHECK(rig.told <= 20);
}

TEST_CASE("watch: in steady state ten thousand domains cost few questions") {
    WatchRig rig(50);  // so many of them that the test takes a moment
    for (int i = 0; i < 50; ++i) rig.publish(WatchRig::domain(i));
    rig.pass(2h, 20s);
    CHECK(rig.count(DomainSort::in_order) == 50);
    const auto before = rig.asked();
    rig.pass(2h, 20s);
    const auto per_second = static_cast<double>(rig.asked() - before) / 7200 * 200;
    CHECK(per_second < 12);
    CHECK(per_second > 8);
}
