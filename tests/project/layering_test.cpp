// Who may include whom (STYLE §2): a file includes its own room and the rooms above it, never below.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const std::vector<std::string> rooms{"base", "settings", "intake", "policy", "queue", "render", "compose", "sign", "letter", "dns", "spf", "reply", "delivery", "check", "notice", "keys", "watch", "replay", "daemon", "cli"};

std::size_t rank(const std::string& room) {
    return static_cast<std::size_t>(std::find(rooms.begin(), rooms.end(), room) - rooms.begin());
}

std::vector<fs::path> sources() {
    std::vector<fs::path> found;
    for (const auto* top : {"include/ilbud", "engine"})
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(ILBUD_SOURCE_DIR) / top))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp") found.push_back(entry.path());
    return found;
}

// The room a file lies in; rooms.size() for the top.
std::size_t room_of(const fs::path& file) {
    for (const auto& part : fs::relative(file, ILBUD_SOURCE_DIR))
        if (rank(part.string()) < rooms.size()) return rank(part.string());
    return rooms.size();
}

template <class Each>
void for_each_include(const fs::path& file, Each each) {
    static const std::regex include(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
    std::ifstream stream(file);
    std::string line;
    while (std::getline(stream, line)) {
        std::smatch match;
        if (std::regex_search(line, match, include)) each(match[1].str());
    }
}

}  // namespace

TEST_CASE("layering: a file includes its own room and rooms above it, never below") {
    REQUIRE(sources().size() > 20);
    for (const auto& file : sources())
        for_each_include(file, [&](const std::string& name) {
            if (!name.starts_with("ilbud/")) return;
            const auto room = name.substr(6, name.find('/', 6) - 6);
            INFO(file.string() << " includes " << name);
            REQUIRE(rank(room) < rooms.size());
            CHECK(rank(room) <= room_of(file));
        });
}

TEST_CASE("layering: a wrapped library is included only by the adapter named after it") {
    const std::vector<std::pair<std::regex, std::string>> wrapped{
        {std::regex("^sqlite3\\.h"), "sqlite_"}, {std::regex("^curl/"), "curl_"}, {std::regex("^mstch/"), "mstch_"},
        {std::regex("^md4c\\.h"), "md4c_"},      {std::regex("^toml"), "toml_"},
        {std::regex("^unbound\\.h"), "unbound_"}, {std::regex("^libpsl\\.h"), "psl_"}};
    for (const auto& file : sources())
        for_each_include(file, [&](const std::string& name) {
            for (const auto& [library, prefix] : wrapped) {
                if (!std::regex_search(name, library) || name.ends_with(".hpp") ) continue;
                INFO(file.string() << " includes " << name);
                CHECK(file.filename().string().starts_with(prefix));
            }
        });
}
