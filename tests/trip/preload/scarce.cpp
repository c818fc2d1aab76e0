// Loaded before everything else (LD_PRELOAD) into a program under test: of the calls that want a thread or a file descriptor, one
// fails as if there were none left. ILBUD_SCARCE is "threads:N" or "descriptors:N", N counted from 1. When the call has failed,
// standard error says "scarce: NAME".
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<long> calls = 0;

bool fails(const char* kind, const char* name) {
    const char* wanted = std::getenv("ILBUD_SCARCE");
    const auto length = std::strlen(kind);
    if (wanted == nullptr || std::strncmp(wanted, kind, length) != 0 || wanted[length] != ':') return false;
    if (++calls != std::atol(wanted + length + 1)) return false;
    char line[64] = "scarce: ";
    std::strncat(line, name, 40);
    std::strcat(line, "\n");
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line, std::strlen(line));
    return true;
}

bool no_descriptor(const char* name) {
    if (!fails("descriptors", name)) return false;
    errno = EMFILE;
    return true;
}

// The sanitizers look at memory through a pipe; without one they report what is sound.
bool is_sanitizer(const void* caller) {
    Dl_info place{};
    return ::dladdr(caller, &place) != 0 && place.dli_fname != nullptr && std::strstr(place.dli_fname, "san.so") != nullptr;
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
    static const auto real = next<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
    return fails("threads", "pthread_create") ? EAGAIN : real(thread, attributes, run, argument);
}

int open(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open");
    va_list more;
    va_start(more, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    return no_descriptor("open") ? -1 : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open64");
    va_list more;
    va_start(more, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    return no_descriptor("open") ? -1 : real(path, flags, mode);
}

int socket(int domain, int type, int protocol) noexcept {
    static const auto real = next<int (*)(int, int, int)>("socket");
    return no_descriptor("socket") ? -1 : real(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int ends[2]) noexcept {
    static const auto real = next<int (*)(int, int, int, int*)>("socketpair");
    return no_descriptor("socketpair") ? -1 : real(domain, type, protocol, ends);
}

int epoll_create(int size) noexcept {
    static const auto real = next<int (*)(int)>("epoll_create");
    return no_descriptor("epoll_create") ? -1 : real(size);
}

int epoll_create1(int flags) noexcept {
    static const auto real = next<int (*)(int)>("epoll_create1");
    return no_descriptor("epoll_create1") ? -1 : real(flags);
}

int pipe(int ends[2]) noexcept {
    static const auto real = next<int (*)(int*)>("pipe");
    return !is_sanitizer(__builtin_return_address(0)) && no_descriptor("pipe") ? -1 : real(ends);
}

int pipe2(int ends[2], int flags) noexcept {
    static const auto real = next<int (*)(int*, int)>("pipe2");
    return no_descriptor("pipe2") ? -1 : real(ends, flags);
}

int eventfd(unsigned count, int flags) noexcept {
    static const auto real = next<int (*)(unsigned, int)>("eventfd");
    return no_descriptor("eventfd") ? -1 : real(count, flags);
}

int timerfd_create(int clock, int flags) noexcept {
    static const auto real = next<int (*)(int, int)>("timerfd_create");
    return no_descriptor("timerfd_create") ? -1 : real(clock, flags);
}

}  // extern "C"
