// Programs are started by posix_spawn, in process groups of their own: Ctrl-C reaches the bench alone, which
// ends them in order, so no daemon is left behind with an open queue. All waiting is polling with a limit: a
// bench that hangs would be worse than one that fails.
#include "child.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "cli/control_client.hpp"
#include "ilbud/settings/settings.hpp"
#include "settings_text.hpp"

extern char** environ;

namespace ilbud::bench {
namespace {

using namespace std::chrono_literals;

// Set by a signal handler, so of the one type that a handler may write (C++ [support.signal]).
volatile std::sig_atomic_t interrupted = 0;

// Two milliseconds: short beside a start of the daemon, which is measured in the backlog runs.
void wait_until(const std::string& what, const std::function<bool()>& ready) {
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!ready()) {
        check_interrupted();
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("waited in vain for " + what);
        std::this_thread::sleep_for(2ms);
    }
}

// A signal's number comes out negative, so that it cannot be taken for a status.
int exit_status(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path.string());
}

/// A socket bound to `port` of 127.0.0.1 (0: any), or -1.
// SO_REUSEADDR is left out: a port that still lingers must not be chosen.
int bound_socket(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (descriptor >= 0 && ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return descriptor;
    if (descriptor >= 0) ::close(descriptor);
    return -1;
}

// A connection that is closed at once; the sink counts it as a session without mails.
bool accepts_connections(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return connected;
}

}  // namespace

// No SA_RESTART is set: a wait that a signal breaks returns, and the next check sees the flag.
void watch_for_interrupts() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

void check_interrupted() {
    if (interrupted != 0) throw std::runtime_error("interrupted");
}

// Below the system's folder for temporary files, or TMPDIR; queue and keys of a run lie
// here, so its disk is the one that is measured.
WorkFolder::WorkFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ilbud-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("cannot make a folder below " + std::filesystem::temp_directory_path().string());
    path_ = pattern;
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

// Standard output and error go into one file, in the order in which they are written.
Child::Child(const std::vector<std::string>& argv, const std::filesystem::path& log) {
    std::vector<char*> pointers;
    // posix_spawnp wants writable characters; the strings outlive the call.
    for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // Ctrl-C ends the bench, and that ends this
    const int failure = ::posix_spawnp(&id_, argv[0].c_str(), &actions, &attributes, pointers.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw std::runtime_error(argv[0] + " cannot be started");
}

// A child that is still there at the end is killed without asking: its folder goes next.
Child::~Child() {
    if (!running()) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, &status_, 0);
}

// Takes the status once; waitpid on a child that was taken already would fail.
bool Child::running() {
    if (!ended_ && ::waitpid(id_, &status_, WNOHANG) == id_) ended_ = true;
    return !ended_;
}

void Child::signal(int number) const {
    if (!ended_) ::kill(id_, number);
}

// A minute at most, for a daemon that finishes its deliveries first.
int Child::wait() {
    wait_until("a program to end", [this] { return !running(); });
    return exit_status(status_);
}

// Nothing for a daemon that is away or answers something else: the caller decides whether that is the end.
std::optional<DaemonCounts> ask_counts(const DaemonAddress& daemon) {
    const auto answer = ask_daemon(daemon.control, R"({"command":"status"})", 60s);
    if (!answer) return std::nullopt;
    // Kept from question to question, as it is asked twenty times a second.
    static thread_local simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(*answer).get(root) != simdjson::SUCCESS) return std::nullopt;
    // Missing and negative numbers are zero: a daemon of another version may not know all.
    const auto number = [&](const char* path) {
        std::int64_t value = 0;
        return root.at_pointer(path).get(value) == simdjson::SUCCESS && value > 0 ? static_cast<std::uint64_t>(value) : 0;
    };
    DaemonCounts counts;
    counts.queued = number("/mails/queued");
    counts.leased = number("/mails/leased");
    counts.delivered = number("/mails/delivered");
    counts.bounced = number("/mails/bounced");
    counts.expired = number("/mails/expired");
    counts.delivered_since_start = number("/counters/delivered");
    counts.commits = number("/counters/store_commits");
    counts.lanes = static_cast<int>(number("/lanes"));
    counts.process = static_cast<pid_t>(number("/pid"));
    return counts;
}

// Keys by the program that is measured, so that they are what its users would have.
// The second key is idle, but settings name two.
DaemonChild::DaemonChild(const std::filesystem::path& folder, DaemonOptions options)
    : folder_(folder), options_(std::move(options)) {
    std::filesystem::create_directories(folder_);
    for (const std::string slot : {"bench1", "bench2", "ed"}) {
        std::vector<std::string> argv{
            options_.program.string(), "dkim", "new-key", "--out", (folder_ / (slot + ".pem")).string(), "--selector", slot};
        if (slot == "ed") argv.insert(argv.end(), {"--algorithm", "ed25519"});
        // A name of RFC 2606's reserved domain: nothing is looked up for it.
        argv.insert(argv.end(), {"--target", slot + "._domainkey.platform.example"});
        const auto log = folder_ / "keys.log";
        if (Child(argv, log).wait() != 0) throw std::runtime_error("no key was made: " + read_file(log));
    }
    write_file(folder_ / "accounts/bench.toml", account_settings(options_.units));
}

void DaemonChild::write_settings() const {
    write_file(config(), platform_settings(options_));
}

// Written anew with each start, since ports and retry times may have changed between two.
void DaemonChild::start() {
    write_settings();
    child_ = std::make_unique<Child>(std::vector<std::string>{options_.program.string(), "serve", "--config", config().string()},
                                     folder_ / "daemon.log");
    // "Takes events" means that both sockets accept; which of them comes up first does not matter then.
    wait_until("the daemon to take events", [this] {
        if (!child_->running()) throw std::runtime_error("the daemon did not start:\n" + log_tail());
        for (const auto& socket : {address().events, address().control}) {
            const auto connected = connect_unix(socket);
            if (!connected) return false;
            ::close(*connected);
        }
        return true;
    });
}

// An exit status other than 0 is a failed run, even if all mails have arrived.
void DaemonChild::stop() {
    if (!child_) return;
    child_->signal(SIGTERM);
    const int status = child_->wait();
    child_.reset();
    if (status != 0) throw std::runtime_error("the daemon ended with status " + std::to_string(status) + ":\n" + log_tail());
}

// From a whole line on, so that the first one shown is not torn.
std::string DaemonChild::log_tail() const {
    const auto text = read_file(folder_ / "daemon.log");
    return text.size() > 3000 ? text.substr(text.find('\n', text.size() - 3000) + 1) : text;
}

// Free now; another program could take it before it is used, which then shows as a start that fails.
std::uint16_t free_port() {
    const int descriptor = bound_socket(0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (descriptor < 0 || ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port");
    ::close(descriptor);
    return ntohs(address.sin_port);
}

// smtp-sink drops its rights to nobody if it is started as root; -c prints the counter that
// count() reads. 1000 is its backlog of connections.
SmtpSinkChild::SmtpSinkChild(const std::filesystem::path& folder) : counter_(folder / "sink.count"), port_(free_port()) {
    std::vector<std::string> argv{"/usr/sbin/smtp-sink"};
    if (!std::filesystem::exists(argv[0]))
        throw std::runtime_error("/usr/sbin/smtp-sink is missing: it comes with Debian's package postfix");
    if (::geteuid() == 0) argv.insert(argv.end(), {"-u", "nobody"});
    argv.insert(argv.end(), {"-c", "127.0.0.1:" + std::to_string(port_), "1000"});
    child_ = std::make_unique<Child>(argv, counter_);
    wait_until("smtp-sink to listen", [this] {
        if (!child_->running()) throw std::runtime_error("smtp-sink did not start: " + read_file(counter_));
        return accepts_connections(port_);
    });
}

// Its counter is "sess=… quit=… mesg=…", written over itself with carriage returns; the last one counts.
// Only the end of the file is read: it grows with each mail.
std::uint64_t SmtpSinkChild::count() const {
    std::ifstream file(counter_, std::ios::binary);
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    file.seekg(std::max<std::streamoff>(0, size - 200));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto at = text.rfind("mesg=");
    return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + 5, nullptr, 10);
}

}  // namespace ilbud::bench
