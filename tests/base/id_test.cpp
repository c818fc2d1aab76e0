#include "ilbud/base/id.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("sha256: gives the digest of FIPS 180-4's example") {
    const Digest digest = sha256("abc");
    CHECK(digest[0] == 0xba);
    CHECK(digest[1] == 0x78);
    CHECK(digest[31] == 0xad);
}

TEST_CASE("stable_id: is stable, and depends on where parts end") {
    CHECK(stable_id({"shop", "1", "welcome", "a@example.com"}) == stable_id({"shop", "1", "welcome", "a@example.com"}));
    CHECK(stable_id({"ab", "c"}) != stable_id({"a", "bc"}));
    CHECK(stable_id({"ab", ""}) != stable_id({"ab"}));
    CHECK(stable_id({"x"}).size() == 26);
    CHECK(stable_id({"x"}).find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
}

TEST_CASE("base64: gives RFC 4648 §10's test vectors, both ways") {
    for (const auto& [plain, coded] : std::initializer_list<std::pair<const char*, const char*>>{{"", ""},
                                                                                                 {"f", "Zg=="},
                                                                                                 {"fo", "Zm8="},
                                                                                                 {"foo", "Zm9v"},
                                                                                                 {"foob", "Zm9vYg=="},
                                                                                                 {"fooba", "Zm9vYmE="},
                                                                                                 {"foobar", "Zm9vYmFy"}}) {
        CHECK(base64(plain) == coded);
        CHECK(from_base64(coded) == std::string(plain));
    }
}

TEST_CASE("from_base64: refuses white space, wrong padding and foreign letters") {
    for (const auto* text : {"Zg=", "Zg", "Z===", "Zg==\n", " Zg==", "Zm9v Zg==", "Z-8=", "Zg==Zg==", "====", "=Zg="}) {
        INFO(text);
        CHECK_FALSE(from_base64(text));
    }
}
