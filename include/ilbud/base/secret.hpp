/// Passwords and keys: read from files nobody else can read, wiped when done (SECURITY S14, S27).
///
/// In    a path, or the name of a systemd credential ($CREDENTIALS_DIRECTORY)
/// Out   the content, which never prints and is overwritten when it goes
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"

namespace ilbud {

/// A secret text. Not printable; wiped on destruction and when moved from.
class Secret {
 public:
    Secret() = default;
    explicit Secret(std::string text);
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// The content; whoever copies it wipes the copy.
    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
    void wipe() noexcept;
    std::string text_;
};

/// Whose a file may be besides root's. `anybody`: for commands that only look, also by root at the files of the service's user.
enum class SecretOwner : std::uint8_t { this_user, anybody };

/// Reads the secret at `path`: a regular file, no symbolic link (O_NOFOLLOW), owned by this user or root (see `owner`), with
/// no permission for group or others, at most 64 KiB. A relative `path` without a slash is looked for in
/// $CREDENTIALS_DIRECTORY first, where systemd's own permissions are trusted; otherwise below `base`.
/// Errors  secret_missing, secret_permissions, secret_symlink, secret_too_large; `place` is the path
///         secret_unreadable  this process may not open it: of what it is nothing is known
Result<Secret> read_secret(const std::filesystem::path& path, const std::filesystem::path& base = {},
                           SecretOwner owner = SecretOwner::this_user);

/// Whether read_secret looks for `path` among the credentials: a name without a folder.
[[nodiscard]] bool is_credential_name(const std::filesystem::path& path);

/// Whether `error`, read_secret's of `path`, says of the secret itself nothing: it may not be opened, or it is no file and may be
/// a credential, which no other process than the service is given.
[[nodiscard]] bool is_unseen_secret(const Error& error, const std::filesystem::path& path);

/// Where read_secret finds `path`.
[[nodiscard]] std::filesystem::path secret_place(const std::filesystem::path& path, const std::filesystem::path& base = {});

/// Writes a new secret that survives a power cut: mode 0600, never over an existing file, whole or not at all under its name.
/// Errors  file_exists, cannot_write; `place` is the path
Result<void> write_secret(const std::filesystem::path& path, const Secret& secret);

/// Destroys the secret at `path`, for good when it returns. One that is gone already is no error.
/// Errors  cannot_remove
Result<void> remove_secret(const std::filesystem::path& path);

/// A folder for secrets, made (0700) if it is missing; its parent must exist.
/// Errors  folder_unusable  no folder, a symbolic link, another user's, or others may write in it
Result<void> own_secret_folder(const std::filesystem::path& folder);

/// `text` without one trailing line end (files written by editors end in one).
[[nodiscard]] std::string_view without_line_end(std::string_view text);

}  // namespace ilbud
