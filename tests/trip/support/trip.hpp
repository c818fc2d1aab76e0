/// The real daemon for a test: a folder of settings and keys, the process, and a sink that keeps what arrives.
///
/// Threads  SinkThread runs its own; everything else is the test's
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ilbud/base/log.hpp"
#include "ilbud/delivery/sink.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::test {

/// Ends with an exception when `ready` is not true within `seconds`; says `what` was waited for.
void wait_until(const std::string& what, const std::function<bool()>& ready, double seconds = 30);

/// Runs a program to its end and gives its exit status and standard output; its standard error goes to `errors` if given.
struct Ran {
    int status = -1;
    std::string out;
};
Ran run(const std::vector<std::string>& argv, const std::filesystem::path& errors = "/dev/null", const std::string& in = {});

/// A child process; killed (SIGKILL) at the end if it still runs.
class Process {
 public:
    Process(const std::vector<std::string>& argv, const std::filesystem::path& log);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    void signal(int number) const;
    [[nodiscard]] bool running();
    /// Waits for the end; the exit status, or minus the signal that ended it.
    int wait(double seconds = 60);
    [[nodiscard]] pid_t id() const { return id_; }

 private:
    pid_t id_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

/// The engine's own sink on a thread of its own.
class SinkThread {
 public:
    explicit SinkThread(Duration dot_latency = {}, std::uint16_t port = 0, std::filesystem::path maildir = {});
    ~SinkThread();
    [[nodiscard]] std::uint16_t port() const { return sink_->port(); }
    [[nodiscard]] std::size_t count() const;
    [[nodiscard]] int most_waiting() const { return sink_->most_waiting(); }
    [[nodiscard]] std::vector<SinkMail> mails() const;
    /// How often each Message-ID arrived.
    [[nodiscard]] std::map<std::string, int> message_ids() const;

 private:
    Log log_;
    asio::io_context context_;
    mutable std::mutex mutex_;
    std::vector<SinkMail> mails_;
    std::unique_ptr<Sink> sink_;
    std::thread thread_;
};

struct WorldOptions {
    std::uint16_t relay_port = 0;
    std::string relay_extra;     ///< further lines of [[delivery.relay]]
    std::string platform_extra;  ///< further tables of the platform file
    std::string queue_extra;     ///< further lines of [queue]
    std::string intake_extra;    ///< further lines of [intake]
    std::string dkim_extra;      ///< further lines of [dkim]
    int connections = 20;
};

/// Settings, keys and the daemon, all below one temporary folder. The unit is "daily" of the account "press"; forms "web" and
/// "confirm"; a second account "club" (members) has the unit "club-da", in English "club-en".
class World {
 public:
    explicit World(const WorldOptions& options);
    void write_settings(const WorldOptions& options) const;
    /// Of the daemon, besides the test's own: NAME=value.
    void set_environment(std::vector<std::string> environment) { environment_ = std::move(environment); }
    void launch();  ///< and does not wait
    void start();   ///< and waits until it takes events
    int stop();     ///< SIGTERM; the exit status
    void kill();    ///< SIGKILL
    [[nodiscard]] Process& daemon() { return *daemon_; }
    [[nodiscard]] bool started() const { return daemon_ != nullptr; }

    [[nodiscard]] std::filesystem::path config() const { return folder_ / "ilbud.toml"; }
    [[nodiscard]] std::filesystem::path socket() const { return folder_ / "run/in.sock"; }
    [[nodiscard]] std::filesystem::path queue() const { return folder_ / "queue"; }
    [[nodiscard]] std::filesystem::path log() const { return folder_ / "daemon.log"; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

    /// `ilbud COMMAND --config … ARGUMENTS`
    [[nodiscard]] Ran ilbud(std::vector<std::string> arguments) const;
    /// Feeds `lines` with `ilbud send`; its exit status.
    int send(const std::vector<std::string>& lines) const;
    /// One line straight to the socket; the answer's line.
    [[nodiscard]] std::string ask(const std::string& line) const;
    /// A number of `ilbud status --json`, by its name at the top level, in "mails" or in "counters".
    [[nodiscard]] std::int64_t status(const std::string& name) const;

 private:
    TemporaryFolder folder_;
    std::vector<std::string> environment_;
    std::unique_ptr<Process> daemon_;
};

/// The value of a header field of a message; empty if it is absent.
std::string header_of(const std::string& message, const std::string& name);

/// The path of the program under test.
std::string program();

}  // namespace ilbud::test
