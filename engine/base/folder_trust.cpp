// An access list shows in the group's bits (its mask), so that whoever may write by one is seen here as well.
#include "ilbud/base/folder_trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace ilbud {
namespace {

namespace fs = std::filesystem;

constexpr mode_t write_of_others = S_IWGRP | S_IWOTH;

Error unsafe(const fs::path& path, std::string why) {
    return {"folder_unsafe", path.string(), std::move(why)};
}

std::optional<struct stat> status_of(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return status;
}

std::string mode_text(mode_t mode) {
    std::array<char, 8> text{};
    const int length = std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
    return {text.data(), static_cast<std::size_t>(length)};
}

// Where a path really leads: a link's own folder does not matter once the socket is reached by this.
fs::path real(const fs::path& folder) {
    std::error_code failure;
    auto path = fs::canonical(folder.empty() ? fs::path(".") : folder, failure);
    return failure ? fs::absolute(folder) : path;
}

Error unreadable(const fs::path& folder) {
    return unsafe(folder, std::string("cannot be examined: ") + std::strerror(errno));
}

}  // namespace

Result<void> check_socket_folder(const fs::path& folder) {
    auto place = real(folder);
    auto status = status_of(place);
    if (!status) return unreadable(place);
    if (status->st_uid != 0 && status->st_uid != ::geteuid())
        return unsafe(place, "it belongs to another user (" + std::to_string(status->st_uid) + "), who could replace the socket");
    if ((status->st_mode & write_of_others) != 0)
        return unsafe(place, "others may write in it (mode " + mode_text(status->st_mode) +
                                 ") and could replace the socket: chmod go-w, or name another folder");
    while (place.has_relative_path()) {
        place = place.parent_path();
        status = status_of(place);
        if (!status) return unreadable(place);
        if ((status->st_mode & S_IWOTH) != 0 && (status->st_mode & S_ISVTX) == 0)
            return unsafe(place, "everybody may rename what lies in it (mode " + mode_text(status->st_mode) +
                                     "), the socket's folder too: chmod o-w, or chmod +t");
    }
    return {};
}

Result<void> check_place_of(uid_t user, const fs::path& folder) {
    const auto is_ours = [](uid_t owner) { return owner == 0 || owner == ::geteuid(); };
    auto place = real(folder);
    bool child_is_ours = false;  // of the folder looked at before, which lies in this one; at first of the socket itself
    for (bool is_folder_itself = true;; is_folder_itself = false) {
        const auto status = status_of(place);
        if (!status) return unreadable(place);
        const bool sticky = (status->st_mode & S_ISVTX) != 0 && !is_folder_itself;
        if (!is_ours(status->st_uid) && status->st_uid != user)
            return unsafe(place, "it belongs to user " + std::to_string(status->st_uid));
        if ((status->st_mode & write_of_others) != 0 && !(sticky && child_is_ours))
            return unsafe(place, "others may write in it (mode " + mode_text(status->st_mode) + ")");
        if (!place.has_relative_path()) return {};
        child_is_ours = is_ours(status->st_uid);
        place = place.parent_path();
    }
}

Result<void> check_not_for_all(const fs::path& file) {
    const auto status = status_of(file);
    if (status && (status->st_mode & S_IWOTH) != 0)
        return Error{"file_unsafe", file.string(),
                     "everybody may write to it (mode " + mode_text(status->st_mode) + "): chmod o-w"};
    return {};
}

}  // namespace ilbud
