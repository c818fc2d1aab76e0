#include "ilbud/settings/one_click_url.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("fill_one_click_url: ids are percent-encoded, other braces stay") {
    const OneClickIds ids{"abc27", "10 47/æ", "daily.1"};
    CHECK(fill_one_click_url("https://a.example/{unit}/x?m={mail}&s={subscriber}&{email}&m={mail}{", ids) ==
          "https://a.example/daily.1/x?m=abc27&s=10%2047%2F%C3%A6&{email}&m=abc27{");
    CHECK(fill_one_click_url("{mail}", {"{unit}", "", "daily"}) == "%7Bunit%7D");  // a value is not filled in again
}

TEST_CASE("is_one_click_url: https, of printable ASCII, without brackets, and short enough for a line") {
    const std::string host = "https://a.example/";
    CHECK(is_one_click_url(host + std::string(one_click_url_bytes_max - host.size(), 'x')));
    CHECK_FALSE(is_one_click_url(host + std::string(one_click_url_bytes_max - host.size() + 1, 'x')));
    for (const char* bad :
         {"", "http://a.example/", "HTTPS://a.example/", "mailto:a@b.example", "https://a.example/ b",
          "https://a.example/\r\nBcc: b", "https://a.example/>,<b", "https://a.example/\"", "https://a.example/ø"}) {
        INFO(bad);
        CHECK_FALSE(is_one_click_url(bad));
    }
}
