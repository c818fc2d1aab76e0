#include "ilbud/base/text.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;
using namespace std::string_literals;

TEST_CASE("lower_case: only the letters A to Z change, whatever the locale") {
    CHECK(lower_case("Ab-Z[9]@`{") == "ab-z[9]@`{");
    CHECK(lower_case("\xc3\x86Z") == "\xc3\x86z");  // Æ stays
    CHECK(upper_case("smtpUTF8 æ") == "SMTPUTF8 æ");
}

TEST_CASE("same_letters: equal but for the case of ASCII letters, and of one length") {
    CHECK(same_letters("v=SPF1", "V=spf1"));
    CHECK_FALSE(same_letters("a", "ab"));
    CHECK_FALSE(same_letters("[", "{"));  // as far apart as A and a, but no letters
    CHECK_FALSE(same_letters("\xc3\x86", "\xc3\xa6"));
}

TEST_CASE("trimmed: blanks at the ends go, those within stay") {
    CHECK(trimmed(" \t a b\r\n") == "a b");
    CHECK(trimmed(" \r\n\t") == "");
    CHECK(trimmed("") == "");
    CHECK(trimmed("\ra\n", "\n") == "\ra");  // only what was named
}

TEST_CASE("is_letter_or_digit: ASCII only") {
    int found = 0;
    for (int byte = 0; byte < 256; ++byte) found += is_letter_or_digit(static_cast<char>(byte)) ? 1 : 0;
    CHECK(found == 62);
    CHECK_FALSE(is_letter('\xe6'));
}

TEST_CASE("utf8_length: the well-formed sequences of Unicode's table 3-7 and nothing else") {
    CHECK(utf8_length("") == 0);
    CHECK(utf8_length("a") == 1);
    CHECK(utf8_length("\0"s) == 1);
    CHECK(utf8_length("\xc2\x80") == 2);
    CHECK(utf8_length("\xdf\xbf") == 2);
    CHECK(utf8_length("\xe0\xa0\x80") == 3);
    CHECK(utf8_length("\xed\x9f\xbf") == 3);
    CHECK(utf8_length("\xef\xbf\xbf") == 3);
    CHECK(utf8_length("\xf0\x90\x80\x80") == 4);
    CHECK(utf8_length("\xf4\x8f\xbf\xbf") == 4);
    for (const auto* malformed : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80",
                                  "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
        INFO(static_cast<int>(static_cast<unsigned char>(malformed[0])));
        CHECK(utf8_length(malformed) == 0);
    }
}
