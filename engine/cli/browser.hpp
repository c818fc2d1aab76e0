/// Shows a file to whoever sits in front of the machine.
///
/// Not pure: starts xdg-open
#pragma once
#include <filesystem>

namespace ilbud {

/// Opens `file` with the desktop's program for it. False if there is no desktop (no DISPLAY, no WAYLAND_DISPLAY) or no xdg-open.
/// What xdg-open starts goes on by itself.
bool open_on_desktop(const std::filesystem::path& file);

}  // namespace ilbud
