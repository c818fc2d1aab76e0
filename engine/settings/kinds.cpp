#include "ilbud/settings/kinds.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// Of 2026.
constexpr std::array<std::string_view, 27> eu_states{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                                     "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                                     "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

KindRow row_of(Kind kind) {
    using enum Origin;
    const WordSet<Origin> every{form, self_service, publisher, api, import, system}, sign_up{form, self_service, api},
        but_import{form, self_service, publisher, api, system};
    switch (kind) {
        case Kind::confirmation:
        case Kind::welcome:
            return {kind, true, MailFrom::support, sign_up};
        case Kind::stopped:
            return {kind, true, MailFrom::support, {self_service}};
        case Kind::cancelled:
            return {.kind = kind, .from = MailFrom::support, .origins = {self_service}, .required_by_law = {"DE"}};
        case Kind::receipt:
        case Kind::invoice:
        case Kind::credit_note:
            return {kind, true, MailFrom::invoice, every};
        case Kind::payment_failed:
        case Kind::reminder:
            return {kind, false, MailFrom::invoice, every};
        case Kind::renewal_notice:
        case Kind::price_change:
        case Kind::card_expiring:
        case Kind::gift_ending:
            return {kind, false, MailFrom::support, every};
        case Kind::login_link:
        case Kind::known_address:
            return {kind, false, MailFrom::support, sign_up};
        case Kind::email_changed:
            return {kind, false, MailFrom::support, but_import};
        case Kind::withdrawn:
            return {.kind = kind, .on = false, .from = MailFrom::support, .origins = but_import, .required_by_law = {"EU"}};
        case Kind::notice:
            break;
    }
    return {kind, true, MailFrom::support, every};
}

}  // namespace

std::vector<KindRow> shipped_kinds() {
    std::vector<KindRow> rows;
    rows.reserve(kind_count);
    for (const auto& traits : kind_traits) {
        auto& row = rows.emplace_back(row_of(traits.kind));
        row.urgency = traits.urgency;
        row.group = traits.group;
    }
    return rows;
}

OriginsByKind origins_of(const std::vector<KindRow>& rows) {
    OriginsByKind all{};
    for (const auto& row : rows) all[static_cast<std::size_t>(row.kind)] = row.origins;
    return all;
}

bool is_required(const KindRow& row, std::string_view country) {
    return std::ranges::any_of(row.required_by_law, [country](const std::string& place) {
        return place == country || (place == "EU" && std::ranges::find(eu_states, country) != eu_states.end());
    });
}

}  // namespace ilbud
