// The kernel says who is at the other end (SO_PEERCRED): no password and no token to keep, and a client cannot lie.
// What it says is from the moment of connect(); a process that changed its user since, or handed its descriptor to
// another one, still counts as who it was.
#include "peer_access.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

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

// A number counts without being looked up: in a container the user need not exist by name.
uid_t user_id(const std::string& name) {
    if (const auto id = number_in<uid_t>(name)) return *id;
    passwd entry{};
    std::vector<char> room;
    if (look_up(getpwnam_r, name, entry, room)) return entry.pw_uid;
    throw std::system_error(ENOENT, std::system_category(), "no user '" + name + "' on this machine");
}

gid_t group_id(const std::string& name) {
    if (const auto id = number_in<gid_t>(name)) return *id;
    group entry{};
    std::vector<char> room;
    if (look_up(getgrnam_r, name, entry, room)) return entry.gr_gid;
    throw std::system_error(ENOENT, std::system_category(), "no group '" + name + "' on this machine");
}

// A walk: there are few ids, and it is asked once a connection.
template <class Id>
bool holds(const std::vector<Id>& ids, Id id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

Peer peer_of(int socket, bool with_groups) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        throw std::system_error(errno, std::system_category(), "SO_PEERCRED");
    Peer peer{credentials.uid, credentials.gid, {}};
    if (!with_groups) return peer;
    peer.groups.resize(64);  // room for the usual; who is in more groups takes a second call
    int result = 0;
    do {
        size = static_cast<socklen_t>(peer.groups.size() * sizeof(gid_t));
        result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer.groups.data(), &size);
        if (result != 0 && errno != ERANGE) throw std::system_error(errno, std::system_category(), "SO_PEERGROUPS");
        peer.groups.resize(size / sizeof(gid_t));  // the kernel says how many there are, also where they did not fit
    } while (result != 0);
    return peer;
}

PeerAccess::PeerAccess(const std::vector<std::string>& users, const std::vector<std::string>& groups) : own_(geteuid()) {
    for (const auto& name : users) listed_.users.push_back(user_id(name));
    for (const auto& name : groups) listed_.groups.push_back(group_id(name));
}

// Root may do it anyway; the engine's own user runs `ilbud send` on the same machine.
bool PeerAccess::allows(const Peer& peer) const {
    if (peer.user == 0 || peer.user == own_ || holds(listed_.users, peer.user) || holds(listed_.groups, peer.group)) return true;
    return std::any_of(peer.groups.begin(), peer.groups.end(), [this](gid_t group) { return holds(listed_.groups, group); });
}

}  // namespace ilbud
