// Looking back with the real program: what other settings or templates would have mailed.
#include <catch2/catch.hpp>

#include <fstream>

#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> some_events() {
    std::vector<std::string> lines;
    Sample sample;
    for (const char* id : {"w-1", "w-2"}) {
        sample.id = id;
        sample.subscription = id;
        lines.push_back(sample_event(EventType::created, sample));
    }
    sample.origin = "system";
    for (const char* id : {"r-1", "r-2"}) {
        sample.id = id;
        lines.push_back(sample_event(EventType::card_charged, sample));
    }
    sample.id = "i-1";
    lines.push_back(sample_event(EventType::invoice_issued, sample));
    return lines;
}

/// The settings of `world` once more, in the folder `name`, with `old_text` of the account "press" replaced.
std::filesystem::path other_settings(const World& world, const std::string& name, const std::string& old_text,
                                     const std::string& new_text) {
    const auto folder = world.folder() / name;
    std::filesystem::create_directories(folder / "accounts");
    for (const char* file : {"ilbud.toml", "sel1.pem", "sel2.pem", "accounts/press.toml", "accounts/club.toml"})
        std::filesystem::copy_file(world.folder() / file, folder / file);
    auto text = read_file(folder / "accounts/press.toml");
    const auto place = text.find(old_text);
    REQUIRE(place != std::string::npos);
    std::ofstream(folder / "accounts/press.toml") << text.replace(place, old_text.size(), new_text);
    return folder;
}

}  // namespace

TEST_CASE("replay: beside the running daemon it tells what other settings would have mailed, and changes nothing") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    REQUIRE(world.send(some_events()) == 0);
    wait_until("the mails", [&] { return world.status("delivered") == 5; });

    const auto same = world.ilbud({"replay", "--since", "1h", "--settings", world.folder().string()});
    CHECK(same.status == 0);
    CHECK_THAT(same.out, Contains("5 events accepted") && Contains("5 the same, 0 different"));

    const auto other = other_settings(world, "other", "locales = [\"en\"]", "locales = [\"en\"]\ncard_receipts = false");
    const auto off = world.ilbud({"replay", "--since", "1h", "--settings", other.string()});
    CHECK(off.status == 3);
    CHECK_THAT(off.out, Contains("3 the same, 2 different") && Contains("no longer mailed: receipt to anna@example.com") &&
                            Contains("receipts_off: The business unit sends no card receipts") &&
                            Contains("event r-1 from /test") && Contains("+ R17  unit 'daily' sends no card receipts"));
    CHECK(world.ilbud({"replay", "--since", "1h", "--settings", other.string(), "--kind", "welcome"}).status == 0);
    CHECK(world.ilbud({"replay", "--since", "1h", "--settings", other.string(), "--unit", "club-da"}).status == 1);
    CHECK(world.ilbud({"replay", "--since", "2h", "--until", "1h", "--settings", other.string()}).status == 1);
    const auto few = world.ilbud({"replay", "--since", "1h", "--settings", other.string(), "--most", "1"});
    CHECK_THAT(few.out, Contains("… and 1 more") && !Contains("event r-2"));
    const auto json = world.ilbud({"replay", "--since", "1h", "--settings", (other / "ilbud.toml").string(), "--json"});
    CHECK(json.status == 3);
    CHECK(std::count(json.out.begin(), json.out.end(), '\n') == 3);
    CHECK_THAT(json.out, Contains(R"("change":"no_longer_mailed","reason":"receipts_off")") &&
                             Contains(R"("summary":{"events":5,"same":3,"different":2)"));

    CHECK(world.status("events") == 5);
    CHECK(world.status("delivered") == 5);
    CHECK(world.stop() == 0);
    CHECK(sink.count() == 5);
}

TEST_CASE("replay: other templates show as a difference of the text") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    REQUIRE(world.send(some_events()) == 0);
    CHECK(world.stop() == 0);
    const auto templates = world.folder() / "tried";
    std::filesystem::copy(std::filesystem::path(ILBUD_SOURCE_DIR) / "templates", templates,
                          std::filesystem::copy_options::recursive);
    std::ofstream(templates / "da/invoice.md", std::ios::app) << "\nHilsen fra os alle.\n";
    const auto ran = world.ilbud({"replay", "--since", "1h", "--templates", templates.string()});
    CHECK(ran.status == 3);
    CHECK_THAT(ran.out, Contains("4 the same, 1 different") && Contains("changed: invoice to anna@example.com") &&
                            Contains("    +Hilsen fra os alle.\n"));
    std::ofstream(templates / "da/invoice.md", std::ios::app) << "\n{{nothing_like_it}}\n";
    CHECK(world.ilbud({"replay", "--since", "1h", "--templates", templates.string()}).status == 1);
    CHECK_THAT(read_file(world.folder() / "cli.log"), Contains("da/invoice.md:") && Contains("nothing_like_it"));
}

TEST_CASE("replay: says what is wrong with the settings, the queue, or how it was asked") {
    WorldOptions options;
    options.relay_port = 25;
    const World world(options);
    const auto other = other_settings(world, "other", "locales = [\"en\"]", "locales = [\"xx\"]");
    CHECK(world.ilbud({"replay", "--since", "1h", "--settings", other.string()}).status == 1);
    const auto replayed = read_file(world.folder() / "cli.log");
    CHECK(run({program(), "check", "--config", (other / "ilbud.toml").string()}, world.folder() / "check.log").status == 1);
    const auto checked = read_file(world.folder() / "check.log");
    CHECK_THAT(replayed, Contains(checked.substr(0, checked.find('\n'))) && Contains("press.toml:") && Contains("1 finding"));
    CHECK(world.ilbud({"replay", "--since", "1h", "--settings", world.folder().string()}).status == 1);  // no queue yet
    CHECK_THAT(read_file(world.folder() / "cli.log"), Contains("queue_missing"));
    CHECK(world.ilbud({"replay", "--since", "1h"}).status == 2);
    CHECK(world.ilbud({"replay", "--settings", world.folder().string()}).status == 2);
    CHECK(world.ilbud({"replay", "--since", "yesterday", "--settings", world.folder().string()}).status == 2);
    CHECK(world.ilbud({"replay", "--since", "1h", "--until", "2h", "--settings", world.folder().string()}).status == 2);
}
