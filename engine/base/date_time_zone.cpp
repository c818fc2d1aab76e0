// Time zones from the system's tables (package tzdata), which Debian keeps up to date: ICU carries a copy as old as its package, and
// governments move their clocks on short notice. A zone is read at its first use and stays as it was read. The library reads changes up
// to 2037; behind it the last offset holds all year.
#include <date/tz.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>

#include "ilbud/base/time.hpp"

namespace ilbud {
namespace {

constexpr const char* zones_folder = "/usr/share/zoneinfo";

// The library reads tables and zones at their first use: one thread at a time.
std::mutex& tables() {
    static std::mutex mutex;
    return mutex;
}

// Null: no such zone, or no tables at all.
const date::time_zone* find_zone(std::string_view name) {
    const std::lock_guard lock(tables());
    try {
        const auto* zone = date::locate_zone(name);
        zone->get_info(date::sys_seconds{});  // reads it: from then on it is only looked at
        return zone;
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

// Kept for each thread, so that mails do not wait for each other: the zones of the units' settings, a handful.
const date::time_zone& zone_named(std::string_view name) {
    thread_local std::map<std::string, const date::time_zone*, std::less<>> known;
    if (const auto found = known.find(name); found != known.end()) return *found->second;
    const auto* zone = find_zone(name);
    if (zone == nullptr) throw std::runtime_error("no time zone " + std::string(name));
    known.emplace(name, zone);
    return *zone;
}

}  // namespace

bool is_time_zone(std::string_view zone) {
    return find_zone(zone) != nullptr;
}

Duration utc_offset(Time time, std::string_view zone) {
    return zone_named(zone).get_info(std::chrono::floor<std::chrono::seconds>(time)).offset;
}

Date local_date(Time time, std::string_view zone) {
    return Date{std::chrono::floor<std::chrono::days>(time + utc_offset(time, zone))};
}

// "# version 2025b" is how tzdata.zi begins; the library knows only of tables that it fetched itself.
std::string time_zone_tables() {
    std::ifstream file(std::filesystem::path(zones_folder) / "tzdata.zi");
    std::string sign, word, version;
    if (file >> sign >> word >> version && sign == "#" && word == "version") return version;
    return {};
}

}  // namespace ilbud
