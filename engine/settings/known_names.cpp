// What has left the settings may still stand in the queue. So those who ask do this only where they have found nothing.
#include "ilbud/settings/known_names.hpp"

#include <algorithm>

namespace ilbud {
namespace {

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

// Few enough to be told: whoever knows the relays sees at once what was meant.
std::string names_of(const std::vector<Relay>& relays) {
    std::string names;
    for (const auto& relay : relays) names += (names.empty() ? "" : ", ") + relay.name;
    return names;
}

}  // namespace

Result<void> check_names(const Settings& settings, const TypedNames& names) {
    if (!names.account.empty() && settings.account(names.account) == nullptr)
        return Error{"unknown_account", "account", "no account has the id " + quoted(names.account)};
    if (!names.unit.empty()) {
        const auto* unit = settings.unit(names.unit);
        if (unit == nullptr) return Error{"unknown_unit", "unit", "no business unit has the id " + quoted(names.unit)};
        if (!names.account.empty() && unit->account != names.account)
            return Error{"unknown_unit", "unit",
                         "the business unit " + quoted(names.unit) + " is one of account " + unit->account};
    }
    const auto& relays = settings.platform.delivery.relays;
    if (!names.relay.empty() && std::ranges::find(relays, names.relay, &Relay::name) == relays.end())
        return Error{"unknown_relay", "relay", "no relay is called " + quoted(names.relay) + "; there are: " + names_of(relays)};
    return {};
}

}  // namespace ilbud
