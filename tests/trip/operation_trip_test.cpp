// What an operator does: check, reload, look, explain.
#include <signal.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

TEST_CASE("reload: a bad set is refused with its findings and the old one stays; a good one takes effect") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto account = world.folder() / "accounts/press.toml";
    const auto good = read_file(account);

    std::ofstream(account) << good << "\n[[unit]]\nid = \"new\"\nname = \"New\"\ninvoice_email = \"not an address\"\n";
    const auto refused = world.ilbud({"reload", "--json"});
    CHECK(refused.status == 1);
    CHECK(refused.out.find("press.toml:") != std::string::npos);
    Sample sample;
    sample.unit = "new";
    sample.id = "r-1";
    CHECK(world.ask(sample_event(EventType::created, sample)).find("unknown_unit") != std::string::npos);

    std::ofstream(account) << good << "\n[[unit]]\nid = \"new\"\nname = \"New\"\ninvoice_email = \"faktura@new.example\"\n";
    CHECK(world.ilbud({"reload"}).status == 0);
    CHECK(world.ask(sample_event(EventType::created, sample)).find("\"accepted\"") != std::string::npos);

    std::ofstream(account) << good;
    world.daemon().signal(SIGHUP);
    sample.id = "r-2";
    wait_until("SIGHUP to take effect",
               [&] { return world.ask(sample_event(EventType::created, sample)).find("unknown_unit") != std::string::npos; });
    CHECK(world.status("reloads") == 2);
    CHECK(world.status("reloads_failed") == 1);
    CHECK(world.stop() == 0);
}

TEST_CASE("commands: what cannot be written where it was to be read is a failure") {
    for (const auto* command : {"check --print", "--help", "--version"}) {
        INFO(command);
        CHECK(run({"/bin/sh", "-c", program() + " " + command}).status == 0);
        const auto full = run({"/bin/sh", "-c", program() + " " + command + " 2>&1 > /dev/full"});
        CHECK(full.status == 1);
        CHECK(full.out.find("standard output: No space left on device") != std::string::npos);
        CHECK(run({"/bin/sh", "-c", program() + " " + command + " >&-"}).status == 1);
    }
}

TEST_CASE("status: and all that ask the daemon do so while the platform file is no TOML, and say what is wrong with it") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    std::ofstream(world.config(), std::ios::app) << "\n[domains\nwatch = \n";
    const auto event = sample_event(EventType::created, {});
    for (const auto& command :
         std::vector<std::vector<std::string>>{{"status"},
                                               {"dkim", "status"},
                                               {"dkim", "rotate", "--dry-run"},
                                               {"suppressions", "add", "--account", "press", "anna@example.com"},
                                               {"suppressions", "list"},
                                               {"domain", "list"},
                                               {"mails"}}) {
        INFO(command.front() << ' ' << command.back());
        std::filesystem::remove(world.folder() / "cli.log");
        CHECK(world.ilbud(command).status == 0);
        CHECK(read_file(world.folder() / "cli.log").find("toml_syntax") != std::string::npos);
    }
    CHECK(run({program(), "send", "--config", world.config().string(), "--quiet", "-"}, world.folder() / "send.log", event + "\n")
              .status == 0);
    const auto refused = world.ilbud({"reload"});
    CHECK(refused.status == 1);
    CHECK(read_file(world.folder() / "cli.log").find("ilbud.toml") != std::string::npos);
    // The same socket in other settings that are broken: whose daemon is it?
    const auto other = world.folder() / "other.toml";
    std::filesystem::copy_file(world.config(), other);
    CHECK(run({program(), "status", "--config", other.string()}, world.folder() / "other.log").status == 1);
    CHECK(read_file(world.folder() / "other.log").find("other_daemon") != std::string::npos);
    CHECK(world.stop() == 0);
}

TEST_CASE("send: a field that is not known is told once, with the one that may be meant; events schema needs no settings") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    std::string events;
    for (const auto* const id : {"e-1", "e-2", "e-3"}) {
        auto event = sample_event(EventType::invoice_issued, {.id = id, .number = id});
        events += event.insert(event.find(R"("unit")"), R"("copyto":["b@example.com"],)") + '\n';
    }
    const auto log = world.folder() / "slips.log";
    CHECK(run({program(), "send", "--socket", world.socket().string(), "-"}, log, events).status == 0);
    const auto told = read_file(log);
    CHECK(told.find("ignored: data.copyto: not known; is data.copy_to meant? (event e-1; later ones are not told)") !=
          std::string::npos);
    CHECK(told.find("e-2") == std::string::npos);
    CHECK(world.stop() == 0);
    const auto schema = run({program(), "events", "schema", "invoice.issued", "--strict"});
    CHECK(schema.status == 0);
    CHECK(schema.out.starts_with(R"({"$schema":"https://json-schema.org/draft/2020-12/schema")"));
    CHECK(run({program(), "events", "schema", "invoice"}).status == 2);
}

TEST_CASE("reload: no mistyped file ends the daemon: each is refused with its place, and mail goes on") {
    using namespace std::string_literals;
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto account = world.folder() / "accounts/press.toml";
    const auto good = read_file(account);
    const auto lines = std::to_string(std::count(good.begin(), good.end(), '\n') + 1);

    const std::vector<std::string> mistyped{"[#account]",
                                            "[\xc3\xa9]",
                                            "[[[unit]]]",
                                            "[.a]",
                                            "[=a]",
                                            "[{a}]",
                                            "[a.#b]",
                                            "a = [}",
                                            "[\0]"s,
                                            "a = \"\x7f\"",
                                            "\xff",
                                            "a = 1\ra",
                                            "[",
                                            "a = 2000-01-01" + std::string(115, '_') + " 12:00",
                                            std::string(100'000, '[')};
    for (const auto& line : mistyped) {
        INFO(line.substr(0, 200));
        std::ofstream(account) << good << line << '\n';
        const auto refused = world.ilbud({"reload", "--json"});
        CHECK(refused.status == 1);
        CHECK(refused.out.find("press.toml:" + lines + ':') != std::string::npos);
        CHECK(refused.out.find("toml_syntax") != std::string::npos);
    }
    std::ofstream(account) << good;
    CHECK(world.status("reloads_failed") == static_cast<std::int64_t>(mistyped.size()));
    CHECK(world.ask(sample_event(EventType::created, {})).find("\"accepted\"") != std::string::npos);
    wait_until("the mail to arrive", [&] { return sink.count() == 1; });
    CHECK(world.stop() == 0);
}

TEST_CASE("reload: a file with as many mistakes as it can hold is refused, and the daemon goes on") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto account = world.folder() / "accounts/press.toml";
    const auto good = read_file(account);
    {
        std::ofstream file(account);
        file << good;
        for (int i = 0; i < 90'000; ++i) file << 'x' << i << "=1\n";
    }
    const auto refused = world.ilbud({"reload", "--json"});
    CHECK(refused.status == 1);
    CHECK(refused.out.find("unknown_option") != std::string::npos);
    std::ofstream(account) << good;
    CHECK(world.ilbud({"reload"}).status == 0);
    CHECK(world.stop() == 0);
}

TEST_CASE("serve: refuses to start on broken settings, with the place") {
    WorldOptions options;
    options.relay_port = 25;
    options.queue_extra = "keep = \"soon\"\n";
    const World world(options);
    const auto ran = run({program(), "serve", "--config", world.config().string()}, world.folder() / "start.log");
    CHECK(ran.status == 1);
    const auto log = read_file(world.folder() / "start.log");
    CHECK(log.find("ilbud.toml:") != std::string::npos);
    CHECK(log.find("keep") != std::string::npos);
}

TEST_CASE("explain and mails: tell which rules led to what, and what became of it, also while the daemon is stopped") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    Sample sample;
    sample.id = "e-1";
    CHECK(world.send({sample_event(EventType::created, sample)}) == 0);
    sample.id = "e-2";
    sample.origin = "publisher";
    CHECK(world.send({sample_event(EventType::created, sample)}) == 0);
    wait_until("the mail", [&] { return world.status("delivered") == 1; });
    CHECK(world.stop() == 0);

    const auto mailed = world.ilbud({"explain", "/test", "e-1"});
    CHECK(mailed.status == 0);
    CHECK(mailed.out.find("R9") != std::string::npos);
    CHECK(mailed.out.find("welcome to anna@example.com") != std::string::npos);
    CHECK(mailed.out.find("delivered") != std::string::npos);
    const auto skipped = world.ilbud({"explain", "/test", "e-2"});
    CHECK(skipped.out.find("R4") != std::string::npos);
    CHECK(skipped.out.find("origin_not_mailed") != std::string::npos);
    CHECK(world.ilbud({"explain", "/test", "none"}).status == 1);
    const auto mails = world.ilbud({"mails", "--state", "delivered", "--json"});
    CHECK(mails.status == 0);
    CHECK(std::count(mails.out.begin(), mails.out.end(), '\n') == 1);
    CHECK(mails.out.find("\"event\":\"e-1\"") != std::string::npos);
}

TEST_CASE("mails: an address is found whichever way its internationalised domain is typed") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    Sample sample;
    sample.email = "anna@rødgrød.example";
    REQUIRE(world.send({sample_event(EventType::created, sample)}) == 0);
    wait_until("the mail", [&] { return world.status("delivered") == 1; });
    for (const auto* typed : {"anna@rødgrød.example", "anna@RØDGRØD.example", "Anna@XN--RDGRD-VUAD.Example"}) {
        INFO(typed);
        CHECK(world.ilbud({"mails", "--to", typed}).out.find("welcome") != std::string::npos);
    }
    CHECK(world.ilbud({"mails", "--to", "anna@rodgrod.example"}).out == "no mails\n");
}

TEST_CASE("send: ends with a status that is not zero if anything was refused, and says what") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    Sample wrong;
    wrong.email = "not an address";
    CHECK(world.send({sample_event(EventType::created, {}), sample_event(EventType::created, wrong)}) == 1);
    const auto log = read_file(world.folder() / "send.log");
    CHECK(log.find("data.subscriber.email") != std::string::npos);
    CHECK(world.send({sample_event(EventType::created, {})}) == 0);  // a repetition is no refusal
    CHECK(world.stop() == 0);
}

TEST_CASE("send: feeds a line of a pipe at once, though the pipe stays open") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto pipe = world.folder() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    Process feeding({program(), "send", "--socket", world.socket().string(), pipe.string()}, world.folder() / "send.log");
    {
        std::ofstream writing(pipe);
        writing << sample_event(EventType::created, {}) << "\n" << std::flush;
        wait_until(
            "the mail", [&] { return sink.count() == 1; }, 10);
        CHECK(feeding.running());
    }
    CHECK(feeding.wait() == 0);
    CHECK(world.stop() == 0);
}

TEST_CASE("suppressions: one of an account that does not exist is refused") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    CHECK(world.ilbud({"suppressions", "add", "--account", "pres", "a@example.com"}).status == 1);
    CHECK(world.ilbud({"suppressions", "add", "--account", "press", "a@example.com"}).status == 0);
    CHECK(world.stop() == 0);
}

TEST_CASE("names that nobody has are told, and do not pass for nothing held, nothing suppressed, nothing mailed") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const std::vector<std::pair<std::vector<std::string>, std::string>> typed{
        {{"release", "--account"}, "pres"},
        {{"suppressions", "remove", "a@example.com", "--account"}, "pres"},
        {{"suppressions", "remove", "--since", "1h", "--relay"}, "sinc"},
        {{"suppressions", "remove", "--since", "1h", "--dry-run", "--relay"}, "sinc"},
        {{"suppressions", "list", "--account"}, "pres"},
        {{"suppressions", "list", "--relay"}, "sinc"},
        {{"mails", "--unit"}, "dayly"},
    };
    for (const auto& [words, wrong] : typed) {
        auto line = words;
        line.push_back(wrong);
        INFO(line.front() << ' ' << line[1] << " … " << wrong);
        line.emplace_back("--json");
        const auto refused = world.ilbud(line);
        CHECK(refused.status == 1);
        CHECK(refused.out.find(R"("code":"unknown_)") != std::string::npos);
    }
    for (const auto& right : {std::vector<std::string>{"release", "--account", "press"},
                              {"suppressions", "remove", "a@example.com", "--account", "press"},
                              {"suppressions", "remove", "--since", "1h", "--relay", "sink"},
                              {"suppressions", "list", "--account", "press"},
                              {"mails", "--unit", "daily"}}) {
        INFO(right.front() << ' ' << right[1]);
        CHECK(world.ilbud(right).status == 0);
    }
    CHECK(world.stop() == 0);
}

TEST_CASE("preview: renders every kind in both languages for every unit, with a whole signed message") {
    WorldOptions options;
    options.relay_port = 25;
    const World world(options);
    for (const auto kind : words<Kind>)
        for (const auto* unit : {"daily", "club-da", "club-en"})
            for (const auto* part : {"--html", "--text", "--eml"}) {
                const auto shown = world.ilbud({"preview", std::string(kind), "--unit", unit, part});
                INFO(kind << " " << unit << " " << part << "\n" << shown.out << read_file(world.folder() / "cli.log"));
                CHECK(shown.status == 0);
                CHECK(shown.out.size() > 200);
            }
}

TEST_CASE("preview: renders a notice of every cause in every language, whatever the settings say of notices") {
    WorldOptions options;
    options.relay_port = 25;
    const World world(options);
    for (const auto cause : words<NoticeCause>)
        for (const auto locale : words<Locale>) {
            const auto shown = world.ilbud({"preview", "notice", "--cause", std::string(cause), "--locale", std::string(locale)});
            INFO(cause << " " << locale << "\n" << shown.out << read_file(world.folder() / "cli.log"));
            CHECK(shown.status == 0);
            CHECK(shown.out.find("Subject: ") == 0);
            CHECK(shown.out.size() > 500);
        }
    CHECK(world.ilbud({"preview", "notice", "--account", "nobody"}).status == 1);
}

TEST_CASE("S27: a canary password and the private key appear in no log, answer or file of the queue") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    const auto secret = world.folder() / "smtp.password";
    std::ofstream(secret) << "canary-7c1f\n";
    ::chmod(secret.c_str(), 0600);
    options.relay_extra = "";
    options.platform_extra = "";
    world.write_settings(options);
    const auto settings = read_file(world.config());
    // A second relay that needs the password; the first one is up, so the engine still delivers.
    std::ofstream(world.config()) << std::string(settings).replace(
        settings.find("[[delivery.relay]]"), 0,
        "[[delivery.relay]]\nname = \"first\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"required\"\nauth = \"plain\"\nuser = "
        "\"ilbud\"\npassword_file = \"smtp.password\"\n");
    world.start();
    Sample sample;
    sample.id = "c-1";
    CHECK(world.send({sample_event(EventType::created, sample)}) == 0);
    wait_until("the mail", [&] { return sink.count() == 1; });
    const auto key = read_file(world.folder() / "sel1.pem");
    const auto canary = key.substr(key.find('\n') + 1, 40);
    CHECK(world.stop() == 0);
    std::size_t looked_at = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(world.folder())) {
        if (!entry.is_regular_file() || entry.path() == secret || entry.path().extension() == ".pem") continue;
        const auto text = read_file(entry.path());
        ++looked_at;
        INFO(entry.path());
        CHECK(text.find("canary-7c1f") == std::string::npos);
        CHECK(text.find(canary) == std::string::npos);
    }
    CHECK(looked_at > 5);
}
