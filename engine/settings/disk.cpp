// Who writes texts or keeps a domain's records has no business with keys and passwords, and asks all the same whether the
// settings are sound. What lies behind a door that is shut to this process is no fault of theirs: it is told apart, and only
// whoever needs the file (the daemon) is refused. The daemon runs as a user of its own, whose files root looks at as well.
#include "disk.hpp"

#include <cstdlib>
#include <system_error>

#include "ilbud/base/secret.hpp"
#include "ilbud/base/system_names.hpp"

namespace ilbud::settings_file {

namespace fs = std::filesystem;

// folder / "" would be the folder.
fs::path Disk::resolved(const fs::path& path) const {
    return path.empty() ? path : (folder_ / path).lexically_normal();
}

// Which of the two it is depends on the environment of this very process: what the service is given nobody else sees.
fs::path Disk::resolved_secret(const fs::path& path) const {
    if (!is_credential_name(path)) return resolved(path);
    std::error_code unreachable;  // is as good as absent
    const auto there = [&](const fs::path& folder) {
        return !folder.empty() && fs::exists(fs::symlink_status(folder / path, unreachable));
    };
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const bool given = there(credentials == nullptr ? "" : credentials);
    return given || !there(folder_) ? path : resolved(path);
}

// Found out at the start and not with the first mail, at night.
void Disk::check_secret(const Table& table, std::string_view option, const fs::path& path) {
    if (secrets_ == Secrets::unread) return;
    const auto secret = read_secret(path, folder_, secrets_ == Secrets::needed ? SecretOwner::this_user : SecretOwner::anybody);
    if (secret) return;
    if (secrets_ != Secrets::needed && is_unseen_secret(secret.error(), path))
        return unseen_.push_back({table.path(option), path});
    table.refuse(option, secret.error().code, secret.error().place + ": " + secret.error().detail);
}

void Disk::check_file(const Table& table, std::string_view option, const fs::path& path, std::string_view hint) {
    check_place(table, option, path, fs::file_type::regular, path.string() + " is no file" + std::string(hint));
}

void Disk::check_folder(const Table& table, std::string_view option, const fs::path& path) {
    check_place(table, option, path, fs::file_type::directory, path.string() + " is no folder");
}

namespace {

template <class Find>
void check_names(const Table& table, std::string_view option, const std::vector<std::string>& names, const std::string& what,
                 Find find) {
    for (const auto& name : names) {
        std::string found = "found \"" + name + '"';
        try {
            if (find(name)) continue;
        } catch (const std::system_error& error) {
            found = error.what();
        }
        table.refuse(option, "unknown_" + what, "expected each to be a " + what + " of this machine, " + found);
    }
}

}  // namespace

// Else the next start would fail by it, months after it was written. Whoever needs no secrets may be on another machine.
void Disk::check_users(const Table& table, std::string_view option, const std::vector<std::string>& names) {
    if (secrets_ != Secrets::unread) check_names(table, option, names, "user", find_user);
}

void Disk::check_groups(const Table& table, std::string_view option, const std::vector<std::string>& names) {
    if (secrets_ != Secrets::unread) check_names(table, option, names, "group", find_group);
}

// With an error code: without one a folder one may not enter would end the start without a line number.
void Disk::check_place(const Table& table, std::string_view option, const fs::path& path, fs::file_type expected,
                       const std::string& otherwise) {
    std::error_code failure;
    if (fs::status(path, failure).type() == expected) return;
    if (secrets_ != Secrets::needed && failure == std::errc::permission_denied)
        return unseen_.push_back({table.path(option), path});
    table.refuse(option, "file_missing", otherwise);
}

}  // namespace ilbud::settings_file
