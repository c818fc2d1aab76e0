// `ilbud dkim` with a real daemon: a key change by hand, what it says, what it refuses, and the settings without a key.
#include <simdjson.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "support/dns_server.hpp"
#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr const char* both_names =
    "sel1._domainkey 1 CNAME sel1._domainkey.platform.example.\nsel2._domainkey 1 CNAME sel2._domainkey.platform.example.\n";

std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) return {};
    const auto begin = at + from.size();
    return text.substr(begin, text.find(to, begin) - begin);
}

/// Keys are published by hand; the customers' zones have both CNAMEs.
struct ManualWorld {
    ManualWorld() { world.write_settings(options("")); }
    [[nodiscard]] WorldOptions options(const std::string& dkim, const std::string& rotation = "") const {
        WorldOptions made;
        made.relay_port = sink.port();
        made.dkim_extra = "key_folder = \"keys\"\nvalid_beyond_retry = \"1s\"\n" + dkim;
        made.platform_extra = "[dkim.rotation]\nlooks = 2\nwait_min = \"0s\"\nretry = \"200ms\"\nlook_interval = \"300ms\"\n" +
                              rotation + "[dns]\nservers = [\"" + dns.address() +
                              "\"]\ntrust_anchor = \"\"\ndeadline = \"1s\"\nttl_max = \"1s\"\nnegative_ttl_max = \"1s\"\n"
                              "[domains]\nlook_soon = \"1s\"\nlook_min = \"1s\"\nlook_max = \"2s\"\n"
                              "[delivery.retry.default]\nsteps = [\"200ms\"]\ngive_up_after = \"1s\"\n";
        return made;
    }
    [[nodiscard]] std::string first_record() const {
        simdjson::dom::parser parser;
        const std::string_view line = parser.parse(read_file(world.folder() / "sel1.json"))["zone"].get_string().value();
        return "sel1._domainkey 1" + std::string(line.substr(line.find(" IN TXT"))) + "\n";
    }
    [[nodiscard]] std::string status() const { return world.ilbud({"dkim", "status"}).out; }
    /// The status of one selector.
    [[nodiscard]] std::string status(const std::string& selector) const { return between(status(), selector + " → ", "\n\n"); }
    void wait_for(const std::string& selector, const std::string& words) const {
        wait_until(
            selector + ": " + words, [&] { return status(selector).find(words) != std::string::npos; }, 60);
    }

    SinkThread sink;
    World world{WorldOptions{}};
    DnsServer dns{{{.name = "platform.example", .records = first_record()},
                   {.name = "dagbladet.example", .records = both_names},
                   {.name = "forening.example", .records = both_names}}};
};

}  // namespace

TEST_CASE("R30: a key change by hand: each step shows what to publish and what is awaited, and an unsafe one is refused") {
    if (!DnsServer::available()) return;
    ManualWorld trip;
    auto& world = trip.world;
    world.start();
    CHECK(trip.status("sel1").find("stage        signing") != std::string::npos);
    CHECK(trip.status("sel2").find("stage        idle") != std::string::npos);
    CHECK(trip.status().find("nothing is left to do") != std::string::npos);
    CHECK(world.ilbud({"dkim", "retire", "sel1", "--yes"}).status == 1);
    CHECK(world.ilbud({"dkim", "retire", "sel1", "--force", "--yes"}).status == 1);
    CHECK(world.ilbud({"dkim", "retire", "sel3", "--yes"}).status == 1);
    CHECK(world.ilbud({"dkim", "publish", "--yes"}).status == 1);

    const auto plan = world.ilbud({"dkim", "rotate", "--dry-run"});
    CHECK(plan.status == 0);
    for (const auto* step : {"make", "publish", "look", "sign", "close", "withdraw", "remove"})
        CHECK(plan.out.find(step) != std::string::npos);
    CHECK(trip.status("sel2").find("stage        idle") != std::string::npos);

    const auto made = world.ilbud({"dkim", "new-key", "--yes"});
    INFO(made.out);
    REQUIRE(made.status == 0);
    trip.wait_for("sel2", "stage        made");
    const auto record = "sel2._domainkey 1 IN TXT (" + between(trip.status("sel2"), "IN TXT (", ")") + ")\n";
    CHECK(record.find("v=DKIM1; k=rsa; p=") != std::string::npos);
    REQUIRE(world.ilbud({"dkim", "rotate", "--yes"}).status == 0);
    trip.wait_for("sel2", "trouble      the record is not found at sel2._domainkey.platform.example yet");
    CHECK(world.ilbud({"dkim", "rotate", "--yes"}).status == 1);  // one goes on already

    // What is known is told without a daemon, too.
    CHECK(world.stop() == 0);
    CHECK(trip.status("sel2").find("stage        made") != std::string::npos);
    CHECK(trip.status().find("No daemon runs") != std::string::npos);
    world.start();

    trip.dns.replace("platform.example", trip.first_record() + record);
    trip.wait_for("sel2", "stage        signing");
    CHECK(trip.status("sel1").find("stage        retiring") != std::string::npos);
    Sample sample;
    sample.id = "after";
    CHECK(world.send({sample_event(EventType::created, sample)}) == 0);
    wait_until("the mail", [&] { return trip.sink.count() == 1; });
    CHECK(header_of(trip.sink.mails().at(0).bytes, "DKIM-Signature").find("s=sel2;") != std::string::npos);

    // The old record must be revoked by hand as well.
    trip.wait_for("sel1", "the key is still found at sel1._domainkey.platform.example");
    CHECK(trip.status("sel1").find("p=\" )") != std::string::npos);
    trip.dns.replace("platform.example", "sel1._domainkey 1 TXT \"v=DKIM1; k=rsa; p=\"\n" + record);
    trip.wait_for("sel1", "stage        idle");
    CHECK(std::filesystem::exists(world.folder() / "sel1.pem"));  // the settings name it

    // From now on the settings need no key.
    auto text = read_file(world.config());
    text.erase(text.find("key_file = \"sel1.pem\""), std::string("key_file = \"sel1.pem\"").size());
    std::ofstream(world.config()) << text;
    CHECK(world.ilbud({"check"}).status == 0);
    CHECK(world.ilbud({"reload"}).status == 0);
    CHECK(world.ilbud({"preview", "welcome", "--eml"}).out.find("s=sel2;") != std::string::npos);
    CHECK(world.stop() == 0);
    world.start();
    CHECK(trip.status("sel2").find("stage        signing") != std::string::npos);
    CHECK(world.stop() == 0);
}

TEST_CASE(
    "R30, R3: a domain without the new key's CNAME keeps the old key, which is kept for it, and its account is told the record") {
    if (!DnsServer::available()) return;
    ManualWorld trip;
    auto& world = trip.world;
    auto options = trip.options("platform_domain = \"platform.example\"\n", "stuck_after = \"3s\"\n");
    options.platform_extra += "[notices]\nfrom = \"besked@platform.example\"\n";
    world.write_settings(options);
    trip.dns.replace("forening.example", "sel1._domainkey 1 CNAME sel1._domainkey.platform.example.\n");
    world.start();
    REQUIRE(world.ilbud({"dkim", "new-key", "--yes"}).status == 0);
    trip.wait_for("sel2", "stage        made");
    trip.dns.replace("platform.example",
                     trip.first_record() + "sel2._domainkey 1 IN TXT (" + between(trip.status("sel2"), "IN TXT (", ")") + ")\n");
    REQUIRE(world.ilbud({"dkim", "rotate", "--yes"}).status == 0);
    trip.wait_for("sel2", "stage        signing");

    wait_until("the notice", [&] { return trip.sink.count() == 1; });
    auto notice = trip.sink.mails().at(0).bytes;
    for (auto at = notice.find("=\r\n"); at != std::string::npos; at = notice.find("=\r\n", at)) notice.erase(at, 3);
    CHECK(header_of(notice, "To").find("platform@club.example") != std::string::npos);
    CHECK(notice.find("sel2._domainkey.forening.example. IN CNAME sel2._domainkey.platform.example.") != std::string::npos);
    CHECK(trip.status("sel1").find("stage        retiring") != std::string::npos);
    CHECK(trip.status().find("STUCK sel1") != std::string::npos);
    Sample sample;
    sample.id = "club";
    sample.unit = "club-da";
    sample.form = "join";
    CHECK(world.send({sample_event(EventType::created, sample)}) == 0);
    wait_until("the mail", [&] { return trip.sink.count() == 2; });
    CHECK(header_of(trip.sink.mails().at(1).bytes, "DKIM-Signature").find("s=sel1;") != std::string::npos);

    // Once the record is there, the change comes to its end.
    trip.dns.replace("forening.example", both_names);
    trip.wait_for("sel1", "the key is still found at sel1._domainkey.platform.example");
    CHECK(world.stop() == 0);
}

TEST_CASE("R30: without any key there is no start, and check says so") {
    WorldOptions options;
    options.relay_port = 25;
    World world(options);
    auto text = read_file(world.config());
    text.erase(text.find("key_file = \"sel1.pem\""), std::string("key_file = \"sel1.pem\"").size());
    std::ofstream(world.config()) << text;
    CHECK(world.ilbud({"check"}).status == 1);
    CHECK(read_file(world.folder() / "cli.log").find("no key signs") != std::string::npos);
    CHECK_THROWS(world.start());
    CHECK(read_file(world.log()).find("no_signing_key") != std::string::npos);
}
