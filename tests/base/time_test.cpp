#include "ilbud/base/time.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;
using namespace std::chrono;
using namespace std::chrono_literals;

TEST_CASE("parse_time: reads RFC 3339 with offset, fraction and leap second") {
    const auto plain = parse_time("2025-06-24T10:00:00+02:00");
    REQUIRE(plain);
    CHECK(to_text(*plain) == "2025-06-24T08:00:00.000000Z");
    CHECK(to_text(*parse_time("2025-06-24t08:00:00.5z")) == "2025-06-24T08:00:00.500000Z");
    CHECK(to_text(*parse_time("2025-06-24T08:00:00.123456789Z")) == "2025-06-24T08:00:00.123456Z");
    CHECK(to_text(*parse_time("2016-12-31T23:59:60Z")) == "2017-01-01T00:00:00.000000Z");
    CHECK(to_text(*parse_time("1990-12-31T15:59:59-08:00")) == "1990-12-31T23:59:59.000000Z");
}

TEST_CASE("parse_time: refuses what is not an RFC 3339 date-time") {
    for (const auto* text : {"", "2025-06-24", "2025-06-24T10:00:00", "2025-06-24 10:00:00Z", "2025-13-01T00:00:00Z",
                             "2025-02-29T00:00:00Z", "2025-06-24T24:00:00Z", "2025-06-24T10:60:00Z", "2025-06-24T10:00:61Z",
                             "2025-06-24T10:00:00.Z", "2025-06-24T10:00:00+2:00", "2025-06-24T10:00:00+24:00",
                             "2025-06-24T10:00:00Zx", "25-06-24T10:00:00Z", "1899-12-31T00:00:00Z", "２025-06-24T10:00:00Z"}) {
        INFO(text);
        CHECK_FALSE(parse_time(text));
    }
}

TEST_CASE("parse_date: takes days of the calendar only") {
    CHECK(parse_date("2024-02-29") == Date{2024y / 2 / 29});
    CHECK_FALSE(parse_date("2025-02-29"));
    CHECK_FALSE(parse_date("2025-2-9"));
    CHECK_FALSE(parse_date("2025-02-09T"));
    CHECK(to_text(Date{2025y / 6 / 4}) == "2025-06-04");
}

TEST_CASE("to_mail_date: is RFC 5322 §3.3 in UTC") {
    CHECK(to_mail_date(*parse_time("2025-06-24T10:00:00+02:00")) == "Tue, 24 Jun 2025 08:00:00 +0000");
    CHECK(to_mail_date(*parse_time("2026-11-01T00:00:09Z")) == "Sun, 01 Nov 2026 00:00:09 +0000");
}

TEST_CASE("local_date: the day changes at the zone's midnight, with summer time") {
    CHECK(local_date(*parse_time("2025-06-24T21:59:59Z"), "Europe/Copenhagen") == Date{2025y / 6 / 24});
    CHECK(local_date(*parse_time("2025-06-24T22:00:00Z"), "Europe/Copenhagen") == Date{2025y / 6 / 25});
    CHECK(local_date(*parse_time("2025-12-24T22:30:00Z"), "Europe/Copenhagen") == Date{2025y / 12 / 24});
    CHECK(local_date(*parse_time("2025-12-24T23:00:00Z"), "Europe/Copenhagen") == Date{2025y / 12 / 25});
}

TEST_CASE("is_time_zone: knows IANA names and nothing else") {
    CHECK(is_time_zone("Europe/Copenhagen"));
    CHECK(is_time_zone("UTC"));
    CHECK_FALSE(is_time_zone("Europe/Kopenhagen"));
    CHECK_FALSE(is_time_zone(""));
    CHECK_FALSE(is_time_zone("GMT+25"));
}

TEST_CASE("days_between: counts calendar days, also backwards") {
    CHECK(days_between(2025y / 2 / 28, 2025y / 3 / 1) == 1);
    CHECK(days_between(2025y / 3 / 1, 2025y / 2 / 28) == -1);
    CHECK(days_between(2025y / 3 / 1, 2025y / 3 / 1) == 0);
}

TEST_CASE("parse_duration: reads every unit, sums parts, refuses the rest") {
    CHECK(parse_duration("90s") == Duration{90s});
    CHECK(parse_duration("1h30m") == Duration{90min});
    CHECK(parse_duration("100ms") == Duration{100ms});
    CHECK(parse_duration("250us") == Duration{250us});
    CHECK(parse_duration("400d") == Duration{400 * 24h});
    for (const auto* text : {"", "5", "s", "-5s", "5 s", "5w", "5.5s", "99999999999999999999s", "106751992d", "5s5"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("to_text: a duration is written so that parse_duration reads it back") {
    for (const auto value : {Duration{0}, Duration{90min}, Duration{400 * 24h}, Duration{1'234'567}, Duration{250}})
        CHECK(parse_duration(to_text(value)) == value);
    CHECK(to_text(Duration{90min}) == "1h30m");
}
