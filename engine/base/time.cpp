// Readers and writers of dates by hand: std::chrono::parse and format are missing in libstdc++ 12, strptime and
// strftime go by the locale and know no fractions. Each reader moves a position and says whether it fits;
// nothing is allocated while reading.
#include "ilbud/base/time.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <fstream>
#include <limits>

namespace ilbud {
namespace {

using namespace std::chrono;

// Empty where the kernel does not tell: two such readings pass for the same boot.
std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return id;
}

// Whole microseconds, rounded down: the store and the log keep no more, and a time read back must
// equal the one that was written.
class SystemClock : public Clock {
 public:
    [[nodiscard]] Time now() const override { return floor<Duration>(std::chrono::system_clock::now()); }
    [[nodiscard]] ClockReading read() const override {
        timespec passed{};
        ::clock_gettime(CLOCK_BOOTTIME, &passed);
        return {now(), floor<Duration>(seconds(passed.tv_sec) + nanoseconds(passed.tv_nsec)), boot_};
    }

 private:
    std::string boot_ = boot_id();
};

// Reads exactly `digits` digits at `position` and moves past them.
// No sign and no blank either: "2025-6-4" and "+025-01-01" are no dates.
bool read_digits(std::string_view text, std::size_t& position, std::size_t digits, int& value) {
    if (text.size() - position < digits) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[position + i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    position += digits;
    return true;
}

bool read_char(std::string_view text, std::size_t& position, char wanted) {
    if (position >= text.size() || text[position] != wanted) return false;
    ++position;
    return true;
}

bool read_date(std::string_view text, std::size_t& position, Date& date) {
    int y = 0;
    int m = 0;
    int d = 0;
    if (!read_digits(text, position, 4, y) || !read_char(text, position, '-') || !read_digits(text, position, 2, m) ||
        !read_char(text, position, '-') || !read_digits(text, position, 2, d))
        return false;
    // ok() knows the calendar, 29 February included. Earlier than 1900 is a default or a mistake of the
    // sender, not a date of a subscription.
    date = year{y} / month{static_cast<unsigned>(m)} / day{static_cast<unsigned>(d)};
    return date.ok() && y >= 1900;
}

// ".123456789" → microseconds; anything beyond six digits is cut off.
// The digits beyond are read, too, or a time with nanoseconds would be malformed. RFC 3339 §5.6
// wants at least one behind the dot.
bool read_fraction(std::string_view text, std::size_t& position, microseconds& fraction) {
    if (position >= text.size() || text[position] != '.') return true;
    ++position;
    int seen = 0;
    std::int64_t value = 0;
    while (position < text.size() && text[position] >= '0' && text[position] <= '9') {
        if (seen < 6) value = value * 10 + (text[position] - '0');
        ++seen;
        ++position;
    }
    if (seen == 0) return false;
    for (int i = seen; i < 6; ++i) value *= 10;
    fraction = microseconds{value};
    return true;
}

// RFC 3339 §5.6. "-00:00" (UTC, local time unknown; §4.3) is read as UTC.
bool read_offset(std::string_view text, std::size_t& position, minutes& offset) {
    if (position >= text.size()) return false;
    const char sign = text[position++];
    if (sign == 'Z' || sign == 'z') {
        offset = minutes{0};
        return true;
    }
    int h = 0;
    int m = 0;
    if ((sign != '+' && sign != '-') || !read_digits(text, position, 2, h) || !read_char(text, position, ':') ||
        !read_digits(text, position, 2, m) || h > 23 || m > 59)
        return false;
    offset = minutes{(sign == '-' ? -1 : 1) * (h * 60 + m)};
    return true;
}

// Values are never negative here: years begin at 1900 in what was read, and hours count from a rounded-down midnight.
void append_padded(std::string& out, std::int64_t value, int digits) {
    std::array<char, 20> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    for (auto missing = digits - (end - buffer.data()); missing > 0; --missing) out += '0';
    out.append(buffer.data(), end);
}

void append_clock(std::string& out, const hh_mm_ss<microseconds>& clock) {
    append_padded(out, clock.hours().count(), 2);
    out += ':';
    append_padded(out, clock.minutes().count(), 2);
    out += ':';
    append_padded(out, clock.seconds().count(), 2);
}

struct DurationUnit {
    std::string_view name;
    std::int64_t microseconds;
};
// From the largest on, which is how to_text takes a duration apart. A day is 24 hours: waits, not calendar days.
constexpr std::array<DurationUnit, 6> duration_units{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}, {"us", 1}}};

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::optional<Time> parse_time(std::string_view text) {
    std::size_t position = 0;
    Date date;
    int h = 0;
    int m = 0;
    int s = 0;
    microseconds fraction{};
    minutes offset{};
    if (!read_date(text, position, date)) return std::nullopt;
    // The blank instead of 'T' that a note of §5.6 leaves to applications is not taken.
    if (!read_char(text, position, 'T') && !read_char(text, position, 't')) return std::nullopt;
    if (!read_digits(text, position, 2, h) || !read_char(text, position, ':') || !read_digits(text, position, 2, m) ||
        !read_char(text, position, ':') || !read_digits(text, position, 2, s) || !read_fraction(text, position, fraction) ||
        !read_offset(text, position, offset))
        return std::nullopt;
    // :60 is taken at any minute: a sender's leap second is no reason to refuse an event, and which
    // minutes have one changes with time.
    if (position != text.size() || h > 23 || m > 59 || s > 60) return std::nullopt;
    return sys_days{date} + hours{h} + minutes{m} + seconds{s} + fraction - offset;
}

std::optional<Date> parse_date(std::string_view text) {
    std::size_t position = 0;
    Date date;
    if (!read_date(text, position, date) || position != text.size()) return std::nullopt;
    return date;
}

// Midnight is found by rounding down and not towards zero, so that a time before 1970 has its right day.
std::string to_text(Time time) {
    const auto midnight = floor<days>(time);
    const hh_mm_ss clock{time - midnight};
    std::string out = to_text(Date{midnight});
    out += 'T';
    append_clock(out, clock);
    out += '.';
    append_padded(out, clock.subseconds().count(), 6);
    out += 'Z';
    return out;
}

std::string to_text(Date date) {
    std::string out;
    out.reserve(32);
    append_padded(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    return out;
}

// Names in English whatever the locale, and always +0000: where the engine stands is nobody's business.
std::string to_mail_date(Time time) {
    static constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto midnight = floor<days>(time);
    const Date date{midnight};
    std::string out{weekdays[weekday{midnight}.c_encoding()]};
    out += ", ";
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out += ' ';
    out += months[static_cast<unsigned>(date.month()) - 1];
    out += ' ';
    append_padded(out, static_cast<int>(date.year()), 4);
    out += ' ';
    append_clock(out, hh_mm_ss{time - midnight});
    out += " +0000";
    return out;
}

int days_between(Date from, Date to) {
    return static_cast<int>((sys_days{to} - sys_days{from}).count());
}

// Parts are summed, in any order. A unit is what stands up to the next digit, so "5ms" is never five minutes and an
// "s". Overflow is "malformed", as no setting allows so much.
std::optional<Duration> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::int64_t total = 0;
    while (!text.empty()) {
        std::int64_t number = 0;
        // from_chars takes a minus sign but no plus.
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failure != std::errc{} || number < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto letters = std::min(text.find_first_of("0123456789"), text.size());
        const auto name = text.substr(0, letters);
        text.remove_prefix(letters);
        std::int64_t unit = 0;
        for (const auto& known : duration_units)
            if (known.name == name) unit = known.microseconds;
        std::int64_t part = 0;
        if (unit == 0 || __builtin_mul_overflow(number, unit, &part) || __builtin_add_overflow(total, part, &total))
            return std::nullopt;
    }
    return Duration{total};
}

std::string to_text(Duration duration) {
    std::int64_t rest = duration.count();
    if (rest == 0) return "0s";
    std::string out;
    if (rest < 0) {
        out += '-';
        rest = -rest;
    }
    for (const auto& unit : duration_units) {
        if (rest < unit.microseconds) continue;
        out += std::to_string(rest / unit.microseconds);
        out += unit.name;
        rest %= unit.microseconds;
    }
    return out;
}

}  // namespace ilbud
