// Time zones as the system knows them. What zdump says of the same tables is the measure.
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "ilbud/base/time.hpp"

using namespace ilbud;

namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string out;
    std::array<char, 4096> part{};
    while (pipe && std::fgets(part.data(), part.size(), pipe.get()) != nullptr) out += part.data();
    return out;
}

}  // namespace

TEST_CASE("time zones: rules that changed after 2022 hold, and names that are new since are known") {
    const auto local = [](const char* time, const char* zone) {
        const auto parsed = parse_time(time);
        return to_text(*parsed + utc_offset(*parsed, zone)).substr(0, 16);
    };
    CHECK(local("2026-12-31T02:30:00Z", "America/Nuuk") == "2026-12-31T00:30");  // UTC-2 since 2023
    CHECK(local_date(*parse_time("2026-12-31T02:30:00Z"), "America/Nuuk") == Date{std::chrono::year{2026} / 12 / 31});
    CHECK(local("2026-07-01T12:00:00Z", "Asia/Almaty") == "2026-07-01T17:00");            // UTC+5 since March 2024
    CHECK(local("2026-07-01T12:00:00Z", "Africa/Cairo") == "2026-07-01T15:00");           // summer time again since 2023
    CHECK(local("2026-07-01T12:00:00Z", "America/Asuncion") == "2026-07-01T09:00");       // UTC-3 all year since October 2024
    CHECK(local("2026-07-01T12:00:00Z", "America/Mexico_City") == "2026-07-01T06:00");    // no summer time since 2022
    CHECK(local("2026-07-01T12:00:00Z", "America/Ciudad_Juarez") == "2026-07-01T06:00");  // a zone of its own since 2022
    CHECK(local("2026-07-01T12:00:00Z", "Europe/Kyiv") == "2026-07-01T15:00");
    CHECK(local("1950-01-01T12:00:00Z", "Europe/Copenhagen") == "1950-01-01T13:00");
    CHECK(local("2037-07-01T12:00:00Z", "Europe/Copenhagen") == "2037-07-01T14:00");
}

TEST_CASE("time zones: the edition of the tables is told") {
    const auto version = time_zone_tables();
    REQUIRE(version.size() >= 5);
    CHECK(version >= "2023");
}

TEST_CASE("time zones: twenty zones at twenty instants are as zdump has them") {
    if (output_of("command -v zdump").empty()) {
        std::cout << "skipped: time zones against zdump: it is not installed\n";
        return;
    }
    int compared = 0;
    for (const std::string zone :
         {"Europe/Copenhagen", "Europe/Oslo",         "Europe/Stockholm",      "Europe/Berlin",       "Europe/London",
          "Europe/Dublin",     "Europe/Kyiv",         "Atlantic/Faroe",        "Atlantic/Reykjavik",  "America/Nuuk",
          "America/Asuncion",  "America/Mexico_City", "America/Ciudad_Juarez", "America/St_Johns",    "Africa/Cairo",
          "Africa/Casablanca", "Asia/Almaty",         "Asia/Kathmandu",        "Australia/Lord_Howe", "Pacific/Apia"}) {
        // "Europe/Oslo  Sun Mar 29 01:00:00 2026 UT = Sun Mar 29 03:00:00 2026 CEST isdst=1 gmtoff=7200": a second before and at
        // each change of the years; where there are fewer than twenty, the middle of months.
        const auto changes = output_of("zdump -v -c 2015,2037 " + zone);
        int instants = 0;
        for (std::size_t at = 0; at < changes.size() && instants < 20;) {
            const auto end = changes.find('\n', at);
            const auto line = changes.substr(at, end - at);
            at = end + 1;
            const auto offset_at = line.find("gmtoff=");
            std::tm utc{};
            if (offset_at == std::string::npos ||
                ::strptime(line.c_str() + zone.size(), " %a %b %d %H:%M:%S %Y UT", &utc) == nullptr)
                continue;
            const Time time{std::chrono::seconds{::timegm(&utc)}};
            if (time < parse_time("2015-01-01T00:00:00Z")) continue;
            CAPTURE(line);
            CHECK(utc_offset(time, zone) == std::chrono::seconds{std::stol(line.substr(offset_at + 7))});
            ++instants;
        }
        for (int month = 0; instants < 20; ++instants, ++month) {
            const auto time = *parse_time("2024-01-15T12:00:00Z") + month * std::chrono::days{37};
            const auto seconds =
                std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
            const auto said = output_of("TZ=" + zone + " date -d @" + seconds + " +%z");  // "+0545"
            CAPTURE(zone, seconds, said);
            REQUIRE(said.size() >= 5);
            const auto minutes = std::stol(said.substr(1, 2)) * 60 + std::stol(said.substr(3, 2));
            CHECK(utc_offset(time, zone) == std::chrono::minutes{said.front() == '-' ? -minutes : minutes});
        }
        compared += instants;
    }
    std::cout << "time zones against zdump: " << compared << " instants\n";
    CHECK(compared == 400);
}

TEST_CASE("time zones: every name of the system's list is known, and nothing beside it") {
    int names = 0;
    const auto list = output_of("awk '$1 == \"Z\" {print $2} $1 == \"L\" {print $3}' /usr/share/zoneinfo/tzdata.zi");
    for (std::size_t at = 0; at < list.size();) {
        const auto end = list.find('\n', at);
        const auto name = list.substr(at, end - at);
        at = end + 1;
        if (name == "Factory") continue;  // what a machine has before anybody chose
        CAPTURE(name);
        CHECK(is_time_zone(name));
        ++names;
    }
    CHECK(names > 400);
    for (const auto* name : {"", "Europe/Kopenhagen", "europe/copenhagen", "GMT+25", "../etc/passwd", "/etc/localtime",
                             "tzdata.zi", "Europe", "Europe/", "Europe/Copenhagen ", "zone.tab", "right/Europe/Copenhagen"}) {
        CAPTURE(name);
        CHECK_FALSE(is_time_zone(name));
    }
}
