// posix_spawn instead of system(): no shell reads the file's name, so a space or a quote in it means nothing.
// xdg-open is found by PATH, as a user would expect. The child is not waited for: it may live as long as the
// browser, and init inherits it when this program ends.
#include "cli/browser.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace ilbud {
namespace {

// An empty variable is how a session without a display often looks; it counts as unset.
bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

}  // namespace

bool open_on_desktop(const std::filesystem::path& file) {
    // Asked first, since xdg-open without a display may fall back to a text browser and take the terminal over.
    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")) return false;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&files) != 0) return false;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return false;
    }
    // A session of its own: the browser outlives the terminal, and its chatter stays out of it.
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    // spawn wants writable characters; the strings live until it has returned, by
    // which time the child has its own copy.
    std::string program = "xdg-open", argument = file.string();
    char* arguments[] = {program.data(), argument.data(), nullptr};
    pid_t child = 0;
    const bool started = posix_spawnp(&child, program.c_str(), &files, &attributes, arguments, environ) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return started;
}

}  // namespace ilbud
