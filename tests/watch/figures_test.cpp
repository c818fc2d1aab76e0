// What the watch over ten thousand domains costs, with a real authoritative server and the real resolver: build/release/tests/test_watch
// "[figures]". Not part of the usual run: it takes two minutes and wants a quiet machine.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "ilbud/dns/unbound_resolver.hpp"
#include "ilbud/queue/store.hpp"
#include "ilbud/watch/domain_watch.hpp"
#include "ilbud/watch/verdict_watch.hpp"
#include "support/dns_server.hpp"
#include "support/run_task.hpp"
#include "support/sample_mail.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr int domains = 10'000;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string zone_of_domains() {
    std::string records;
    for (int i = 0; i < domains; ++i) {
        const auto name = "d" + std::to_string(i);
        for (const auto* selector : {"ilbud1", "ilbud2"})
            records += std::string(selector) + "._domainkey." + name + " 300 CNAME " + selector + ".dkim.platform.test.\n";
        // One of ten has lost us: its record is tried in several shapes.
        records += name + " 300 TXT \"v=spf1 mx include:_spf.host.test" + (i % 10 == 9 ? "" : " include:_spf.platform.test") +
                   " -all\"\n" + name + " 300 MX 10 mx\n_dmarc." + name + " 300 TXT \"v=DMARC1; p=reject\"\n";
    }
    return records + "mx 300 A 203.0.113.25\n";
}

struct FigureRig {
    FigureRig() {
        auto& platform = settings.platform;
        platform.dkim.selectors = {DkimSelector{"ilbud1", "ilbud1.dkim.platform.test", ""},
                                   DkimSelector{"ilbud2", "ilbud2.dkim.platform.test", ""}};
        platform.dns.servers = {dns.address()};
        platform.dns.trust_anchor.clear();
        platform.dns.ttl_max = 1s;  // each look asks the server
        platform.dns.queries_per_second = 100'000;
        platform.domains.look_soon = platform.domains.look_min = platform.domains.look_max = 1s;  // always due: the rate decides
        settings.accounts["a"].customer_services["s"].support_email = "s@d0.kunder.test";
        for (int i = 0; i < domains; ++i) {
            auto& unit = settings.units["u" + std::to_string(i)];
            unit.account = "a";
            unit.customer_service = "s";
            unit.invoice_email = "x@d" + std::to_string(i) + ".kunder.test";
        }
        keys.slots[0] = sample_keys().keys[0];
        QueueSettings where;
        where.folder = folder.path() / "queue";
        store = std::move(*open_sqlite_store(where, system_clock(), log, counters));
    }

    // The resolver ends with the watch: nothing is left to run then.
    template <class Watch>
    void run_for(Duration time, Watch& watch, std::unique_ptr<Resolver>& resolver) {
        asio::co_spawn(context, watch.run(), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        asio::steady_timer end(context, time);
        end.async_wait([&](boost::system::error_code) {
            watch.stop();
            resolver.reset();
        });
        context.restart();
        context.run();
    }

    // CPU seconds a second and questions a second of `time` at `rate` questions a second.
    void run(const std::string& what, std::size_t rate, Duration time) {
        settings.platform.domains.queries_per_second = rate;
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), keys}));
        auto resolver = std::move(*open_unbound_resolver(context, settings.platform.dns));
        DomainWatch watch({context, snapshots, store->shelf(), system_clock(), log, *resolver, {}, [this] { return keys; }, {}},
                          books, store->queue());
        run_task(context, watch.load());
        const auto before = cpu_seconds();
        const auto began = std::chrono::steady_clock::now();
        run_for(time, watch, resolver);
        const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        const auto counts = watch.counts();
        std::cout << what << ": " << 100 * (cpu_seconds() - before) / took << " % of a core over " << took << " s; "
                  << counts.looks << " looks, " << counts.looks_failed << " failed\n";
    }

    // CPU of a domain's daily look at SPF and DMARC, at the pace of the watch.
    void run_verdicts(Duration time) {
        settings.platform.domains.check_every = 24h;
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), keys}));
        auto resolver = std::move(*open_unbound_resolver(context, settings.platform.dns));
        VerdictWatch watch({context, snapshots, store->shelf(), system_clock(), log, *resolver, {}, [this] { return keys; }, {}});
        run_task(context, watch.load());
        const auto before = cpu_seconds();
        run_for(time, watch, resolver);
        int looked = 0, fallen = 0;
        for (const auto& [name, state] : watch.states()) {
            looked += state.looked_at != Time{} ? 1 : 0;
            fallen += state.verdict == DomainVerdict::blocked ? 1 : 0;
        }
        const auto each = (cpu_seconds() - before) / looked;
        std::cout << "SPF and DMARC: " << looked << " looks, " << fallen << " blocked; " << 1000 * each << " ms of CPU a look; "
                  << domains << " domains a day " << 100 * each * domains / 86'400 << " % of a core\n";
    }

    TemporaryFolder folder;
    DnsServer dns{{{"kunder.test", zone_of_domains()},
                   {"host.test", "_spf 300 TXT \"v=spf1 ip4:203.0.113.0/24 -all\"\n"},
                   {"platform.test", "ilbud1.dkim 300 TXT " + zone_line("", sample_keys().keys[0].dns_record()).substr(8) +
                                         "\n_spf 300 TXT \"v=spf1 ip4:192.0.2.10 -all\"\n"}}};
    Log log{LogLevel::error, LogFormat::text, [](std::string_view) {}};
    Counters counters;
    asio::io_context context{1};
    Settings settings;
    KeysInForce keys;
    SnapshotHolder snapshots{nullptr};
    BookHolder books{nullptr};
    std::unique_ptr<Store> store;
};

}  // namespace

TEST_CASE("figures: SPF and DMARC of ten thousand domains", "[.][figures]") {
    if (!DnsServer::available()) return;
    FigureRig rig;
    rig.settings.platform.spf_includes = {"_spf.platform.test"};
    rig.settings.platform.source_addresses = {"192.0.2.10"};
    rig.run_verdicts(2min);
}

TEST_CASE("figures: the watch over ten thousand domains", "[.][figures]") {
    if (!DnsServer::available()) return;
    FigureRig rig;
    rig.run("idle", 1, 10s);
    rig.run("first looks, at the default rate of 30 a second", 30, 30s);
    rig.run("all of them, as fast as it goes", 5000, 15s);
    rig.run("steady state: two questions a domain in 30 minutes, 11 a second", 11, 60s);
}
