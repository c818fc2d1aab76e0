// The settings say who is in test mode, and the lanes ask them for each mail; here is only what wakes those that waited. A row is
// removed when its mails are due again, never before: a process that ends in between finds it, and does it again.
#include "test_modes.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace ilbud {
namespace {

constexpr std::string_view shelf_name = "test_mode";
constexpr Duration try_again = 30s;

std::string value_of(const Account& account) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& domain : account.test_domains) json.value(domain);
    json.end_array();
    return out;
}

}  // namespace

void write_json(JsonWriter& json, const TestMode& mode) {
    json.begin_object().field("account", mode.account).key("domains").begin_array();
    for (const auto& domain : mode.domains) json.value(domain);
    json.end_array().field("keeps_back", mode.keeps_back).end_object();
}

TestModes::TestModes(asio::io_context& context, const SnapshotHolder& snapshots, Store& store, Log& log)
    : snapshots_(snapshots), store_(store), log_(log), context_(context), look_(context) {}

ShelfWrite TestModes::note_of(const Account& account) {
    return {std::string(shelf_name), account.id, value_of(account)};
}

void TestModes::kept_back() {
    asio::post(context_, [this] { settings_changed(); });
}

void TestModes::settings_changed() {
    look_again_ = true;
    look_.wake();
}

std::vector<TestMode> TestModes::current() const {
    std::vector<TestMode> modes;
    const auto snapshot = snapshots_.current();
    for (const auto& [id, account] : snapshot->settings.accounts)
        if (account.test_mode) modes.push_back({id, account.test_domains, std::ranges::find(kept_, id) != kept_.end()});
    return modes;
}

Task<bool> TestModes::step() {
    const auto rows = co_await store_.shelf().rows(std::string(shelf_name));
    const auto snapshot = snapshots_.current();
    const auto& accounts = snapshot->settings.accounts;
    bool all = true;
    std::vector<std::string> kept;
    for (const auto& row : rows) {
        const auto account = accounts.find(row.name);
        const bool binds = account != accounts.end() && account->second.test_mode;
        std::string allowed = binds ? value_of(account->second) : std::string();
        bool done = true;
        if (row.value != allowed) done = co_await let_go(row, std::move(allowed));
        if (binds || !done) kept.push_back(row.name);
        all = all && done;
    }
    kept_ = std::move(kept);
    co_return all;
}

// Where test mode goes on for other domains, a lane keeps back again what may still not leave.
Task<bool> TestModes::let_go(ShelfRow row, std::string allowed) {
    const bool ended = allowed.empty();
    std::string failure;
    try {
        MailScope scope{.account = row.name};
        const auto mails = co_await store_.queue().hasten(std::string(test_mode_reason), std::move(scope));
        log_.info(ended ? "test_mode.ended" : "test_mode.changed", {{"account", row.name}, {"mails", mails}});
        std::vector<ShelfWrite> writes;
        writes.push_back({std::string(shelf_name), row.name, std::move(allowed), row.version});
        co_return co_await store_.shelf().put(std::move(writes));  // not if a lane has kept back more by older settings
    } catch (const std::exception& error) {
        failure = error.what();
    }
    log_.warning("test_mode.not_ended", {{"account", row.name}, {"detail", failure}});
    co_return false;
}

Task<void> TestModes::run() {
    while (!stopping_) {
        look_again_ = false;
        const bool all = co_await step();
        if (stopping_ || look_again_) continue;
        if (all)
            co_await look_.wait();
        else
            co_await look_.wait_for(try_again);
    }
}

void TestModes::stop() {
    stopping_ = true;
    look_.wake();
}

}  // namespace ilbud
