#include "ilbud/spf/spf_macro.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

// The mail of the examples in RFC 7208 §7.4.
SpfMacroValues example() {
    SpfMacroValues values;
    values.sender = "strong-bad@email.example.com";
    values.local = "strong-bad";
    values.sender_domain = "email.example.com";
    values.domain = "email.example.com";
    values.dotted_ip = values.ip = "192.0.2.3";
    values.family = "in-addr";
    values.helo = "host.example.net";
    values.receiver = "rx.example";
    values.seconds = "1234";
    return values;
}

std::string expanded(std::string_view text, SpfMacroUse use = SpfMacroUse::explanation,
                     const SpfMacroValues& values = example()) {
    const auto parts = parse_spf_macros(text, use);
    return parts ? expand_spf_macros(*parts, values) : "wrong at " + parts.error().place;
}

}  // namespace

TEST_CASE("spf macros: the standard's examples") {
    for (const auto& [text, result] : std::vector<std::pair<std::string, std::string>>{
             {"%{s}", "strong-bad@email.example.com"},
             {"%{o}", "email.example.com"},
             {"%{d}", "email.example.com"},
             {"%{d4}", "email.example.com"},
             {"%{d3}", "email.example.com"},
             {"%{d2}", "example.com"},
             {"%{d1}", "com"},
             {"%{dr}", "com.example.email"},
             {"%{d2r}", "example.email"},
             {"%{l}", "strong-bad"},
             {"%{l-}", "strong.bad"},
             {"%{lr}", "strong-bad"},
             {"%{lr-}", "bad.strong"},
             {"%{l1r-}", "strong"},
             {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
             {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
             {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
             {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
             {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
         })
        CHECK(expanded(text) == result);
}

TEST_CASE("spf macros: percent signs, spaces, upper case as in a URL, the checker's own") {
    CHECK(expanded("a%%b%_c%-d") == "a%b c%20d");
    auto values = example();
    values.local = "a b/ü~._-";
    CHECK(expanded("%{L}", SpfMacroUse::explanation, values) == "a%20b%2F%C3%BC~._-");
    CHECK(expanded("%{c} %{r} %{t} %{h} %{p}") == "192.0.2.3 rx.example 1234 host.example.net unknown");
    values.local = "";
    CHECK(expanded("<%{l}>", SpfMacroUse::explanation, values) == "<>");
    CHECK(expanded("%{d99999999999999999999}") == "email.example.com");
}

TEST_CASE("spf macros: what is wrong is told with its place") {
    for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{{"a%", "1"},
                                                                                      {"%a", "0"},
                                                                                      {"%{", "2"},
                                                                                      {"%{x}", "2"},
                                                                                      {"ab%{d0}", "5"},
                                                                                      {"%{d", "3"},
                                                                                      {"%{dx}", "3"},
                                                                                      {"%{d-r}", "4"},
                                                                                      {"%{}", "2"},
                                                                                      {"a\tb", "1"},
                                                                                      {"\xc3\xa5", "0"}})
        CHECK(expanded(text) == "wrong at " + place);
}

TEST_CASE("spf macros: a domain ends in a top-level domain or a macro, without spaces and the checker's macros") {
    for (const auto* good : {"a.b", "a.b.", "%{d}", "a.%{d}", "a.%{d}.b", "a.xn--zckzah", "a.1-2", "foo:bar/baz.example", "%%"}) {
        INFO(good);
        CHECK(parse_spf_macros(good, SpfMacroUse::domain));
    }
    for (const auto* bad : {"", "a", "a.", ".", "a.123", "a.-b", "a.b-", "a.b_c", "%{d}com", "a b.c", "%{c}", "%{r}", "%{t}",
                            "museum.", "a.b..", "a.com:80"}) {
        INFO(bad);
        CHECK_FALSE(parse_spf_macros(bad, SpfMacroUse::domain));
    }
}

TEST_CASE("spf macros: a name that is too long loses labels from the left") {
    auto values = example();
    values.local = std::string(60, 'x') + '.' + std::string(60, 'y') + '.' + std::string(60, 'z') + '.' + std::string(60, 'w');
    const auto name = expand_spf_domain(*parse_spf_macros("%{l}.long.example.", SpfMacroUse::domain), values);
    CHECK(name == values.local.substr(61) + ".long.example");
    CHECK(expand_spf_domain(*parse_spf_macros("a.b.", SpfMacroUse::domain), values) == "a.b");
}
