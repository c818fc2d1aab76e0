// config/ilbud.service, taken at its word: the daemon is run, watched and told to reload by the lines of the file.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "support/notify_socket.hpp"
#include "support/sample_events.hpp"
#include "support/unit_file.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const std::filesystem::path unit_path = ILBUD_SOURCE_DIR "/config/ilbud.service";

// "60", "60s": the unit needs no other spelling.
long seconds_of(const std::string& span) {
    std::size_t end = 0;
    const long number = std::stol(span, &end);
    REQUIRE((end == span.size() || span.substr(end) == "s"));
    return number;
}

// What the unit names on an installed system, as it is called here.
std::map<std::string, std::string> here(const World& world, pid_t main) {
    return {
        {"/usr/bin/ilbud", program()}, {"/etc/ilbud/ilbud.toml", world.config().string()}, {"$MAINPID", std::to_string(main)}};
}

// The daemon as the service manager starts it: by ExecStart, with what Type= and WatchdogSec= make it hand over.
class Service {
 public:
    explicit Service(const WorldOptions& options) : world(options), manager_(world.folder() / "notify") {
        ::setenv("NOTIFY_SOCKET", (world.folder() / "notify").c_str(), 1);
        if (unit.has("Service/WatchdogSec"))
            ::setenv("WATCHDOG_USEC", std::to_string(1'000'000 * seconds_of(unit.value("Service/WatchdogSec"))).c_str(), 1);
        daemon_ = std::make_unique<Process>(unit.command("Service/ExecStart", here(world, 0)), world.log());
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
    }

    /// What was heard since `from`, an earlier size of heard().
    std::string heard(std::size_t from = 0) { return manager_.heard().substr(from); }
    int reload() {
        return run(unit.command("Service/ExecReload", here(world, daemon_->id())), world.folder() / "reload.log").status;
    }
    Process& daemon() { return *daemon_; }

    const UnitFile unit{unit_path};
    World world;

 private:
    NotifySocket manager_;
    std::unique_ptr<Process> daemon_;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool available(const std::string& tool) {
    if (run({"sh", "-c", "command -v " + tool}).status == 0) return true;
    std::cout << "skipped: " << tool << " is absent (Debian: systemd)\n";
    return false;
}

}  // namespace

TEST_CASE("unit: its Type is one of systemd 252, by which readiness is told") {
    const UnitFile unit(unit_path);
    CHECK(unit.value("Service/Type") == "notify");  // notify-reload came with 253; 252 makes it `simple`
    // Who tells is the main process, so no NotifyAccess= may shut it out.
    CHECK((!unit.has("Service/NotifyAccess") || unit.value("Service/NotifyAccess") != "none"));
}

TEST_CASE("unit: the daemon that it starts tells readiness and life, reloads by its ExecReload, and stops") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    Service service(options);
    wait_until("READY=1", [&] { return has(service.heard(), "READY=1\n"); });
    wait_until("WATCHDOG=1", [&] { return has(service.heard(), "WATCHDOG=1\n"); });
    REQUIRE(service.unit.has("Service/ExecReload"));

    auto before = service.heard().size();
    options.queue_extra = "keep = \"90d\"\n";
    service.world.write_settings(options);
    CHECK(service.reload() == 0);
    // All of it is there when ExecReload has ended: systemd takes the service for running again from then on.
    const auto told = service.heard(before);
    const auto reloading = told.find("RELOADING=1\nMONOTONIC_USEC=");
    REQUIRE(reloading != std::string::npos);
    CHECK(told.find("READY=1\n", reloading) != std::string::npos);
    CHECK(service.world.status("reloads") == 1);

    // A refused set fails the reload, and the service runs on.
    before = service.heard().size();
    options.queue_extra = "keep = 7\n";
    service.world.write_settings(options);
    CHECK(service.reload() != 0);
    CHECK(has(service.heard(before), "READY=1\n"));
    options.queue_extra.clear();
    service.world.write_settings(options);
    CHECK(service.world.status("reloads") == 1);
    CHECK(service.daemon().running());

    service.daemon().signal(SIGTERM);  // KillSignal='s default
    CHECK(service.daemon().wait(static_cast<double>(seconds_of(service.unit.value("Service/TimeoutStopSec")))) == 0);
    CHECK(has(service.heard(), "STOPPING=1\n"));
}

TEST_CASE("S50: unit: within its sandbox the daemon takes events, mails, runs a hook, reloads and stops") {
    if (::geteuid() != 0) {
        std::cout << "skipped: only root can shut a process in as systemd does\n";
        return;
    }
    if (!available("systemd-analyze")) return;
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    options.dkim_extra = "publish = \"hook\"\nkey_folder = \"keys\"\n";
    World world(options);
    // Root's folder with the service user's in it, as /etc, /var/lib and /run are.
    ::chmod(world.folder().c_str(), 0755);
    for (const auto* folder : {"queue", "keys", "run"}) std::filesystem::create_directory(world.folder() / folder);
    const auto hook_ran = world.folder() / "keys/hook-ran";
    options.platform_extra =
        "[dkim.hook]\ncommand = [\"/bin/sh\", \"-c\", \"echo $ILBUD_DKIM_NAME > " + hook_ran.string() + "\"]\n";
    world.write_settings(options);
    const auto in_folder = [&](const std::string& name) { return (world.folder() / name).string(); };
    REQUIRE(run({"chown", "-R", "65534:65534", in_folder("queue"), in_folder("keys"), in_folder("run"), in_folder("sel1.pem"),
                 in_folder("sel2.pem")})
                .status == 0);
    NotifySocket manager(world.folder() / "notify");
    ::chmod((world.folder() / "notify").c_str(), 0777);

    const UnitFile unit(unit_path);
    std::vector<std::string> shut_in{"env",
                                     "NOTIFY_SOCKET=" + in_folder("notify"),
                                     "ASAN_OPTIONS=detect_leaks=0",
                                     "/usr/bin/python3",
                                     ILBUD_SOURCE_DIR "/tests/trip/sandbox.py",
                                     unit_path.string()};
    for (const auto& shown : {std::string(ILBUD_SOURCE_DIR), std::string(ILBUD_BINARY_DIR), world.folder().string()})
        shut_in.insert(shut_in.end(), {"--show", shown});
    for (const auto* written : {"queue", "keys", "run"}) shut_in.insert(shut_in.end(), {"--write", in_folder(written)});
    shut_in.emplace_back("--");
    const auto start = unit.command("Service/ExecStart", here(world, 0));
    shut_in.insert(shut_in.end(), start.begin(), start.end());
    Process daemon(shut_in, world.log());
    wait_until("READY=1", [&] { return has(manager.heard(), "READY=1\n") || !daemon.running(); });
    if (!daemon.running() && daemon.wait() == 77) {
        std::cout << "skipped: this machine does not let a process be shut in: " << read_file(world.log());
        return;
    }
    INFO(read_file(world.log()));
    REQUIRE(daemon.running());

    REQUIRE(world.send({sample_event(EventType::created)}) == 0);
    wait_until("the mail", [&] { return sink.count() == 1; });
    CHECK(world.ilbud({"dkim", "rotate", "--yes"}).status == 0);
    wait_until("the hook", [&] { return std::filesystem::exists(hook_ran); });
    CHECK(run(unit.command("Service/ExecReload", here(world, daemon.id())), world.folder() / "reload.log").status == 0);
    CHECK(world.status("reloads") == 1);
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
    CHECK_FALSE(has(read_file(world.log()), "Operation not permitted"));
}

TEST_CASE("unit: systemd-analyze verify has nothing to say where the program is installed") {
    if (!available("systemd-analyze")) return;
    const TemporaryFolder folder;
    auto text = read_file(unit_path);
    for (auto at = text.find("/usr/bin/ilbud"); at != std::string::npos; at = text.find("/usr/bin/ilbud", at))
        text.replace(at, 14, program());
    std::ofstream(folder / "ilbud.service", std::ios::binary) << text;
    const auto said = folder / "said";
    const auto verified = run({"systemd-analyze", "verify", "--man=no", (folder / "ilbud.service").string()}, said);
    CHECK(verified.out + read_file(said) == "");
}

TEST_CASE("S50: unit: systemd-analyze scores it 1.2 at most, and no PrivateUsers hides who sends") {
    CHECK_FALSE(UnitFile(unit_path).has("Service/PrivateUsers"));
    if (!available("systemd-analyze")) return;
    const auto scored =
        run({"systemd-analyze", "security", "--offline=true", "--threshold=12", "--no-pager", unit_path.string()});
    CHECK(has(scored.out, "Overall exposure level"));
    CHECK(scored.status == 0);
}
