// SPF records as people break them.
#include "ilbud/spf/spf_repair.hpp"

#include <catch2/catch.hpp>

#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"

using namespace ilbud;

namespace {

std::string repaired(std::string_view text) {
    const auto terms = read_spf_terms(text);
    std::string out = spf_text(terms.terms);
    for (const auto& word : terms.unreadable) out += " [" + word + "]";
    return out;
}

}  // namespace

TEST_CASE("spf repair: which TXT records are meant as SPF") {
    for (const auto* yes : {"v=spf1",
                            "v=spf1 -all",
                            "V=SPF1 mx",
                            " v=spf1 -all",
                            "\"v=spf1 mx -all\"",
                            "\\\"v=spf1 mx\\\"",
                            "v=spf1;mx",
                            "v = spf1 mx",
                            "spf1 mx -all",
                            "v=spf1include:a.example",
                            "v=spf 1 mx",
                            "\xe2\x80\x9cv=spf1 mx\xe2\x80\x9d",
                            "\xef\xbb\xbfv=spf1 mx",
                            "v:spf1 mx",
                            "v=spfl mx -all",
                            "v=sfp1 mx -all",
                            "v=spf2 mx -all",
                            "@ 3600 IN TXT \"v=spf1 mx -all\"",
                            "TXT v=spf1 mx -all",
                            "SPF: v=spf1 mx -all",
                            "mx include:a.example ~all"}) {
        CAPTURE(yes);
        CHECK(resembles_spf(yes));
    }
    for (const auto* no :
         {"", "v=spf10 -all", "v=spf2.0/pra mx -all", "v=DMARC1; p=none", "google-site-verification=spf1", "v=", "v=spf", "a",
          "mx -all of it", "all", "-all", "our v=spf1 record", "MS=ms12345", "spf1-verification=abc", "SPF1 is managed by us"}) {
        CAPTURE(no);
        CHECK_FALSE(resembles_spf(no));
    }
}

TEST_CASE("spf repair: what reads well comes back as it was written") {
    for (const std::string record :
         {"v=spf1 mx a:A.example/24//64 include:_spf.a.example. exists:%{ir}.%{l,+}.x.example ?ip6:2001:db8::/32 ~ALL "
          "exp=why.%{d}",
          "v=spf1 foo=bar,baz;x mx redirect=_spf.a.example", "v=spf1 mx -all include:dead.example", "v=spf1"}) {
        CHECK(repaired(record) == record);
        CHECK_FALSE(read_spf_terms(record).repaired);
    }
}

TEST_CASE("spf repair: what is broken is mended as it was meant") {
    const std::vector<std::pair<std::string, std::string>> cases{
        // What was pasted with it
        {"example.dk. 3600 IN TXT \"v=spf1 mx -all\"", "v=spf1 mx -all"},
        {"SPF: v=spf1 mx -all", "v=spf1 mx -all"},
        {"v=spfl mx ip4:192.0.2.1 -all", "v=spf1 mx ip4:192.0.2.1 -all"},
        {"mx include:a.example ~all", "v=spf1 mx include:a.example ~all"},
        // Between terms
        {"v=spf1 mx include:a.example ~all;", "v=spf1 mx include:a.example ~all"},
        {"v=spf1,mx,include:a.example,~all", "v=spf1 mx include:a.example ~all"},
        {"v=spf1; mx; -all", "v=spf1 mx -all"},
        {"v=spf1\tmx\xc2\xa0-all", "v=spf1 mx -all"},
        {"v=spf1 ip4:192.0.2.1, ip4:192.0.2.2,192.0.2.3 -all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 -all"},
        // Quotes and dashes
        {"\"v=spf1 mx -all\"", "v=spf1 mx -all"},
        {"\\\"v=spf1 mx -all\\\"", "v=spf1 mx -all"},
        {"\"v=spf1 include:a.example\" \"include:b.example ~all\"", "v=spf1 include:a.example include:b.example ~all"},
        {"\"v=spf1 include:_spf.exam\" \"ple.com ~all\"", "v=spf1 include:_spf.example.com ~all"},
        {"v=spf1 mx \xe2\x80\x93"
         "all",
         "v=spf1 mx -all"},
        // Strings that were torn, and what stood between them lost
        {"v=spf1 include:a.exampleinclude:b.example~all", "v=spf1 include:a.example include:b.example ~all"},
        {"v=spf1 ip4:192.0.2.1ip4:192.0.2.2 mxinclude:b.example -all",
         "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 mx include:b.example -all"},
        {"v=spf1 include:spf.protection.example.com-all", "v=spf1 include:spf.protection.example.com -all"},
        {"v=spf1include:a.example -all", "v=spf1 include:a.example -all"},
        // Names
        {"v=spf1 ipv4:192.0.2.1 ipv6:2001:db8::1 ip:192.0.2.2 -all", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 ip4:192.0.2.2 -all"},
        {"v=spf1 ip4:2001:db8::1 ip6:192.0.2.1 -all", "v=spf1 ip6:2001:db8::1 ip4:192.0.2.1 -all"},
        {"v=spf1 include=a.example ip4=192.0.2.1 redirect:b.example",
         "v=spf1 include:a.example ip4:192.0.2.1 redirect=b.example"},
        {"v=spf1 incldue:a.example includes:b.example -all", "v=spf1 include:a.example include:b.example -all"},
        // Values
        {"v=spf1 include: a.example ~ all", "v=spf1 include:a.example ~all"},
        {"v=spf1 include:https://_spf.a.example/ -all", "v=spf1 include:_spf.a.example -all"},
        {"v=spf1 a: mx: a:192.0.2.1 mx:192.0.2.0/24 include:192.0.2.4 -all",
         "v=spf1 a mx ip4:192.0.2.1 ip4:192.0.2.0/24 ip4:192.0.2.4 -all"},
        {"v=spf1 ip4:192.0.2 ip4:198.51.100.* -all", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all"},
        {"v=spf1 [192.0.2.1] 2001:db8::1 -all", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all"},
        // Ends
        {"v=spf1 mx --all", "v=spf1 mx -all"},
        {"v=spf1 mx all-", "v=spf1 mx -all"},
        {"v=spf1 mx -all.", "v=spf1 mx -all"},
        {"v=spf1 mx -all: v=spf1", "v=spf1 mx -all"},
        {"v=spf1 mx -all -all;", "v=spf1 mx -all"},
        {"v=spf1:mx -all", "v=spf1 mx -all"},
        {"v=spf1=mx,-all", "v=spf1 mx -all"},
        // What a form's example left behind
        {"v=spf1 include:<_spf.a.example> ip4:<192.0.2.1> a:(b.example) -all",
         "v=spf1 include:_spf.a.example ip4:192.0.2.1 a:b.example -all"},
        {"v=spf1 include:_spf.a.example/24 include:https://b.example/page -all",
         "v=spf1 include:_spf.a.example include:b.example -all"},
        {"v=spf1 ip4:203.000.113.009 ip4:198.051.100.000/24 -all", "v=spf1 ip4:203.0.113.9 ip4:198.51.100.0/24 -all"},
        // Lists
        {"v=spf1 include:a.example,b.example;c.example ?a:d.example, e.example -all",
         "v=spf1 include:a.example include:b.example include:c.example ?a:d.example ?a:e.example -all"},
        {"v=spf1 a:a.example,mx:b.example,mx -all", "v=spf1 a:a.example mx:b.example mx -all"},
        // What may stand once
        {"v=spf1 mx exp=why.example -all exp=other.example", "v=spf1 mx exp=why.example -all"},
        {"v=spf1 mx redirect=a.example redirect=a.example.", "v=spf1 mx redirect=a.example"},
        {"v=spf1 mx redirect=a.example redirect=b.example", "v=spf1 mx include:a.example include:b.example ~all"},
        {"v=spf1 exp= include:a.example -all", "v=spf1 include:a.example -all"},
        // Forms of a length, an address, a name
        {"v=spf1 ip4:192.0.2.0/024 mx/024 ip4:198.51.100.0/255.255.255.0 ip4:203.0.113/24 -all",
         "v=spf1 ip4:192.0.2.0/24 mx/24 ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all"},
        {"v=spf1 include:[a.example] include:{b.example} include:r\xc3\xb8"
         "d.example _spf.c.example \xcb\x9c"
         "all",
         "v=spf1 include:a.example include:b.example include:xn--rd-lka.example include:_spf.c.example ~all"},
        {"v=spf1 a:a.example/24,b.example/24 include:<c.example>,<d.example>. -all",
         "v=spf1 a:a.example/24 a:b.example/24 include:c.example include:d.example -all"},
        // Two records in one
        {"v=spf1 mx -all v=spf1 a -all", "v=spf1 mx a -all"},
        {"v=spf1 mx -all | v=spf1 a ~all", "v=spf1 mx a ~all"},
        {"v=spf1 mx -all v=DMARC1;", "v=spf1 mx -all"},
        {"v=spf1 include:a.example ~allv=spf1 include:b.example -all", "v=spf1 include:a.example include:b.example ~all"},
        {"\"v=spf1 mx -all\" \"v=spf1 redirect=b.example\"", "v=spf1 mx include:b.example ~all"},
    };
    for (const auto& [broken, sound] : cases) {
        CAPTURE(broken);
        CHECK(repaired(broken) == sound);
        CHECK(read_spf_terms(broken).repaired);
        CHECK(parse_spf_record(sound));
        CHECK(repaired(sound) == sound);
    }
}

TEST_CASE("spf repair: what may mean something else is said") {
    using Guesses = std::vector<SpfGuess>;
    const auto guesses = [](std::string_view terms) { return read_spf_terms("v=spf1 " + std::string(terms) + " -all").guesses; };
    CHECK(guesses("ip4:192.0.2 mx") == Guesses{{"ip4:192.0.2", "ip4:192.0.2.0/24"}});
    CHECK(guesses("include:_spf.a.example/24") == Guesses{{"include:_spf.a.example/24", "include:_spf.a.example"}});
    CHECK(guesses("ip4:192.000.002.010") == Guesses{{"ip4:192.000.002.010", "ip4:192.0.2.10"}});
    CHECK(guesses("include:a.example,b.example") == Guesses{{"b.example", "include:b.example"}});
    CHECK(guesses("ipv4:192.0.2.1 ip4:192.0.2.* include:<a.example>").empty());
    CHECK(guesses("ip4:192.0.2.1,192.0.2.2").empty());
}

TEST_CASE("spf repair: what nobody can know is not guessed") {
    for (const auto* word : {"ip4:192.0.2.0/33", "ip4:192.0.2.1-192.0.2.9", "ip4:192.0.2.1:25", "foobar", "mail.example.com",
                             "include:", "exists:", "a.example,b.example", "ip4:192.0.2.256", "ip4:localhost", "ip4:300.0.0.1",
                             "include:%{x}.example", "redirect="}) {
        CAPTURE(word);
        const auto terms = read_spf_terms("v=spf1 mx " + std::string(word) + " -all");
        CHECK_FALSE(terms.unreadable.empty());
    }
}

TEST_CASE("spf repair: any bytes end in sound terms or none") {
    std::uint32_t seed = 1;
    const auto next = [&](std::uint32_t most) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 8U) % most;
    };
    const std::vector<std::string> pieces{
        "v=spf1", " ",  "include:", "a.example", "ip4:", "192.0.2.1", "/24",          "~all", "-",   "+", ":",    "=", "\"", ",",
        ";",      "%{", "}",        "\\",        "mx",   "redirect=", "\xe2\x80\x93", "\xff", "all", ".", "//64", "[", "*"};
    for (int i = 0; i < 20'000; ++i) {
        std::string text = "v=spf1 ";
        for (auto left = next(12); left > 0; --left) text += pieces[next(static_cast<std::uint32_t>(pieces.size()))];
        const auto read = read_spf_terms(text);
        for (const auto& term : read.terms) {
            CAPTURE(text, term);
            REQUIRE(is_sound_spf_term(term));
        }
    }
}
