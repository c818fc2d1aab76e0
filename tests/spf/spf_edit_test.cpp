// The SPF record we propose: the customer's own, with the least change.
#include "ilbud/spf/spf_edit.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("spf: which TXT records count") {
    for (const auto* yes : {"v=spf1", "v=spf1 -all", "V=SPF1 mx"}) CHECK(is_spf(yes));
    for (const auto* no : {"", "v=spf10 -all", "v=spf1;mx", " v=spf1 -all", "spf2.0/pra"}) CHECK_FALSE(is_spf(no));
}

TEST_CASE("spf: an include is put before all and redirect") {
    CHECK(spf_with_include("v=spf1 mx -all", "_spf.x.example") == "v=spf1 mx include:_spf.x.example -all");
    CHECK(spf_with_include("v=spf1  a  redirect=_spf.y.example", "_spf.x.example") ==
          "v=spf1 a include:_spf.x.example redirect=_spf.y.example");
    CHECK(spf_with_include("v=spf1", "_spf.x.example") == "v=spf1 include:_spf.x.example");
}

TEST_CASE("spf: an include behind all, or that lets nobody pass, does not count") {
    CHECK(spf_includes("v=spf1 mx include:_SPF.x.example. -all", "_spf.x.example"));
    CHECK(spf_includes("v=spf1 +include:_spf.x.example", "_spf.x.example"));
    CHECK_FALSE(spf_includes("v=spf1 -all include:_spf.x.example", "_spf.x.example"));
    CHECK_FALSE(spf_includes("v=spf1 -include:_spf.x.example ~all", "_spf.x.example"));
    CHECK_FALSE(spf_includes("v=spf1 include:_spf.x.example.org ~all", "_spf.x.example"));
}

TEST_CASE("spf: how a record ends") {
    CHECK(spf_end("v=spf1 -all") == SpfEnd::fail);
    CHECK(spf_end("v=spf1 ~ALL") == SpfEnd::softfail);
    CHECK(spf_end("v=spf1 ?all") == SpfEnd::neutral);
    CHECK(spf_end("v=spf1 all") == SpfEnd::pass);
    CHECK(spf_end("v=spf1 mx") == SpfEnd::open);
    CHECK(spf_end("v=spf1 redirect=x.example") == SpfEnd::redirect);
    CHECK(spf_end("v=spf1 redirect=x.example -all") == SpfEnd::fail);
}

TEST_CASE("spf: an end that says nothing becomes ~all, one that says something stays") {
    CHECK(spf_with_end("v=spf1 mx +all ip4:192.0.2.1") == "v=spf1 mx ~all");
    CHECK(spf_with_end("v=spf1 mx") == "v=spf1 mx ~all");
    CHECK(spf_with_end("v=spf1 mx -all") == "v=spf1 mx -all");
    CHECK(spf_with_end("v=spf1 redirect=x.example") == "v=spf1 redirect=x.example");
}

TEST_CASE("spf: several records become one, each term once, with the milder end") {
    CHECK(spf_merged({"v=spf1 mx include:a.example -all", "v=spf1 include:b.example mx ~all"}) ==
          "v=spf1 mx include:a.example include:b.example ~all");
    CHECK(spf_merged({"v=spf1 redirect=a.example", "v=spf1 ip4:192.0.2.1"}) == "v=spf1 ip4:192.0.2.1 redirect=a.example");
    CHECK(spf_merged({"v=spf1", "v=spf1"}) == "v=spf1 ~all");
}

TEST_CASE("spf: a new record names the domain's own servers where it has any") {
    CHECK(spf_new("_spf.x.example", true) == "v=spf1 mx include:_spf.x.example ~all");
    CHECK(spf_new("_spf.x.example", false) == "v=spf1 include:_spf.x.example ~all");
    CHECK(spf_with_replaced("v=spf1 include:old.example -all", "old.example", "_spf.x.example") ==
          "v=spf1 include:_spf.x.example -all");
}
