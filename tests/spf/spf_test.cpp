#include "ilbud/spf/spf.hpp"

#include <random>

#include "support/run_task.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

ZoneResolver& txt(ZoneResolver& zones, const std::string& name, const std::string& text) {
    return zones.add(name, RecordType::txt, text);
}

SpfOutcome check(ZoneResolver& zones, const std::string& ip, const std::string& from, const std::string& helo = "mail.example",
                 SpfLimits limits = {}) {
    return run_task(check_spf(zones, SpfQuestion{ip, from, helo, "rx.example"}, limits));
}

SpfOutcome of_record(const std::string& record, const std::string& ip = "192.0.2.1") {
    ZoneResolver zones;
    txt(zones, "a.test", record);
    zones.add("a.test", RecordType::a, "192.0.2.9")
        .add("v6.test", RecordType::aaaa, "2001:db8::1")
        .add("v4.test", RecordType::a, "192.0.2.1");
    return check(zones, ip, "x@a.test");
}

// Answers late: what an evaluation does with its deadline.
class SlowResolver final : public Resolver {
 public:
    explicit SlowResolver(Resolver& inner, Duration pause = 20ms, Duration waited = {})
        : inner_(inner), pause_(pause), waited_(waited) {}
    Task<DnsAnswer> query(std::string name, RecordType type) override {
        co_await sleep_for(pause_);
        auto answer = co_await inner_.query(std::move(name), type);
        answer.waited = waited_;
        co_return answer;
    }

 private:
    Resolver& inner_;
    Duration pause_, waited_;
};

}  // namespace

TEST_CASE("spf: the first term that matches decides, and is told") {
    CHECK(of_record("v=spf1 ip4:192.0.2.0/24 -all").matched == "ip4:192.0.2.0/24");
    CHECK(of_record("v=spf1 ip4:192.0.2.0/24 -all").result == SpfResult::pass);
    CHECK(of_record("v=spf1 ?ip4:192.0.2.1 -all").result == SpfResult::neutral);
    CHECK(of_record("v=spf1 ~all").result == SpfResult::softfail);
    CHECK(of_record("v=spf1 -all").reason == "\"-all\" in the record of a.test matches");
    CHECK(of_record("v=spf1 all -all").result == SpfResult::pass);
    const auto none = of_record("v=spf1 a");
    CHECK(none.result == SpfResult::neutral);
    CHECK(none.matched.empty());
    CHECK(none.lookups == 1);
}

TEST_CASE("spf: addresses match within their family and prefix, an IPv4 address written as IPv6 as IPv4") {
    CHECK(of_record("v=spf1 a/24 -all").result == SpfResult::pass);
    CHECK(of_record("v=spf1 a -all").result == SpfResult::fail);
    CHECK(of_record("v=spf1 a//0 -all").result == SpfResult::fail);
    CHECK(of_record("v=spf1 a:v6.test/0 -all").result == SpfResult::fail);
    CHECK(of_record("v=spf1 a:v6.test//32 -all", "2001:db8:9::1").result == SpfResult::pass);
    CHECK(of_record("v=spf1 ip4:192.0.2.1 -all", "::ffff:192.0.2.1").result == SpfResult::pass);
    CHECK(of_record("v=spf1 ip6:::/0 -all").result == SpfResult::fail);
    CHECK(of_record("v=spf1 ip6:::ffff:192.0.2.1/0 -all", "::ffff:192.0.2.1").result == SpfResult::fail);
    CHECK(of_record("v=spf1 exists:v4.test -all", "2001:db8::1").result == SpfResult::pass);
    CHECK(of_record("v=spf1 exists:v6.test -all", "2001:db8::1").result == SpfResult::fail);
    CHECK(of_record("v=spf1 mx -all").result == SpfResult::fail);  // no MX: its own address does not stand in
    CHECK(of_record("v=spf1 -all", "192.0.2").result == SpfResult::permerror);
}

TEST_CASE("spf: a domain that cannot have a record has none, without a question") {
    ZoneResolver zones;
    for (const auto* from : {"x@", "x@localhost", "x@[192.0.2.1]", "x@192.0.2.1", "x@a..test", "x@.a.test"}) {
        INFO(from);
        CHECK(check(zones, "192.0.2.1", from).result == SpfResult::none);
    }
    CHECK(check(zones, "192.0.2.1", "x@" + std::string(64, 'a') + ".test").result == SpfResult::none);
    CHECK(zones.asked.empty());
    CHECK(check(zones, "192.0.2.1", "", "OEMCOMPUTER").result == SpfResult::none);
    CHECK(check(zones, "192.0.2.1", "x@nowhere.test").result == SpfResult::none);
}

TEST_CASE("spf: the null sender is judged by the HELO name") {
    ZoneResolver zones;
    txt(zones, "mail.example", "v=spf1 ip4:192.0.2.1 -all exp=why.test");
    txt(zones, "why.test", "%{s} from %{c} at %{r}");
    CHECK(check(zones, "192.0.2.1", "").result == SpfResult::pass);
    CHECK(check(zones, "192.0.2.2", "").explanation == "postmaster@mail.example from 192.0.2.2 at rx.example");
}

TEST_CASE("spf: an include that passes matches, one without a record is a mistake, one that cannot be asked may be later") {
    ZoneResolver zones;
    txt(zones, "a.test", "v=spf1 include:b.test include:c.test ~all");
    txt(zones, "b.test", "v=spf1 -all");
    txt(zones, "c.test", "v=spf1 include:d.test");
    txt(zones, "d.test", "v=spf1 a:h.test ip4:192.0.2.1");
    zones.add("h.test", RecordType::a, "192.0.2.7");
    const auto outcome = check(zones, "192.0.2.1", "x@a.test");
    CHECK(outcome.result == SpfResult::pass);
    CHECK(outcome.matched == "include:c.test");
    CHECK(outcome.lookups == 4);
    REQUIRE(outcome.steps.size() == 4);
    CHECK(outcome.steps[0].lookups == 4);
    CHECK(outcome.steps[1].result == SpfResult::fail);
    CHECK(outcome.steps[1].matched == "-all");
    CHECK(outcome.steps[3].domain == "d.test");
    CHECK(outcome.steps[3].via == "include");
    CHECK(outcome.steps[3].from == 2);
    CHECK(outcome.steps[3].matched == "ip4:192.0.2.1");
    CHECK(outcome.steps[3].lookups == 1);
    CHECK(outcome.steps[3].record == "v=spf1 a:h.test ip4:192.0.2.1");

    zones.set("b.test", RecordType::txt, "v=spf1 foo");
    CHECK(check(zones, "192.0.2.1", "x@a.test").reason ==
          "the SPF record of b.test, byte 8, in \"foo\": expected all, include, a, mx, ptr, ip4, ip6, exists or a modifier");
    zones.remove("b.test", RecordType::txt);
    auto broken = check(zones, "192.0.2.1", "x@a.test");
    CHECK(broken.result == SpfResult::permerror);
    CHECK(broken.reason == "\"include:b.test\" in the record of a.test: b.test does not exist");
    zones.fail("b.test", "SERVFAIL");
    broken = check(zones, "192.0.2.1", "x@a.test");
    CHECK(broken.result == SpfResult::temperror);
    CHECK(broken.reason == "the DNS gives no answer about the TXT records of b.test: SERVFAIL");
}

TEST_CASE("S43: a failure of the DNS is a temperror for every mechanism but ptr") {
    for (const auto& [term, expected] :
         std::vector<std::pair<std::string, SpfResult>>{{"a:bad.test", SpfResult::temperror},
                                                        {"mx:bad.test", SpfResult::temperror},
                                                        {"mx:viabad.test", SpfResult::temperror},
                                                        {"exists:bad.test", SpfResult::temperror},
                                                        {"include:bad.test", SpfResult::temperror},
                                                        {"redirect=bad.test", SpfResult::temperror},
                                                        {"ptr:a.test", SpfResult::neutral}}) {
        INFO(term);
        ZoneResolver zones;
        txt(zones, "a.test", "v=spf1 " + term)
            .fail("bad.test", "timeout")
            .fail("1.2.0.192.in-addr.arpa", "timeout")
            .add("viabad.test", RecordType::mx, "1 bad.test");
        const auto outcome = check(zones, "192.0.2.1", "x@a.test");
        CHECK(outcome.result == expected);
        if (expected == SpfResult::temperror)
            CHECK_THAT(outcome.reason, Catch::Contains("timeout") && Catch::Contains("bad.test"));
    }
}

TEST_CASE("spf: redirect takes the other record's place, its explanation too") {
    ZoneResolver zones;
    txt(zones, "a.test", "v=spf1 redirect=b.test exp=never.test");
    txt(zones, "b.test", "v=spf1 a -all exp=why.test");
    zones.add("a.test", RecordType::a, "192.0.2.1").add("b.test", RecordType::a, "192.0.2.2");
    txt(zones, "why.test", "%{d} says no").add("never.test", RecordType::txt, "never");
    CHECK(check(zones, "192.0.2.2", "x@a.test").result == SpfResult::pass);
    const auto outcome = check(zones, "192.0.2.1", "x@a.test");
    CHECK(outcome.result == SpfResult::fail);
    CHECK(outcome.explanation == "b.test says no");
    CHECK(outcome.steps.at(1).via == "redirect");
    zones.set("b.test", RecordType::txt, "no record");
    CHECK(check(zones, "192.0.2.1", "x@a.test").result == SpfResult::permerror);
    zones.set("a.test", RecordType::txt, "v=spf1 ?all redirect=b.test");
    CHECK(check(zones, "192.0.2.1", "x@a.test").result == SpfResult::neutral);
}

TEST_CASE("spf: there is no explanation if its text is missing, double, not ASCII or malformed") {
    for (const auto& texts : std::vector<std::vector<std::string>>{{}, {"one", "two"}, {"\xc3\xa5"}, {"%{z}"}, {"half %"}}) {
        ZoneResolver zones;
        txt(zones, "a.test", "v=spf1 -all exp=why.test");
        for (const auto& text : texts) txt(zones, "why.test", text);
        const auto outcome = check(zones, "192.0.2.1", "x@a.test");
        CHECK(outcome.result == SpfResult::fail);
        CHECK(outcome.explanation.empty());
    }
}

TEST_CASE("spf: ptr and the macro p take names that lead back to the address, at most ten") {
    ZoneResolver zones;
    txt(zones, "a.test", "v=spf1 ptr -all");
    txt(zones, "p.test", "v=spf1 exists:%{p}.known.test -all");
    txt(zones, "exp.test", "v=spf1 -all exp=text.test");
    txt(zones, "text.test", "from %{p}");
    const std::string reverse = "1.2.0.192.in-addr.arpa";
    zones.add(reverse, RecordType::ptr, "liar.a.test").add("liar.a.test", RecordType::a, "192.0.2.66");
    CHECK(check(zones, "192.0.2.1", "x@a.test").result == SpfResult::fail);
    CHECK(check(zones, "192.0.2.1", "x@exp.test").explanation == "from unknown");
    zones.add(reverse, RecordType::ptr, "Host.A.test")
        .add("host.a.test", RecordType::a, "192.0.2.1")
        .add("host.a.test.known.test", RecordType::a, "127.0.0.2");
    CHECK(check(zones, "192.0.2.1", "x@a.test").result == SpfResult::pass);
    CHECK(check(zones, "192.0.2.1", "x@p.test").result == SpfResult::pass);
    CHECK(check(zones, "192.0.2.1", "x@exp.test").explanation == "from host.a.test");
    zones.remove(reverse, RecordType::ptr);
    for (int i = 0; i < 10; ++i) zones.add(reverse, RecordType::ptr, "n" + std::to_string(i) + ".test");
    zones.add(reverse, RecordType::ptr, "host.a.test");
    zones.asked.clear();
    CHECK(check(zones, "192.0.2.1", "x@a.test").result == SpfResult::fail);
    CHECK(zones.asked.size() == 12);  // the record, the reverse name, ten names
}

TEST_CASE("S42: no more than ten look-ups, two of them in vain, ten hosts of an MX") {
    ZoneResolver zones;
    txt(zones, "loop.test", "v=spf1 include:loop.test");
    auto outcome = check(zones, "192.0.2.1", "x@loop.test");
    CHECK(outcome.result == SpfResult::permerror);
    CHECK(outcome.reason == "the DNS would be asked more than 10 times, at \"include:loop.test\" in the record of loop.test");
    CHECK(zones.asked.size() == 11);
    txt(zones, "again.test", "v=spf1 redirect=again.test");
    CHECK(check(zones, "192.0.2.1", "x@again.test").result == SpfResult::permerror);

    txt(zones, "void.test", "v=spf1 a:no1.test mx:no2.test ip4:192.0.2.1 exists:no3.test -all");
    CHECK(check(zones, "192.0.2.1", "x@void.test").result == SpfResult::pass);
    outcome = check(zones, "192.0.2.2", "x@void.test");
    CHECK(outcome.result == SpfResult::permerror);
    CHECK(outcome.reason ==
          "\"exists:no3.test\" in the record of void.test finds nothing in the DNS; more than 2 such terms are not allowed");
    CHECK(outcome.void_lookups == 3);
    txt(zones, "expvoid.test", "v=spf1 a:no1.test a:no2.test exp=no3.test -all");
    CHECK(check(zones, "192.0.2.2", "x@expvoid.test").result == SpfResult::fail);

    txt(zones, "mx.test", "v=spf1 mx -all");
    for (int i = 0; i < 10; ++i) zones.add("mx.test", RecordType::mx, std::to_string(i) + " m.test");
    zones.add("m.test", RecordType::a, "192.0.2.3");
    CHECK(check(zones, "192.0.2.2", "x@mx.test").result == SpfResult::fail);
    zones.add("mx.test", RecordType::mx, "99 m.test");
    CHECK(check(zones, "192.0.2.3", "x@mx.test").result == SpfResult::permerror);
    zones.remove("mx.test", RecordType::mx).add("mx.test", RecordType::mx, "0 .");
    CHECK(check(zones, "192.0.2.2", "x@mx.test").result == SpfResult::fail);
}

TEST_CASE("S42: a record that is too long, and an evaluation that takes too long, end") {
    std::string record = "v=spf1";
    while (record.size() < 66'000) record += " ip4:192.0.2.2";
    CHECK(of_record(record).result == SpfResult::permerror);

    ZoneResolver zones;
    txt(zones, "a.test", "v=spf1 a:b.test a:b.test a:b.test a:b.test a:b.test ?all");
    zones.add("b.test", RecordType::a, "192.0.2.2");
    SlowResolver slow(zones);
    SpfLimits limits;
    limits.deadline = 50ms;
    const auto outcome = run_task(check_spf(slow, SpfQuestion{"192.0.2.1", "x@a.test", "mail.example", "rx"}, limits));
    CHECK(outcome.result == SpfResult::temperror);
    CHECK_THAT(outcome.reason, Catch::Contains("timeout"));
    CHECK(zones.asked.size() <= 4);
}

TEST_CASE("spf: what a question waits for our own turn is no slowness of the DNS") {
    ZoneResolver zones;
    txt(zones, "a.test", "v=spf1 a:b.test a:b.test a:b.test a:b.test a:b.test ?all");
    zones.add("b.test", RecordType::a, "192.0.2.2");
    SpfLimits limits;
    limits.deadline = 1s;  // less than six questions take
    const auto asked = SpfQuestion{"192.0.2.1", "x@a.test", "mail.example", "rx"};
    SlowResolver slow(zones, 200ms, Duration{}), paced(zones, 200ms, 1h);
    CHECK(run_task(check_spf(slow, asked, limits)).result == SpfResult::temperror);
    CHECK(run_task(check_spf(paced, asked, limits)).result == SpfResult::neutral);
}

TEST_CASE("S42: whatever stands in records and zones, an evaluation ends within the limits") {
    std::mt19937 random(42);
    const auto pick = [&](const auto& from) { return from[random() % std::size(from)]; };
    const std::vector<std::string> names{"a.test", "b.test", "c.test", "d.test", "bad.test", "no.test"};
    const std::vector<std::string> pieces{
        "a",    "mx",    "ptr",  "include:", "exists:", "redirect=", "exp=",     "ip4:", "ip6:",    "all",        "-",
        "~",    "?",     " ",    ":",        "/24",     "//64",      "192.0.2.", "1",    "::1",     "%{",         "}",
        "%{d}", "%{ir}", "%{p}", "%{l1r-}",  "%%",      ".",         "\xff",     "\x01", "a:%{p}.", "%{h}.x.test"};
    for (int round = 0; round < 1500; ++round) {
        ZoneResolver zones;
        for (const auto& name : names) {
            std::string record = "v=spf1";
            for (auto terms = random() % 7; terms > 0; --terms) {
                record += ' ';
                if (random() % 4 == 0)
                    for (auto n = random() % 4; n > 0; --n) record += pick(pieces);
                else
                    record +=
                        pick(std::vector<std::string>{"include:", "a:", "mx:", "exists:", "ptr:", "redirect="}) + pick(names);
            }
            if (random() % 16 == 0 && !record.empty()) record[random() % record.size()] = static_cast<char>(random());
            if (name != "no.test") txt(zones, name, record);
            for (auto more = random() % 13; more > 8; --more)
                zones.add(name, RecordType::mx, std::to_string(more) + ' ' + pick(names));
            if (random() % 2 == 0) zones.add(name, RecordType::a, "192.0.2." + std::to_string(random() % 4));
        }
        zones.fail("bad.test");
        for (int i = 0; i < 12; ++i) zones.add("1.2.0.192.in-addr.arpa", RecordType::ptr, pick(names));
        const auto outcome = check(zones, random() % 4 == 0 ? "2001:db8::1" : "192.0.2.1", "x@" + pick(names), pick(names));
        CHECK(outcome.lookups <= 11);
        CHECK(outcome.void_lookups <= 3);
        CHECK(outcome.steps.size() <= 11);
        CHECK(zones.asked.size() <= 1 + 10 * 11 + 11 + 1);
        if (outcome.result == SpfResult::permerror || outcome.result == SpfResult::temperror) CHECK_FALSE(outcome.reason.empty());
        zones.asked.clear();
        const auto survey = run_task(survey_spf(zones, names[0], SpfLimits{}));
        CHECK(survey.steps.size() <= 40);
        CHECK(zones.asked.size() <= 40 + 2 * 10);
    }
}

TEST_CASE("R26: a survey counts what a record needs at worst, and names all that it includes") {
    ZoneResolver zones;
    txt(zones, "a.test", "v=spf1 ip4:192.0.2.0/24 include:b.test mx a:gone.test exists:%{i}.x.test ~all");
    txt(zones, "b.test", "v=spf1 include:C.test a:h.test redirect=d.test");
    txt(zones, "c.test", "v=spf1 ip4:198.51.100.0/24 -all");
    txt(zones, "d.test", "v=spf1 a:h.test -all");
    zones.add("a.test", RecordType::mx, "1 h.test").add("h.test", RecordType::a, "192.0.2.1");
    auto survey = run_task(survey_spf(zones, "A.test.", SpfLimits{}));
    CHECK(survey.result == SpfResult::neutral);
    CHECK(survey.reason.empty());
    CHECK(survey.record == "v=spf1 ip4:192.0.2.0/24 include:b.test mx a:gone.test exists:%{i}.x.test ~all");
    CHECK(survey.includes == std::vector<std::string>{"b.test", "c.test", "d.test"});
    CHECK(survey.lookups == 8);
    CHECK(survey.void_lookups == 1);
    REQUIRE(survey.steps.size() == 4);
    CHECK(survey.steps[1].domain == "b.test");
    CHECK(survey.steps[1].lookups == 4);

    txt(zones, "e.test", "v=spf1 include:a.test include:b.test -all");
    survey = run_task(survey_spf(zones, "e.test", SpfLimits{}));
    CHECK(survey.lookups == 14);
    CHECK(survey.result == SpfResult::permerror);
    CHECK(survey.reason == "the look-ups are 14; at most 10 are allowed");
}

TEST_CASE("R26: a name behind a term that turns it away lets nobody pass, at every level") {
    ZoneResolver zones;
    const auto includes = [&](const std::string& record) {
        zones.set("a.test", RecordType::txt, record);
        return run_task(survey_spf(zones, "a.test", SpfLimits{})).includes;
    };
    using Names = std::vector<std::string>;
    zones.add("us.test", RecordType::txt, "v=spf1 ip4:192.0.2.1 -all");
    zones.add("agg.test", RecordType::txt, "v=spf1 include:us.test include:other.test -all");
    zones.add("other.test", RecordType::txt, "v=spf1 -all");
    CHECK(includes("v=spf1 -include:agg.test include:us.test ~all").empty());
    CHECK(includes("v=spf1 include:us.test -include:agg.test ~all") == Names{"us.test"});
    CHECK(includes("v=spf1 ?include:us.test include:agg.test ~all") == Names{"agg.test", "other.test"});
    CHECK(includes("v=spf1 -include:us.test redirect=agg.test") == Names{"agg.test", "other.test"});
    CHECK(includes("v=spf1 -ip4:0.0.0.0/0 include:us.test -all").empty());
    CHECK(includes("v=spf1 -ip6:::/0 include:us.test -all") == Names{"us.test"});
    zones.set("agg.test", RecordType::txt, "v=spf1 -include:us.test include:other.test -all");
    CHECK(includes("v=spf1 include:agg.test include:us.test ~all") == Names{"agg.test", "other.test", "us.test"});
}

TEST_CASE("R26: look-ups that find nothing are counted for the family by which we send, and for each host of an mx") {
    ZoneResolver zones;
    for (const auto* host : {"six1.test", "six2.test", "six3.test"}) zones.add(host, RecordType::aaaa, "2001:db8::1");
    zones.add("four.test", RecordType::a, "192.0.2.1").add("a.test", RecordType::mx, "10 four.test");
    zones.add("a.test", RecordType::mx, "20 dead.test");
    zones.add("a.test", RecordType::txt, "v=spf1 a:six1.test a:six2.test a:six3.test a:four.test mx -all");
    SpfLimits limits;
    const auto voids = [&] { return run_task(survey_spf(zones, "a.test", limits)).void_lookups; };
    CHECK(voids() == 4);
    limits.ipv4 = false;
    limits.ipv6 = true;
    CHECK(voids() == 2);
    limits.ipv4 = true;
    CHECK(voids() == 4);
}

TEST_CASE("R26: whoever lets half of all addresses pass is noticed, by however many terms") {
    ZoneResolver zones;
    const auto half = [&](const std::string& record) {
        zones.set("a.test", RecordType::txt, record);
        return run_task(survey_spf(zones, "a.test", SpfLimits{})).permits_half;
    };
    CHECK(half("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all") == "ip4:0.0.0.0/1 ip4:128.0.0.0/1");
    CHECK(half("v=spf1 ip4:128.0.0.0/1 ip4:192.0.2.1 -all") == "ip4:128.0.0.0/1");
    CHECK(half("v=spf1 ip4:0.0.0.0/2 ip4:0.0.0.0/3 ip4:17.0.0.0/8 -all").empty());
    CHECK(half("v=spf1 ip6:2000::/3 -all") == "ip6:2000::/3");
    CHECK(half("v=spf1 ip6:2001:db8::/32 -all").empty());
    CHECK(half("v=spf1 -ip4:0.0.0.0/1 -ip4:128.0.0.0/1 -all").empty());
    zones.add("b.test", RecordType::txt, "v=spf1 ip4:128.0.0.0/1 -all");
    CHECK(half("v=spf1 ip4:0.0.0.0/2 include:b.test -all") == "ip4:0.0.0.0/2 ip4:128.0.0.0/1");
    CHECK(half("v=spf1 -include:b.test -all").empty());
}

TEST_CASE("spf: a record of five thousand bytes is read as receivers read it") {
    ZoneResolver zones;
    std::string record = "v=spf1";
    for (int i = 0; i < 400; ++i) record += " ip4:203.0.113." + std::to_string(i % 250);
    zones.add("a.test", RecordType::txt, record + " ip4:192.0.2.1 -all");
    SpfQuestion question;
    question.ip = "192.0.2.1";
    question.mail_from = "x@a.test";
    CHECK(run_task(check_spf(zones, question, SpfLimits{})).result == SpfResult::pass);
    CHECK(run_task(survey_spf(zones, "a.test", SpfLimits{})).result == SpfResult::neutral);
}

TEST_CASE("R26: a survey tells circles, missing records, mistakes and silence apart") {
    ZoneResolver zones;
    const auto survey = [&](const std::string& name) { return run_task(survey_spf(zones, name, SpfLimits{})); };
    CHECK(survey("none.test").result == SpfResult::none);
    txt(zones, "a.test", "v=spf1 include:b.test -all");
    CHECK(survey("a.test").reason == "\"include:b.test\" in the record of a.test: b.test does not exist");
    CHECK(survey("a.test").result == SpfResult::permerror);
    txt(zones, "b.test", "v=spf1 include:a.test -all");
    CHECK(survey("a.test").reason == "\"include:a.test\" in the record of b.test leads in a circle");
    zones.set("b.test", RecordType::txt, "v=spf1 wrong");
    CHECK_THAT(survey("a.test").reason, Catch::StartsWith("the SPF record of b.test, byte 8"));
    zones.fail("b.test", "timeout");
    CHECK(survey("a.test").result == SpfResult::temperror);
    CHECK(survey("a.test").includes == std::vector<std::string>{"b.test"});
    zones.fail("a.test", "timeout");
    CHECK(survey("a.test").result == SpfResult::temperror);
}
