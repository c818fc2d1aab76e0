// Keys and passwords: checked where they lie, never kept.
#include <unistd.h>

#include <sstream>

#include "settings/support/settings_folder.hpp"
#include "support/environment.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const std::string marked = least_relay + R"([[dkim.selector]]
name = "s1"
target = "s1._domainkey.ilbud.example"
key_file = "s1.pem" #!
[[dkim.selector]]
name = "s2"
target = "s2._domainkey.ilbud.example"
)";

}  // namespace

TEST_CASE("S14: a key file that others may read is refused") {
    for (const unsigned mode : {0644U, 0640U, 0604U, 0660U, 0601U}) {
        const SettingsFolder folder(marked);
        folder.write_secret("s1.pem", mode);
        check_one(folder, "ilbud.toml", {marked, "secret_permissions", "dkim.selector.key_file"});
    }
    const SettingsFolder folder(marked);
    folder.write_secret("s1.pem", 0400);
    CHECK(folder.load());
}

TEST_CASE("S14: a key file that is missing, a symbolic link or a folder is refused") {
    const SettingsFolder folder(marked);
    std::filesystem::rename(folder.path("s1.pem"), folder.path("real.pem"));
    check_one(folder, "ilbud.toml", {marked, "secret_missing", folder.path("s1.pem").string()});
    std::filesystem::create_symlink("real.pem", folder.path("s1.pem"));
    check_one(folder, "ilbud.toml", {marked, "secret_symlink", "symbolic link"});
    std::filesystem::remove(folder.path("s1.pem"));
    std::filesystem::create_directory(folder.path("s1.pem"));
    check_one(folder, "ilbud.toml", {marked, "secret_permissions", "regular"});
}

TEST_CASE("S14: the key of a second selector and of Ed25519 are checked as well") {
    const auto idle = least_platform + "key_file = \"s2.pem\" #!\n";
    check_platform({idle, "secret_missing", "s2.pem"});
    const auto second =
        least_platform + "[dkim.ed25519]\nname = \"ed\"\ntarget = \"ed.ilbud.example\"\nkey_file = \"ed.pem\" #!\n";
    check_platform({second, "secret_missing", "ed.pem"});
}

TEST_CASE("S14: a relay's password file is checked like a key") {
    const auto text = least_dkim +
                      "[[delivery.relay]]\nname = \"a\"\nhost = \"b\"\ntls = \"required\"\nauth = \"plain\"\nuser = \"u\"\n"
                      "password_file = \"password\" #!\n";
    const SettingsFolder folder(text);
    check_one(folder, "ilbud.toml", {text, "secret_missing", "password"});
    folder.write_secret("password", 0644);
    check_one(folder, "ilbud.toml", {text, "secret_permissions", "delivery.relay.password_file"});
    folder.write_secret("password");
    CHECK(folder.load());
}

TEST_CASE("secrets: a bare name is found in $CREDENTIALS_DIRECTORY and stays bare, any other path is the file's") {
    const SettingsFolder folder(marked);
    const TemporaryFolder credentials;
    const Environment given("CREDENTIALS_DIRECTORY", credentials.path().string());
    CHECK(folder.settings().platform.dkim.selectors[0].key_file == folder.path("s1.pem"));
    std::filesystem::copy(folder.path("s1.pem"), credentials / "s1.pem");
    std::filesystem::remove(folder.path("s1.pem"));
    CHECK(folder.settings().platform.dkim.selectors[0].key_file == "s1.pem");
}

TEST_CASE("secrets: a credential that only the service is given is told as not looked at, and refused where it is needed") {
    const SettingsFolder folder(marked);
    std::filesystem::remove(folder.path("s1.pem"));
    const auto looked = load_settings(folder.path("ilbud.toml"), Secrets::looked_at);
    REQUIRE(looked);
    CHECK(looked->platform.unseen == std::vector<UnseenFile>{{"dkim.selector.key_file", "s1.pem"}});
    CHECK_THAT(looked->notes().front(), Catch::Contains("is a systemd credential") && Catch::Contains("LoadCredential=s1.pem:"));
    check_one(folder, "ilbud.toml", {marked, "secret_missing", "nor is there a systemd credential of this name"});
    // A path is a file's, wherever it is.
    auto path = marked;
    path.replace(path.find("s1.pem\" #!"), 6, "./s1.pem");
    folder.write("ilbud.toml", path);
    CHECK_FALSE(load_settings(folder.path("ilbud.toml"), Secrets::looked_at));
}

TEST_CASE("S27: a key pasted where its file's name belongs is not repeated in the finding") {
    auto text = marked;
    text.replace(text.find("\"s1.pem\" #!"), 11, "\"\"\"-----BEGIN PRIVATE KEY-----\nMIIcanary\n\"\"\"");
    const auto all = SettingsFolder(text).findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "invalid_value");
    CHECK_THAT(to_text(all[0]), !Catch::Contains("BEGIN") && !Catch::Contains("canary"));
}

TEST_CASE("secrets: whoever needs none finds nothing wrong with them, and find_platform looks at none") {
    const SettingsFolder folder(marked);
    folder.write_secret("s1.pem", 0644);
    CHECK_FALSE(load_settings(folder.path("ilbud.toml"), Secrets::needed));
    CHECK_FALSE(load_settings(folder.path("ilbud.toml"), Secrets::looked_at));
    const auto without = load_settings(folder.path("ilbud.toml"), Secrets::unread);
    REQUIRE(without);
    CHECK(without->platform.dkim.selectors[0].key_file == folder.path("s1.pem"));
    CHECK(without->platform.unseen.empty());
}
