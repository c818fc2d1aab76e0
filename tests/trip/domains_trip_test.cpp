// The daemon signs by what the customers' DNS shows: a real authoritative server whose zones change while it runs.
#include <simdjson.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

#include "support/dns_server.hpp"
#include "support/sample_events.hpp"
#include "support/smtp_server.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

const std::string both_names =
    "sel1._domainkey 1 CNAME sel1._domainkey.platform.example.\nsel2._domainkey 1 CNAME sel2._domainkey.platform.example.\n";

/// The World's daemon with its own DNS: zones of the platform, which shows the first key, and of both customers, still without
/// records. Answers are forgotten after a second.
struct DnsWorld {
    explicit DnsWorld(const std::string& domains = "unsigned = \"stop\"\ngrace = \"1h\"\n") {
        WorldOptions options;
        options.relay_port = relay.port();
        options.platform_extra =
            "[dns]\nservers = [\"" + dns.address() + "\"]\ntrust_anchor = \"\"\ndeadline = \"500ms\"\ncheck_deadline = \"1s\"\n" +
            "ttl_max = \"1s\"\nnegative_ttl_max = \"1s\"\n[domains]\nlook_soon = \"1s\"\nlook_min = \"1s\"\nlook_max = \"2s\"\n" +
            domains + "[delivery.retry.default]\nsteps = [\"1h\"]\ngive_up_after = \"2h\"\n";
        world.write_settings(options);
    }

    // Changes the settings file, which must have `from` in it.
    void edit(const std::string& from, const std::string& to) const {
        auto settings = read_file(world.config());
        const auto at = settings.find(from);
        REQUIRE(at != std::string::npos);
        settings.replace(at, from.size(), to);
        std::ofstream(world.config()) << settings;
    }
    // What `dkim new-key` told to publish, relative to the platform's zone.
    [[nodiscard]] std::string key_record(const std::string& selector) const {
        simdjson::dom::parser parser;
        const auto json = read_file(world.folder() / (selector + ".json"));
        const std::string_view line = parser.parse(json)["zone"].get_string().value();
        return selector + "._domainkey 1" + std::string(line.substr(line.find(" IN TXT"))) + "\n";
    }
    void send(const std::string& id) const {
        Sample sample;
        sample.id = id;
        REQUIRE(world.send({sample_event(EventType::created, sample)}) == 0);
    }
    // What arrived for the one or for the other.
    [[nodiscard]] std::vector<std::string> mails(const std::string& to = "anna@example.com") const {
        std::vector<std::string> found;
        for (const auto& message : relay.messages())
            if (header_of(message.bytes, "To").find(to) != std::string::npos) found.push_back(message.bytes);
        return found;
    }
    // s= and d= of the last mail that arrived.
    [[nodiscard]] std::string last_signature(const std::string& to = "anna@example.com") const {
        auto field = header_of(mails(to).back(), "DKIM-Signature");
        field.erase(
            std::remove_if(field.begin(), field.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }),
            field.end());
        const auto tag = [&](const std::string& name) {
            const auto at = field.find(";" + name + "=") + name.size() + 2;
            return field.substr(at, field.find(';', at) - at);
        };
        return tag("s") + "@" + tag("d");
    }
    void wait_for_mails(std::size_t count, const std::string& to = "anna@example.com") const {
        wait_until("mail number " + std::to_string(count) + " to " + to, [&] { return mails(to).size() >= count; });
    }
    void wait_for_domains(const std::string& sort, std::int64_t count) const {
        wait_until(std::to_string(count) + " domains " + sort, [&] { return world.status("domains/" + sort) == count; });
    }

    SmtpServer relay;
    World world{WorldOptions{}};
    DnsServer dns{{{"platform.example", key_record("sel1")}, {"dagbladet.example", ""}, {"forening.example", both_names}}};
};

}  // namespace

TEST_CASE("R27: mail waits while a domain shows none of our keys, and goes, signed, as soon as it does") {
    if (!DnsServer::available()) return;
    DnsWorld trip;
    trip.world.start();
    trip.wait_for_domains("waiting", 1);
    trip.wait_for_domains("in_order", 1);
    trip.send("w-1");
    wait_until("the mail to wait", [&] {
        return trip.world.ilbud({"mails", "--json"}).out.find("\"reason\":\"domain_unsigned\"") != std::string::npos;
    });
    CHECK(trip.relay.messages().empty());
    wait_until("the list to say why", [&] {  // what the watch finds is stored within a second
        return trip.world.ilbud({"domain", "list"}).out.find("there is no CNAME at sel1._domainkey.dagbladet.example") !=
               std::string::npos;
    });

    trip.dns.replace("dagbladet.example", both_names);
    trip.wait_for_mails(1);  // its next attempt by itself would be in an hour
    CHECK(trip.last_signature() == "sel1@dagbladet.example");
    trip.wait_for_domains("in_order", 2);
    CHECK(trip.world.status("attempts") == 1);
    CHECK(trip.world.stop() == 0);
}

TEST_CASE(
    "R27, R3: a record that disappears signs on for the grace time; then the platform's domain signs and the contact is told") {
    if (!DnsServer::available()) return;
    DnsWorld trip("unsigned = \"platform\"\ngrace = \"4s\"\n");
    trip.edit("[dkim]\n", "[dkim]\nplatform_domain = \"platform.example\"\n");
    trip.edit("[domains]\n", "[notices]\nfrom = \"besked@platform.example\"\n[domains]\n");
    trip.dns.replace("dagbladet.example", both_names);
    trip.world.start();
    trip.wait_for_domains("in_order", 3);
    trip.dns.replace("dagbladet.example", "");
    trip.wait_for_domains("in_grace", 1);
    trip.send("g-1");
    trip.wait_for_mails(1);
    CHECK(trip.last_signature() == "sel1@dagbladet.example");
    trip.wait_for_domains("platform", 1);
    trip.wait_for_mails(1, "platform@press.example");
    CHECK(trip.last_signature("platform@press.example") == "sel1@platform.example");
    trip.send("g-2");
    trip.wait_for_mails(2);
    CHECK(trip.last_signature() == "sel1@platform.example");
    trip.dns.replace("dagbladet.example", both_names);
    for (const auto* typed : {"dagbladet.example", "Dagbladet.example."})
        CHECK(trip.world.ilbud({"domain", "watch", typed}).out.find("signed by sel1") != std::string::npos);
    trip.send("g-3");
    trip.wait_for_mails(3);
    CHECK(trip.last_signature() == "sel1@dagbladet.example");
    trip.wait_for_mails(2, "platform@press.example");  // in order again
    CHECK(trip.world.stop() == 0);
}

TEST_CASE("R28: a customer who loses the SPF record is told by mail, with the record to publish, and once more when it is back") {
    if (!DnsServer::available()) return;
    const auto zone = [](const std::string& spf) {
        return both_names + "@ 1 TXT \"" + spf + "\"\n_dmarc 1 TXT \"v=DMARC1; p=none; rua=mailto:d@dagbladet.example\"\n";
    };
    DnsWorld trip;
    trip.edit("[platform]\n", "[platform]\nspf_includes = [\"_spf.platform.example\"]\nsource_addresses = [\"192.0.2.10\"]\n");
    trip.edit("[domains]\n", "[notices]\nfrom = \"besked@platform.example\"\n[domains]\ncheck_every = \"1m\"\n");
    trip.dns.replace("platform.example", trip.key_record("sel1") + "sel2._domainkey 1 TXT \"v=DKIM1; p=\"\n" +
                                             "_spf 1 TXT \"v=spf1 ip4:192.0.2.10 -all\"\n");
    trip.dns.replace("dagbladet.example", zone("v=spf1 include:_spf.platform.example -all"));
    trip.world.start();
    const auto standing = [&] { return trip.world.ilbud({"domain", "watch", "dagbladet.example"}).out; };
    wait_until("the first look", [&] { return standing().find("SPF: in order\nDMARC: in order\n") != std::string::npos; });

    trip.dns.replace("dagbladet.example", zone("v=spf1 mx -all"));
    wait_until("SPF to fall", [&] { return standing().find("SPF: not in order since") != std::string::npos; });
    trip.wait_for_mails(1, "platform@press.example");
    auto notice = trip.mails("platform@press.example").front();
    for (auto at = notice.find("=\r\n"); at != std::string::npos; at = notice.find("=\r\n", at)) notice.erase(at, 3);
    CHECK(notice.find("_spf.platform.example -all") != std::string::npos);
    CHECK(notice.find("dagbladet.example. ") != std::string::npos);

    trip.dns.replace("dagbladet.example", zone("v=spf1 include:_spf.platform.example -all"));
    // By itself: broken ones are looked at every few seconds.
    trip.wait_for_mails(2, "platform@press.example");
    CHECK(standing().find("SPF: in order\n") != std::string::npos);
    CHECK(trip.mails("platform@press.example").size() == 2);
    CHECK(trip.world.stop() == 0);
}

TEST_CASE("S43: a DNS server that falls silent changes nothing, also across a restart") {
    if (!DnsServer::available()) return;
    DnsWorld trip;
    trip.world.start();
    trip.wait_for_domains("waiting", 1);
    trip.wait_for_domains("in_order", 1);
    trip.dns.pause();
    wait_until("looks that fail", [&] { return trip.world.status("domains/looks_failed") >= 4; });
    CHECK(trip.world.status("domains/waiting") == 1);
    CHECK(trip.world.status("domains/in_order") == 1);
    CHECK(trip.world.stop() == 0);
    trip.world.start();
    CHECK(trip.world.status("domains/waiting") == 1);
    CHECK(trip.world.status("domains/in_order") == 1);
    trip.send("s-1");
    Sample sample;
    sample.id = "s-2";
    sample.unit = "club-da";
    CHECK(trip.world.send({sample_event(EventType::created, sample)}) == 0);
    trip.wait_for_mails(1);
    CHECK(trip.last_signature() == "sel1@forening.example");
    CHECK(trip.world.status("queued") == 1);
    trip.dns.resume();
    trip.dns.replace("dagbladet.example", both_names);
    trip.wait_for_mails(2);
    CHECK(trip.last_signature() == "sel1@dagbladet.example");
    CHECK(trip.world.stop() == 0);
}

TEST_CASE("R30: a stored mail whose key is no longer in force goes again signed anew, under the same Message-ID") {
    if (!DnsServer::available()) return;
    DnsWorld trip;
    trip.dns.replace("dagbladet.example", both_names);
    trip.relay.at(At::dot, say("451 4.7.1 greylisted, come back"), 1);
    trip.edit("steps = [\"1h\"]", "steps = [\"8s\"]");  // long enough for a restart in between
    trip.world.start();
    trip.wait_for_domains("in_order", 2);
    trip.send("f-1");
    trip.wait_for_mails(1);
    CHECK(trip.last_signature() == "sel1@dagbladet.example");
    CHECK(trip.world.stop() == 0);

    // The other key signs now, and stands in the DNS in place of the first.
    trip.edit("active = \"sel1\"", "active = \"sel2\"");
    trip.edit("key_file = \"sel1.pem\"\n", "");
    trip.edit("target = \"sel2._domainkey.platform.example\"\n",
              "target = \"sel2._domainkey.platform.example\"\nkey_file = \"sel2.pem\"\n");
    trip.dns.replace("platform.example", trip.key_record("sel2"));
    trip.world.start();
    trip.wait_for_mails(2);
    const auto mails = trip.mails();
    CHECK(trip.last_signature() == "sel2@dagbladet.example");
    CHECK(header_of(mails[0], "Message-ID") == header_of(mails[1], "Message-ID"));
    CHECK(trip.world.stop() == 0);
}
