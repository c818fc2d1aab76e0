/// Built-in sample events, one a kind of mail: what `ilbud preview` shows without a file.
///
/// Pure
#pragma once
#include <string>

#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// The form that sample events name; settings_for_preview adds it.
inline constexpr std::string_view preview_form = "ilbud-preview";

/// An event (JSON) of `unit` that makes a mail of `kind` under settings_for_preview. Dates lie around `now`.
[[nodiscard]] std::string sample_event(Kind kind, const Unit& unit, Locale locale, Time now);

/// A notice of `cause` to `account`, as an event (JSON); about the domain of its first unit's invoices.
[[nodiscard]] std::string sample_notice(NoticeCause cause, const Settings& settings, const Account& account, Time now);
/// `settings` under which such a notice is mailed in `locale`.
[[nodiscard]] Settings settings_for_notice(Settings settings, const Account& account, Locale locale);

/// `settings` with every switch that could hold a mail of `unit` back turned on: a preview shows texts, not decisions.
[[nodiscard]] Settings settings_for_preview(Settings settings, const Unit& unit, Kind kind, Locale locale);

}  // namespace ilbud
