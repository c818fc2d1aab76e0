/// Lets users and groups at a file by its access list, beside what its mode allows.
///
/// In    a file or folder of this process's user, whom to let in
/// Out   the file's POSIX access list (acl(5)); what is on it already stays
/// See   SECURITY S24; linux/posix_acl_xattr.h
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "ilbud/base/result.hpp"

namespace ilbud {

struct LetIn {
    std::vector<uid_t> users;
    std::vector<gid_t> groups;
};

/// `permissions`: those of acl(5), read 4, write 2, execute or search 1. Needs no root, only that the file is ours.
/// Errors  no_access_list  the file system has none, or the file is somebody else's
Result<void> add_to_access_list(const std::filesystem::path& file, const LetIn& who, unsigned permissions);

}  // namespace ilbud
