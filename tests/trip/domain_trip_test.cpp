// The command group `ilbud domain` against a real authoritative server.
#include "support/dns_server.hpp"
#include "support/trip.hpp"

using namespace ilbud::test;

namespace {

Ran domain_spf(const DnsServer& server, const std::vector<std::string>& more, const TemporaryFolder& folder) {
    std::vector<std::string> argv{program(), "domain", "spf", "--resolver", server.address()};
    argv.insert(argv.end(), more.begin(), more.end());
    return run(argv, folder / "errors");
}

}  // namespace

TEST_CASE("domain spf: the first line is the bare result, and the exit status says only that there is one") {
    if (!DnsServer::available()) return;
    const DnsServer server({{"a.test", "@ TXT \"v=spf1 include:_spf.b.test -all exp=why.a.test\"\nwhy TXT \"%{i} may not\"\n"},
                            {"b.test", "_spf TXT \"v=spf1 ip4:192.0.2.0/24 ?all\"\n"},
                            {"broken.test", "", false, true}});
    const TemporaryFolder folder;
    auto ran = domain_spf(server, {"--ip", "192.0.2.1", "--from", "x@a.test", "--helo", "mail.a.test"}, folder);
    CHECK(ran.status == 0);
    CHECK_THAT(
        ran.out,
        Catch::StartsWith("pass\n\"include:_spf.b.test\" in the record of a.test matches\nlook-ups: 1 of 10, in vain: 0 of 2\n"));
    CHECK_THAT(ran.out, Catch::Contains("  include _spf.b.test  pass"));
    ran = domain_spf(server, {"--ip", "198.51.100.1", "--from", "x@a.test"}, folder);
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, Catch::StartsWith("fail\n") && Catch::Contains("explanation of the domain: 198.51.100.1 may not\n"));
    ran = domain_spf(server, {"--ip", "2001:db8::1", "--helo", "broken.test", "--json"}, folder);
    CHECK(ran.status == 0);
    CHECK_THAT(
        ran.out,
        Catch::StartsWith(
            "{\"result\":\"temperror\",\"reason\":\"the DNS gives no answer about the TXT records of broken.test: SERVFAIL\""));
    CHECK_THAT(ran.out, Catch::Contains("\"steps\":[{\"domain\":\"broken.test\",\"via\":\"\",\"from\":null,"));
}

TEST_CASE("domain spf: sender and HELO are taken with a last dot and as U-labels") {
    if (!DnsServer::available()) return;
    const DnsServer server(std::vector<DnsZone>{{"xn--rdgrd-vuad.test", "@ TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"}});
    const TemporaryFolder folder;
    for (const auto* name : {"xn--rdgrd-vuad.test", "Rødgrød.test.", "XN--RDGRD-VUAD.test."}) {
        INFO(name);
        const auto sender = "x@" + std::string(name);
        CHECK_THAT(domain_spf(server, {"--ip", "192.0.2.1", "--from", sender}, folder).out, Catch::StartsWith("pass\n"));
        CHECK_THAT(domain_spf(server, {"--ip", "192.0.2.1", "--helo", name}, folder).out, Catch::StartsWith("pass\n"));
    }
}

TEST_CASE("domain spf: what is no address, server or sender is wrong use") {
    if (!DnsServer::available()) return;
    const DnsServer server(std::vector<DnsZone>{{"a.test", ""}});
    const TemporaryFolder folder;
    CHECK(domain_spf(server, {"--ip", "192.0.2", "--from", "x@a.test"}, folder).status == 2);
    CHECK(domain_spf(server, {"--from", "x@a.test"}, folder).status == 2);
    CHECK(domain_spf(server, {"--ip", "192.0.2.1"}, folder).status == 2);
    CHECK(
        run({program(), "domain", "spf", "--ip", "192.0.2.1", "--from", "x@a.test", "--resolver", "localhost"}, folder / "errors")
            .status == 1);
    CHECK(run({program(), "domain", "spf", "--ip", "192.0.2.1", "--from", "x@a.test", "--config", "/nowhere"}, folder / "errors")
              .status == 1);
}

TEST_CASE("S43: a server that never answers gives temperror") {
    const SilentServer silent;
    const TemporaryFolder folder;
    const auto ran = run({program(), "domain", "spf", "--ip", "192.0.2.1", "--from", "x@a.test", "--resolver", silent.address()},
                         folder / "errors");
    CHECK(ran.out.starts_with("temperror\n"));
}
