/// Who may put something else in the place of a file: whoever may write in its folder, or in one above that.
///
/// In    paths, users
/// Out   whether only those may who are trusted; the owners and modes as they are now, links followed
/// See   SECURITY S25
#pragma once
#include <sys/types.h>

#include <filesystem>

#include "ilbud/base/result.hpp"

namespace ilbud {

/// A folder for sockets: owned by root or this process's user, and nobody else may write in it, nor in one above that lets
/// everybody rename what others own (/tmp, which is sticky, does not).
/// Errors  folder_unsafe  `place` is the folder at fault
Result<void> check_socket_folder(const std::filesystem::path& folder);

/// That `user`, another one than root and this process's, may be believed to answer in `folder` because it is that user's place: the
/// folder is owned by `user` or root, and all above it belong to root, `user` or this process's user and can be written by nobody
/// else. In a sticky folder everybody can make one, so what lies there counts only if root or this process's user owns it.
/// Errors  folder_unsafe
Result<void> check_place_of(uid_t user, const std::filesystem::path& folder);

/// A file that not everybody may write to.
/// Errors  file_unsafe
Result<void> check_not_for_all(const std::filesystem::path& file);

}  // namespace ilbud
