/// Asks the running daemon something over its control socket.
#pragma once
#include <filesystem>
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

/// Sends one line and returns the answer's line (both without '\n').
/// Errors  daemon_away (nobody listens there), daemon_silent (no answer within `deadline`)
/// Blocks for at most about `deadline`. The descriptor is closed on every way out.
Result<std::string> ask_daemon(const std::filesystem::path& socket, const std::string& line, Duration deadline);

/// Connects to a Unix socket; the caller closes the descriptor.
/// Errors  daemon_away, socket_path_too_long
/// Blocking and closed on exec; nothing has been said on it yet.
Result<int> connect_unix(const std::filesystem::path& socket);

}  // namespace ilbud
