/// The daemon: opens the queue, starts the lanes, takes events, and ends without losing anything.
#pragma once
#include <filesystem>

#include "ilbud/letter/snapshot.hpp"

namespace ilbud {

/// What is in memory (keys, addresses) shall not end in a core file or be read by the user's other processes (S27). Call it
/// before the first secret is read.
void harden_process();

/// Runs until SIGTERM or SIGINT; returns the exit status: 0 ended as asked, 1 could not start.
/// SIGHUP reads the settings again. The settings were loaded by the caller, so that their errors go to the terminal.
int serve(const std::filesystem::path& settings_file, SnapshotPointer first);

}  // namespace ilbud
