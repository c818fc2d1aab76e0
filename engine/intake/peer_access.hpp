/// Who may talk to a local socket, by what the kernel says of the process at the other end.
///
/// See  SECURITY S24; unix(7) SO_PEERCRED, SO_PEERGROUPS
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "access_list.hpp"

namespace ilbud {

/// The process at the other end, as it was when it connected.
struct Peer {
    uid_t user{};
    gid_t group{};
    std::vector<gid_t> groups;  ///< supplementary
};

/// `with_groups`: else they are left out, which spares a call.
/// Throws  std::system_error if the kernel does not tell
Peer peer_of(int socket, bool with_groups = true);

class PeerAccess {
 public:
    /// Names or numbers. Throws  std::system_error for a name the machine does not know: a typing error must not go unseen.
    PeerAccess(const std::vector<std::string>& users, const std::vector<std::string>& groups);
    /// Root, this process's own effective user, a listed user, or a member of a listed group.
    [[nodiscard]] bool allows(const Peer& peer) const;
    /// Whether anybody is let in by a supplementary group.
    [[nodiscard]] bool asks_for_groups() const { return !listed_.groups.empty(); }
    /// Those that were listed.
    [[nodiscard]] const LetIn& listed() const { return listed_; }

 private:
    LetIn listed_;
    uid_t own_;
};

}  // namespace ilbud
