/// Money, dates, quantities and lists as people in a locale write them.
///
/// In    values and a Locale
/// Out   UTF-8 text; ICU's no-break spaces are kept, so that an amount is never torn apart
/// Pure  what ICU knows about a locale and currency is learned once and kept (money: per thread; dates: for all)
/// See   DOMAIN §8; ISO 4217 (minor units)
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/time.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

/// `minor_units` of `currency` (three capital letters): da "1.250,00 kr." (DKK), nb and sv "1 250,00 kr" (NOK, SEK),
/// en "DKK 1,250.00", de "1.250,00 €". The number of decimals is the currency's (JPY none, KWD three).
/// Any amount that fits, the smallest included; a negative one has the
/// locale's minus. Throws std::runtime_error if ICU's data are missing.
[[nodiscard]] std::string format_money(std::int64_t minor_units, std::string_view currency, Locale locale);

/// da "24. juni 2025", en "24 June 2025".
/// A date that is none (30 February) comes out as ISO 8601 writes it.
[[nodiscard]] std::string format_date(Date date, Locale locale);

/// From the first to the last day: da "24. november–23. december 2026", en "1–30 June 2025".
[[nodiscard]] std::string format_period(Date first, Date last, Locale locale);

/// The minute at `time` in `zone`: da "24. juni 2025 kl. 10.05", de "24. Juni 2025 um 10:05".
/// Throws std::runtime_error for an unknown zone: settings refuse it before.
[[nodiscard]] std::string format_moment(Time time, std::string_view zone, Locale locale);

/// A share with up to one decimal, two below 1 %: da "7,1 %", en "7.1%", "0.35%".
[[nodiscard]] std::string format_share(double share, Locale locale);

/// A quantity with up to three decimals: da "1.250,5".
[[nodiscard]] std::string format_quantity(double quantity, Locale locale);

/// da "A, B og C", en "A, B and C".
[[nodiscard]] std::string format_list(const std::vector<std::string>& items, Locale locale);

/// Columns that `text` takes in a fixed-width font: wide East Asian characters two, combining marks none.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace ilbud
