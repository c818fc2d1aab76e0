// The kernel says who is at the other end (SO_PEERCRED): no password and no token to keep, and a client cannot lie.
// What it says is from the moment of connect(); a process that changed its user since, or handed its descriptor to
// another one, still counts as who it was.
#include "peer_access.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "ilbud/base/system_names.hpp"

namespace ilbud {
namespace {

template <class Id>
Id found(std::optional<Id> id, const char* what, const std::string& name) {
    if (id) return *id;
    throw std::system_error(ENOENT, std::system_category(), std::string("no ") + what + " '" + name + "' on this machine");
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
    for (const auto& name : users) listed_.users.push_back(found(find_user(name), "user", name));
    for (const auto& name : groups) listed_.groups.push_back(found(find_group(name), "group", name));
}

// Root may do it anyway; the engine's own user runs `ilbud send` on the same machine.
bool PeerAccess::allows(const Peer& peer) const {
    if (peer.user == 0 || peer.user == own_ || holds(listed_.users, peer.user) || holds(listed_.groups, peer.group)) return true;
    return std::any_of(peer.groups.begin(), peer.groups.end(), [this](gid_t group) { return holds(listed_.groups, group); });
}

}  // namespace ilbud
