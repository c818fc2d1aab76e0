// Who may include whom (STYLE §2): a file includes its own room and the rooms before it in this list, never behind; and of another
// room only what is public.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// In the order of the trip. A room to come has its place here already.
const std::vector<std::string> rooms{"base",     "settings", "intake", "policy", "queue",   "render", "compose",
                                     "sign",     "letter",   "dns",    "spf",    "reply",   "http",   "shape",
                                     "delivery", "check",    "notice", "keys",   "watch",   "replay", "bounce",
                                     "report",   "partner",  "desk",   "api",    "console", "daemon", "cli"};

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

// The room a file lies in; empty for engine/main.cpp, which belongs to none.
std::string room_of(const fs::path& file) {
    const auto path = fs::relative(file, ILBUD_SOURCE_DIR).generic_string();
    const auto from = path.find('/', path.starts_with("include/") ? 8 : 0) + 1;
    const auto end = path.find('/', from);
    return end == std::string::npos ? std::string() : path.substr(from, end - from);
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

// The file of ours that an include names, as the compiler finds it; empty if it is none of ours.
fs::path included(const fs::path& file, const std::string& name) {
    const fs::path root = ILBUD_SOURCE_DIR;
    for (const auto& at : {file.parent_path() / name, root / "include" / name, root / "engine" / name})
        if (fs::exists(at)) return fs::weakly_canonical(at);
    return {};
}

}  // namespace

TEST_CASE("layering: engine/ holds rooms and main.cpp, and every room has its place in the order") {
    std::set<std::string> found;
    for (const auto& file : sources()) {
        const auto room = room_of(file);
        INFO(file.string());
        if (room.empty())
            CHECK(file.filename() == "main.cpp");
        else
            CHECK(rank(room) < rooms.size());
        found.insert(room);
    }
    std::cout << "rooms, each of which sees those before it:";
    for (const auto& room : rooms)
        if (found.contains(room)) std::cout << ' ' << room;
    std::cout << '\n';
}

TEST_CASE("layering: a file includes its own room and rooms before it, never behind") {
    REQUIRE(sources().size() > 20);
    for (const auto& file : sources()) {
        const auto room = room_of(file);
        if (room.empty()) continue;
        for_each_include(file, [&](const std::string& name) {
            const auto target = included(file, name);
            if (target.empty()) return;
            INFO(file.string() << " includes " << name);
            CHECK(rank(room_of(target)) <= rank(room));
        });
    }
}

TEST_CASE("layering: what lies in engine/ is its room's own") {
    for (const auto& file : sources()) {
        const auto room = room_of(file);
        if (room.empty()) continue;
        for_each_include(file, [&](const std::string& name) {
            const auto target = included(file, name);
            if (target.empty() || !fs::relative(target, ILBUD_SOURCE_DIR).generic_string().starts_with("engine/")) return;
            INFO(file.string() << " includes " << name);
            CHECK(room_of(target) == room);
        });
    }
}

TEST_CASE("layering: a wrapped library is included only by the adapter named after it") {
    const std::vector<std::pair<std::regex, std::string>> wrapped{
        {std::regex("^sqlite3\\.h"), "sqlite_"}, {std::regex("^curl/"), "curl_"}, {std::regex("^mstch/"), "mstch_"},
        {std::regex("^md4c\\.h"), "md4c_"},      {std::regex("^toml"), "toml_"},  {std::regex("^unbound\\.h"), "unbound_"},
        {std::regex("^libpsl\\.h"), "psl_"},     {std::regex("^date/"), "date_"}};
    for (const auto& file : sources())
        for_each_include(file, [&](const std::string& name) {
            for (const auto& [library, prefix] : wrapped) {
                if (!std::regex_search(name, library) || name.ends_with(".hpp")) continue;
                INFO(file.string() << " includes " << name);
                CHECK(file.filename().string().starts_with(prefix));
            }
        });
}
