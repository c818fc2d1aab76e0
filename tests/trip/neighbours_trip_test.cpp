// Those on the same machine: clients that leak or flood, other users, the programs that the daemon runs. The real daemon.
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <thread>

#include <catch2/catch.hpp>

#include "cli/control_client.hpp"
#include "cli/feeder.hpp"
#include "ilbud/base/descriptor.hpp"
#include "support/sample_events.hpp"
#include "support/smtp_server.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr uid_t stranger = 65534, shop = 65533;

std::vector<Descriptor> silent_clients(const std::filesystem::path& socket, std::size_t count) {
    std::vector<Descriptor> clients;
    for (std::size_t i = 0; i < count; ++i) {
        const auto connected = connect_unix(socket);
        REQUIRE(connected);
        clients.emplace_back(*connected);
    }
    return clients;
}

std::vector<std::string> events(const std::string& series, std::size_t count, const std::string& email = "anna@kunde.example") {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) {
        Sample sample;
        sample.id = series + std::to_string(i);
        sample.email = email;
        lines.push_back(sample_event(EventType::created, sample));
    }
    return lines;
}

std::size_t count_of(const std::string& text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

/// The word behind `name` in `text`, from `from` on.
std::string word_behind(const std::string& text, const std::string& name, std::size_t from = 0) {
    const auto at = text.find(name, from);
    if (at == std::string::npos) return {};
    return text.substr(at + name.size(), text.find_first_of(" \n>", at + name.size()) - at - name.size());
}

WorldOptions relay_on(std::uint16_t port) {
    WorldOptions options;
    options.relay_port = port;
    return options;
}

/// Another user for as long as it lives, where the test is root.
class As {
 public:
    As(uid_t user, gid_t group) {
        REQUIRE(::setegid(group) == 0);
        REQUIRE(::seteuid(user) == 0);
    }
    ~As() {
        if (::seteuid(0) != 0 || ::setegid(0) != 0) std::abort();
    }
    As(const As&) = delete;
    As& operator=(const As&) = delete;
};

bool is_root() {
    if (geteuid() != 0) std::cout << "skipped: only root can become somebody else\n";
    return geteuid() == 0;
}

}  // namespace

TEST_CASE("S23: 300 clients that say nothing, with 256 places: events are taken, and status is answered") {
    SinkThread sink;
    World world(relay_on(sink.port()));
    world.start();
    const auto silent = silent_clients(world.socket(), 300);
    CHECK(world.send(events("honest-", 5)) == 0);
    const auto commands = silent_clients(world.folder() / "run/control.sock", 100);
    CHECK(world.status("events_accepted") == 5);
    CHECK(world.send(events("more-", 5)) == 0);
    wait_until("the mails", [&] { return sink.count() == 10; });
}

TEST_CASE("serve: connections that the descriptors do not suffice for are refused at the start, with both numbers") {
    World world(relay_on(1));
    auto options = relay_on(1);
    options.intake_extra = "connections_max = 2000\n";
    world.write_settings(options);
    Process daemon({"/bin/sh", "-c", "ulimit -n 1024; exec " + program() + " serve --config " + world.config().string()},
                   world.log());
    CHECK(daemon.wait() == 1);
    const auto log = read_file(world.log());
    CHECK(log.find("too_few_descriptors") != std::string::npos);
    CHECK(log.find("the limit is 1024") != std::string::npos);
}

TEST_CASE("serve: with just the descriptors it asks for and every connection taken, mails go out and status is answered") {
    SinkThread sink;
    World world(relay_on(sink.port()));
    const auto serve_with = [&](const std::string& most) {
        return std::vector<std::string>{
            "/bin/sh", "-c", "ulimit -n " + most + "; exec " + program() + " serve --config " + world.config().string()};
    };
    Process refused(serve_with("200"), world.log());
    REQUIRE(refused.wait() == 1);
    const auto needed = word_behind(read_file(world.log()), "these settings need ");
    Process daemon(serve_with(needed), world.log());
    wait_until("the daemon to take events", [&] {
        const auto connected = connect_unix(world.socket());
        if (connected) ::close(*connected);
        return static_cast<bool>(connected);
    });
    const auto silent = silent_clients(world.socket(), 400);
    const auto commands = silent_clients(world.folder() / "run/control.sock", 100);
    CHECK(world.send(events("honest-", 100)) == 0);
    CHECK(world.status("events_accepted") == 100);
    wait_until("the mails", [&] { return sink.count() == 100; });
    CHECK(read_file(world.log()).find("accept_failed") == std::string::npos);
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
}

TEST_CASE("S26: what a client can cause again and again is one line of the log, and then a number") {
    World world(relay_on(1));
    world.start();
    constexpr std::size_t lines = 20000;
    {
        const Descriptor client(*connect_unix(world.socket()));
        std::string text;
        for (std::size_t i = 0; i < lines; ++i) text += "x\n";
        std::thread writer([&] {
            for (std::string_view rest = text; !rest.empty();) {
                const auto sent = ::send(client.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent <= 0) return;
                rest.remove_prefix(static_cast<std::size_t>(sent));
            }
            ::shutdown(client.number(), SHUT_WR);
        });
        std::size_t answers = 0;
        char buffer[65536];
        for (ssize_t got = 0; (got = ::read(client.number(), buffer, sizeof buffer)) > 0;)
            answers += static_cast<std::size_t>(std::count(buffer, buffer + got, '\n'));
        writer.join();
        CHECK(answers == lines);
    }
    const auto evicted = silent_clients(world.socket(), 600);
    CHECK(world.ask("x").find("rejected") != std::string::npos);
    CHECK(world.stop() == 0);
    const auto log = read_file(world.log());
    CHECK(count_of(log, " event.rejected ") == 1);
    CHECK(log.find("log.repeated event=event.rejected of=invalid_json times=" + std::to_string(lines)) != std::string::npos);
    CHECK(count_of(log, " socket.evicted ") == 1);
    CHECK(count_of(log, "log.repeated event=socket.evicted") == 1);
}

TEST_CASE("hook: it gets no descriptor of the daemon's, and a daemon that was killed starts again while it runs") {
    SinkThread sink;
    World world(relay_on(sink.port()));
    const auto script = world.folder() / "hook";
    std::ofstream(script)
        << "#!/bin/sh\ncd \"$1\"\nls -l /proc/$$/fd > fds.new\nmv fds.new fds\nwhile [ ! -e go ]; do sleep 0.05; done\n";
    ::chmod(script.c_str(), 0700);
    auto options = relay_on(sink.port());
    options.dkim_extra = "publish = \"hook\"\nkey_folder = \"keys\"\n";
    options.platform_extra =
        "[dkim.hook]\ncommand = [\"" + script.string() + "\", \"" + world.folder().string() + "\"]\ndeadline = \"1m\"\n";
    world.write_settings(options);
    world.start();
    const auto client = silent_clients(world.socket(), 1);
    CHECK(world.send(events("mail-", 1)) == 0);
    wait_until("the mail, whose session stays open", [&] { return sink.count() == 1; });
    const Process rotate({program(), "dkim", "rotate", "--yes", "--config", world.config().string()}, world.folder() / "cli.log");
    const auto seen = world.folder() / "fds";
    wait_until("the hook", [&] { return std::filesystem::exists(seen); });
    // Its standard streams are pipes of the daemon's; the others are the shell's own: the script, the file it writes.
    const auto descriptors = read_file(seen);
    INFO(descriptors);
    const auto own =
        count_of(descriptors, "-> pipe:") + count_of(descriptors, script.string()) + count_of(descriptors, "fds.new");
    CHECK(count_of(descriptors, " -> ") == own);
    std::string inheritable;
    const auto process = "/proc/" + std::to_string(world.daemon().id());
    for (const auto& entry : std::filesystem::directory_iterator(process + "/fdinfo")) {
        const auto number = entry.path().filename().string();
        const auto flags = std::stoul(word_behind(read_file(entry.path()), "flags:\t"), nullptr, 8);
        std::error_code gone;
        if (std::stoi(number) > 2 && (flags & 02000000UL) == 0)
            inheritable += number + " " + std::filesystem::read_symlink(process + "/fd/" + number, gone).string() + "\n";
    }
    CHECK(inheritable == "");
    std::filesystem::remove(seen);
    world.kill();
    world.start();
    CHECK(world.send(events("again-", 1)) == 0);
    std::ofstream(world.folder() / "go") << "\n";
    CHECK(world.stop() == 0);
}

TEST_CASE(
    "S24: allow_users and allow_groups let in by themselves; others are told that they may not, and not that nobody is there") {
    if (!is_root()) return;
    constexpr gid_t shops = 65531;
    World world(relay_on(1));
    ::chmod(world.folder().c_str(), 0711);
    auto options = relay_on(1);
    options.intake_extra =
        "allow_users = [\"" + std::to_string(shop) + "\"]\nallow_groups = [\"" + std::to_string(shops) + "\"]\n";
    world.write_settings(options);
    world.start();
    for (const auto& [user, group] : {std::pair(shop, gid_t{65532}), std::pair(stranger, shops)}) {
        const As somebody(user, group);
        CHECK_THAT(world.ask(events("by-" + std::to_string(user), 1).front()), Catch::Contains("\"accepted\""));
    }
    {
        const As somebody(stranger, 65532);
        CHECK(world.ask("{}").find("not_allowed") != std::string::npos);
        const auto control = ask_daemon(world.folder() / "run/control.sock", "{}", std::chrono::seconds(30));
        REQUIRE_FALSE(control);
        CHECK(control.error().code == "not_allowed");
    }
    // Where the file lets everybody connect the daemon itself says no, and `ilbud send` hears it each time.
    ::chmod(world.socket().c_str(), 0666);
    ::chmod((world.folder() / "run").c_str(), 0755);
    for (int time = 0; time < 20; ++time) {
        const As somebody(stranger, 65532);
        const auto line = events("never-", 1).front();
        bool given = false;
        FeederCallbacks callbacks;
        callbacks.next = [&] { return std::exchange(given, true) ? std::nullopt : std::optional(line); };
        callbacks.answered = [](AnswerStatus, std::string_view, std::string_view) { FAIL("nothing may be answered"); };
        const auto refused = Feeder(world.socket(), 10, std::chrono::seconds(30), std::move(callbacks)).run();
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == "not_allowed");
    }
    CHECK(world.stop() == 0);
    CHECK(read_file(world.log()).find("socket.access_not_given") == std::string::npos);
}

TEST_CASE("serve: a socket's folder that others may write in is refused at the start, and so are settings that all may write") {
    World world(relay_on(1));
    std::filesystem::create_directory(world.folder() / "run");
    ::chmod((world.folder() / "run").c_str(), 0777);
    Process daemon({program(), "serve", "--config", world.config().string()}, world.log());
    CHECK(daemon.wait() == 1);
    CHECK(read_file(world.log()).find("folder_unsafe") != std::string::npos);
    ::chmod((world.folder() / "run").c_str(), 0755);
    ::chmod(world.config().c_str(), 0646);
    Process other({program(), "serve", "--config", world.config().string()}, world.log());
    CHECK(other.wait() == 1);
    CHECK(read_file(world.log()).find("file_unsafe") != std::string::npos);
}

TEST_CASE("serve: no line of the log has an address, a relay's words among them, and after a start its name is the same") {
    SmtpServer relay;
    relay.at(At::rcpt, say("550 5.1.1 <anna@kunde.example>: no such user"));
    World world(relay_on(relay.port()));
    world.start();
    CHECK(world.send(events("first-", 1)) == 0);
    wait_until("the bounce", [&] { return world.status("bounced") >= 1; });
    CHECK(world.stop() == 0);
    const auto log = read_file(world.log());
    CHECK(log.find("anna") == std::string::npos);
    CHECK(log.find("kunde.example") == std::string::npos);
    const auto name = word_behind(log, " to=");
    CHECK(name.starts_with("addr:"));
    CHECK(log.find("<" + name + ">: no such user") != std::string::npos);
    auto options = relay_on(relay.port());
    options.platform_extra = "[daemon]\nlog_addresses = \"plain\"\n";
    world.write_settings(options);
    std::filesystem::remove(world.log());
    world.start();
    CHECK(world.send(events("plain-", 1, "berit@kunde.example")) == 0);
    CHECK(world.stop() == 0);
    CHECK(read_file(world.log()).find("to=berit@kunde.example") != std::string::npos);
    world.write_settings(relay_on(relay.port()));
    std::filesystem::remove(world.log());
    world.start();
    CHECK(world.ask("{\"source\":\"anna@kunde.example\",\"id\":\"ANNA@kunde.example\"}").find("rejected") != std::string::npos);
    CHECK(world.stop() == 0);
    CHECK(read_file(world.log()).find("source=" + name + " id=" + name) != std::string::npos);
}
