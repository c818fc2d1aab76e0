// Preloaded into the program under test (storage_control.hpp). Functions of the C library that SQLite calls by plain symbols stand
// here again: for files of the one folder they fail as the control block says and note what they did; everything else goes on to
// the next library. System calls are made directly for those files, so that no sanitizer's wrapper stands between log and disk.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "storage_control.hpp"

using ilbud::test::StorageCall;
using ilbud::test::StorageControl;
using ilbud::test::StorageOperation;
using ilbud::test::StorageRecord;

namespace {

constexpr std::size_t descriptors_max = 65536;
enum Sort : unsigned char { stranger, of_folder, folder_itself };
std::array<std::atomic<unsigned char>, descriptors_max> sorts;
// Operation and record are one step: the log's order is the order in which they were made.
pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

struct Setting {
    char folder[PATH_MAX]{};
    std::size_t folder_length = 0;
    StorageControl* control = nullptr;
    int log = -1;
};

Setting read_setting() {
    Setting made;
    const char* folder = std::getenv("ILBUD_FAULT_FOLDER");
    if (folder == nullptr || std::strlen(folder) >= PATH_MAX) return made;
    std::strcpy(made.folder, folder);
    made.folder_length = std::strlen(folder);
    if (const char* path = std::getenv("ILBUD_FAULT_CONTROL")) {
        const int file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
        void* const place =
            file < 0 ? MAP_FAILED : mmap(nullptr, sizeof(StorageControl), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (place != MAP_FAILED) made.control = static_cast<StorageControl*>(place);
        if (file >= 0) syscall(SYS_close, file);
    }
    if (const char* path = std::getenv("ILBUD_FAULT_LOG"))
        made.log = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    return made;
}

const Setting& setting() {
    static const Setting made = read_setting();
    return made;
}

/// The next library's function of that name.
template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// The name inside the folder; null: none of ours. SQLite's index file is memory shared with readers: rebuilt at the start.
const char* name_of(const char* path) {
    const auto& [folder, length, control, log] = setting();
    if (length == 0 || path == nullptr || std::strncmp(path, folder, length) != 0 || path[length] != '/') return nullptr;
    const char* const name = path + length + 1;
    const std::size_t size = std::strlen(name);
    return size == 0 || std::strchr(name, '/') != nullptr || (size >= 4 && std::strcmp(name + size - 4, "-shm") == 0) ? nullptr
                                                                                                                      : name;
}

Sort sort_of(int file) {
    return file < 0 || static_cast<std::size_t>(file) >= descriptors_max
               ? stranger
               : static_cast<Sort>(sorts[static_cast<std::size_t>(file)].load(std::memory_order_relaxed));
}

std::uint64_t stirred(std::uint64_t number) {  // splitmix64
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

/// What the plan says of this call: 0 nothing, below 0 a short write, else the errno.
int planned(StorageCall call, std::uint64_t& dice) {
    auto* const control = setting().control;
    if (control == nullptr || control->on == 0 || (control->calls >> static_cast<unsigned>(call) & 1U) == 0) return 0;
    const std::uint64_t number = control->seen++;
    dice = stirred(control->seed + number);
    const std::uint32_t every = control->every;
    if (every != 0 ? (number + 1) % every != 0 : dice % 1000000 >= control->per_million) return 0;
    const bool writes = call == StorageCall::write || call == StorageCall::pwrite;
    const int error = control->fail_with;
    if (writes && control->short_write != 0 && (error == 0 || (dice >> 40 & 1U) != 0)) return -1;
    if (error != 0) ++control->failed;
    return error;
}

/// Whether the call is to fail; sets errno.
bool fails(StorageCall call) {
    std::uint64_t dice = 0;
    const int error = planned(call, dice);
    if (error > 0) errno = error;
    return error > 0;
}

void append(StorageOperation operation, std::uint64_t file, std::uint64_t offset, const void* bytes, std::size_t length) {
    if (setting().log < 0) return;
    const StorageRecord record{operation, static_cast<std::uint32_t>(length), file, offset};
    syscall(SYS_write, setting().log, &record, sizeof record);
    const char* rest = static_cast<const char*>(bytes);
    while (length > 0) {
        const long written = syscall(SYS_write, setting().log, rest, length);
        if (written <= 0) return;
        rest += written;
        length -= static_cast<std::size_t>(written);
    }
}

std::uint64_t inode_of(int file) {
    struct stat status {};
    return fstat(file, &status) == 0 ? status.st_ino : 0;
}

struct Ordered {
    Ordered() { pthread_mutex_lock(&order); }
    ~Ordered() { pthread_mutex_unlock(&order); }
    Ordered(const Ordered&) = delete;
    Ordered& operator=(const Ordered&) = delete;
};

bool lengthens_journal(int file, off_t end) {
    struct stat status {};
    if (fstat(file, &status) != 0 || end <= status.st_size) return false;
    char link[64], path[PATH_MAX];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && std::memcmp(path + length - 4, "-wal", 4) == 0;
}

// What the plan says of a write.
int planned_write(StorageCall call, int file, off_t end, std::uint64_t& dice) {
    const auto* const control = setting().control;
    if (control != nullptr && control->on != 0 && control->growth_only != 0 && !lengthens_journal(file, end)) return 0;
    return planned(call, dice);
}

ssize_t write_at(StorageCall call, int file, const void* bytes, std::size_t length, off_t offset) {
    const Ordered ordered;
    std::uint64_t dice = 0;
    const int plan = planned_write(call, file, offset + static_cast<off_t>(length), dice);
    std::size_t part = length;
    if (plan != 0) {
        // A write that fails may have taken a part all the same.
        part = length < 2 || (plan > 0 && (dice >> 41 & 1U) != 0) ? 0 : 1 + (dice >> 20) % (length - 1);
        if (plan < 0 && part == 0) part = length;
        if (plan < 0 && part < length) ++setting().control->shortened;
    }
    const long written = part == 0 ? 0 : syscall(SYS_pwrite64, file, bytes, part, offset);
    const int error = errno;
    if (written > 0)
        append(StorageOperation::write, inode_of(file), static_cast<std::uint64_t>(offset), bytes,
               static_cast<std::size_t>(written));
    errno = plan > 0 ? plan : error;
    return plan > 0 ? -1 : written;
}

int sync_file(StorageCall call, int file, long number) {
    const Ordered ordered;
    if (fails(call)) return -1;
    const auto done = static_cast<int>(syscall(number, file));
    if (done == 0)
        append(sort_of(file) == folder_itself ? StorageOperation::sync_folder : StorageOperation::sync, inode_of(file), 0,
               nullptr, 0);
    return done;
}

int open_file(int folder, const char* path, int flags, mode_t mode) {
    const auto& made = setting();
    const char* const name = name_of(path);
    const bool itself = name == nullptr && made.folder_length > 0 && std::strcmp(path, made.folder) == 0;
    if (name == nullptr && !itself) {
        static const auto real = next<int (*)(int, const char*, int, ...)>("openat");
        const int file = real(folder, path, flags, mode);
        if (file >= 0 && static_cast<std::size_t>(file) < descriptors_max) sorts[static_cast<std::size_t>(file)] = stranger;
        return file;
    }
    const Ordered ordered;
    if (name != nullptr && fails(StorageCall::open)) return -1;
    struct stat status {};
    const bool there = fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
    const auto file = static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
    if (file < 0) return file;
    if (static_cast<std::size_t>(file) < descriptors_max)
        sorts[static_cast<std::size_t>(file)] = itself ? folder_itself : of_folder;
    if (name == nullptr) return file;
    if (!there && (flags & O_CREAT) != 0) append(StorageOperation::create, inode_of(file), 0, name, std::strlen(name));
    if (there && (flags & O_TRUNC) != 0) append(StorageOperation::truncate, inode_of(file), 0, nullptr, 0);
    return file;
}

int truncate_file(int file, off_t length) {
    const Ordered ordered;
    if (fails(StorageCall::ftruncate)) return -1;
    const auto done = static_cast<int>(syscall(SYS_ftruncate, file, length));
    if (done == 0) append(StorageOperation::truncate, inode_of(file), static_cast<std::uint64_t>(length), nullptr, 0);
    return done;
}

int allocate(int file, int mode, off_t offset, off_t length) {
    const Ordered ordered;
    if (fails(StorageCall::fallocate)) return -1;
    const auto done = static_cast<int>(syscall(SYS_fallocate, file, mode, offset, length));
    if (done == 0) append(StorageOperation::unknown, inode_of(file), 0, "fallocate", 9);
    return done;
}

mode_t mode_of(int flags, va_list& arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_file(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_file(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    if (name_of(path) != nullptr) return open_file(folder, path, flags, mode);
    static const auto real = next<int (*)(int, const char*, int, ...)>("openat");
    return real(folder, path, flags, mode);
}
int close(int file) {
    if (file >= 0 && static_cast<std::size_t>(file) < descriptors_max) sorts[static_cast<std::size_t>(file)] = stranger;
    static const auto real = next<int (*)(int)>("close");
    return real(file);
}
ssize_t pwrite(int file, const void* bytes, std::size_t length, off_t offset) {
    if (sort_of(file) == of_folder) return write_at(StorageCall::pwrite, file, bytes, length, offset);
    return syscall(SYS_pwrite64, file, bytes, length, offset);
}
ssize_t pwrite64(int file, const void* bytes, std::size_t length, off64_t offset) {
    return pwrite(file, bytes, length, offset);
}
ssize_t write(int file, const void* bytes, std::size_t length) {
    static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
    if (sort_of(file) != of_folder) return real(file, bytes, length);
    const off_t offset = lseek(file, 0, (fcntl(file, F_GETFL) & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
    const ssize_t written = write_at(StorageCall::write, file, bytes, length, offset);
    if (written > 0) lseek(file, offset + written, SEEK_SET);
    return written;
}
int fsync(int file) {
    if (sort_of(file) != stranger) return sync_file(StorageCall::fsync, file, SYS_fsync);
    return static_cast<int>(syscall(SYS_fsync, file));
}
int fdatasync(int file) {
    if (sort_of(file) != stranger) return sync_file(StorageCall::fdatasync, file, SYS_fdatasync);
    return static_cast<int>(syscall(SYS_fdatasync, file));
}
int ftruncate(int file, off_t length) noexcept {
    return sort_of(file) == of_folder ? truncate_file(file, length) : static_cast<int>(syscall(SYS_ftruncate, file, length));
}
int ftruncate64(int file, off64_t length) noexcept {
    return ftruncate(file, length);
}
int fallocate(int file, int mode, off_t offset, off_t length) {
    return sort_of(file) == of_folder ? allocate(file, mode, offset, length)
                                      : static_cast<int>(syscall(SYS_fallocate, file, mode, offset, length));
}
int fallocate64(int file, int mode, off64_t offset, off64_t length) {
    return fallocate(file, mode, offset, length);
}
int posix_fallocate(int file, off_t offset, off_t length) {
    return fallocate(file, 0, offset, length) == 0 ? 0 : errno;
}
int posix_fallocate64(int file, off64_t offset, off64_t length) {
    return posix_fallocate(file, offset, length);
}
int unlink(const char* path) noexcept {
    const char* const name = name_of(path);
    if (name == nullptr) return static_cast<int>(syscall(SYS_unlink, path));
    const Ordered ordered;
    if (fails(StorageCall::unlink)) return -1;
    const auto done = static_cast<int>(syscall(SYS_unlink, path));
    if (done == 0) append(StorageOperation::unlink, 0, 0, name, std::strlen(name));
    return done;
}
int rename(const char* from, const char* to) noexcept {
    const char* const old_name = name_of(from);
    const char* const new_name = name_of(to);
    if (old_name == nullptr || new_name == nullptr) return static_cast<int>(syscall(SYS_rename, from, to));
    const Ordered ordered;
    if (fails(StorageCall::rename)) return -1;
    const auto done = static_cast<int>(syscall(SYS_rename, from, to));
    if (done != 0) return done;
    std::array<char, 2 * NAME_MAX + 3> names{};
    const std::size_t first = std::strlen(old_name);
    std::memcpy(names.data(), old_name, first);
    std::strcpy(names.data() + first + 1, new_name);
    append(StorageOperation::rename, 0, 0, names.data(), first + 1 + std::strlen(new_name));
    return done;
}

}  // extern "C"
