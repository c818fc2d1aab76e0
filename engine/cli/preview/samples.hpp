/// Built-in sample events, one a situation: what `ilbud preview` shows without a file.
///
/// Pure
#pragma once
#include <string>

#include "ilbud/settings/settings.hpp"
#include "situations.hpp"

namespace ilbud {

/// The form that sample events name; settings_for_preview adds it.
inline constexpr std::string_view preview_form = "ilbud-preview";

/// An event (JSON) of `unit` that makes the mail of `situation` under settings_for_preview; of a failed charge none. Dates lie
/// around `now`. Not for notices.
[[nodiscard]] std::string sample_event(const Situation& situation, const Unit& unit, Locale locale, Time now);
/// `settings` with every switch that could hold a mail of `unit` back turned on: a preview shows texts, not decisions.
[[nodiscard]] Settings settings_for_preview(Settings settings, const Unit& unit, const Situation& situation, Locale locale);

/// A notice to `account`, as an event (JSON); about the domain of its first unit's invoices.
[[nodiscard]] std::string sample_notice(const Situation& situation, const Settings& settings, const Account& account, Time now);
/// `settings` under which such a notice is mailed in `locale`.
[[nodiscard]] Settings settings_for_notice(Settings settings, const Account& account, Locale locale);

}  // namespace ilbud
