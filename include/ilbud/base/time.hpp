/// Points in time, calendar dates and the one clock everything asks.
///
/// In    RFC 3339 and ISO 8601 text, IANA time zone names
/// Out   values; times are UTC with microseconds, dates have no zone
/// Pure  apart from Clock; time zones come from the system's tables, each as it was at its first use
/// See   RFC 3339 §5.6, RFC 5322 §3.3
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ilbud {

using namespace std::chrono_literals;

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;
using Date = std::chrono::year_month_day;
using SteadyTime = std::chrono::steady_clock::time_point;  ///< for deadlines: nobody sets it

/// What a machine's clocks say at one moment.
struct ClockReading {
    Time wall{};
    Duration since_boot{};  ///< time that passed, sleep included; nobody can set it (CLOCK_BOOTTIME)
    std::string boot;       ///< which boot: readings of different ones cannot be compared

    bool operator==(const ClockReading&) const = default;
};

/// Where "now" comes from; tests tick one by hand (tests/support/manual_clock.hpp). Safe from any thread.
class Clock {
 public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Time now() const = 0;
    [[nodiscard]] virtual ClockReading read() const = 0;
};

/// The machine's UTC clock; lives as long as the program.
const Clock& system_clock();

/// Reads an RFC 3339 date-time ("2025-06-24T10:00:00.5+02:00"). Fractions beyond microseconds are cut off; a leap second
/// (:60) counts as the second after. Nothing if the text is anything else, years 1900 to 9999.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

/// Reads "YYYY-MM-DD"; nothing if malformed or not a day of the calendar.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);

/// "2025-06-24T08:00:00.500000Z" (always UTC, always six digits, so that text order is time order).
[[nodiscard]] std::string to_text(Time time);
/// "2025-06-24"
[[nodiscard]] std::string to_text(Date date);
/// "Tue, 24 Jun 2025 08:00:00 +0000": the Date header of RFC 5322 §3.3.
[[nodiscard]] std::string to_mail_date(Time time);

/// Whether the system knows `zone` as an IANA name ("Europe/Copenhagen").
[[nodiscard]] bool is_time_zone(std::string_view zone);
/// Which edition of the IANA's tables the system has: "2025b"; empty if it does not say, or has none.
[[nodiscard]] std::string time_zone_tables();

/// How far the clocks of `zone` (which is_time_zone) are ahead of UTC at `time`; behind it below zero.
[[nodiscard]] Duration utc_offset(Time time, std::string_view zone);

/// The calendar day at `time` in `zone` (which is_time_zone).
[[nodiscard]] Date local_date(Time time, std::string_view zone);

/// Calendar days from `from` to `to`; negative if `to` is earlier (DOMAIN R16).
[[nodiscard]] int days_between(Date from, Date to);

/// Reads "90s", "5m", "1h30m", "100ms", "400d", "250us"; nothing if malformed or too large.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// The shortest exact form parse_duration reads: "1h30m".
[[nodiscard]] std::string to_text(Duration duration);

}  // namespace ilbud
