/// Programs that the bench starts: a daemon with a folder of its own, Postfix's smtp-sink. Both end with their object.
///
/// Errors  std::runtime_error: nothing can be measured then
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/base/log.hpp"

namespace ilbud::bench {

/// A private folder, removed at the end.
/// Made when constructed; what is in it goes with it, keys and queue included.
class WorkFolder {
 public:
    WorkFolder();
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

/// From now on SIGINT and SIGTERM make check_interrupted() throw, so that everything started is ended and removed.
/// Call it once, before anything is started; a second signal changes nothing.
void watch_for_interrupts();
void check_interrupted();

/// A program that runs, in a process group of its own; what it writes to standard output and error goes to `log`. Killed at the
/// end if it still runs.
class Child {
 public:
    /// Standard input is empty.
    Child(const std::vector<std::string>& argv, const std::filesystem::path& log);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    [[nodiscard]] pid_t id() const { return id_; }
    [[nodiscard]] bool running();
    void signal(int number) const;
    /// Waits for its end; the exit status, or minus the signal that ended it.
    /// Throws if that takes longer than a minute.
    int wait();

 private:
    pid_t id_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

/// Where a running daemon is reached.
struct DaemonAddress {
    std::filesystem::path events, control;
};

/// As the daemon's status has them at one moment; not of one commit, so sums may be off by what is under way.
struct DaemonCounts {
    std::uint64_t queued = 0, leased = 0, delivered = 0, bounced = 0, expired = 0;  ///< mails now
    std::uint64_t delivered_since_start = 0, commits = 0;
    int lanes = 0;
    pid_t process = 0;
    [[nodiscard]] bool settled() const { return queued == 0 && leased == 0; }
};
/// Asks over the control socket; nothing if the daemon does not answer.
std::optional<DaemonCounts> ask_counts(const DaemonAddress& daemon);

/// What a run may want to be otherwise than the product's defaults; everything else is left to these.
struct DaemonOptions {
    std::filesystem::path program;  ///< ilbud
    std::filesystem::path templates;
    std::string relay_host = "127.0.0.1";
    std::uint16_t relay_port = 0;
    std::filesystem::path relay_ca{};  ///< vouches for the relay, which must then speak TLS; empty: it is reached without
    int connections = 20;
    int lanes = 0;  ///< 0: the daemon's own choice
    std::size_t units = 1;
    LogLevel log_level = LogLevel::info;
    bool ed25519 = false;      ///< a second signature
    bool short_retry = false;  ///< what finds no relay is due again after a second
};

/// Settings, keys, queue and the daemon itself below one folder.
/// A second daemon needs a folder of its own. Not for several threads.
class DaemonChild {
 public:
    DaemonChild(const std::filesystem::path& folder, DaemonOptions options);
    /// As options() stand now; start() does so too.
    void write_settings() const;
    /// Returns when it takes events.
    void start();
    /// Throws if it does not end within a minute or ends with another status than 0.
    void stop();  ///< SIGTERM, and waits
    [[nodiscard]] DaemonOptions& options() { return options_; }
    [[nodiscard]] DaemonAddress address() const { return {folder_ / "run/events.sock", folder_ / "run/control.sock"}; }
    [[nodiscard]] std::filesystem::path config() const { return folder_ / "ilbud.toml"; }
    [[nodiscard]] pid_t id() const { return child_ ? child_->id() : 0; }
    [[nodiscard]] bool running() { return child_ && child_->running(); }
    /// The end of its log, for when something went wrong.
    [[nodiscard]] std::string log_tail() const;

 private:
    std::filesystem::path folder_;
    DaemonOptions options_;
    std::unique_ptr<Child> child_;
};

/// Postfix's smtp-sink on a free port of 127.0.0.1; counts what it takes.
class SmtpSinkChild {
 public:
    explicit SmtpSinkChild(const std::filesystem::path& folder);
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] pid_t id() const { return child_->id(); }

 private:
    std::filesystem::path counter_;
    std::uint16_t port_;
    std::unique_ptr<Child> child_;
};

/// A port of 127.0.0.1 that nobody listens on now.
[[nodiscard]] std::uint16_t free_port();

}  // namespace ilbud::bench
