// The log counts what waits by unit, and whose a unit is stands in the settings: units that left them count for nobody.
#include "holds.hpp"

#include <algorithm>

namespace ilbud {
namespace {

using ByUnit = std::vector<std::pair<std::string, std::uint64_t>>;

std::uint64_t waiting_of(const MailScope& scope, const ByUnit& queued, const Settings& settings) {
    std::uint64_t mails = 0;
    for (const auto& [id, count] : queued) {
        const Unit* unit = settings.unit(id);
        if (unit == nullptr || (!scope.account.empty() && unit->account != scope.account)) continue;
        if (scope.unit.empty() || scope.unit == id) mails += count;
    }
    return mails;
}

}  // namespace

// Counting goes through all that waits: not unless something is held.
Task<std::vector<HeldMails>> held_mails(Store& store, const Settings& settings) {
    std::vector<HeldMails> all;
    const auto holds = co_await store.queue().holds();
    if (holds.empty()) co_return all;
    const auto queued = co_await store.log().queued_by_unit();
    for (const auto& hold : holds) {
        const bool counted = hold.scope.site.empty() && !hold.scope.kind;
        all.push_back({hold, counted ? std::optional(waiting_of(hold.scope, queued, settings)) : std::nullopt});
    }
    co_return all;
}

// Counted before, as its mails begin to leave at once.
Task<Released> release(Store& store, const Settings& settings, MailScope scope) {
    Released released;
    const auto queued = co_await store.log().queued_by_unit();
    released.waiting = waiting_of(scope, queued, settings);
    released.was_held = co_await store.queue().release(scope);
    released.others = co_await store.queue().holds();
    std::erase_if(released.others, [&scope](const Hold& hold) {
        const auto& other = hold.scope;
        return (!other.account.empty() && other.account != scope.account) ||
               (!other.unit.empty() && !scope.unit.empty() && other.unit != scope.unit);
    });
    co_return released;
}

void write_json(JsonWriter& json, const Hold& hold, std::optional<std::uint64_t> waiting) {
    json.begin_object().field("account", hold.scope.account).field("unit", hold.scope.unit).field("site", hold.scope.site);
    json.field("kind", hold.scope.kind ? to_word(*hold.scope.kind) : std::string_view());
    json.field("reason", hold.reason).field("since", to_text(hold.since));
    if (waiting) json.field("waiting", *waiting);
    json.end_object();
}

}  // namespace ilbud
