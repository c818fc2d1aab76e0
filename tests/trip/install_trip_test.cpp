// The README's lines for an installation, run word by word on a copy of this machine's folders.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "support/testdata.hpp"
#include "support/unit_file.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// The indented lines behind the first line of the README that contains `words`.
std::string lines_behind(const std::string& words) {
    std::istringstream readme(read_file(ILBUD_SOURCE_DIR "/README.md"));
    std::string line, block;
    while (std::getline(readme, line) && line.find(words) == std::string::npos) {
    }
    while (std::getline(readme, line) && !line.starts_with("    ")) {
    }
    for (; line.starts_with("    "); std::getline(readme, line)) block += line.substr(4) + '\n';
    return block;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// What is written to these folders is written elsewhere, and gone with the process.
constexpr auto own_view = R"(
mount -t tmpfs tmpfs "$1"
for folder in etc usr/bin var run; do
    upper="$1/${folder//\//-}"
    mkdir -p "$upper/new" "$upper/work"
    mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$upper/new,workdir=$upper/work" "/$folder"
done
)";

// As the service manager starts it: the folders that the unit names, its user, what its mask makes of files.
std::string started(const UnitFile& unit) {
    const auto user = unit.value("Service/User");
    return "install -d -o " + user + " -g " + user + " /run/" + unit.value("Service/RuntimeDirectory") + "\n" + "install -d -o " +
           user + " -g " + user + " -m " + unit.value("Service/StateDirectoryMode") + " /var/lib/" +
           unit.value("Service/StateDirectory") + "\n(umask " + unit.value("Service/UMask") + "; exec setpriv --reuid=" + user +
           " --regid=" + unit.value("Service/Group") + " --clear-groups --no-new-privs --bounding-set=-all " +
           unit.value("Service/ExecStart") + ") &\n";
}

}  // namespace

TEST_CASE("install: the README's lines make a service that starts as the unit says, is healthy and reloads") {
    if (::geteuid() != 0) {
        std::cout << "skipped: only root can install\n";
        return;
    }
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "view");
    const std::string view = std::string("set -e\n") + own_view;
    std::ofstream(folder / "view.sh") << view;
    const auto in_view = [&](const std::string& script) {
        return std::vector<std::string>{"unshare", "--mount", "--propagation",           "private",
                                        "bash",    script,    (folder / "view").string()};
    };
    const auto said = folder / "said";
    if (run(in_view((folder / "view.sh").string()), said).status != 0 || run({"sh", "-c", "command -v adduser"}).status != 0) {
        std::cout << "skipped: this machine gives no view of its own: " << read_file(said) << "\n";
        return;
    }
    const UnitFile unit(ILBUD_SOURCE_DIR "/config/ilbud.service");
    auto install = lines_behind("Install, as root");
    CHECK(install.find("adduser --system") != std::string::npos);
    replace_all(install, "build/release/ilbud", program());
    const auto key = lines_behind("the service's user: what root owns");
    CHECK(key.find("runuser -u ilbud -- ilbud check") != std::string::npos);
    // Careful root's files are its own.
    std::ofstream(folder / "install.sh") << view << "cd " ILBUD_SOURCE_DIR "\numask 077\n"
                                         << install << key << started(unit) << R"(daemon=$!
trap 'kill $daemon' EXIT
for i in $(seq 200); do [ -S /run/ilbud/control.sock ] && break; sleep 0.05; done
)" << unit.value("Service/ExecReload") << "\nilbud status --health\nkill $daemon\nwait $daemon\ntrap - EXIT\n";
    const auto installed = run(in_view((folder / "install.sh").string()), said);
    INFO(installed.out);
    INFO(read_file(said));
    CHECK(installed.status == 0);
    CHECK(installed.out.find("ilbud1._domainkey.ilbud.example. IN TXT") != std::string::npos);
    CHECK(installed.out.find("not looked at") == std::string::npos);
    CHECK(installed.out.find("\nfine: 2 accounts") != std::string::npos);
    CHECK(installed.out.find("\nreloaded\n") != std::string::npos);
    CHECK(installed.out.ends_with("\nhealthy\n"));
    CHECK_FALSE(std::filesystem::exists("/etc/ilbud"));
}
