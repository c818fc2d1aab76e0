#include "cli/cli.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdio>
#include <thread>

#include "cli/support/listener.hpp"
#include "ilbud/queue/queue.hpp"
#include "ilbud/queue/store.hpp"
#include "settings/support/settings_folder.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

int run(std::vector<std::string> words) {
    words.insert(words.begin(), "ilbud");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    return run_command_line(static_cast<int>(argv.size()), argv.data());
}

// What this process prints, to standard output and error, while it lives.
class Said {
 public:
    Said() {
        std::fflush(stdout);
        const int file = ::open((folder_ / "said").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        for (int i = 0; i < 2; ++i) {
            before_[i] = ::dup(i + 1);
            ::dup2(file, i + 1);
        }
        ::close(file);
    }
    ~Said() {
        std::fflush(stdout);
        for (int i = 0; i < 2; ++i) {
            ::dup2(before_[i], i + 1);
            ::close(before_[i]);
        }
    }
    Said(const Said&) = delete;
    Said& operator=(const Said&) = delete;
    [[nodiscard]] std::string text() const {
        std::fflush(stdout);
        return read_file(folder_ / "said");
    }

 private:
    TemporaryFolder folder_;
    int before_[2] = {};
};

}  // namespace

TEST_CASE("command line: a path that an unset shell variable left empty is wrong usage") {
    const SettingsFolder folder;
    const auto config = folder.path("ilbud.toml").string();
    CHECK(run({"preview", "--config", config, "--all", ""}) == 2);
    CHECK(run({"preview", "--config", config, "--all="}) == 2);
    CHECK(run({"preview", "receipt", "--config", config, "--all", ""}) == 2);
    CHECK(run({"preview", "receipt", "--config", config, "--page", ""}) == 2);
    CHECK(run({"replay", "--config", config, "--since", "1h", "--settings", ""}) == 2);
    CHECK(run({"replay", "--config", config, "--since", "1h", "--templates", ""}) == 2);
}

TEST_CASE("reply: any reply is success, what is none is refused, and an unknown stage is wrong usage") {
    CHECK(run({"reply", "550 5.1.1 User unknown"}) == 0);
    CHECK(run({"reply", "250 ok", "--stage", "dot", "--json"}) == 0);
    CHECK(run({"reply", "550-5.1.1 first\\r\\n550 5.1.1 second", "--stage", "rcpt"}) == 0);
    CHECK(run({"reply", "hello"}) == 1);
    CHECK(run({"reply", ""}) == 1);
    CHECK(run({"reply", "550 no\\n250 ok", "--json"}) == 1);
    CHECK(run({"reply", "550 no", "--stage", "quit"}) == 2);
    CHECK(run({"reply"}) == 2);
}

TEST_CASE("replay: a unit that neither side's settings know is refused") {
    const std::string platform = "[platform]\ntemplates = \"" ILBUD_SOURCE_DIR "/templates\"\n" + least_platform;
    const SettingsFolder then(platform), now(platform, least_account + R"(
[[unit]]
id = "weekly"
name = "The Weekly Ltd"
invoice_email = "invoice@weekly.example"
)");
    ManualClock clock{*parse_time("2025-06-24T10:00:00Z")};
    Log log{LogLevel::error, LogFormat::text, [](std::string_view) {}};
    Counters counters;
    REQUIRE(open_sqlite_store(then.settings().platform.queue, clock, log, counters));
    const auto replay = [&](const std::string& unit) {
        const Said said;
        CHECK(run({"replay", "--config", then.path("ilbud.toml").string(), "--since", "1h", "--settings",
                   now.path("ilbud.toml").string(), "--unit", unit}) == 1);  // nothing is stored
        return said.text();
    };
    CHECK_THAT(replay("daily"), Catch::Contains("Nothing was replayed: no event of this time and of unit daily is stored"));
    CHECK_THAT(replay("weekly"), Catch::Contains("Nothing was replayed"));
    CHECK_THAT(replay("dayly"), Catch::Contains("unknown_unit"));
}

TEST_CASE("a command that does not exist is named, and not called missing") {
    const auto said_of = [](const std::vector<std::string>& words) {
        const Said said;
        CHECK(run(words) == 2);
        return said.text();
    };
    CHECK_THAT(said_of({"statsu"}), Catch::Contains("no command is called \"statsu\"; `ilbud --help` lists them"));
    CHECK_THAT(said_of({"domain", "chek", "a.example"}), Catch::Contains("no command is called \"chek\"; `ilbud domain --help`"));
    CHECK_THAT(said_of({"--json", "statsu"}), !Catch::Contains("no command is called"));
    CHECK_THAT(said_of({"domain"}), Catch::Contains("subcommand is required"));
}

TEST_CASE("domain spf: the envelope sender may stand in angle brackets, as it does in an envelope") {
    const auto said_of = [](const std::string& from) {
        const Said said;
        CHECK(run({"domain", "spf", "--ip", "192.0.2.1", "--from", from, "--helo", "h", "--resolver", "127.0.0.1@9"}) == 0);
        return said.text();
    };
    // One label is no domain of a record: nothing is asked.
    CHECK_THAT(said_of("<anna@localhost>"), Catch::Contains("localhost is no domain name"));
    CHECK_THAT(said_of("<>"), Catch::Contains("h is no domain name"));
    CHECK(run({"domain", "spf", "--ip", "192.0.2.1", "--from", "<>"}) == 2);
    CHECK(run({"domain", "spf", "--ip", "192.0.2.1", "--from", "Anna <anna@example.com>"}) == 2);
}

TEST_CASE("dkim new-key: a selector or a name that the settings would refuse makes no key") {
    const TemporaryFolder folder;
    for (const auto& words : {std::vector<std::string>{"--selector", "bad..one"},
                              {"--selector", "s_1"},
                              {"--selector", "s1", "--domain", "a b.example"},
                              {"--selector", "s1", "--target", "s1..example"}}) {
        std::vector<std::string> line{"dkim", "new-key", "--out", (folder / "key").string()};
        line.insert(line.end(), words.begin(), words.end());
        const Said said;
        CHECK(run(line) == 1);
        CHECK_THAT(said.text(), Catch::Contains("invalid_value"));
        CHECK_FALSE(std::filesystem::exists(folder / "key"));
    }
}

TEST_CASE("dkim new-key: a selector of the settings is published under the target that they name") {
    const SettingsFolder folder(least_platform);
    const Said said;
    CHECK(run({"dkim", "new-key", "--config", folder.path("ilbud.toml").string(), "--out", folder.path("key").string(),
               "--selector", "s1"}) == 0);
    CHECK_THAT(said.text(), Catch::Contains("\ns1._domainkey.ilbud.example. IN TXT"));
}

TEST_CASE("dkim new-key: a full name in the zone line ends with a dot, so that the line is right in any zone file") {
    const TemporaryFolder folder;
    int number = 0;
    // The first word of the line to publish.
    const auto owner = [&](std::vector<std::string> words) {
        const Said said;
        words.insert(words.begin(),
                     {"dkim", "new-key", "--out", (folder / std::to_string(++number)).string(), "--selector", "s1"});
        REQUIRE(run(words) == 0);
        auto text = said.text();
        text.erase(0, text.find("TXT record:\n\n") + 13);
        return text.substr(0, text.find(' '));
    };
    CHECK(owner({"--domain", "ilbud.example"}) == "s1._domainkey.ilbud.example.");
    CHECK(owner({"--domain", "ilbud.example."}) == "s1._domainkey.ilbud.example.");
    CHECK(owner({"--target", "one.ilbud.example"}) == "one.ilbud.example.");
    CHECK(owner({"--target", "one.ilbud.example."}) == "one.ilbud.example.");
    // Without a domain it is relative to whatever zone it is pasted into.
    CHECK(owner({}) == "s1._domainkey");
    CHECK(owner({"--target", "one"}) == "one");
}

TEST_CASE(
    "status --health: a daemon that is away is failing, and so is one that does not answer in time; no settings is unknown") {
    const TemporaryFolder folder;
    const auto path = folder / "control.sock";
    CHECK(run({"status", "--health", "--control", path.string()}) == 2);
    CHECK(run({"status", "--control", path.string()}) == 1);
    {
        const Listener stopped(path, std::nullopt, 0);  // it takes no connection, and the second one finds no place to wait
        for (int i = 0; i < 2; ++i) CHECK(run({"status", "--health", "--control", path.string(), "--deadline", "50ms"}) == 2);
        CHECK(run({"status", "--control", path.string(), "--deadline", "50ms"}) == 1);
    }
    CHECK(run({"status", "--health", "--config", (folder / "none.toml").string()}) == 3);
    CHECK(run({"status", "--relays-down", "1m", "--control", path.string()}) == 2);
}

TEST_CASE("status --health: exits by what the daemon says of itself") {
    for (const auto& [answer, status] :
         {std::pair(R"({"health":{"state":"healthy","findings":[]}})", 0),
          std::pair(R"({"health":{"state":"degraded","findings":[{"state":"degraded","code":"x","text":"y"}]}})", 1),
          std::pair(R"({"health":{"state":"failing","findings":[]}})", 2), std::pair(R"({"version":"of last year"})", 3),
          std::pair("nonsense", 3)}) {
        const TemporaryFolder folder;
        const auto path = folder / "control.sock";
        const Listener listener(path);
        std::thread daemon([&listener, line = std::string(answer) + '\n'] {
            const int connection = ::accept(listener.number(), nullptr, nullptr);
            ::send(connection, line.data(), line.size(), MSG_NOSIGNAL);
            char rest[1024];
            while (::read(connection, rest, sizeof rest) > 0) {
            }
            ::close(connection);
        });
        CHECK(run({"status", "--health", "--control", path.string(), "--deadline", "1m"}) == status);
        daemon.join();
    }
}
