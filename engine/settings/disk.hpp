/// What the settings name on this machine: paths made absolute, files and users looked at as far as whoever asks may and wants.
///
/// In    paths as they stand in the file
/// Out   absolute ones; findings in the table, what could not be looked at in a list of its own
/// See   SECURITY S14, S27
#pragma once
#include <filesystem>
#include <string_view>
#include <vector>

#include "ilbud/settings/load.hpp"
#include "table.hpp"

namespace ilbud::settings_file {

class Disk {
 public:
    /// Relative paths start at `folder`, which is absolute.
    Disk(std::filesystem::path folder, Secrets secrets) : folder_(std::move(folder)), secrets_(secrets) {}

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    /// Empty stays empty.
    [[nodiscard]] std::filesystem::path resolved(const std::filesystem::path& path) const;
    /// A systemd credential keeps its bare name, by which read_secret finds it, also one that only the service is given; anything
    /// else becomes absolute.
    [[nodiscard]] std::filesystem::path resolved_secret(const std::filesystem::path& path) const;

    /// A finding if the key or password is not there or not private. Its content goes at once: no secret enters the settings.
    void check_secret(const Table& table, std::string_view option, const std::filesystem::path& path);
    /// A finding if there is something else than a file, or nothing; `hint` is added to it.
    void check_file(const Table& table, std::string_view option, const std::filesystem::path& path, std::string_view hint = {});
    void check_folder(const Table& table, std::string_view option, const std::filesystem::path& path);
    /// A finding for each name that no user (no group) of this machine has.
    void check_users(const Table& table, std::string_view option, const std::vector<std::string>& names);
    void check_groups(const Table& table, std::string_view option, const std::vector<std::string>& names);

    /// What could not be looked at, in the order of the calls.
    [[nodiscard]] std::vector<UnseenFile> unseen() && { return std::move(unseen_); }

 private:
    void check_place(const Table& table, std::string_view option, const std::filesystem::path& path,
                     std::filesystem::file_type expected, const std::string& otherwise);

    std::filesystem::path folder_;
    Secrets secrets_;
    std::vector<UnseenFile> unseen_;
};

}  // namespace ilbud::settings_file
