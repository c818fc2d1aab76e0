#include "ilbud/base/url.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

std::string read(std::string_view text) {
    const auto url = read_web_url(text);
    return url ? *url : "refused: " + url.error().detail;
}

}  // namespace

TEST_CASE("web url: what RFC 3986 and browsers read stays as it is") {
    for (const std::string text : {"https://example.com",
                                   "http://example.com/",
                                   "HTTPS://Example.COM/a?b=c&d=%C3%B8#e",
                                   "https://example.com:8443/x",
                                   "https://[2001:db8::1]/x",
                                   "https://[2001:db8::1]:8443",
                                   "https://192.0.2.1/x",
                                   "https://xn--rdgrd-vuad.dk/",
                                   "https://example.com?x",
                                   "http://localhost/x",
                                   "https://example.com./x",
                                   "https://example.com/a(b)c*d!e~f;g,h:i@j",
                                   "https://betal_nu.example/1",
                                   "https://_x.example/",
                                   "https://example.com/it's?a='b'#'",
                                   "https://example.com/?a[]=1&b[x]=2",
                                   "https://example.com/[x]",
                                   "https://example.com/a//b/../c",
                                   "https://example.com/?next=https://x.example/?a#b",
                                   "https://1.2.3.4.5/",
                                   "https://example.com/%c3%a6",
                                   "https://example.com/#/route?x=1"}) {
        INFO(text);
        CHECK(read(text) == text);
    }
}

TEST_CASE("web url: what a URL cannot hold is written as browsers ask for it") {
    CHECK(read("https://rødgrød.dk/æble") == "https://xn--rdgrd-vuad.dk/%C3%A6ble");
    CHECK(read("https://BLÅBÆR.dk:8443?ø") == "https://xn--blbr-roah.dk:8443?%C3%B8");
    CHECK(read("https://example.com/\"<b>`{x}|^\"") == "https://example.com/%22%3Cb%3E%60%7Bx%7D%7C%5E%22");
    CHECK(read("https://example.com/100%") == "https://example.com/100%25");
    CHECK(read("https://example.com/%zz%2") == "https://example.com/%25zz%252");
    CHECK(read("https://example.com/#a#b") == "https://example.com/#a%23b");
    CHECK(read("https://example.com:/x") == "https://example.com/x");
}

TEST_CASE("S18: other schemes, blanks, control characters, user names and missing hosts are refused") {
    for (const char* text : {"",
                             "example.com",
                             "//example.com",
                             "ftp://example.com",
                             "javascript:alert(1)",
                             "javascript://example.com/%0aalert(1)",
                             "data:text/html,x",
                             "mailto:a@example.com",
                             "https",
                             "https:",
                             "https:/example.com",
                             "https:example.com",
                             "https://",
                             "https:///x",
                             "https://?x",
                             "https://:443/",
                             "https://./",
                             "https://user@example.com",
                             "https://user:pw@example.com",
                             "https://@example.com",
                             "https://bank.example%40evil.example@x",
                             "https://example.com:0/",
                             "https://example.com:65536/",
                             "https://example.com:8x/",
                             "https://example.com:80:80/",
                             "https://exa mple.com",
                             "https://example.com/a b",
                             " https://example.com",
                             "https://example.com/\n",
                             "https://example.com/\x01",
                             "https://example.com/\x7f",
                             "https://example.com/\u00a0x",
                             "https://example.com/\u200bx",
                             "https://example.com/\u202ex",
                             "https://example.com/\u3000",
                             "https://example.com\\@evil.example",
                             "https://example.com/\\",
                             "https://[::1",
                             "https://[]/",
                             "https://[g]/",
                             "https://[::1]x/",
                             "https://[192.0.2.1]/",
                             "https://.example.com",
                             "https://a..b/",
                             "https://exa%6dple.com",
                             "https://exa'mple.com",
                             "https://exa\"mple.com/",
                             "https://-ø-.-/",
                             "https://ex\xffmple.com/"}) {
        INFO(text);
        CHECK(read(text).starts_with("refused: "));
    }
    CHECK(read("https://" + std::string(63, 'a') + ".example/").starts_with("https://"));
    CHECK(read("https://" + std::string(64, 'a') + ".example/").starts_with("refused: "));
}
