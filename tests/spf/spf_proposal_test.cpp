// Proposals are judged as a receiver would judge them: published, and evaluated.
#include "ilbud/spf/spf_proposal.hpp"

#include <catch2/catch.hpp>

#include "support/run_task.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

SpfSender us() {
    return {{"_spf.us.example", "spf.old.example"}, {"192.0.2.10"}, {"faktura@d.example"}, "out.us.example"};
}

class ProposalWorld {
 public:
    ProposalWorld() {
        txt("_spf.us.example", "v=spf1 ip4:192.0.2.10 -all");
        txt("spf.old.example", "v=spf1 ip4:192.0.2.10 -all");
        txt("_spf.host.example", "v=spf1 ip4:203.0.113.0/24 -all");
        zones.add("d.example", RecordType::mx, "10 mx.host.example").add("mx.host.example", RecordType::a, "203.0.113.25");
    }
    void txt(const std::string& name, const std::string& text) { zones.add(name, RecordType::txt, text); }
    // So many that send for nobody, each at the price of a look-up: " include:n0.example include:n1.example".
    std::string services(int count) {
        std::string terms;
        for (int i = 0; i < count; ++i) {
            const auto name = "n" + std::to_string(i) + ".example";
            txt(name, "v=spf1 -all");
            terms += " include:" + name;
        }
        return terms;
    }
    SpfProposal propose(std::vector<std::string> records, SpfSender sender = us(), bool has_exchangers = false) {
        return run_task(propose_spf(zones, "d.example", std::move(records), has_exchangers, std::move(sender), SpfLimits{}));
    }
    std::string record(std::vector<std::string> records, SpfSender sender = us()) {
        const auto proposal = propose(std::move(records), std::move(sender));
        CHECK((proposal.record.empty() || result(proposal.record, "192.0.2.10") == SpfResult::pass));
        return proposal.record;
    }
    SpfResult result(const std::string& published, const std::string& address) {
        auto changed = zones;
        changed.set("d.example", RecordType::txt, published);
        SpfQuestion question;
        question.ip = address;
        question.mail_from = "faktura@d.example";
        question.helo = "out.us.example";
        return run_task(check_spf(changed, question, SpfLimits{})).result;
    }

    ZoneResolver zones;
};

void propose_at_random(std::uint32_t seed, int rounds) {
    ProposalWorld world;
    world.txt("all.example", "v=spf1 a:mx.host.example include:_spf.host.example ?all");
    world.zones.add("v6only.example", RecordType::aaaa, "2001:db8::25");
    world.zones.add("mxv.example", RecordType::mx, "10 mx.host.example").add("mxv.example", RecordType::mx, "20 dead.example");
    // Of both families, so that no address has look-ups of its own that find nothing.
    world.zones.add("mx.host.example", RecordType::aaaa, "2001:db8::25");
    world.zones.add("d.example", RecordType::a, "203.0.113.80").add("d.example", RecordType::aaaa, "2001:db8::80");
    const auto next = [&](std::size_t most) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 8U) % most;
    };
    const std::vector<std::string> pieces{"mx",
                                          "a",
                                          "a:mx.host.example/28",
                                          "ip4:203.0.113.0/25",
                                          "-ip4:203.0.113.9",
                                          "~ip4:192.0.2.0/24",
                                          "include:_spf.host.example",
                                          "include:all.example",
                                          "include:gone.example",
                                          "?include:_spf.us.example",
                                          "exists:%{i}.x.example",
                                          "ip6:2001:db8::/32",
                                          "ptr",
                                          "-all",
                                          "~all",
                                          "?all",
                                          "+all",
                                          "redirect=_spf.host.example",
                                          "redirect=all.example",
                                          "ip4:0.0.0.0/2",
                                          "ip4:64.0.0.0/2",
                                          "-include:_spf.host.example",
                                          "a:v6only.example",
                                          "mx:mxv.example",
                                          "exp=why.example",
                                          "include:_spf.us.example",
                                          "ip4:203.0.113.200"};
    const std::vector<std::string> addresses{"203.0.113.9",   "203.0.113.25", "203.0.113.200",
                                             "203.0.113.130", "2001:db8::5",  "198.51.100.7"};
    int proposed = 0;
    for (int i = 0; i < rounds; ++i) {
        std::vector<std::string> records(1 + next(2) * next(2));
        for (auto& record : records) {
            record = "v=spf1";
            for (auto left = next(6); left > 0; --left) record += ' ' + pieces[next(pieces.size())];
        }
        CAPTURE(records);
        const auto proposal = world.propose(records);
        if (proposal.record.empty()) continue;
        ++proposed;
        CAPTURE(proposal.record);
        REQUIRE(world.result(proposal.record, "192.0.2.10") == SpfResult::pass);
        auto changed = world.zones;
        changed.set("d.example", RecordType::txt, proposal.record);
        const auto survey = run_task(survey_spf(changed, "d.example", SpfLimits{}));
        // What is wrong in others' records stays wrong; then we stand in front of it.
        const bool in_front = proposal.record.starts_with("v=spf1 include:_spf.us.example") && survey.lookups <= 10;
        REQUIRE((survey.result == SpfResult::neutral || in_front));
        REQUIRE(survey.permits_all.empty());
        REQUIRE(survey.permits_half.empty());
        for (const auto& record : records) {
            if (world.result(record, "198.51.100.7") == SpfResult::pass) continue;  // everybody
            for (const auto& address : addresses)
                if (world.result(record, address) == SpfResult::pass) {
                    CAPTURE(address);
                    REQUIRE(world.result(proposal.record, address) == SpfResult::pass);
                }
        }
    }
    CHECK(proposed > rounds / 2);
}

}  // namespace

TEST_CASE("spf proposal: a new record names the domain's own servers where it has any") {
    ProposalWorld world;
    CHECK(world.propose({}, us(), true).record == "v=spf1 mx include:_spf.us.example ~all");
    CHECK(world.propose({}).record == "v=spf1 include:_spf.us.example ~all");
    auto unnamed = us();
    unnamed.includes.clear();
    CHECK(world.propose({}, unnamed).record == "v=spf1 ip4:192.0.2.10 ~all");
}

TEST_CASE("spf proposal: a new record does not name more exchangers than a receiver looks at") {
    ProposalWorld world;
    for (int i = 0; i < 11; ++i) world.zones.add("d.example", RecordType::mx, "20 mx" + std::to_string(i) + ".host.example");
    CHECK(world.propose({}, us(), true).record == "v=spf1 include:_spf.us.example ~all");
}

TEST_CASE("spf proposal: a term that lets everybody pass by its length alone keeps what it names") {
    ProposalWorld world;
    world.zones.add("x.example", RecordType::a, "203.0.113.7");
    CHECK(world.record({"v=spf1 mx/0 a:x.example/0 -all"}) == "v=spf1 mx a:x.example include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 a:x.example/24//0 -all"}) == "v=spf1 a:x.example/24 include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 ip4:203.0.113.9/0 ip4:203.0.113.0/0 -all"}) ==
          "v=spf1 ip4:203.0.113.9 ip4:203.0.113.0/24 include:_spf.us.example -all");
    CHECK(world.propose({"v=spf1 ip4:203.0.113.9/0 mx/0 -all"}).guesses ==
          std::vector<SpfGuess>{{"ip4:203.0.113.9/0", "ip4:203.0.113.9"}});
    CHECK(world.record({"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 ip4:203.0.113.0/24 -all"}) ==
          "v=spf1 ip4:203.0.113.0/24 include:_spf.us.example -all");
}

TEST_CASE("spf proposal: without known addresses we come in front of what turns us away") {
    ProposalWorld world;
    world.txt("agg.example", "v=spf1 include:_spf.us.example include:_spf.host.example -all");
    auto sender = us();
    sender.addresses.clear();
    CHECK(world.record({"v=spf1 -include:agg.example mx include:_spf.us.example ~all"}, sender) ==
          "v=spf1 include:_spf.us.example -include:agg.example mx ~all");
    CHECK(world.record({"v=spf1 -ip4:0.0.0.0/0 include:_spf.us.example -all"}, sender) ==
          "v=spf1 include:_spf.us.example -ip4:0.0.0.0/0 -all");
    CHECK(world.record({"v=spf1 -ip6:::/0 include:_spf.us.example -all"}, sender) ==
          "v=spf1 -ip6:::/0 include:_spf.us.example -all");
}

TEST_CASE("spf proposal: a record beyond what is looked through again and again is left to its owner") {
    ProposalWorld world;
    std::string record = "v=spf1";
    for (int i = 0; i < 1200; ++i) record += " ip4:203.0.113." + std::to_string(i % 250);
    CHECK(world.propose({record + " -all"}).record.empty());
}

TEST_CASE("spf proposal: the owner's record with the least change") {
    ProposalWorld world;
    CHECK(world.record({"v=spf1 mx -all"}) == "v=spf1 mx include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 mx include:_spf.us.example -all"}) == "v=spf1 mx include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 include:spf.old.example -all"}) == "v=spf1 include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 redirect=_spf.host.example"}) == "v=spf1 include:_spf.us.example redirect=_spf.host.example");
    CHECK(world.record({"v=spf1 redirect=_spf.host.example", "v=spf1 include:_spf.us.example ~all"}) ==
          "v=spf1 include:_spf.host.example include:_spf.us.example ~all");
    CHECK(world.record({"v=spf1 mx -all include:_spf.us.example"}) == "v=spf1 mx include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 mx -include:_spf.us.example ~all"}) == "v=spf1 mx include:_spf.us.example ~all");
    CHECK(world.record({"v=spf1 -ip4:192.0.2.0/24 mx ~all"}) == "v=spf1 include:_spf.us.example -ip4:192.0.2.0/24 mx ~all");
    CHECK(world.record({"v=spf1 mx +all"}) == "v=spf1 mx include:_spf.us.example ~all");
    CHECK(world.record({"v=spf1 ip4:0.0.0.0/0 mx -all"}) == "v=spf1 mx include:_spf.us.example -all");
}

TEST_CASE("spf proposal: what is broken is mended, what nobody understands is not touched") {
    ProposalWorld world;
    CHECK(world.record({"v=spf1 ipv4:203.0.113.9 ~all"}) == "v=spf1 ip4:203.0.113.9 include:_spf.us.example ~all");
    CHECK(world.record({"v=spf1 mx include:_spf.us.example ~all;"}) == "v=spf1 mx include:_spf.us.example ~all");
    CHECK(world.record({"\"v=spf1 mx -all\""}) == "v=spf1 mx include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 ip4:203.0.113.0/33 -all"}).empty());
}

TEST_CASE("spf proposal: what permits nobody is left out only where the record is invalid with it") {
    ProposalWorld world;
    CHECK(world.record({"v=spf1 include:gone.example include:_spf.host.example -all"}) ==
          "v=spf1 include:_spf.host.example include:_spf.us.example -all");
    CHECK(world.propose({"v=spf1 include:gone.example -all"}).left_out == std::vector<std::string>{"include:gone.example"});
    CHECK(world.record({"v=spf1 redirect=gone.example"}) == "v=spf1 include:_spf.us.example ~all");
    CHECK(world.record({"v=spf1 a:x1.example a:x2.example a:x3.example mx -all"}) ==
          "v=spf1 a:x1.example a:x2.example mx include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 a:x1.example a:x2.example mx -all"}) ==
          "v=spf1 a:x1.example a:x2.example mx include:_spf.us.example -all");
    CHECK(world.propose({"v=spf1 a:x1.example mx -all"}).left_out.empty());
}

TEST_CASE(
    "spf proposal: a name that another one reaches goes where the look-ups are too many, unless it could be refused there") {
    ProposalWorld world;
    const auto many = "v=spf1 include:all.example include:_spf.host.example" + world.services(7);
    world.txt("all.example", "v=spf1 include:_spf.host.example -all");
    const auto lighter = world.propose({many + " -all"});
    CHECK(lighter.left_out == std::vector<std::string>{"include:_spf.host.example"});
    CHECK(lighter.lookups == 10);
    CHECK(world.result(lighter.record, "203.0.113.9") == SpfResult::pass);
    world.zones.set("all.example", RecordType::txt, "v=spf1 -ip4:203.0.113.9 include:_spf.host.example -all");
    const auto none = world.propose({many + " -all"});
    CHECK(none.record.empty());
    CHECK(none.left_out.empty());
}

TEST_CASE("spf proposal: where none fits, what each term costs and what could go is told") {
    ProposalWorld world;
    std::string record = "v=spf1";
    for (int i = 0; i < 3; ++i) {
        const auto name = "s" + std::to_string(i) + ".example";
        std::string inner = "v=spf1";
        for (int j = 0; j < 1 + 2 * i; ++j) {
            const auto below = "b" + std::to_string(j) + "." + name;
            world.txt(below, "v=spf1 -all");
            inner += " include:" + below;
        }
        world.txt(name, inner + " -all");
        record += " include:" + name;
    }
    auto proposal = world.propose({record + " mx -all"});
    CHECK(proposal.record.empty());
    CHECK(proposal.lookups == 14);
    CHECK(proposal.costs == std::vector<SpfTermCost>{{"include:_spf.us.example", 1, 0, false},
                                                     {"include:s0.example", 2, 0, false},
                                                     {"include:s1.example", 4, 0, false},
                                                     {"include:s2.example", 6, 0, false},
                                                     {"mx", 1, 0, false}});
    CHECK(proposal.take_out == std::vector<std::string>{"include:s1.example"});
    world.txt("s3.example", "v=spf1 include:s2.example include:s1.example -all");
    proposal = world.propose({record + " include:s3.example -all"});
    CHECK(proposal.lookups == 24);
    CHECK(proposal.take_out == std::vector<std::string>{"include:s3.example", "include:s2.example"});
}

TEST_CASE("spf proposal: records that together would permit everybody do not become one that does") {
    ProposalWorld world;
    CHECK(world.record({"v=spf1 ip4:0.0.0.0/2 -all", "v=spf1 ip4:64.0.0.0/2 -all", "v=spf1 ip4:203.0.113.0/24 -all"}) ==
          "v=spf1 ip4:203.0.113.0/24 include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 ip6:2000::/3 ip4:12.0.0.0/7 -all"}) == "v=spf1 ip4:12.0.0.0/7 include:_spf.us.example -all");
    CHECK(world.record({"v=spf1 ip6:2001:db8:c::25/0 -all"}) == "v=spf1 ip6:2001:db8:c::25 include:_spf.us.example -all");
}

TEST_CASE("spf proposal: an include that is broken deep inside lets pass whom it did, and stands behind us") {
    ProposalWorld world;
    world.txt("brk.example", "v=spf1 ip4:203.0.113.0/24 include:gone.example -all");
    auto proposal = world.propose({"v=spf1 include:brk.example include:_spf.us.example -all"});
    CHECK(proposal.record == "v=spf1 include:_spf.us.example include:brk.example -all");
    CHECK(proposal.left_out.empty());
    CHECK(world.result(proposal.record, "203.0.113.9") == SpfResult::pass);
    CHECK(world.propose({"v=spf1 include:_spf.us.example include:brk.example -all"}).record ==
          "v=spf1 include:_spf.us.example include:brk.example -all");
}

TEST_CASE("spf proposal: a term that has an address for somebody is not left out as one in vain") {
    ProposalWorld world;
    world.zones.add("v6only.example", RecordType::aaaa, "2001:db8::25");
    world.zones.add("mxv.example", RecordType::mx, "10 mx.host.example").add("mxv.example", RecordType::mx, "20 dead.example");
    auto proposal = world.propose({"v=spf1 a:g1.example a:g2.example a:v6only.example -all"});
    CHECK(proposal.left_out == std::vector<std::string>{"a:g2.example"});
    CHECK(world.result(proposal.record, "2001:db8::25") == SpfResult::pass);
    proposal = world.propose({"v=spf1 mx:mxv.example a:g1.example a:g2.example -all"});
    CHECK(proposal.left_out == std::vector<std::string>{"a:g2.example"});
    CHECK(world.result(proposal.record, "203.0.113.25") == SpfResult::pass);
}

TEST_CASE("spf proposal: an mx of which no host has an address goes where some receivers would count each") {
    ProposalWorld world;
    for (const auto* host : {"10 d1.example", "20 d2.example", "30 d3.example"})
        world.zones.add("gone.example", RecordType::mx, host);
    auto proposal = world.propose({"v=spf1 mx:gone.example -all"});
    CHECK(proposal.record == "v=spf1 include:_spf.us.example -all");
    CHECK(proposal.left_out == std::vector<std::string>{"mx:gone.example"});
    // One that has an address for somebody stays.
    world.zones.add("d2.example", RecordType::aaaa, "2001:db8::2");
    proposal = world.propose({"v=spf1 mx:gone.example -all"});
    CHECK(proposal.record == "v=spf1 mx:gone.example include:_spf.us.example -all");
    CHECK(proposal.left_out.empty());
    CHECK(world.record({"v=spf1 include:d.example mx -all"}) == "v=spf1 mx include:_spf.us.example -all");  // of itself
}

TEST_CASE("spf proposal: what a refusal stands in front of is no double, nor is our own name") {
    ProposalWorld world;
    world.txt("agg.example", "v=spf1 include:_spf.us.example include:_spf.host.example -all");
    const auto many = world.services(7);
    auto proposal = world.propose({"v=spf1 include:_spf.host.example -ip4:203.0.113.9 include:agg.example" + many + " -all"});
    CHECK(proposal.record.empty());
    proposal = world.propose({"v=spf1 -include:_spf.host.example include:agg.example" + many + " -all"});
    CHECK((proposal.record.empty() || proposal.record.find("-include:_spf.host.example") != std::string::npos));
    proposal = world.propose({"v=spf1 include:_spf.us.example include:agg.example" + many + " -all"});
    CHECK((proposal.record.empty() || proposal.record.find(" include:_spf.us.example") != std::string::npos));
    CHECK(std::find(proposal.left_out.begin(), proposal.left_out.end(), "include:_spf.us.example") == proposal.left_out.end());
    // The same twice stays once, and is not called left out.
    proposal = world.propose({"v=spf1 mx MX include:_spf.host.example +include:_SPF.host.example" + many + " -all"});
    CHECK(proposal.record == "v=spf1 mx include:_spf.host.example" + many + " include:_spf.us.example -all");
    CHECK(proposal.left_out.empty());
}

TEST_CASE("spf proposal: what is named to be taken out is enough") {
    ProposalWorld world;
    const auto many = world.services(10);
    auto proposal = world.propose({"v=spf1 include:gone.example" + many + " -all"});
    CHECK(proposal.take_out == std::vector<std::string>{"include:gone.example", "include:n0.example"});
    // Without an include whose record is broken deep inside the rest holds.
    world.txt("brk.example", "v=spf1 ip4:203.0.113.0/24 include:gone.example -all");
    CHECK(world.propose({"v=spf1 include:brk.example" + many + " -all"}).take_out ==
          std::vector<std::string>{"include:brk.example", "include:n9.example"});
    // Nothing is promised where it would not be enough.
    world.txt("brk2.example", "v=spf1 include:gone.example -all");
    CHECK(world.propose({"v=spf1 include:brk.example include:brk2.example" + many.substr(0, 160) + " -all"}).take_out.empty());
}

TEST_CASE("spf proposal: where no address of ours is known those that our record permits are tried") {
    ProposalWorld world;
    auto sender = us();
    sender.addresses = spf_sample_addresses(run_task(survey_spf(world.zones, "_spf.us.example", SpfLimits{})));
    REQUIRE(sender.addresses == std::vector<std::string>{"192.0.2.10"});
    CHECK(world.record({"v=spf1 mx -include:spf.old.example ~all"}, sender) ==
          "v=spf1 mx include:_spf.us.example -include:spf.old.example ~all");
    CHECK(world.record({"v=spf1 include:%{d2}.nowhere.example mx -all"}, sender) == "v=spf1 mx include:_spf.us.example -all");
    world.txt("nets.example",
              "v=spf1 ip4:198.51.100.0/24 -ip4:192.0.2.0/24 include:_spf.us.example ip6:2001:db8::/32 -all ip4:10.0.0.1");
    CHECK(spf_sample_addresses(run_task(survey_spf(world.zones, "nets.example", SpfLimits{}))) ==
          std::vector<std::string>{"198.51.100.1", "192.0.2.10"});
}

TEST_CASE("spf proposal: whom +all let pass through a redirect stays") {
    ProposalWorld world;
    CHECK(world.record({"v=spf1 mx +all redirect=_spf.host.example"}) ==
          "v=spf1 mx include:_spf.host.example include:_spf.us.example ~all");
    CHECK(world.record({"v=spf1 include:spf.old.example include:_spf.us.example include:spf.old.example ?all"}) ==
          "v=spf1 include:spf.old.example include:_spf.us.example include:spf.old.example ~all");
}

TEST_CASE("S43: while the DNS does not answer nothing is proposed") {
    ProposalWorld world;
    world.zones.fail("_spf.host.example");
    const auto proposal = world.propose({"v=spf1 include:_spf.host.example -all"});
    CHECK(proposal.record.empty());
    CHECK(proposal.unknown);
}

TEST_CASE("spf proposal: an address that our own name does not hold is asked of nobody's record") {
    ProposalWorld world;
    auto sender = us();
    sender.addresses.push_back("192.0.2.99");
    CHECK(world.record({"v=spf1 mx -all"}, sender) == "v=spf1 mx include:_spf.us.example -all");
    sender.addresses = {"192.0.2.99"};
    CHECK(world.propose({"v=spf1 mx -all"}, sender).record == "v=spf1 mx include:_spf.us.example -all");
}

TEST_CASE("spf: our mail is evaluated with its real senders, since macros may ask for them") {
    ProposalWorld world;
    world.txt("d.example", "v=spf1 exists:%{l}.ok.example -all");
    world.zones.add("faktura.ok.example", RecordType::a, "127.0.0.2");
    auto sender = us();
    CHECK(run_task(check_spf_of(world.zones, sender, "d.example", SpfLimits{})).front().second.result == SpfResult::pass);
    sender.mail_from.emplace_back("kundeservice@d.example");
    CHECK(run_task(check_spf_of(world.zones, sender, "d.example", SpfLimits{})).front().second.result == SpfResult::fail);
}

TEST_CASE("spf proposal: whom the old record let pass the new one lets pass, and it is sound, whatever the records") {
    propose_at_random(7, 300);
}

TEST_CASE("spf proposal: the same of five thousand records", "[.][long]") {
    propose_at_random(8, 5000);
}
