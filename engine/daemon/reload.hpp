/// Reading the settings again while the daemon runs: a good set comes into force, a bad one is refused and the old one stays.
///
/// In    the settings' file and what lies beside it
/// Out   a new snapshot, handed to whoever puts it in force; or every finding
/// Threads  one: that of its context. Reading and linting may take a while and happen on a thread of their own
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/base/turn.hpp"
#include "ilbud/letter/snapshot.hpp"

namespace ilbud {

struct ReloadServices {
    asio::io_context& context;
    Log& log;
    Counters& counters;
    std::function<Task<void>(SnapshotPointer)> put_in_force;
};

class Reload {
 public:
    /// `started_with`: some options keep their value of then until the next start.
    Reload(std::filesystem::path settings_file, SnapshotPointer started_with, ReloadServices services)
        : settings_file_(std::move(settings_file)), started_with_(std::move(started_with)), services_(std::move(services)) {}

    /// One at a time: those that come meanwhile wait, and read the newest files. Tells systemd. What it brought is logged.
    /// Out  notes: options that take effect at the next start
    Task<Result<std::vector<std::string>, std::vector<Error>>> run();

 private:
    using Loaded = Result<SnapshotPointer, std::vector<Error>>;
    [[nodiscard]] Loaded load_safely() const;
    Task<Loaded> load_aside();

    std::filesystem::path settings_file_;
    SnapshotPointer started_with_;
    ReloadServices services_;
    Turns turns_;
};

}  // namespace ilbud
