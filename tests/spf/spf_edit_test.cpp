// The SPF record we propose: the customer's own, with the least change.
#include "ilbud/spf/spf_edit.hpp"

#include <catch2/catch.hpp>

#include "ilbud/spf/spf_repair.hpp"

using namespace ilbud;

namespace {

SpfTermList terms(std::string_view record) {
    return read_spf_terms(record).terms;
}

std::string merged(const std::vector<std::string>& records) {
    std::vector<SpfTermList> all;
    for (const auto& record : records) all.push_back(terms(record));
    return spf_text(spf_merged(all));
}

std::string placed(std::string_view record, SpfPlace place) {
    return spf_text(with_spf_term(terms(record), "include:_spf.x.example", place));
}

}  // namespace

TEST_CASE("spf edit: an include is put where it counts, once") {
    CHECK(placed("v=spf1 mx -all", SpfPlace::before_end) == "v=spf1 mx include:_spf.x.example -all");
    CHECK(placed("v=spf1  a  redirect=_spf.y.example", SpfPlace::before_end) ==
          "v=spf1 a include:_spf.x.example redirect=_spf.y.example");
    CHECK(placed("v=spf1", SpfPlace::before_end) == "v=spf1 include:_spf.x.example");
    CHECK(placed("v=spf1 a -ip4:192.0.2.0/24 mx ~all", SpfPlace::before_refusals) ==
          "v=spf1 a include:_spf.x.example -ip4:192.0.2.0/24 mx ~all");
    CHECK(placed("v=spf1 a -all", SpfPlace::first) == "v=spf1 include:_spf.x.example a -all");
    CHECK(placed("v=spf1 -include:_SPF.x.example. mx -all include:_spf.x.example", SpfPlace::before_end) ==
          "v=spf1 mx include:_spf.x.example -all");
}

TEST_CASE("spf edit: an include behind all, or that lets nobody pass, does not count, and it is said why") {
    const auto mention = [](std::string_view record) { return spf_mention(terms(record), "_spf.x.example"); };
    CHECK(mention("v=spf1 mx include:_SPF.x.example. -all").as == SpfMention::As::passes);
    CHECK(mention("v=spf1 +include:_spf.x.example").as == SpfMention::As::passes);
    CHECK(mention("v=spf1 ?include:_spf.x.example include:_spf.x.example").as == SpfMention::As::passes);
    CHECK(mention("v=spf1 -all include:_spf.x.example").as == SpfMention::As::behind_all);
    CHECK(mention("v=spf1 -all include:_spf.x.example").term == "-all");
    CHECK(mention("v=spf1 -include:_spf.x.example ~all").as == SpfMention::As::other_qualifier);
    CHECK(mention("v=spf1 -include:_spf.x.example ~all").term == "-include:_spf.x.example");
    CHECK(mention("v=spf1 include:_spf.x.example.org ~all").as == SpfMention::As::none);
    CHECK(mention("v=spf1 a:_spf.x.example ~all").as == SpfMention::As::none);
}

TEST_CASE("spf edit: how a record ends") {
    const auto end = [](std::string_view record) { return spf_end(terms(record)); };
    CHECK(end("v=spf1 -all") == SpfEnd::fail);
    CHECK(end("v=spf1 ~ALL") == SpfEnd::softfail);
    CHECK(end("v=spf1 ?all") == SpfEnd::neutral);
    CHECK(end("v=spf1 all") == SpfEnd::pass);
    CHECK(end("v=spf1 mx") == SpfEnd::open);
    CHECK(end("v=spf1 redirect=x.example") == SpfEnd::redirect);
    CHECK(end("v=spf1 redirect=x.example -all") == SpfEnd::fail);
}

TEST_CASE("spf edit: an end that says nothing becomes ~all, one that says something stays") {
    const auto ended = [](std::string_view record) { return spf_text(with_spf_end(terms(record))); };
    CHECK(ended("v=spf1 mx +all ip4:192.0.2.1") == "v=spf1 mx ip4:192.0.2.1 ~all");
    CHECK(ended("v=spf1 mx ?all include:gone.example exp=why.example") == "v=spf1 mx ~all include:gone.example exp=why.example");
    CHECK(ended("v=spf1 mx") == "v=spf1 mx ~all");
    CHECK(ended("v=spf1 mx -all") == "v=spf1 mx -all");
    CHECK(ended("v=spf1 redirect=x.example") == "v=spf1 redirect=x.example");
}

TEST_CASE("spf edit: what may stand once stands once") {
    const auto single = [](SpfTermList each) { return spf_text(with_single_terms(std::move(each))); };
    CHECK(single({"mx", "-all", "~all", "exp=a.example", "EXP=b.example"}) == "v=spf1 mx -all exp=a.example");
    CHECK(single({"redirect=a.example", "mx", "redirect=A.example"}) == "v=spf1 mx redirect=a.example");
    CHECK(single({"redirect=a.example", "mx", "redirect=b.example"}) == "v=spf1 mx include:a.example include:b.example ~all");
    CHECK(single({"redirect=a.example", "redirect=b.example", "-all"}) == "v=spf1 -all redirect=a.example");
}

TEST_CASE("spf edit: a redirect to us beside all is a mention that does not count, and gives way") {
    CHECK(spf_mention(terms("v=spf1 mx redirect=_spf.x.example ~all"), "_spf.x.example").as == SpfMention::As::behind_all);
    CHECK(spf_mention(terms("v=spf1 mx redirect=_spf.x.example"), "_spf.x.example").as == SpfMention::As::passes);
    CHECK(placed("v=spf1 mx ~all redirect=_spf.x.example.", SpfPlace::before_end) == "v=spf1 mx include:_spf.x.example ~all");
}

TEST_CASE("spf edit: several records become one that permits whom any of them permits, with the milder end") {
    CHECK(merged({"v=spf1 mx include:a.example -all", "v=spf1 include:b.example MX ~all"}) ==
          "v=spf1 mx include:a.example include:b.example ~all");
    CHECK(merged({"v=spf1 mx -all", "v=spf1 a -all"}) == "v=spf1 mx a -all");
    CHECK(merged({"v=spf1", "v=spf1"}) == "v=spf1 ~all");
    // Resolvers change the order.
    CHECK(merged({"v=spf1 mx ?all", "v=spf1 a -all"}) == "v=spf1 mx a ~all");
    CHECK(merged({"v=spf1 a -all", "v=spf1 mx ?all"}) == "v=spf1 a mx ~all");
    // One record ends in one place: what the other was redirected to is included.
    CHECK(merged({"v=spf1 redirect=a.example", "v=spf1 ip4:192.0.2.1 -all"}) == "v=spf1 ip4:192.0.2.1 include:a.example ~all");
    CHECK(merged({"v=spf1 a redirect=a.example", "v=spf1 redirect=b.example"}) ==
          "v=spf1 a include:a.example include:b.example ~all");
    CHECK(merged({"v=spf1 mx -all redirect=dead.example", "v=spf1 a -all"}) == "v=spf1 mx a -all");
    // Refusals of the one are not to befall those whom the other permits.
    CHECK(merged({"v=spf1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.1 -all"}) ==
          "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -all");
    CHECK(merged({"v=spf1 -ip4:192.0.2.1 mx -all", "v=spf1 -ip4:192.0.2.9 a -all"}) == "v=spf1 mx -ip4:192.0.2.9 a -all");
    CHECK(merged({"v=spf1 -ip4:192.0.2.1 -all", "v=spf1 -ip4:192.0.2.9 redirect=a.example"}) ==
          "v=spf1 -ip4:192.0.2.9 include:a.example ~all");
    // Those that can befall nobody stay.
    CHECK(merged({"v=spf1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -all", "v=spf1 -ip4:203.0.113.1 ip4:203.0.113.0/24 -all"}) ==
          "v=spf1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -ip4:203.0.113.1 ip4:203.0.113.0/24 -all");
    CHECK(merged({"v=spf1 -ip4:192.0.2.0/25 ip4:192.0.2.0/24 -all", "v=spf1 -ip6:2001:db8::1 ip4:192.0.2.77 -all"}) ==
          "v=spf1 ip4:192.0.2.0/24 -ip6:2001:db8::1 ip4:192.0.2.77 -all");
    CHECK(merged({"v=spf1 mx exp=a.example -all", "v=spf1 a exp=b.example -all"}) == "v=spf1 mx a -all exp=a.example");
    CHECK(merged({"v=spf1 mx -all include:dead.example", "v=spf1 a +all"}) == "v=spf1 mx a ~all");
}

TEST_CASE("spf edit: an older name of ours gives way to the present one") {
    CHECK(spf_text(with_spf_replaced(terms("v=spf1 ?include:old.example include:old.example -all"), "old.example",
                                     "_spf.x.example")) == "v=spf1 ?include:old.example include:_spf.x.example -all");
}
