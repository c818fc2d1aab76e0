// Files are judged by what was opened, never by what a path named a moment ago: open first, with O_NOFOLLOW, then fstat
// of the descriptor (S14, S25). A check of the path before opening would leave time to exchange the file.
// Wiping is best effort and meant for core dumps and reused memory (S27). What the kernel, a swap partition or libcurl
// copies is beyond it; the daemon forbids core dumps besides.
#include "ilbud/base/secret.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "ilbud/base/descriptor.hpp"

namespace ilbud {
namespace {

// An RSA key of 16,384 bits takes some 13 KB in PEM; a file beyond 64 KiB is somebody's mistake.
constexpr std::size_t secret_bytes_max = 64 * 1024;

Error refusal(const char* code, const std::filesystem::path& path, std::string detail) {
    return {code, path.string(), std::move(detail)};
}

// systemd hands credentials over in a folder only the service can read; its modes are its own.
// Only a bare name is looked for: "/etc/x" and "./x" mean that file and nothing else.
std::filesystem::path credential(const std::filesystem::path& path) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0' || !is_credential_name(path)) return {};
    auto found = std::filesystem::path(folder) / path;
    return std::filesystem::exists(found) ? found : std::filesystem::path{};
}

// Root may own the file: it can read it anyway. A regular file only, as a FIFO or a device would
// hand out other bytes each time.
Result<void> check(const struct stat& file, const std::filesystem::path& path, bool trusted, SecretOwner owner) {
    if (!S_ISREG(file.st_mode)) return refusal("secret_permissions", path, "not a regular file");
    if (trusted) return {};
    if (owner == SecretOwner::this_user && file.st_uid != ::geteuid() && file.st_uid != 0)
        return refusal("secret_permissions", path, "belongs to another user; expected the user that runs ilbud, or root");
    if ((file.st_mode & 077U) != 0)
        return refusal("secret_permissions", path, "group or others may use it; expected mode 0600 or 0400");
    return {};
}

// A name that was made or removed is safe when its folder is.
// fsync of a file keeps its content, not its entry in the folder.
bool sync_folder(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened.number() >= 0 && ::fsync(opened.number()) == 0;
}

Result<Secret> read_all(int descriptor, const std::filesystem::path& path) {
    // Full size from the start: a string that grew would leave copies behind that nobody wipes. One byte more
    // tells "too large" from "just fits".
    std::string text(secret_bytes_max + 1, '\0');
    std::size_t length = 0;
    while (length < text.size()) {
        const auto got = ::read(descriptor, text.data() + length, text.size() - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refusal("secret_missing", path, std::string("cannot be read: ") + std::strerror(errno));
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    Secret secret(std::string(text, 0, length));
    OPENSSL_cleanse(text.data(), text.size());
    if (length > secret_bytes_max) return refusal("secret_too_large", path, "more than 64 KiB");
    return secret;
}

}  // namespace

// Here and in the moves a copy and a wipe, not std::string's move: moving a short string copies its bytes and leaves them in place.
// NOLINTNEXTLINE(modernize-pass-by-value,performance-unnecessary-value-param)
Secret::Secret(std::string text) : text_(text) {
    OPENSSL_cleanse(text.data(), text.size());
}

// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : text_(other.text_) {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        text_ = other.text_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        text_ = other.text_;
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

// OPENSSL_cleanse is not optimised away, as a memset before a destructor would be.
void Secret::wipe() noexcept {
    OPENSSL_cleanse(text_.data(), text_.size());
    text_.clear();
}

bool is_credential_name(const std::filesystem::path& path) {
    return !path.empty() && !path.has_parent_path();
}

bool is_unseen_secret(const Error& error, const std::filesystem::path& path) {
    return error.code == "secret_unreadable" || (error.code == "secret_missing" && is_credential_name(path));
}

// Credentials win over files of the same name: what the service manager hands over was meant.
std::filesystem::path secret_place(const std::filesystem::path& path, const std::filesystem::path& base) {
    auto given = credential(path);
    if (!given.empty()) return given;
    return path.is_absolute() || base.empty() ? path : base / path;
}

Result<Secret> read_secret(const std::filesystem::path& path, const std::filesystem::path& base, SecretOwner owner) {
    const bool trusted = !credential(path).empty();
    const auto place = secret_place(path, base);
    // O_NOFOLLOW refuses a link as the last part of the path only; folders above may be links. O_NONBLOCK keeps a FIFO
    // without a writer from holding up the start, and changes nothing for files.
    const Descriptor file(::open(place.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0) {
        if (errno == ELOOP) return refusal("secret_symlink", place, "is a symbolic link; name the file itself");
        const bool shut = errno == EACCES || errno == EPERM;
        return refusal(shut ? "secret_unreadable" : "secret_missing", place,
                       std::string("cannot be opened: ") + std::strerror(errno) +
                           (shut || !is_credential_name(path) ? "" : ", nor is there a systemd credential of this name"));
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return refusal("secret_missing", place, std::strerror(errno));
    if (const auto fit = check(status, place, trusted, owner); !fit) return fit.error();
    return read_all(file.number(), place);
}

// The name appears when the content is safe, and only if it is free: link() never replaces.
// rename() would replace what is there, O_CREAT | O_EXCL alone would show a half-written key after a power cut. The
// draft is synced before it is linked, the folder after.
Result<void> write_secret(const std::filesystem::path& path, const Secret& secret) {
    const auto fail = [&](int code) { return refusal("cannot_write", path, std::strerror(code)); };
    const auto exists = refusal("file_exists", path, "exists already; choose another name or remove it first");
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) return exists;
    auto draft = path;
    draft += ".new";
    ::unlink(draft.c_str());  // of a process that died while writing it
    {
        const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (file.number() < 0) return fail(errno);
        const auto& bytes = secret.reveal();
        errno = ENOSPC;  // a short write says nothing
        const bool written = ::write(file.number(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                             // The umask may have taken away more than wanted; it can never have added.
                             ::fchmod(file.number(), 0600) == 0 && ::fsync(file.number()) == 0;
        if (!written || ::link(draft.c_str(), path.c_str()) != 0) {
            const int code = errno;
            ::unlink(draft.c_str());
            return code == EEXIST ? exists : fail(code);
        }
    }
    ::unlink(draft.c_str());
    // The key stands there, but perhaps not after a power cut; the caller must not publish its public half on that.
    if (!sync_folder(path)) return fail(errno);
    return {};
}

// The name is gone for good; the blocks on the disk are not overwritten, which on today's file systems
// and flash would promise nothing.
Result<void> remove_secret(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return refusal("cannot_remove", path, std::strerror(errno));
    auto draft = path;
    draft += ".new";
    ::unlink(draft.c_str());
    if (!sync_folder(path) && errno != ENOENT) return refusal("cannot_remove", path, std::strerror(errno));
    return {};
}

// Reading by others is let pass: the files themselves are 0600. Writing is not: whoever may write in a folder can put
// another key under the same name.
Result<void> own_secret_folder(const std::filesystem::path& folder) {
    const auto refuse = [&](std::string why) { return refusal("folder_unusable", folder, std::move(why)); };
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return refuse(std::strerror(errno));
    struct stat status {};
    // lstat, so that a link to somebody else's folder shows itself.
    if (::lstat(folder.c_str(), &status) != 0) return refuse(std::strerror(errno));
    if (!S_ISDIR(status.st_mode)) return refuse("not a folder of its own; a symbolic link is refused");
    if (status.st_uid != ::geteuid() && status.st_uid != 0) return refuse("belongs to another user");
    if ((status.st_mode & 0022U) != 0) return refuse("others may write in it: chmod go-w");
    return {};
}

std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

}  // namespace ilbud
