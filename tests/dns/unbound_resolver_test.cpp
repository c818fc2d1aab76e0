// The adapter against a real authoritative server.
#include "ilbud/dns/unbound_resolver.hpp"

#include "support/dns_server.hpp"
#include "support/run_task.hpp"

#include <boost/asio/detached.hpp>

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

std::string big_record(std::size_t strings) {
    std::string out = " TXT";
    for (std::size_t i = 0; i < strings; ++i) out += " \"" + std::string(250, 'x') + '"';
    return out + '\n';
}

std::string chain(int links) {
    std::string out;
    for (int i = 0; i < links; ++i) out += "c" + std::to_string(i) + " CNAME c" + std::to_string(i + 1) + "\n";
    return out + "c" + std::to_string(links) + " TXT \"end\"\n";
}

// One server for all tests that do not change it.
DnsServer& server() {
    static DnsServer shared({
        {"a.test",
         "www A 192.0.2.1\nwww AAAA 2001:db8::1\ntwo TXT \"v=spf1 \" \"-all\"\ntwo TXT \"other\"\nmx MX 20 MX.a.test.\nmx MX 10 "
         "m.b.test.\n"
         "null MX 0 .\nx 30 CNAME y.b.test.\nnowhere CNAME nope.b.test.\nself CNAME self\nl1 CNAME l2.b.test.\ntob CNAME "
         "q.broken.test.\n"
         "midsize" +
             big_record(20) + "big" + big_record(250) + "odd/name TXT \"odd\"\n" + chain(14)},
        {"b.test", "y 40 TXT \"at b\"\nl2 CNAME l1.a.test.\nm A 192.0.2.3\n"},
        {"broken.test", "", false, true},
        {"2.0.10.in-addr.arpa", "1 PTR mail.a.test.\n"},
        {"127.in-addr.arpa", "9.0.0 PTR here.a.test.\n"},
    });
    return shared;
}

DnsSettings asking(const std::string& address) {
    DnsSettings settings;
    settings.servers = {address};
    settings.trust_anchor.clear();
    settings.deadline = 4s;
    return settings;
}

struct Rig {
    explicit Rig(const DnsSettings& settings) {
        auto opened = open_unbound_resolver(context, settings);
        REQUIRE(opened);
        resolver = *std::move(opened);
    }
    DnsAnswer ask(const std::string& name, RecordType type) { return run_task(context, resolver->query(name, type)); }

    asio::io_context context{1};
    std::unique_ptr<Resolver> resolver;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("unbound resolver: finds records of every type, with their TTL") {
    if (!DnsServer::available()) return;
    Rig rig(asking(server().address()));
    CHECK(rig.ask("www.a.test", RecordType::a).records == Names{"192.0.2.1"});
    CHECK(rig.ask("WWW.A.test.", RecordType::aaaa).records == Names{"2001:db8::1"});
    auto answer = rig.ask("two.a.test", RecordType::txt);
    std::sort(answer.records.begin(), answer.records.end());
    CHECK(answer.records == Names{"other", "v=spf1 -all"});
    CHECK(answer.ttl == 60s);
    CHECK_FALSE(answer.secure);
    answer = rig.ask("mx.a.test", RecordType::mx);
    std::sort(answer.exchangers.begin(), answer.exchangers.end(),
              [](const auto& a, const auto& b) { return a.preference < b.preference; });
    CHECK(answer.exchangers == std::vector<MailExchanger>{{10, "m.b.test"}, {20, "mx.a.test"}});
    CHECK(rig.ask("null.a.test", RecordType::mx).exchangers == std::vector<MailExchanger>{{0, ""}});
    CHECK(rig.ask("a.test", RecordType::ns).records == Names{"ns.a.test"});
    CHECK_THAT(rig.ask("a.test", RecordType::soa).records.at(0), Catch::StartsWith("ns.a.test hostmaster.a.test "));
    CHECK(rig.ask("x.a.test", RecordType::cname).records == Names{"y.b.test"});
    CHECK(rig.ask("odd/name.a.test", RecordType::txt).records == Names{"odd"});
}

TEST_CASE("unbound resolver: a server that is told to know private and test names is asked for them") {
    if (!DnsServer::available()) return;
    Rig rig(asking(server().address()));
    CHECK(rig.ask("1.2.0.10.in-addr.arpa", RecordType::ptr).records == Names{"mail.a.test"});
    CHECK(rig.ask("9.0.0.127.in-addr.arpa", RecordType::ptr).records == Names{"here.a.test"});
}

TEST_CASE("unbound resolver: tells a name without the record from a name that does not exist, with the negative TTL") {
    if (!DnsServer::available()) return;
    Rig rig(asking(server().address()));
    auto answer = rig.ask("www.a.test", RecordType::txt);
    CHECK(answer.status == DnsStatus::no_data);
    CHECK(answer.ttl == 60s);
    answer = rig.ask("nope.a.test", RecordType::txt);
    CHECK(answer.status == DnsStatus::no_name);
    CHECK(answer.ttl == 60s);
    for (const auto& name : {std::string(), std::string("a..test"), std::string(64, 'a') + ".test", std::string(300, 'a')})
        CHECK(rig.ask(name, RecordType::txt).status == DnsStatus::no_name);
}

TEST_CASE("unbound resolver: follows CNAMEs across zones and tells them") {
    if (!DnsServer::available()) return;
    Rig rig(asking(server().address()));
    auto answer = rig.ask("x.a.test", RecordType::txt);
    CHECK(answer.status == DnsStatus::found);
    CHECK(answer.records == Names{"at b"});
    CHECK(answer.aliases == Names{"y.b.test"});
    CHECK(answer.ttl == 30s);
    answer = rig.ask("nowhere.a.test", RecordType::txt);
    CHECK(answer.status == DnsStatus::no_name);
    CHECK(answer.aliases == Names{"nope.b.test"});
}

TEST_CASE("S42: a CNAME loop, a long chain and a chain into a broken zone fail by name") {
    if (!DnsServer::available()) return;
    Rig rig(asking(server().address()));
    CHECK(rig.ask("self.a.test", RecordType::txt).failure == "CNAME loop: self.a.test \u2192 self.a.test");
    CHECK(rig.ask("l1.a.test", RecordType::txt).failure == "CNAME loop: l1.a.test \u2192 l2.b.test \u2192 l1.a.test");
    const auto answer = rig.ask("tob.a.test", RecordType::txt);
    CHECK(answer.status == DnsStatus::failed);
    CHECK(answer.failure == "SERVFAIL");
    CHECK(answer.aliases == Names{"q.broken.test"});
    CHECK(rig.ask("q.broken.test", RecordType::a).failure == "SERVFAIL");
    CHECK_THAT(rig.ask("c0.a.test", RecordType::txt).failure, Catch::StartsWith("too many CNAMEs: c0.a.test \u2192 c1.a.test"));
    CHECK(rig.ask("c10.a.test", RecordType::txt).records == Names{"end"});
}

TEST_CASE("S42: a truncated answer comes over TCP, and one that is too large fails by name") {
    if (!DnsServer::available()) return;
    Rig rig(asking(server().address()));
    CHECK(rig.ask("midsize.a.test", RecordType::txt).records.at(0).size() == 20 * 250);
    const auto answer = rig.ask("big.a.test", RecordType::txt);
    CHECK(answer.status == DnsStatus::failed);
    CHECK_THAT(answer.failure, Catch::StartsWith("answer too large: 62"));
}

TEST_CASE("S43: a server that never answers fails at the deadline while others are asked") {
    if (!DnsServer::available()) return;
    const SilentServer silent;
    auto hasty = asking(silent.address());
    hasty.deadline = 300ms;
    Rig rig(hasty);
    auto other = open_unbound_resolver(rig.context, asking(server().address()));
    REQUIRE(other);
    int answered_meanwhile = 0;
    std::vector<DnsAnswer> late;
    const auto ask_in_vain = [&]() -> Task<void> { late.push_back(co_await rig.resolver->query("www.a.test", RecordType::a)); };
    const auto ask_well = [&]() -> Task<void> {
        auto answer = co_await (*other)->query("www.a.test", RecordType::a);
        if (answer.status == DnsStatus::found && late.empty()) ++answered_meanwhile;
    };
    for (int i = 0; i < 3; ++i) {
        asio::co_spawn(rig.context, ask_in_vain, asio::detached);
        asio::co_spawn(rig.context, ask_well, asio::detached);
    }
    rig.context.run();
    CHECK(answered_meanwhile == 3);
    REQUIRE(late.size() == 3);
    for (const auto& answer : late) CHECK(answer.failure == "timeout");
}

TEST_CASE("unbound resolver: nobody listening is a failure, not a no") {
    std::string address;
    { address = SilentServer().address(); }
    auto settings = asking(address);
    settings.deadline = 500ms;
    Rig rig(settings);
    CHECK(rig.ask("www.a.test", RecordType::a).status == DnsStatus::failed);
}

TEST_CASE("unbound resolver: more questions than places wait for their turn, in order, and each has its whole deadline then") {
    if (!DnsServer::available()) return;
    auto narrow = asking(server().address());
    narrow.questions_max = 1;
    narrow.queries_per_second = 1000;
    Rig rig(narrow);
    std::vector<int> order;
    const auto ask = [&](int number) -> Task<void> {
        auto answer = co_await rig.resolver->query("n" + std::to_string(number) + ".a.test", RecordType::a);
        if (answer.status == DnsStatus::no_name) order.push_back(number);
    };
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(
            rig.context, [&ask, i] { return ask(i); }, asio::detached);
    rig.context.run();
    REQUIRE(order.size() == 20);
    CHECK(std::is_sorted(order.begin(), order.end()));

    const SilentServer silent;
    auto stuck = asking(silent.address());
    stuck.questions_max = 1;
    stuck.deadline = 200ms;
    Rig blocked(stuck);
    std::vector<std::string> why;
    const auto wait = [&]() -> Task<void> {
        auto answer = co_await blocked.resolver->query("a.test", RecordType::a);
        why.push_back(answer.failure);
    };
    for (int i = 0; i < 3; ++i) asio::co_spawn(blocked.context, wait, asio::detached);
    blocked.context.run();
    CHECK(why == std::vector<std::string>(3, "timeout"));
}

TEST_CASE("unbound resolver: what waits for our own pace longer than a server may take is asked, and not called a time-out") {
    if (!DnsServer::available()) return;
    auto slow = asking(server().address());
    slow.queries_per_second = 20;
    slow.deadline = 400ms;
    Rig rig(slow);
    std::vector<std::string> failures;
    Duration longest{};
    const auto ask = [&]() -> Task<void> {
        auto answer = co_await rig.resolver->query("www.a.test", RecordType::a);
        if (answer.status != DnsStatus::found) failures.push_back(answer.failure);
        longest = std::max(longest, answer.waited);
    };
    for (int i = 0; i < 36; ++i) asio::co_spawn(rig.context, ask, asio::detached);
    rig.context.run();
    CHECK(failures == std::vector<std::string>{});
    CHECK(longest >= 700ms);  // twenty and one at a stroke, then fifteen, each 50 ms behind the one before
}

TEST_CASE("unbound resolver: asks no more a second than the settings allow") {
    if (!DnsServer::available()) return;
    auto slow = asking(server().address());
    slow.queries_per_second = 10;
    slow.deadline = 500ms;
    slow.check_deadline = 1s;
    Rig rig(slow);
    const auto start = std::chrono::steady_clock::now();
    int found = 0, refused = 0, late = 0;
    const auto ask = [&]() -> Task<void> {
        auto answer = co_await rig.resolver->query("www.a.test", RecordType::a);
        found += answer.status == DnsStatus::found ? 1 : 0;
        refused += answer.failure == "too many questions" ? 1 : 0;
        late += answer.failure == "timeout" ? 1 : 0;  // this machine was busy
    };
    for (int i = 0; i < 20; ++i) asio::co_spawn(rig.context, ask, asio::detached);
    rig.context.run();
    // Ten at a stroke, then one every 100 ms (question_pace_test.cpp has them to the millisecond); a slow machine only takes longer.
    CHECK(found + refused + late == 20);
    CHECK(std::chrono::steady_clock::now() - start >= (found + late - 11) * 100ms);
}

TEST_CASE("unbound resolver: destroying it ends what is under way, and destroying the loop first harms nothing") {
    const SilentServer silent;
    Rig rig(asking(silent.address()));
    std::vector<std::string> why;
    const auto ask = [&]() -> Task<void> {
        auto answer = co_await rig.resolver->query("a.test", RecordType::a);
        why.push_back(answer.failure);
    };
    for (int i = 0; i < 3; ++i) asio::co_spawn(rig.context, ask, asio::detached);
    rig.context.poll();
    rig.resolver.reset();
    rig.context.run();
    CHECK(why == Names{"stopped", "stopped", "stopped"});

    asio::io_context unfinished(1);
    auto other = open_unbound_resolver(unfinished, asking(silent.address()));
    REQUIRE(other);
    const auto forever = [&]() -> Task<void> { co_await (*other)->query("a.test", RecordType::a); };
    asio::co_spawn(unfinished, forever, asio::detached);
    unfinished.poll();
    other->reset();  // its question is still suspended when the loop goes
}

TEST_CASE("S42: with a trust anchor, signed answers are secure and forged ones fail as bogus") {
    if (!DnsServer::available()) return;
    DnsServer signing({{"signed.test", "www A 192.0.2.1\n", true}, {"plain.test", "www A 192.0.2.2\n"}});
    const TemporaryFolder folder;
    const auto with_anchor = [&](const std::string& text) {
        std::ofstream(folder / "anchor") << text << '\n';
        auto settings = asking(signing.address());
        settings.trust_anchor = folder / "anchor";
        return settings;
    };
    const auto anchor = signing.trust_anchor("signed.test");
    {
        Rig rig(with_anchor(anchor));
        auto answer = rig.ask("www.signed.test", RecordType::a);
        CHECK(answer.status == DnsStatus::found);
        CHECK(answer.secure);
        answer = rig.ask("nope.signed.test", RecordType::a);
        CHECK(answer.status == DnsStatus::no_name);
        CHECK(answer.secure);
        CHECK_FALSE(rig.ask("www.plain.test", RecordType::a).secure);
    }
    // The same zone, but the world was told another key: what the server signs is forged.
    auto other = anchor;
    auto& digit = other[other.find_last_not_of(" \t")];
    digit = digit == '0' ? '1' : '0';
    Rig rig(with_anchor(other));
    const auto answer = rig.ask("www.signed.test", RecordType::a);
    CHECK(answer.status == DnsStatus::failed);
    CHECK_THAT(answer.failure, Catch::StartsWith("bogus: "));
}

TEST_CASE("unbound resolver: a server or trust anchor that libunbound cannot read is told") {
    asio::io_context context(1);
    DnsSettings settings;
    settings.servers = {"not an address"};
    const auto opened = open_unbound_resolver(context, settings);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == "resolver_failed");
    CHECK_THAT(opened.error().detail, Catch::Contains("not an address"));
}
