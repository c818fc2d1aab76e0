// S15, R30: keys change under load. A real daemon with its own resolver, an authoritative server that takes updates with TSIG,
// mail all the time, kills; then every mail is judged by independent verifiers with what was published when it arrived.
#include <simdjson.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>

#include "cli/feeder.hpp"
#include "support/dns_server.hpp"
#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* tsig_secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTMyLWI=";
constexpr const char* both_names =
    "sel1._domainkey 1 CNAME sel1._domainkey.platform.example.\nsel2._domainkey 1 CNAME sel2._domainkey.platform.example.\n";
constexpr int on_its_way = 9;  // seconds: give_up_after and valid_beyond_retry below

/// The World's daemon, its keys published by nsupdate in a zone of our own, its customers' zones with both CNAMEs.
struct RotationWorld {
    RotationWorld() {
        std::ofstream(world.folder() / "tsig.key")
            << "key \"update.key\" { algorithm hmac-sha256; secret \"" << tsig_secret << "\"; };\n";
        ::chmod((world.folder() / "tsig.key").c_str(), 0600);
        WorldOptions options;
        options.relay_port = sink.port();
        options.dkim_extra = "publish = \"nsupdate\"\nkey_folder = \"keys\"\nvalid_beyond_retry = \"1s\"\n";
        options.platform_extra =
            "[dkim.rotation]\nlooks = 2\nwait_min = \"0s\"\npatience = \"1h\"\nretry = \"200ms\"\nlook_interval = \"500ms\"\n"
            "[dkim.nsupdate]\nserver = \"127.0.0.1\"\nport = " +
            std::to_string(dns.port()) +
            "\nzone = \"platform.example\"\nkey_file = \"tsig.key\"\nttl = \"1s\"\n"
            "[dns]\nservers = [\"" +
            dns.address() +
            "\"]\ntrust_anchor = \"\"\ndeadline = \"1s\"\nttl_max = \"1s\"\nnegative_ttl_max = \"1s\"\n"
            "[domains]\nlook_soon = \"1s\"\nlook_min = \"1s\"\nlook_max = \"2s\"\n"
            "[delivery.retry.default]\nsteps = [\"200ms\"]\ngive_up_after = \"8s\"\n";
        world.write_settings(options);
    }
    [[nodiscard]] std::string key_records() const {
        simdjson::dom::parser parser;
        const std::string_view line = parser.parse(read_file(world.folder() / "sel1.json"))["zone"].get_string().value();
        return "sel1._domainkey 1" + std::string(line.substr(line.find(" IN TXT"))) + "\n";
    }
    /// The selectors' stages by name, and "rotating".
    [[nodiscard]] std::map<std::string, std::string> stages() const {
        const auto ran = world.ilbud({"dkim", "status", "--json"});
        std::map<std::string, std::string> all;
        simdjson::dom::parser parser;
        simdjson::dom::element status;
        if (parser.parse(ran.out).get(status) != simdjson::SUCCESS) return all;
        simdjson::dom::array selectors;
        if (status["selectors"].get(selectors) != simdjson::SUCCESS) return all;
        for (const auto slot : selectors)
            all[std::string(std::string_view(slot["selector"].get_string().value()))] =
                std::string(std::string_view(slot["stage"].get_string().value()));
        std::string_view since;
        if (status["rotating_since"].get(since) == simdjson::SUCCESS) all["rotating"] = since;
        return all;
    }
    void wait_for(const std::string& selector, const std::set<std::string>& wanted) const {
        wait_until(
            selector + " to be " + *wanted.begin(), [&] { return wanted.contains(stages()[selector]); }, 90);
    }

    TemporaryFolder mail;
    SinkThread sink{{}, 0, mail.path()};
    World world{WorldOptions{}};
    DnsServer dns{{{.name = "platform.example", .records = key_records(), .update_key = "update.key"},
                   {.name = "dagbladet.example", .records = both_names},
                   {.name = "forening.example", .records = both_names}},
                  {{"update.key", tsig_secret}}};
};

/// Feeds events evenly until `enough`, at `a_second`, and goes on until stopped.
class Load {
 public:
    Load(std::filesystem::path socket, std::size_t enough, double a_second)
        : thread_([this, socket = std::move(socket), enough, a_second] {
              const auto begin = std::chrono::steady_clock::now();
              std::size_t number = 0;
              FeederCallbacks callbacks;
              callbacks.next = [&, enough, a_second]() -> std::optional<std::string> {
                  if (stop_ && number >= enough) return std::nullopt;
                  std::this_thread::sleep_until(begin + std::chrono::duration<double>(static_cast<double>(number) / a_second));
                  Sample sample;
                  sample.id = "r-" + std::to_string(++number);
                  sample.email = "reader" + std::to_string(number) + "@example.com";
                  sample.number = "R" + std::to_string(number);
                  if (number % 4 == 0) sample.unit = "club-da", sample.form = "join";
                  return sample_event(EventType::created, sample);
              };
              callbacks.answered = [&](AnswerStatus status, std::string_view answer, std::string_view) {
                  if (status == AnswerStatus::accepted || status == AnswerStatus::duplicate)
                      ++accepted;
                  else
                      refused = std::string(answer);
              };
              Feeder feeder(socket, 32, 60s, std::move(callbacks));
              const auto done = feeder.run();
              if (!done) refused = to_text(done.error());
          }) {}
    ~Load() { finish(); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    void finish() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }

    std::atomic<std::size_t> accepted = 0;
    std::string refused;  ///< after finish()

 private:
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

std::size_t mails_wanted() {
    const char* given = std::getenv("ILBUD_ROTATION_MAILS");
    return given != nullptr ? static_cast<std::size_t>(std::atoll(given)) : 1000;
}

}  // namespace

TEST_CASE(
    "S15: keys change three times under load and the daemon is killed twice: every mail is signed, and verifies with what is "
    "published") {
    if (!DnsServer::available()) return;
    const auto wanted = mails_wanted();
    RotationWorld trip;
    auto& world = trip.world;
    const auto history = world.folder() / "history";
    std::ofstream(world.folder() / "cnames.json") << R"({"sel1._domainkey.dagbladet.example":"sel1._domainkey.platform.example",
        "sel2._domainkey.dagbladet.example":"sel2._domainkey.platform.example",
        "sel1._domainkey.forening.example":"sel1._domainkey.platform.example",
        "sel2._domainkey.forening.example":"sel2._domainkey.platform.example"})";
    Process recorder({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/record_keys.py", std::to_string(trip.dns.port()),
                      "sel1._domainkey.platform.example", "sel2._domainkey.platform.example"},
                     history);
    wait_until("the first key in the history", [&] { return read_file(history).find("p=") != std::string::npos; });
    world.start();
    trip.wait_for("sel1", {"signing"});
    const auto first_key = world.ilbud({"dkim", "status"}).out;
    CHECK(first_key.find("sel2 → sel2._domainkey.platform.example\n  stage        idle") != std::string::npos);

    Load load(world.socket(), wanted, static_cast<double>(wanted) / 30);
    std::string signing = "sel1", idle = "sel2";
    for (int change = 0; change < 3; ++change) {
        INFO("change " << change);
        REQUIRE(world.ilbud({"dkim", "rotate", "--yes"}).status == 0);
        trip.wait_for(idle, {"made", "published", "seen"});
        if (change == 0) {  // on the way to the customers
            world.kill();
            world.start();
        }
        trip.wait_for(idle, {"signing"});
        if (change == 1) {  // just after the switch
            world.kill();
            world.start();
        }
        CHECK(trip.stages()[signing] != "signing");
        std::swap(signing, idle);
    }
    trip.wait_for(idle, {"idle"});
    load.finish();
    CHECK(load.refused.empty());
    wait_until(
        "every mail", [&] { return trip.sink.message_ids().size() >= load.accepted; }, 60);
    CHECK(world.stop() == 0);

    const auto judged = run({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/verify_history.py", trip.mail.path().string(),
                             history.string(), std::to_string(on_its_way), (world.folder() / "cnames.json").string()});
    INFO(judged.out);
    simdjson::dom::parser parser;
    simdjson::dom::element counts;
    const auto line = judged.out.substr(judged.out.rfind('{') == std::string::npos ? 0 : judged.out.rfind("{\"mails\""));
    REQUIRE(parser.parse(line).get(counts) == simdjson::SUCCESS);
    const auto number = [&](const char* name) { return static_cast<std::size_t>(counts[name].get_int64().value()); };
    CHECK(number("mails") >= wanted);
    CHECK(number("unsigned") == 0);
    CHECK(number("invalid") == 0);
    CHECK(number("invalid_later") == 0);
    CHECK(number("changes") >= 7);
    const std::string_view opendkim = counts["opendkim"].get_string().value();
    if (opendkim == "absent")
        std::cout << "skipped: OpenDKIM is not installed\n";
    else
        CHECK(opendkim == std::to_string(number("mails")));
    // Both selectors signed for both customers.
    CHECK(judged.out.find("sel1._domainkey.dagbladet.example") != std::string::npos);
    CHECK(judged.out.find("sel2._domainkey.forening.example") != std::string::npos);
    // The keys that are gone left no file.
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(world.folder() / "keys"))
        files += entry.is_regular_file() ? 1 : 0;
    CHECK(files == 1);
    std::cout << "rotation: " << line << (line.ends_with('\n') ? "" : "\n");
}
