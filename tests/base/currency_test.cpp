// Against the standard's list as Debian's iso-codes has it.
#include "ilbud/base/currency.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

using namespace ilbud;

TEST_CASE("minor_unit_digits: knows codes in capitals, and how the standard counts each") {
    for (const char* code : {"DKK", "NOK", "SEK", "EUR", "USD", "GBP", "AED", "ZAR"}) CHECK(minor_unit_digits(code) == 2);
    for (const char* code : {"ISK", "JPY", "KRW", "CLP", "XAF", "XPF", "VND"}) CHECK(minor_unit_digits(code) == 0);
    for (const char* code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) CHECK(minor_unit_digits(code) == 3);
    for (const char* code : {"CLF", "UYW"}) CHECK(minor_unit_digits(code) == 4);
    for (const char* code : {"", "dkk", "DK", "DKKK", "XXX", "XAU", "DEM", "kr."}) CHECK_FALSE(minor_unit_digits(code));
}

TEST_CASE("minor_unit_digits: amounts in currencies that CLDR shows without decimals were a hundred times too large") {
    for (const char* code : {"ALL", "AFN", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER", "HUF",
                             "IDR", "COP", "CRC", "GYD", "MNT", "MUR", "PKR", "TZS", "UZS", "STN", "AMD", "CZK", "TWD"}) {
        CAPTURE(code);
        CHECK(minor_unit_digits(code) == 2);
    }
}

TEST_CASE("minor_unit_digits: every currency of ISO 4217 that has minor units is known") {
    std::ifstream file("/usr/share/iso-codes/json/iso_4217.json");
    if (!file) {
        std::cout << "skipped: ISO 4217 against iso-codes: the package is not installed\n";
        return;
    }
    const std::string text(std::istreambuf_iterator<char>(file), {});
    // Metals, tests, units of account: the standard gives them no minor unit.
    const std::set<std::string> others{"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"};
    int known = 0;
    const std::string field = "\"alpha_3\": \"";
    for (auto at = text.find(field); at != std::string::npos; at = text.find(field, at + 1)) {
        const auto code = text.substr(at + field.size(), 3);
        CAPTURE(code);
        CHECK(minor_unit_digits(code).has_value() != others.contains(code));
        known += minor_unit_digits(code) ? 1 : 0;
    }
    CHECK(known == 168);
}
