#include "ilbud/base/secret.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <iostream>

#include "support/temporary_folder.hpp"

using namespace ilbud;

namespace {
std::filesystem::path write(const std::filesystem::path& path, const std::string& text, mode_t mode) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
}
}  // namespace

TEST_CASE("S14: read_secret takes private files only") {
    const test::TemporaryFolder folder;
    const auto secret = read_secret(write(folder / "good", "hush\n", 0600));
    REQUIRE(secret);
    CHECK(secret->reveal() == "hush\n");
    CHECK(without_line_end(secret->reveal()) == "hush");
    CHECK(read_secret(write(folder / "group", "hush", 0640)).error().code == "secret_permissions");
    CHECK(read_secret(write(folder / "others", "hush", 0604)).error().code == "secret_permissions");
    std::filesystem::create_symlink(folder / "good", folder / "link");
    CHECK(read_secret(folder / "link").error().code == "secret_symlink");
    CHECK(read_secret(folder / "none").error().code == "secret_missing");
    CHECK(read_secret(folder.path()).error().code == "secret_permissions");
    CHECK(read_secret(write(folder / "large", std::string(65 * 1024, 'x'), 0600)).error().code == "secret_too_large");
}

TEST_CASE("read_secret: a bare name is looked for among systemd's credentials first") {
    const test::TemporaryFolder folder;
    write(folder / "smtp", "from-systemd", 0440);
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    const auto secret = read_secret("smtp", "/nonexistent");
    ::unsetenv("CREDENTIALS_DIRECTORY");
    REQUIRE(secret);
    CHECK(secret->reveal() == "from-systemd");
}

TEST_CASE("S27: a secret that was moved from is empty") {
    Secret first("hush");
    const Secret second = std::move(first);
    CHECK(second.reveal() == "hush");
    CHECK(first.empty());  // NOLINT: looking at what is left is the point
}

TEST_CASE("S14: write_secret makes a private file, whole, and never writes over another") {
    const test::TemporaryFolder folder;
    const auto path = folder / "key.pem";
    std::ofstream(folder / "key.pem.new") << "torn, of a process that died";
    ::umask(0);
    REQUIRE(write_secret(path, Secret("hush\n")));
    ::umask(022);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(read_secret(path)->reveal() == "hush\n");
    CHECK_FALSE(std::filesystem::exists(folder / "key.pem.new"));
    CHECK(write_secret(path, Secret("other")).error().code == "file_exists");
    CHECK(read_secret(path)->reveal() == "hush\n");
    std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
    CHECK(write_secret(folder / "link", Secret("other")).error().code == "file_exists");
    CHECK_FALSE(std::filesystem::exists(folder / "elsewhere"));
    CHECK(write_secret(folder / "none" / "key.pem", Secret("x")).error().code == "cannot_write");
}

TEST_CASE("remove_secret: gone is gone, twice is no error") {
    const test::TemporaryFolder folder;
    REQUIRE(write_secret(folder / "key.pem", Secret("hush")));
    CHECK(remove_secret(folder / "key.pem"));
    CHECK_FALSE(std::filesystem::exists(folder / "key.pem"));
    CHECK(remove_secret(folder / "key.pem"));
    std::filesystem::create_directory(folder / "folder");
    CHECK(remove_secret(folder / "folder").error().code == "cannot_remove");
}

TEST_CASE("S14: own_secret_folder makes a private folder and refuses one that others can change") {
    const test::TemporaryFolder folder;
    REQUIRE(own_secret_folder(folder / "keys"));
    REQUIRE(own_secret_folder(folder / "keys"));
    struct stat status {};
    REQUIRE(::stat((folder / "keys").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    ::chmod((folder / "keys").c_str(), 0770);
    CHECK(own_secret_folder(folder / "keys").error().code == "folder_unusable");
    std::filesystem::create_directory_symlink(folder.path(), folder / "link");
    CHECK(own_secret_folder(folder / "link").error().code == "folder_unusable");
    write(folder / "file", "", 0600);
    CHECK(own_secret_folder(folder / "file").error().code == "folder_unusable");
}

TEST_CASE("S14: read_secret: another user's file is for root to look at, not to run with") {
    if (::geteuid() != 0) {
        std::cout << "skipped: only root can give a file away\n";
        return;
    }
    const test::TemporaryFolder folder;
    const auto path = write(folder / "key", "hush", 0600);
    REQUIRE(::chown(path.c_str(), 4711, 4711) == 0);
    CHECK(read_secret(path).error().code == "secret_permissions");
    CHECK(read_secret(path, {}, SecretOwner::anybody)->reveal() == "hush");
    // Whoever looks, a file that others may read is no secret.
    ::chmod(path.c_str(), 0640);
    CHECK(read_secret(path, {}, SecretOwner::anybody).error().code == "secret_permissions");
}
