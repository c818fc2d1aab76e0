#include "ilbud/base/system_names.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <vector>

namespace ilbud {
namespace {

// The whole text or nothing: "1000x" is a name.
template <class Id>
std::optional<Id> number_in(const std::string& text) {
    Id id{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

// Calls one of getpwnam_r and getgrnam_r with room enough for what it finds.
// Groups with many members need more than any fixed buffer, and only ERANGE tells. "Not found" is 0 without an entry;
// some sources of names say ENOENT instead.
template <class Entry, class Lookup>
bool look_up(Lookup lookup, const std::string& name, Entry& entry, std::vector<char>& room) {
    Entry* found = nullptr;
    room.resize(1024);
    int error = 0;
    while ((error = lookup(name.c_str(), &entry, room.data(), room.size(), &found)) == ERANGE) room.resize(2 * room.size());
    if (error != 0 && error != ENOENT) throw std::system_error(error, std::system_category(), "looking up '" + name + "'");
    return found != nullptr;
}

}  // namespace

std::optional<uid_t> find_user(const std::string& name) {
    if (const auto id = number_in<uid_t>(name)) return id;
    passwd entry{};
    std::vector<char> room;
    return look_up(getpwnam_r, name, entry, room) ? std::optional(entry.pw_uid) : std::nullopt;
}

std::optional<gid_t> find_group(const std::string& name) {
    if (const auto id = number_in<gid_t>(name)) return id;
    group entry{};
    std::vector<char> room;
    return look_up(getgrnam_r, name, entry, room) ? std::optional(entry.gr_gid) : std::nullopt;
}

}  // namespace ilbud
