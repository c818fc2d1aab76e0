/// The platform file, for commands that only look for a running daemon or its queue: an error of syntax in it is told, and stops
/// nothing.
#pragma once
#include "cli/commands.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {

/// What is wrong goes to standard error, once.
/// Errors  those of find_platform_past_errors
Result<FoundPlatform> found_platform(const CommonOptions& common);

/// Whether the daemon behind the control socket is the one of these settings, where the file leaves a doubt. A short question to it.
/// Errors  other_daemon; those of ask_daemon
Result<void> is_its_daemon(const CommonOptions& common, const FoundPlatform& found);

}  // namespace ilbud
