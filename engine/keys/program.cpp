// posix_spawn and not fork: in a process with threads a forked child may do next to nothing before it calls exec, and
// meanwhile it would be a second copy of the memory that holds the keys. The rest of the file is about not hanging: a
// program may read nothing, write without end, never stop, or leave children behind. It blocks, and is meant for a thread
// of its own (base/aside.hpp). A child of the program that keeps the output open is waited for like the program itself.
#include "program.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "ilbud/base/descriptor.hpp"
#include "ilbud/base/log.hpp"

namespace ilbud {
namespace {

using Steady = std::chrono::steady_clock;

// How late `stop` is noticed while the program is silent.
constexpr auto poll_interval = std::chrono::milliseconds(50);
constexpr std::size_t output_bytes_max = 4096;  // the newest are kept
// Of an error's text, which goes into the log and with the slot's trouble onto the shelf.
constexpr std::size_t told_bytes_max = 400;

/// A program that does not read its input is no reason to end this one.
// For callers that do not ignore SIGPIPE as the daemon does. It goes to the thread that wrote, so blocking it here is
// enough; one that came is taken off before the mask is put back, or it would strike then.
class NoBrokenPipe {
 public:
    NoBrokenPipe() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoBrokenPipe() {
        const timespec now{};
        while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoBrokenPipe(const NoBrokenPipe&) = delete;
    NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

 private:
    sigset_t pipe_{}, before_{};
};

struct Pipe {
    Descriptor out, in;  // read from `out` what was written to `in`
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
        out = Descriptor(ends[0]);
        in = Descriptor(ends[1]);
    }
};

Error failed(const Program& program, std::string detail) {
    return {"program_failed", program.command.empty() ? "" : program.command.front(), std::move(detail)};
}

// The cast is safe: posix_spawn's parameters are older than const and it writes through none of them.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
    all.push_back(nullptr);
    return all;
}

// In a process group of its own, with default signals: what the daemon ignores, its child must not.
Result<pid_t> start(const Program& program, const Pipe& in, const Pipe& out) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    // The pipes are close-on-exec; dup2 clears that at the three numbers the child is to have.
    posix_spawn_file_actions_adddup2(&files, in.out.number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.in.number(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.in.number(), STDERR_FILENO);
    // With one of our sockets the program would keep a daemon that was killed from starting again, and could speak on a client's
    // or a relay's connection.
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // SETPGROUP without a group set makes one of the child's own number: then kill(-child) reaches what the program
    // started, too.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // Libraries (Asio, libcurl, libunbound) open descriptors without O_CLOEXEC. Whatever is there now is marked as well, for whoever
    // else may start a program in this process.
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    // Nothing of the daemon's environment is passed on: no credentials folder, no LD_ variable.
    auto environment = program.environment;
    environment.insert(environment.begin(), {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"});
    const auto arguments = pointers(program.command);
    const auto variables = pointers(environment);
    pid_t child = -1;
    const int code =
        ::posix_spawn(&child, program.command.front().c_str(), &files, &attributes, arguments.data(), variables.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (code != 0) return failed(program, std::string("cannot be started: ") + std::strerror(code));
    return child;
}

// Feeds the input, gathers the output; true when the program has closed its output, false when time is up.
// Only the writing end is non-blocking: a program that writes before it reads would else leave both sides waiting for
// each other.
bool converse(const Program& program, Pipe& in, Pipe& out, std::string& said, Steady::time_point until,
              const std::atomic<bool>& stop) {
    std::string_view rest = program.input;
    ::fcntl(in.in.number(), F_SETFL, O_NONBLOCK);
    if (rest.empty()) in.in.close();
    while (Steady::now() < until && !stop) {
        // A closed end has the number -1, which poll() passes over.
        std::array<pollfd, 2> waits{pollfd{out.out.number(), POLLIN, 0}, pollfd{in.in.number(), POLLOUT, 0}};
        if (::poll(waits.data(), waits.size(), static_cast<int>(poll_interval.count())) < 0 && errno != EINTR) return false;
        if (waits[1].revents != 0) {
            const auto written = ::write(in.in.number(), rest.data(), rest.size());
            if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
            if (rest.empty() || (written < 0 && errno != EAGAIN && errno != EINTR)) in.in.close();  // it need not read
        }
        if (waits[0].revents == 0) continue;
        std::array<char, 4096> buffer{};
        const auto got = ::read(out.out.number(), buffer.data(), buffer.size());
        if (got == 0) return true;
        if (got > 0) said.append(buffer.data(), static_cast<std::size_t>(got));
        // The end is kept: programs say last why they failed.
        if (said.size() > output_bytes_max) said.erase(0, said.size() - output_bytes_max);
    }
    return false;
}

// Its exit status as waitpid gives it; nothing if it had to be killed.
// waitpid knows no deadline and SIGCHLD is the whole process's, so it is asked every 5 ms. The wait behind the kill
// cannot last: no program outlives SIGKILL.
std::optional<int> end(pid_t child, Steady::time_point until, const std::atomic<bool>& stop) {
    int status = 0;
    while (Steady::now() < until && !stop) {
        const auto ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) return status;
        ::poll(nullptr, 0, 5);
    }
    ::kill(-child, SIGKILL);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return std::nullopt;
}

std::string end_of(std::string said) {
    while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
    if (said.size() > told_bytes_max) said.erase(0, said.size() - told_bytes_max);
    return said.empty() ? "it said nothing" : on_one_line(said);
}

}  // namespace

Result<void> run_program(const Program& program, const std::atomic<bool>& stop) {
    if (program.command.empty()) return failed(program, "no command is given");
    const NoBrokenPipe quiet;
    Pipe in, out;
    const auto child = start(program, in, out);
    if (!child) return child.error();
    // The child has copies. Ours must go, or reading would never come to an end.
    in.out.close();
    out.in.close();
    const auto until = Steady::now() + program.deadline;
    std::string said;
    const bool closed = converse(program, in, out, said, until, stop);
    // Without its output closed the time is up, or the daemon stops: it is killed at once.
    const auto status = end(*child, closed ? until : Steady::now(), stop);
    if (!status)
        return failed(program, stop ? "it was ended: the daemon stops"
                                    : "it was killed after " + to_text(program.deadline) + ": " + end_of(said));
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
    const auto how = WIFEXITED(*status) ? "exit status " + std::to_string(WEXITSTATUS(*status))
                                        : "signal " + std::to_string(WTERMSIG(*status));
    return failed(program, how + ": " + end_of(said));
}

}  // namespace ilbud
