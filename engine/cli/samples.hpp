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

/// `settings` with every switch that could hold a mail of `unit` back turned on: a preview shows texts, not decisions.
[[nodiscard]] Settings settings_for_preview(Settings settings, const Unit& unit, Kind kind, Locale locale);

}  // namespace ilbud
