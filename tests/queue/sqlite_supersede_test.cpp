// R36 where it is the SQLite adapter's own: kills, and what stays in its tables.
#include <map>
#include <random>
#include <set>

#include "sqlite_adapter.hpp"
// The adapter comes first.
#include "contract/queue_rig.hpp"
#include "sqlite_parts.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

/// In a process of its own: asks three times for each order, twice in one commit and once more, and writes the order's number to
/// `pipe` for each request that was acknowledged.
[[noreturn]] void ask_again_until_killed(const std::filesystem::path& folder, int pipe, std::uint32_t first) {
    Parts parts(folder);
    auto store = parts.open();
    if (!store) _exit(1);
    asio::io_context context(1);
    for (std::uint32_t order = first;; ++order) {
        const auto ask = [&](const std::vector<int>& requests) {
            std::vector<Entry> entries;
            for (const int number : requests)
                entries.push_back(
                    entry_of(request(std::to_string(order) + "-" + std::to_string(number), {}, std::to_string(order))));
            for (const auto& answer : run_task(context, (*store)->queue().accept(std::move(entries))))
                if (answer.mails.size() != 1 || ::write(pipe, &order, sizeof order) != sizeof order) _exit(2);
        };
        ask({0, 1});
        ask({2});
    }
}

// Rows of `table`; the queue is closed and opened again.
std::int64_t rows_of(QueueRig& rig, const std::string& table) {
    rig.close();
    const auto count = SqliteDatabase(rig.adapter.place() / database_name, SqliteDatabase::Mode::read_only)
                           .number(("SELECT count(*) FROM " + table).c_str());
    rig.reopen();
    return count;
}

}  // namespace

TEST_CASE("R36: a confirmation request leaves no topic behind, however it ends, and nothing at all once all is pruned") {
    QueueRig rig;
    rig.accept(request("e1", {}, "o-1", {"request:s-1", "request:s-2", "request:s-3"}));
    CHECK(rows_of(rig, "topic") == 4);
    const auto end =
        GENERATE(as<std::string>{}, "confirmed", "confirmed on its way", "replaced", "ended", "delivered", "cancelled");
    CAPTURE(end);
    // What replaces it has no topics of its own; else they would be counted.
    const MailSample newer{.id = "e2", .kind = Kind::confirmation, .supersedes = {"confirmation:o-1"}};
    if (end == "confirmed") rig.accept(confirm("e2", {"confirmation:o-1", "request:s-1"}));
    if (end == "replaced") rig.accept(newer);
    if (end == "ended") {
        for (const char* one : {"1", "2", "3"}) rig.accept(stop("stop-" + std::string(one), "request:s-" + std::string(one)));
    }
    if (end == "cancelled")
        CHECK(run_task(rig.context, rig.queue->cancel({rig.row("e1").id}, "by hand")) == std::vector{Cancellation::cancelled});
    if (end == "delivered") rig.settle(rig.ended(rig.lease().at(0)));
    if (end == "confirmed on its way") {
        const auto lease = rig.lease().at(0);
        rig.accept(confirm("e2", {"confirmation:o-1"}));
        rig.settle(rig.ended(lease));
    }
    CHECK(rows_of(rig, "topic") == 0);
    for (const auto& lease : rig.lease()) rig.settle(rig.ended(lease));
    rig.prune(rig.clock.now() + 1h);
    CHECK(rig.counts().events == 0);
    for (const char* table : {"event", "mail", "waiting", "status", "topic", "superseded", "mark"}) {
        CAPTURE(table);
        CHECK(rows_of(rig, table) == 0);
    }
}

TEST_CASE("R36: kill -9 at random moments leaves of each order's requests exactly one, and the newest that was acknowledged") {
    QuickFolder folder;
    const auto place = folder.path() / "queue";
    std::mt19937 random(std::random_device{}());
    std::map<std::uint32_t, std::uint32_t> acknowledged;  // of each order: how many requests
    for (std::uint32_t round = 0; round < 8; ++round) {
        const auto end =
            run_until_killed([&](int pipe) { ask_again_until_killed(place, pipe, round * 100'000); },
                             [&](std::uint32_t number) { ++acknowledged[number]; }, std::chrono::microseconds(random() % 20'000));
        REQUIRE(WIFSIGNALED(end));
    }
    Parts parts(place);
    auto store = parts.open();
    REQUIRE(store);
    auto reader = open_plain_reader(parts.settings);
    REQUIRE(reader);
    MailQuery all;
    all.most = 1'000'000;
    std::map<std::uint32_t, std::set<std::uint32_t>> valid;
    std::size_t cancelled = 0;
    for (const auto& row : (*reader)->mails(all)) {
        const auto dash = row.event.find('-');
        const auto order = static_cast<std::uint32_t>(std::stoul(row.event.substr(0, dash)));
        if (row.state == MailState::queued)
            valid[order].insert(static_cast<std::uint32_t>(std::stoul(row.event.substr(dash + 1))));
        else
            ++cancelled;
        CHECK((row.state == MailState::cancelled) == !row.superseded_by.id.empty());
    }
    for (const auto& [order, requests] : valid) CHECK(requests.size() == 1);
    for (const auto& [order, requests] : acknowledged) CHECK(*valid[order].begin() + 1 >= requests);
    const auto counts = run_task((*store)->queue().counts());
    CHECK(counts.mails[static_cast<std::size_t>(MailState::queued)] == valid.size());
    CHECK(counts.mails[static_cast<std::size_t>(MailState::cancelled)] == cancelled);
    CHECK(run_task((*store)->queue().lease(1'000'000, {})).size() == valid.size());
}
