/// Asks the running daemon something over its control socket.
#pragma once
#include <filesystem>
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

/// Sends one line and returns the answer's line (both without '\n').
/// Errors  those of connect_unix; daemon_away (it hung up), daemon_silent (no answer within `deadline`)
/// Blocks for at most about `deadline`, connecting included. The descriptor is closed on every way out.
Result<std::string> ask_daemon(const std::filesystem::path& socket, const std::string& line, Duration deadline);

/// Connects to a Unix socket; the caller closes the descriptor. Who listens there is root, this process's user, or a user whose
/// place the socket's folder is (base/folder_trust.hpp, check_place_of).
/// Errors  daemon_away (nobody listens there), not_allowed (this user may not reach it), daemon_not_trusted (another listens),
///         daemon_silent (it takes no connections within `deadline`), socket_path_too_long
/// Blocking and closed on exec; nothing has been said on it yet.
Result<int> connect_unix(const std::filesystem::path& socket, Duration deadline = std::chrono::seconds(10));

}  // namespace ilbud
