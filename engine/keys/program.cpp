#include "program.hpp"

#include <fcntl.h>
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

constexpr auto poll_interval = std::chrono::milliseconds(50);
constexpr std::size_t output_bytes_max = 4096;  // the newest are kept
constexpr std::size_t told_bytes_max = 400;

/// A program that does not read its input is no reason to end this one.
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
    posix_spawn_file_actions_adddup2(&files, in.out.number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.in.number(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.in.number(), STDERR_FILENO);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
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
bool converse(const Program& program, Pipe& in, Pipe& out, std::string& said, Steady::time_point until,
              const std::atomic<bool>& stop) {
    std::string_view rest = program.input;
    ::fcntl(in.in.number(), F_SETFL, O_NONBLOCK);
    if (rest.empty()) in.in.close();
    while (Steady::now() < until && !stop) {
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
        if (said.size() > output_bytes_max) said.erase(0, said.size() - output_bytes_max);
    }
    return false;
}

// Its exit status as waitpid gives it; nothing if it had to be killed.
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
    in.out.close();
    out.in.close();
    const auto until = Steady::now() + program.deadline;
    std::string said;
    const bool closed = converse(program, in, out, said, until, stop);
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
