// Not the socket's group: a process that is not root can give a file only to groups of its own, and to one alone. The list is an
// extended attribute of a few lines, which the kernel checks when it is written; libacl would be one more package for that.
#include "access_list.hpp"

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

namespace ilbud {
namespace {

constexpr const char* attribute = "system.posix_acl_access";
constexpr unsigned all = ACL_READ | ACL_WRITE | ACL_EXECUTE;
constexpr std::size_t bytes_max = 64 * 1024;  // of an extended attribute

// By tag and id, which is the order that the kernel wants them in.
using Entries = std::map<std::pair<unsigned, unsigned>, unsigned>;

constexpr auto undefined = static_cast<unsigned>(-1);  // as ACL_UNDEFINED_ID, which two headers define

// Written in the machine's order in memory; the attribute is little-endian.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

Result<Entries> read(const std::filesystem::path& file) {
    const auto failed = [&] { return Error{"no_access_list", file.string(), std::strerror(errno)}; };
    std::vector<char> bytes(bytes_max);
    const auto size = ::getxattr(file.c_str(), attribute, bytes.data(), bytes.size());
    Entries entries;
    if (size < 0) {
        struct stat status {};
        if (errno != ENODATA || ::stat(file.c_str(), &status) != 0) return failed();
        entries[{ACL_USER_OBJ, undefined}] = (status.st_mode >> 6U) & all;
        entries[{ACL_GROUP_OBJ, undefined}] = (status.st_mode >> 3U) & all;
        entries[{ACL_OTHER, undefined}] = status.st_mode & all;
        return entries;
    }
    for (auto at = sizeof(posix_acl_xattr_header); at + sizeof(posix_acl_xattr_entry) <= static_cast<std::size_t>(size);
         at += sizeof(posix_acl_xattr_entry)) {
        posix_acl_xattr_entry entry{};
        std::memcpy(&entry, bytes.data() + at, sizeof entry);
        entries[{entry.e_tag, entry.e_id}] = entry.e_perm;
    }
    return entries;
}

}  // namespace

Result<void> add_to_access_list(const std::filesystem::path& file, const LetIn& who, unsigned permissions) {
    if (who.users.empty() && who.groups.empty()) return {};
    auto entries = read(file);
    if (!entries) return entries.error();
    const auto before = *entries;
    for (const auto user : who.users) (*entries)[{ACL_USER, user}] |= permissions;
    for (const auto group : who.groups) (*entries)[{ACL_GROUP, group}] |= permissions;
    // What named users and groups get at most. It may only grow: others on the list rely on it.
    auto& mask = (*entries)[{ACL_MASK, undefined}];
    mask |= permissions | (before.contains({ACL_MASK, undefined}) ? 0U : (*entries)[{ACL_GROUP_OBJ, undefined}]);
    if (*entries == before) return {};
    std::string bytes;
    const auto put = [&](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
    put(posix_acl_xattr_header{POSIX_ACL_XATTR_VERSION});
    for (const auto& [key, allowed] : *entries)
        put(posix_acl_xattr_entry{static_cast<std::uint16_t>(key.first), static_cast<std::uint16_t>(allowed), key.second});
    if (::setxattr(file.c_str(), attribute, bytes.data(), bytes.size(), 0) == 0) return {};
    return Error{"no_access_list", file.string(), std::strerror(errno)};
}

}  // namespace ilbud
