#include "ilbud/spf/spf_record.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("parse_spf_record: takes every term with its place") {
    const auto record = parse_spf_record(
        "v=spf1  a -MX:mail.example/24//64 ?ip4:192.0.2.0/25 ~ip6:2001:db8::/32 include:_spf.%{d2} exists:%{i}.e.example ptr "
        "ptr:p.example a//96 redirect=r.example EXP=x.example other=%{s}/: all");
    REQUIRE(record);
    REQUIRE(record->directives.size() == 10);
    const auto& all = record->directives;
    CHECK(all[0].mechanism == SpfMechanism::a);
    CHECK(all[0].at == 9);
    CHECK(all[0].domain.empty());
    CHECK(all[1].mechanism == SpfMechanism::mx);
    CHECK(all[1].qualifier == SpfQualifier::fail);
    CHECK(all[1].prefix4 == 24);
    CHECK(all[1].prefix6 == 64);
    CHECK(all[1].domain.at(0).literal == "mail.example");
    CHECK(all[1].text == "-MX:mail.example/24//64");
    CHECK(all[2].qualifier == SpfQualifier::neutral);
    CHECK(all[2].prefix4 == 25);
    CHECK(all[3].qualifier == SpfQualifier::softfail);
    CHECK(all[3].prefix6 == 32);
    CHECK(all[3].network.text() == "2001:db8::");
    CHECK(has_macro(all[4].domain));
    CHECK(all[7].prefix4 == 32);
    CHECK(all[7].mechanism == SpfMechanism::ptr);
    CHECK(record->redirect->domain.at(0).literal == "r.example");
    CHECK(record->explanation->text == "EXP=x.example");
    CHECK(record->has_all());
}

TEST_CASE("parse_spf_record: a mistake is told with the byte, the term and what was expected") {
    const auto record = parse_spf_record("v=spf1 ip4:192.0.2.1/33 -all");
    REQUIRE_FALSE(record);
    CHECK(record.error() == Error{"spf_syntax", "byte 22", "in \"ip4:192.0.2.1/33\": expected a prefix length from 0 to 32"});
}

TEST_CASE("parse_spf_record: refuses what the grammar does") {
    for (const auto* term : {"all.",
                             "-all:foobar",
                             "-all/8",
                             "include",
                             "include:",
                             "include:a.b/24",
                             "include/24",
                             "a:",
                             "a/33",
                             "a//129",
                             "a/24/64",
                             "a/",
                             "a//",
                             "a/032",
                             "a:museum",
                             "a:museum.",
                             "a:1.2.3.4",
                             "a:abc.123",
                             "a:example.-com",
                             "a:example.com:8080",
                             "mx:",
                             "mx/33",
                             "mx//129",
                             "mx:abc.123",
                             "ptr:",
                             "ptr/0",
                             "exists",
                             "exists:",
                             "exists/24",
                             "exists:a.b/24",
                             "ip4",
                             "ip4:",
                             "ip4:1.2.3",
                             "ip4:1.2.3.4:8080",
                             "ip4:1.2.3.4/33",
                             "ip4:1.2.3.4/032",
                             "ip4:1.2.3.4//24",
                             "ip4:::1",
                             "ip6",
                             "ip6:::1/129",
                             "ip6:::1//33",
                             "ip6:1.2.3.4",
                             "ip6:::1/",
                             "moo",
                             "redirect:a.b",
                             "redirect=",
                             "redirect=-all",
                             "exp=",
                             "exp=-all",
                             "exp=a.b exp=a.b",
                             "redirect=a.b redirect=a.b",
                             "=all",
                             "1up=foo",
                             "foo=%abc",
                             "foo=%{z}",
                             "a:%{t}.b",
                             "-",
                             "a:foo.b\rptr",
                             "a:foo.b\tptr",
                             "\xc2\xa0",
                             "++all",
                             "a:x.%{d}y",
                             "moo.cow/far_out=man",
                             "moo.cow:far_out=man",
                             "default",
                             "a:%"}) {
        INFO(term);
        const auto record = parse_spf_record("v=spf1 " + std::string(term) + " -all");
        CHECK_FALSE(record);
        if (!record) CHECK(record.error().place.starts_with("byte "));
    }
}

TEST_CASE("parse_spf_record: takes odd things that the grammar allows") {
    for (const auto* term : {"",
                             "   ",
                             "ALL",
                             "+a",
                             "a/0",
                             "a//0",
                             "a/24//128",
                             "mx/0//0",
                             "ip4:0.0.0.0/0",
                             "ip6:::/0",
                             "ip6:::ffff:1.2.3.4/96",
                             "moo.cow-far_out=man:dog/cat",
                             "default=+",
                             "foo=",
                             "a:foo:bar/baz.example.com",
                             "a:foo.example.xn--zckzah",
                             "include:%{d}",
                             "exists:%{ir}.%{l1r+-}.%%.x.%{d2}",
                             "all -all all",
                             "a:mail.example...com"}) {
        INFO(term);
        CHECK(parse_spf_record("v=spf1 " + std::string(term)));
    }
}

TEST_CASE("is_spf_record: the version stands alone, in any case") {
    CHECK(is_spf_record("v=spf1"));
    CHECK(is_spf_record("V=SpF1 -all"));
    for (const auto* other : {"", "v=spf", "v=spf10", "v=spf1\t-all", " v=spf1", "v=spf2.0/pra", "spf1"})
        CHECK_FALSE(is_spf_record(other));
}
