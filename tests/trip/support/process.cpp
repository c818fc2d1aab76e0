#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "trip.hpp"

extern char** environ;

namespace ilbud::test {
namespace {

pid_t spawn(const std::vector<std::string>& argv, int in, int out, const std::filesystem::path& errors) {
    std::vector<char*> pointers;
    for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&actions, in, 0);
    else
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&actions, out, 1);
    else
        posix_spawn_file_actions_adddup2(&actions, 2, 1);
    pid_t id = -1;
    const int failure = posix_spawnp(&id, argv[0].c_str(), &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw std::runtime_error(argv[0] + " cannot be started");
    return id;
}

int exit_status(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

void wait_until(const std::string& what, const std::function<bool()>& ready, double seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!ready()) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("waited in vain for: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

Ran run(const std::vector<std::string>& argv, const std::filesystem::path& errors, const std::string& in) {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    const pid_t id = spawn(argv, input[0], output[1], errors);
    ::close(input[0]);
    ::close(output[1]);
    std::thread writer([&] {
        std::string_view rest = in;
        while (!rest.empty()) {
            const auto sent = ::write(input[1], rest.data(), rest.size());
            if (sent <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
        ::close(input[1]);
    });
    Ran ran;
    char buffer[65536];
    for (ssize_t got = 0; (got = ::read(output[0], buffer, sizeof buffer)) > 0;)
        ran.out.append(buffer, static_cast<std::size_t>(got));
    ::close(output[0]);
    int status = 0;
    ::waitpid(id, &status, 0);
    writer.join();
    ran.status = exit_status(status);
    return ran;
}

Process::Process(const std::vector<std::string>& argv, const std::filesystem::path& log) : id_(spawn(argv, -1, -1, log)) {}

Process::~Process() {
    if (!running()) return;
    ::kill(id_, SIGKILL);
    wait();
}

void Process::signal(int number) const {
    if (!ended_) ::kill(id_, number);
}

bool Process::running() {
    if (!ended_ && ::waitpid(id_, &status_, WNOHANG) == id_) ended_ = true;
    return !ended_;
}

int Process::wait(double seconds) {
    wait_until(
        "a process to end", [&] { return !running(); }, seconds);
    return exit_status(status_);
}

}  // namespace ilbud::test
