/// A folder of settings for one test: a platform file, one or more account files, a key. As given they load without a finding.
#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/settings/load.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::test {

/// What every platform file must say; more tables may stand before it.
inline const std::string least_relay = R"(
[[delivery.relay]]
name = "local"
host = "127.0.0.1"
)";
inline const std::string least_dkim = R"(
[[dkim.selector]]
name = "s1"
target = "s1._domainkey.ilbud.example"
key_file = "s1.pem"

[[dkim.selector]]
name = "s2"
target = "s2._domainkey.ilbud.example"
)";
inline const std::string least_platform = least_relay + least_dkim;

inline const std::string least_service = R"(
[[customer_service]]
id = "desk"
name = "The Daily"
support_email = "desk@daily.example"
)";
inline const std::string least_unit = R"(
[[unit]]
id = "daily"
name = "The Daily Ltd"
invoice_email = "invoice@daily.example"
)";
/// What every account file must say; more may stand behind it.
inline const std::string least_account = "[account]\nid = \"acme\"\nemail = \"it@daily.example\"\n" + least_service + least_unit;

class SettingsFolder {
 public:
    explicit SettingsFolder(const std::string& platform = least_platform, const std::string& account = least_account) {
        write("ilbud.toml", platform);
        write("accounts/acme.toml", account);
        write_secret("s1.pem");
    }

    void write(const std::string& name, const std::string& text) const {
        const auto path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
    void write_secret(const std::string& name, unsigned mode = 0600) const {
        write(name, "secret-canary\n");
        std::filesystem::permissions(folder_ / name, std::filesystem::perms(mode));
    }
    [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }

    [[nodiscard]] Result<Settings, std::vector<Error>> load() const { return load_settings(folder_ / "ilbud.toml"); }
    /// The settings, which must load.
    [[nodiscard]] Settings settings() const {
        auto loaded = load();
        for (const auto& error : loaded ? std::vector<Error>{} : loaded.error()) UNSCOPED_INFO(to_text(error));
        REQUIRE(loaded);
        return *std::move(loaded);
    }
    /// What was found wrong, which must be something.
    [[nodiscard]] std::vector<Error> findings() const {
        const auto loaded = load();
        REQUIRE_FALSE(loaded);
        return loaded.error();
    }

 private:
    TemporaryFolder folder_;
};

/// The line (from 1) on which `text` has the mark "#!".
inline std::size_t marked_line(std::string_view text) {
    const auto mark = text.find("#!");
    REQUIRE(mark != std::string_view::npos);
    return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(mark), '\n')) + 1;
}

struct Refused {
    std::string text;  ///< of the file, "#!" on the line where the finding is expected
    std::string code;
    std::string detail;  ///< part of it
};

/// Exactly one finding, in `file`, of the code and on the line that `expected` tells.
inline void check_one(const SettingsFolder& folder, const std::string& file, const Refused& expected) {
    INFO(expected.text);
    const auto all = folder.findings();
    for (const auto& error : all) UNSCOPED_INFO(to_text(error));
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == expected.code);
    CHECK_THAT(all[0].place,
               Catch::StartsWith(folder.path(file).string() + ':' + std::to_string(marked_line(expected.text)) + ':'));
    CHECK_THAT(all[0].detail, Catch::Contains(expected.detail));
}
inline void check_platform(const Refused& expected) {
    check_one(SettingsFolder(expected.text), "ilbud.toml", expected);
}
inline void check_account(const Refused& expected) {
    check_one(SettingsFolder(least_platform, expected.text), "accounts/acme.toml", expected);
}

}  // namespace ilbud::test
