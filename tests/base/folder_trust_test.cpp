#include "ilbud/base/folder_trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include <catch2/catch.hpp>

#include "support/temporary_folder.hpp"

using namespace ilbud;
using ilbud::test::TemporaryFolder;

namespace {

constexpr uid_t daemon_user = 65533, stranger = 65534;

std::filesystem::path folder_in(const std::filesystem::path& parent, const std::string& name, mode_t mode, uid_t owner = 0) {
    const auto path = parent / name;
    std::filesystem::create_directory(path);
    ::chmod(path.c_str(), mode);
    if (owner != 0) REQUIRE(::chown(path.c_str(), owner, static_cast<gid_t>(-1)) == 0);
    return path;
}

bool is_root() {
    if (geteuid() != 0) std::cout << "skipped: only root can give a folder to somebody else\n";
    return geteuid() == 0;
}

}  // namespace

TEST_CASE("S25: a folder for sockets that others may write in is refused, by its mode, its owner, or the one above it") {
    const TemporaryFolder root;
    CHECK(check_socket_folder(folder_in(root.path(), "private", 0750)));
    CHECK(check_socket_folder(folder_in(root.path(), "shown", 0755)));
    for (const mode_t mode : {0770U, 0757U, 0777U, 01777U}) {
        const auto refused = check_socket_folder(folder_in(root.path(), "open", mode));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == "folder_unsafe");
        CHECK(refused.error().place == (root / "open").string());
    }
    const auto below_open = folder_in(folder_in(root.path(), "open", 0777), "run", 0750);
    CHECK_FALSE(check_socket_folder(below_open));
    CHECK(check_socket_folder(folder_in(folder_in(root.path(), "sticky", 01777), "run", 0750)));
    std::filesystem::create_directory_symlink(below_open, root / "link");
    CHECK_FALSE(check_socket_folder(root / "link"));
    CHECK_FALSE(check_socket_folder(root / "missing"));
    if (is_root()) CHECK_FALSE(check_socket_folder(folder_in(root.path(), "foreign", 0750, stranger)));
}

TEST_CASE("S25: a user is believed in a folder only where nobody else can have made it") {
    if (!is_root()) return;
    const TemporaryFolder root;
    ::chmod(root.path().c_str(), 0755);
    const auto own = folder_in(root.path(), "run", 0750, daemon_user);
    CHECK(check_place_of(daemon_user, own));
    CHECK_FALSE(check_place_of(stranger, own));
    CHECK(check_place_of(daemon_user, folder_in(root.path(), "roots", 0755)));
    CHECK_FALSE(check_place_of(daemon_user, folder_in(root.path(), "shared", 0770, daemon_user)));
    // Whoever comes first makes it: the stranger as well as the daemon.
    const auto sticky = folder_in(root.path(), "tmp", 01777);
    CHECK_FALSE(check_place_of(daemon_user, folder_in(sticky, "run", 0750, daemon_user)));
    CHECK_FALSE(check_place_of(daemon_user, sticky));
    CHECK(check_place_of(daemon_user, folder_in(folder_in(sticky, "roots", 0755), "run", 0750, daemon_user)));
}

TEST_CASE("S25: a file that everybody may write to is refused") {
    const TemporaryFolder root;
    std::ofstream(root / "file") << "x";
    ::chmod((root / "file").c_str(), 0664);
    CHECK(check_not_for_all(root / "file"));
    ::chmod((root / "file").c_str(), 0646);
    const auto refused = check_not_for_all(root / "file");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "file_unsafe");
}
