#include "ilbud/base/secret.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ilbud {
namespace {

constexpr std::size_t secret_bytes_max = 64 * 1024;

class Descriptor {
 public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

 private:
    int number_;
};

Error refusal(const char* code, const std::filesystem::path& path, std::string detail) { return {code, path.string(), std::move(detail)}; }

// systemd hands credentials over in a folder only the service can read; its modes are its own.
std::filesystem::path credential(const std::filesystem::path& path) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0' || path.has_parent_path()) return {};
    auto found = std::filesystem::path(folder) / path;
    return std::filesystem::exists(found) ? found : std::filesystem::path{};
}

Result<void> check(const struct stat& file, const std::filesystem::path& path, bool trusted) {
    if (!S_ISREG(file.st_mode)) return refusal("secret_permissions", path, "not a regular file");
    if (trusted) return {};
    if (file.st_uid != ::geteuid() && file.st_uid != 0)
        return refusal("secret_permissions", path, "belongs to another user; expected the user that runs ilbud, or root");
    if ((file.st_mode & 077U) != 0) return refusal("secret_permissions", path, "group or others may use it; expected mode 0600 or 0400");
    return {};
}

Result<Secret> read_all(int descriptor, const std::filesystem::path& path) {
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

Secret::Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }

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

Secret::~Secret() { wipe(); }

void Secret::wipe() noexcept {
    OPENSSL_cleanse(text_.data(), text_.size());
    text_.clear();
}

Result<Secret> read_secret(const std::filesystem::path& path, const std::filesystem::path& base) {
    const auto given = credential(path);
    const bool trusted = !given.empty();
    const auto place = trusted ? given : path.is_absolute() || base.empty() ? path : base / path;
    const Descriptor file(::open(place.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0) {
        if (errno == ELOOP) return refusal("secret_symlink", place, "is a symbolic link; name the file itself");
        return refusal("secret_missing", place, std::string("cannot be opened: ") + std::strerror(errno));
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return refusal("secret_missing", place, std::strerror(errno));
    if (const auto fit = check(status, place, trusted); !fit) return fit.error();
    return read_all(file.number(), place);
}

std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

}  // namespace ilbud
