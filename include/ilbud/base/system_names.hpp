/// Users and groups of this machine, by name or by number.
///
/// In    a name as somebody wrote it
/// Out   its number
/// Not pure: asks the machine's sources of names (nsswitch.conf), which may take a while
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>

namespace ilbud {

/// Nothing: there is none of this name. A number is taken as it is: in a container its user need not have a name.
/// Throws  std::system_error if the machine cannot say
std::optional<uid_t> find_user(const std::string& name);
/// The same for groups.
std::optional<gid_t> find_group(const std::string& name);

}  // namespace ilbud
