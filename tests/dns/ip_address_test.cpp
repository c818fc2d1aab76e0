#include "ilbud/dns/ip_address.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("ip address: reads and writes both families, and nothing else") {
    CHECK(parse_ip_address("192.0.2.1")->text() == "192.0.2.1");
    CHECK(parse_ip_address("2001:DB8:0::1")->text() == "2001:db8::1");
    for (const auto* wrong : {"", "192.0.2", "192.0.2.256", "01.2.3.4", "::g", "1.2.3.4 ", "192.0.2.1/24", "fe80::1%lo"})
        CHECK_FALSE(parse_ip_address(wrong));
    CHECK_FALSE(parse_ip_address(std::string_view("1.2.3.4\0", 8)));
    CHECK_FALSE(parse_ip_address(std::string(100, '1')));
    CHECK(unmapped(*parse_ip_address("::ffff:192.0.2.1")) == *parse_ip_address("192.0.2.1"));
    CHECK(unmapped(*parse_ip_address("::1")) == *parse_ip_address("::1"));
}

TEST_CASE("ip address: has a name in the DNS and a dotted form") {
    CHECK(parse_ip_address("192.0.2.1")->reverse_name() == "1.2.0.192.in-addr.arpa");
    CHECK(parse_ip_address("2001:db8::cb01")->reverse_name() ==
          "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    CHECK(parse_ip_address("2001:db8::cb01")->dotted() == "2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1");
}

TEST_CASE("ip address: lies in a network of its family whose first bits it has") {
    const auto in = [](const char* address, const char* network, int prefix) {
        return parse_ip_address(address)->is_in(*parse_ip_address(network), prefix);
    };
    CHECK(in("192.0.2.129", "192.0.2.128", 25));
    CHECK_FALSE(in("192.0.2.127", "192.0.2.128", 25));
    CHECK(in("192.0.2.1", "192.0.2.1", 32));
    CHECK(in("1.2.3.4", "9.9.9.9", 0));
    CHECK(in("2001:db8::1", "2001:db8::", 32));
    CHECK_FALSE(in("2001:db9::1", "2001:db8::", 32));
    CHECK_FALSE(in("192.0.2.1", "::", 0));
}
