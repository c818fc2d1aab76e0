/// Reading the settings again while the daemon runs: a good set comes into force, a bad one is refused and the old one stays.
///
/// In    whoever reads the settings' file and what lies beside it
/// Out   a new snapshot, handed to whoever puts it in force; or every finding
/// Threads  one: that of its context. Reading and linting may take a while and happen on a thread of their own
#pragma once
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
    Log& log;
    Counters& counters;
    /// Reads everything; called on a thread of its own. What it throws refuses the set as a finding does.
    std::function<Result<SnapshotPointer, std::vector<Error>>()> load;
    /// Returns when the set is in force, with notes of what comes into force later.
    std::function<Task<std::vector<std::string>>(SnapshotPointer)> put_in_force;
};

class Reload {
 public:
    using Answer = Result<std::vector<std::string>, std::vector<Error>>;

    /// `started_with`: some options keep their value of then until the next start.
    Reload(SnapshotPointer started_with, ReloadServices services)
        : started_with_(std::move(started_with)), services_(std::move(services)) {}

    /// One after the other: those that come meanwhile wait until the one before is in force, and then read the newest files. systemd
    /// hears RELOADING=1 when the files are about to be read, and READY=1 when they are in force or refused. What it brought is logged.
    /// Out  notes: options that take effect later, most of them at the next start
    /// Errors  the findings; load_failed  a file or a thread was not to be had; stopping. The set read before stays in force
    /// Throws  what put_in_force throws
    Task<Answer> run();
    /// Nothing is put in force from now on, and systemd hears nothing more.
    void stop() { stopping_ = true; }

 private:
    using Loaded = Result<SnapshotPointer, std::vector<Error>>;
    Task<Answer> read_and_put_in_force();
    Task<Loaded> load_aside();
    Answer refuse(std::vector<Error> errors);

    SnapshotPointer started_with_;
    ReloadServices services_;
    Turns turns_;
    bool stopping_ = false;
};

}  // namespace ilbud
