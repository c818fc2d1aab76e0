// R36 where it is the SQLite adapter's own: kills.
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
        const auto ask = [&](std::vector<int> requests) {
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

}  // namespace

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
