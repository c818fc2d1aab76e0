#include "ilbud/base/secret.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>

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
