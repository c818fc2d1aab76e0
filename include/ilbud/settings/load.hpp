/// Reads the settings: one platform file and a folder of accounts, checked whole.
///
/// In    config/ilbud.toml; beside it accounts/*.toml
/// Out   one Settings value, or every finding with file:line:column and what was expected
/// Not pure: reads files. No key or password stays in memory: that their files are there and private is checked where asked.
/// See   DOMAIN §1, STYLE §7
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// What is done about the key and password files that the settings name.
enum class Secrets : std::uint8_t {
    needed,     ///< each must be this process's to read: what is not is a finding
    looked_at,  ///< what is wrong with them is a finding, what may not be looked at stands in Platform::unseen
    unread,     ///< they are left alone
};

/// Reads `platform_file` and accounts/*.toml beside it, at least one. Files have at most 1 MiB and nest at most 16 levels.
/// Errors  toml_syntax, unknown_option, wrong_type, out_of_range, invalid_value, missing_option, unknown_reference, duplicate_name,
///         file_missing, secret_… (base/secret.hpp): all findings, not the first alone, file by file in the order of the lines.
///         `place` is "file:line:column" (the folder's path if account files are missing); `detail` begins with the option's path.
Result<Settings, std::vector<Error>> load_settings(const std::filesystem::path& platform_file, Secrets secrets = Secrets::needed);

/// The platform file alone, as far as it can be read; an option in error keeps its default. For commands that only look for the
/// daemon's sockets or queue: they work also while the settings are being mended, and without a look at any secret.
/// Errors  file_missing, out_of_range, toml_syntax
Result<Platform> find_platform(const std::filesystem::path& platform_file);

/// A platform file as far as it can be read.
struct FoundPlatform {
    Platform platform;
    std::optional<Error> wrong;  ///< the first error of syntax; none: the file is TOML
};

/// find_platform() past errors of syntax: a line that is no TOML is as if it were not there, and harms no table but its own. An option
/// that stands there has its default, so that what is found may be another daemon's.
/// Errors  file_missing, out_of_range
Result<FoundPlatform> find_platform_past_errors(const std::filesystem::path& platform_file);

/// Whether `text` names a DNS server as dns.servers takes it: "192.0.2.53", "2001:db8::53@5353".
[[nodiscard]] bool is_dns_server(std::string_view text);

/// Whether `text` is a selector as dkim.selector.name takes it.
[[nodiscard]] bool is_dkim_selector(std::string_view text);
/// Whether `text` is a name as dkim.selector.target takes it.
[[nodiscard]] bool is_dns_name(std::string_view text);

/// The platform file with every option, its meaning, unit, range and default, as `ilbud check --print` writes it.
[[nodiscard]] std::string default_platform_file();
/// The same for an account file.
[[nodiscard]] std::string default_account_file();

}  // namespace ilbud
