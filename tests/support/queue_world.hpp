/// What the daemon's parts stand on, without a daemon: settings, a real queue in a folder, a clock ticked by hand, the log's lines.
#pragma once
#include <sstream>
#include <string>
#include <vector>

#include "ilbud/base/counters.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/queue/store.hpp"
#include "support/manual_clock.hpp"
#include "support/plain_reader.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::test {

class QueueWorld {
 public:
    explicit QueueWorld(Settings wanted) : settings(std::move(wanted)) {
        settings.platform.queue.folder = folder / "queue";
        settings.platform.queue.disk_free_min = 0;
        reopen_queue();
        put_in_force();
    }
    /// As a new process finds it. Nothing that refers to the old queue may be left.
    void reopen_queue() {
        store.reset();
        auto opened = open_sqlite_store(settings.platform.queue, clock, log, counters);
        if (!opened) throw std::runtime_error(to_text(opened.error()));
        store = std::move(*opened);
        queue = &store->queue();
    }
    /// `settings` as they are now.
    void put_in_force() { snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, TemplateSet(nullptr), {}})); }
    /// Stores what `settings` decide about the events, which must be sound.
    std::vector<Accepted> accept(const std::vector<std::string>& events) {
        std::vector<Entry> entries;
        for (const auto& text : events) {
            auto event = parse_event(text);
            auto decision = decide(settings, *event, clock.now());
            entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
        }
        return run_task(context, queue->accept(std::move(entries)));
    }
    /// Ends all mails that are due.
    void end_due(MailState state) {
        std::vector<Settlement> ends;
        for (const auto& lease : run_task(context, queue->lease(1000, {}))) {
            Settlement end;
            end.row = lease.row;
            end.token = lease.token;
            end.state = state;
            end.at = clock.now();
            end.reason = "x";
            ends.push_back(end);
        }
        run_task(context, queue->settle(std::move(ends)));
    }
    [[nodiscard]] std::unique_ptr<PlainReader> reader() const { return std::move(*open_plain_reader(settings.platform.queue)); }
    [[nodiscard]] bool logged(std::string_view what) const { return lines.str().find(what) != std::string::npos; }

    TemporaryFolder folder;
    Settings settings;
    ManualClock clock{*parse_time("2025-06-24T10:00:00Z")};
    std::ostringstream lines;
    Log log{LogLevel::debug, LogFormat::text, [this](std::string_view line) { lines << line << '\n'; }};
    Counters counters;
    asio::io_context context{1};
    std::unique_ptr<Store> store;
    Queue* queue = nullptr;  // the store's
    SnapshotHolder snapshots{nullptr};
};

}  // namespace ilbud::test
