/// The daemon: opens the queue, starts the lanes, takes events, and ends without losing anything.
#pragma once
#include <filesystem>

#include "snapshot.hpp"

namespace ilbud {

/// Runs until SIGTERM or SIGINT; returns the exit status: 0 ended as asked, 1 could not start.
/// SIGHUP reads the settings again. The settings were loaded by the caller, so that their errors go to the terminal.
int serve(const std::filesystem::path& settings_file, SnapshotPointer first);

}  // namespace ilbud
