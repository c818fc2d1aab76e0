#include "ilbud/render/format.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <thread>

#include "ilbud/base/currency.hpp"

using namespace ilbud;

namespace {

// As a person types it: without ICU's no-break spaces.
std::string plain(std::string text) {
    for (auto at = text.find("\u00a0"); at != std::string::npos; at = text.find("\u00a0")) text.replace(at, 2, " ");
    for (auto at = text.find("\u202f"); at != std::string::npos; at = text.find("\u202f")) text.replace(at, 3, " ");
    for (auto at = text.find("\u2212"); at != std::string::npos; at = text.find("\u2212")) text.replace(at, 3, "-");
    return text;
}
std::string money(std::int64_t amount, std::string_view currency, Locale locale) {
    return plain(format_money(amount, currency, locale));
}

}  // namespace

TEST_CASE("format_money: writes each locale's own currency as DOMAIN section 8 says") {
    CHECK(money(125000, "DKK", Locale::da) == "1.250,00 kr.");
    CHECK(money(125000, "NOK", Locale::nb) == "1 250,00 kr");
    CHECK(money(125000, "SEK", Locale::sv) == "1 250,00 kr");
    CHECK(money(125000, "DKK", Locale::en) == "DKK 1,250.00");
    CHECK(money(125000, "EUR", Locale::de) == "1.250,00 €");
}

TEST_CASE("format_money: names a foreign currency so that it cannot be taken for the own one") {
    CHECK(money(125000, "EUR", Locale::da) == "1.250,00 €");
    CHECK(money(125000, "SEK", Locale::da) == "1.250,00 SEK");
    CHECK(money(125000, "NOK", Locale::da) == "1.250,00 NOK");
    CHECK(money(125000, "DKK", Locale::nb) == "1 250,00 DKK");
    CHECK(money(125000, "EUR", Locale::en) == "€1,250.00");
    CHECK(money(125000, "NOK", Locale::en) == "NOK 1,250.00");
    CHECK(money(125000, "DKK", Locale::de) == "1.250,00 DKK");
}

TEST_CASE("format_money: takes the number of decimals from the currency") {
    CHECK(money(1250, "JPY", Locale::en) == "JP¥1,250");
    CHECK(money(1250, "JPY", Locale::da) == "1.250 JP¥");
    CHECK(money(1250000, "KWD", Locale::en) == "KWD 1,250.000");
    CHECK(money(7, "KWD", Locale::da) == "0,007 KWD");
}

TEST_CASE("format_money: amounts in dinars, lek and kyat were a hundred times too large") {
    CHECK(money(125000, "RSD", Locale::en) == "RSD 1,250.00");
    CHECK(money(125000, "RSD", Locale::da) == "1.250,00 RSD");
    CHECK(money(125000, "ALL", Locale::de) == "1.250,00 ALL");
    CHECK(money(1250000, "IQD", Locale::en) == "IQD 1,250.000");
    CHECK(money(-5, "MMK", Locale::nb) == "-0,05 MMK");
    CHECK(money(1250, "ISK", Locale::nb) == "1 250 ISK");
}

TEST_CASE("format_money: every currency in every language has as many digits behind its sign as the standard counts") {
    int compared = 0;
    for (char a = 'A'; a <= 'Z'; ++a)
        for (char b = 'A'; b <= 'Z'; ++b)
            for (char c = 'A'; c <= 'Z'; ++c) {
                const std::string code{a, b, c};
                const auto digits = minor_unit_digits(code);
                if (!digits) continue;
                for (const Locale locale : {Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de}) {
                    const auto text = money(123456789, code, locale);
                    CAPTURE(code, text);
                    std::string figures;
                    for (const char each : text)
                        if (each >= '0' && each <= '9') figures += each;
                    CHECK(figures == "123456789");
                    const auto last = text.find_last_of("0123456789");
                    const auto mark = text.find_last_of(".,", last);
                    const auto behind = mark == std::string::npos ? 0 : last - mark;
                    const bool grouped = *digits == 0 && behind == 3;  // "123.456.789"
                    CHECK((grouped ? 0 : behind) == static_cast<std::size_t>(*digits));
                    ++compared;
                }
            }
    CHECK(compared == 171 * 5);
}

TEST_CASE("format_money: Danish, Norwegian and Icelandic crowns go by their codes in Swedish") {
    CHECK(money(125000, "DKK", Locale::sv) == "1 250,00 DKK");
    CHECK(money(125000, "NOK", Locale::sv) == "1 250,00 NOK");
    CHECK(money(1250, "ISK", Locale::sv) == "1 250 ISK");
}

TEST_CASE("format_money: is exact at the edges") {
    CHECK(money(0, "DKK", Locale::da) == "0,00 kr.");
    CHECK(money(5, "DKK", Locale::da) == "0,05 kr.");
    CHECK(money(99999, "DKK", Locale::da) == "999,99 kr.");
    CHECK(money(100000, "DKK", Locale::da) == "1.000,00 kr.");
    CHECK(money(-125000, "DKK", Locale::da) == "-1.250,00 kr.");
    CHECK(money(-125000, "NOK", Locale::nb) == "-1 250,00 kr");
    CHECK(money(-1, "DKK", Locale::en) == "-DKK 0.01");
    CHECK(money(std::numeric_limits<std::int64_t>::max(), "DKK", Locale::da) == "92.233.720.368.547.758,07 kr.");
    CHECK(money(std::numeric_limits<std::int64_t>::min(), "DKK", Locale::da) == "-92.233.720.368.547.758,08 kr.");
}

TEST_CASE("format_money: never breaks an amount over two lines") {
    for (const Locale locale : {Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de})
        CHECK(format_money(123456789, "DKK", locale).find(' ') == std::string::npos);
}

TEST_CASE("format_money and format_date: threads do not disturb each other") {
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n) {
                if (money(125000, "DKK", Locale::da) != "1.250,00 kr.") ++wrong;
                if (format_date(*parse_date("2025-06-24"), Locale::sv) != "24 juni 2025") ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("format_date: writes the date in words") {
    const Date date = *parse_date("2025-06-24");
    CHECK(format_date(date, Locale::da) == "24.\u00a0juni 2025");
    CHECK(format_date(date, Locale::nb) == "24.\u00a0juni 2025");
    CHECK(format_date(date, Locale::sv) == "24 juni 2025");
    CHECK(format_date(date, Locale::en) == "24 June 2025");
    CHECK(format_date(date, Locale::de) == "24.\u00a0Juni 2025");
    CHECK(format_date(*parse_date("2024-02-29"), Locale::da) == "29.\u00a0februar 2024");
    CHECK(format_date(*parse_date("2025-01-01"), Locale::en) == "1 January 2025");
}

TEST_CASE("format_period: one style a language, which says month and year once where both days share them") {
    const auto period = [](const char* first, const char* last, Locale locale) {
        return plain(format_period(*parse_date(first), *parse_date(last), locale));
    };
    CHECK(period("2025-06-01", "2025-06-30", Locale::da) == "1.–30. juni 2025");
    CHECK(period("2025-06-01", "2025-06-30", Locale::nb) == "1.–30. juni 2025");
    CHECK(period("2025-06-01", "2025-06-30", Locale::sv) == "1–30 juni 2025");
    CHECK(period("2025-06-01", "2025-06-30", Locale::en) == "1–30 June 2025");
    CHECK(period("2025-06-01", "2025-06-30", Locale::de) == "1.–30. Juni 2025");
    CHECK(period("2025-06-24", "2025-09-23", Locale::da) == "24. juni–23. september 2025");
    CHECK(period("2025-06-24", "2025-09-23", Locale::nb) == "24. juni–23. september 2025");
    CHECK(period("2025-06-24", "2025-09-23", Locale::sv) == "24 juni–23 september 2025");
    CHECK(period("2025-06-24", "2025-09-23", Locale::en) == "24 June–23 September 2025");
    CHECK(period("2025-06-24", "2025-09-23", Locale::de) == "24. Juni–23. September 2025");
    CHECK(period("2025-12-24", "2026-01-23", Locale::da) == "24. december 2025–23. januar 2026");
    CHECK(period("2025-12-24", "2026-01-23", Locale::en) == "24 December 2025–23 January 2026");
    CHECK(period("2025-06-24", "2025-06-24", Locale::da) == "24. juni 2025");
}

TEST_CASE("format_date: no line can break between \"31.\" and its month, in dates, periods and moments") {
    const Date first = *parse_date("2026-12-01"), last = *parse_date("2026-12-31");
    CHECK(format_date(last, Locale::nb) == "31.\u00a0desember 2026");
    CHECK(format_date(last, Locale::en) == "31 December 2026");
    CHECK(format_period(first, last, Locale::de) == "1.–31.\u00a0Dezember 2026");
    CHECK(format_period(*parse_date("2026-11-01"), last, Locale::da) == "1.\u00a0november–31.\u00a0december 2026");
    for (const Locale locale : {Locale::da, Locale::nb, Locale::de})
        CHECK(format_moment(*parse_time("2026-12-31T10:00:00Z"), "Europe/Oslo", locale).starts_with("31.\u00a0"));
}

TEST_CASE("format_quantity: writes whole numbers plainly and others with the locale's comma") {
    CHECK(format_quantity(1, Locale::da) == "1");
    CHECK(format_quantity(2.5, Locale::da) == "2,5");
    CHECK(format_quantity(1250.5, Locale::da) == "1.250,5");
    CHECK(format_quantity(0.125, Locale::en) == "0.125");
    CHECK(plain(format_quantity(-1, Locale::da)) == "-1");
}

TEST_CASE("format_list: joins as people do") {
    CHECK(format_list({}, Locale::da).empty());
    CHECK(format_list({"A"}, Locale::da) == "A");
    CHECK(format_list({"A", "B"}, Locale::da) == "A og B");
    CHECK(format_list({"A", "B", "C"}, Locale::da) == "A, B og C");
    CHECK(format_list({"A", "B", "C"}, Locale::nb) == "A, B og C");
    CHECK(format_list({"A", "B", "C"}, Locale::sv) == "A, B och C");
    CHECK(format_list({"A", "B", "C"}, Locale::en) == "A, B and C");
    CHECK(format_list({"A", "B", "C"}, Locale::de) == "A, B und C");
}

TEST_CASE("display_width: counts columns, not bytes") {
    CHECK(display_width("abc") == 3);
    CHECK(display_width("æøå é") == 5);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("日本") == 4);
    CHECK(display_width("a\u200bb") == 2);
    CHECK(display_width("\xff\xfe") == 2);  // not UTF-8: one each
}
