// What the settings say about how we send.
#include <catch2/catch.hpp>

#include "ilbud/check/domain_check.hpp"

using namespace ilbud;

namespace {

Settings settings() {
    Settings out;
    Account account;
    account.id = "press";
    CustomerService service;
    service.id = "service";
    service.support_email = "help@support.example";
    account.customer_services["service"] = service;
    out.accounts["press"] = account;
    for (const auto* id : {"daily", "weekly"}) {
        Unit unit;
        unit.id = id;
        unit.account = "press";
        unit.customer_service = "service";
        unit.invoice_email = std::string("invoice@") + id + ".example";
        out.units[id] = unit;
    }
    out.platform.spf_includes = {"_spf.ilbud.example"};
    out.platform.dkim.selectors = {{{"s1", "s1.ilbud.example", "s1.pem"}, {"s2", "s2.ilbud.example", ""}}};
    out.platform.dkim.active = 1;
    Relay relay;
    relay.source_address = "192.0.2.1";
    Relay behind;
    behind.source_address = "10.0.0.1";
    behind.tls = TlsPolicy::none;
    out.platform.delivery.relays = {relay, behind};
    out.platform.source_addresses = {"203.0.113.1", "192.0.2.1"};
    return out;
}

}  // namespace

TEST_CASE("R26: the domains checked are those of the invoice and the support addresses, each once") {
    CHECK(sending_domains(settings()) == std::vector<std::string>{"daily.example", "support.example", "weekly.example"});
}

TEST_CASE("domain_question: asks as the platform sends") {
    const auto question = domain_question(settings(), "support.example");
    CHECK(question.domain == "support.example");
    CHECK(question.from == std::vector<std::string>{"help@support.example"});
    CHECK(question.spf_includes == std::vector<std::string>{"_spf.ilbud.example"});
    CHECK(question.slots[0].target == "s1.ilbud.example");
    CHECK_FALSE(question.slots[0].active);
    CHECK(question.slots[1].active);
    CHECK_FALSE(question.ed25519);
    CHECK(question.tls);
    CHECK(question.limits.time_max == 10s);
}

TEST_CASE("domain_question: the platform's domain signs in the customer's place, unless the mail is to wait") {
    auto given = settings();
    given.platform.dkim.platform_domain = "dkim.ilbud.example";
    CHECK(domain_question(given, "x.example").platform_domain == "dkim.ilbud.example");
    given.platform.domains.unsigned_mail = UnsignedMail::stop;
    CHECK(domain_question(given, "x.example").platform_domain.empty());
}

TEST_CASE("domain_question: one question never has all the time of a check") {
    auto given = settings();
    given.platform.dns.deadline = given.platform.dns.check_deadline = 4s;
    CHECK(domain_question(given, "x.example").limits.query_max == 2s);
}

TEST_CASE("domain_question: a private source address tells receivers nothing") {
    CHECK(domain_question(settings(), "x.example").source_addresses == std::vector<std::string>{"203.0.113.1", "192.0.2.1"});
    for (const auto* own : {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.0.1", "100.64.0.1",
                            "::1", "fe80::1", "fd00::1"}) {
        auto given = settings();
        given.platform.source_addresses.clear();
        given.platform.delivery.relays[0].source_address = own;
        INFO(own);
        CHECK(domain_question(given, "x.example").source_addresses.empty());
    }
    for (const auto* seen : {"172.32.0.1", "100.128.0.1", "11.0.0.1", "2001:db8::1"}) {
        auto given = settings();
        given.platform.source_addresses.clear();
        given.platform.delivery.relays[0].source_address = seen;
        INFO(seen);
        CHECK(domain_question(given, "x.example").source_addresses.size() == 1);
    }
}
