/// The bytes of an attachment that an event gives by path.
#pragma once
#include <filesystem>
#include <string>

#include "ilbud/base/result.hpp"

namespace ilbud {

/// Reads the regular file `path` below `folder`, at most `bytes_max`. No component may be "..", empty or a symbolic link, so that
/// nothing outside the folder can be reached. Throws std::system_error if the machine is out of files or memory, or the disk
/// fails. Errors  attachment_missing, attachment_too_large, invalid_attachment; `place` is the path
Result<std::string> read_attachment(const std::filesystem::path& folder, const std::string& path, std::size_t bytes_max);

}  // namespace ilbud
