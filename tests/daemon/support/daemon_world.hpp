/// What the daemon's parts stand on, without a daemon: one account with one unit, a real queue in a folder, a clock ticked by hand.
#pragma once
#include <sstream>
#include <string>

#include "ilbud/base/counters.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/queue.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::test {

inline Settings daily_settings() {
    Settings settings;
    Account& account = settings.accounts["press"];
    account.id = "press";
    CustomerService& service = account.customer_services["desk"];
    service.id = "desk";
    service.support_email = "desk@daily.example";
    Unit& unit = settings.units["daily"];
    unit.id = "daily";
    unit.account = "press";
    unit.customer_service = "desk";
    unit.invoice_email = "invoice@daily.example";
    return settings;
}

class DaemonWorld {
 public:
    DaemonWorld() {
        settings.platform.queue.folder = folder / "queue";
        settings.platform.queue.disk_free_min = 0;
        auto opened = open_sqlite_queue(settings.platform.queue, clock, log, counters);
        if (!opened) throw std::runtime_error(to_text(opened.error()));
        queue = std::move(*opened);
        put_in_force();
    }
    /// `settings` as they are now.
    void put_in_force() { snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), {}})); }
    [[nodiscard]] std::unique_ptr<QueueReader> reader() const { return std::move(*open_sqlite_reader(settings.platform.queue)); }
    [[nodiscard]] bool logged(std::string_view what) const { return lines.str().find(what) != std::string::npos; }

    TemporaryFolder folder;
    Settings settings = daily_settings();
    ManualClock clock{*parse_time("2025-06-24T10:00:00Z")};
    std::ostringstream lines;
    Log log{LogLevel::debug, LogFormat::text, [this](std::string_view line) { lines << line << '\n'; }};
    Counters counters;
    asio::io_context context{1};
    std::unique_ptr<Queue> queue;
    SnapshotHolder snapshots{nullptr};
};

}  // namespace ilbud::test
