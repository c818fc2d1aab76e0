// The tests' own DNS server does what the other tests take for granted.
#include "support/dns_server.hpp"

using namespace ilbud::test;

TEST_CASE("dns server: starts with zones, takes other records, signs") {
    if (!DnsServer::available()) return;
    DnsServer server({{"a.test", "www A 192.0.2.1"}, {"signed.test", "@ TXT \"x\"", true}, {"broken.test", "", false, true}});
    CHECK(server.port() != 0);
    server.replace("a.test", "www A 192.0.2.2");
    CHECK_THAT(server.trust_anchor("signed.test"), Catch::Contains("signed.test. DS "));
}
