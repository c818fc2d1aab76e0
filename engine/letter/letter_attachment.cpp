// The path comes in an event, so it is a stranger's. It is walked one component at a time, each
// opened relative to the descriptor before it: nothing is looked up by name twice, so a folder
// swapped for a link between check and use gains nothing. Resolving the whole path first and
// comparing its beginning with the folder's is the obvious way and can be raced like that. openat2
// with RESOLVE_BENEATH would do it in one call, but Debian 12's C library has no wrapper for it.
#include "ilbud/letter/letter.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "ilbud/base/descriptor.hpp"

namespace ilbud {
namespace {

Error refusal(const char* code, const std::string& path, std::string detail) {
    return {code, path, std::move(detail)};
}

// What `errno` means for the file asked for. What has nothing to do with the file is thrown: another attempt may succeed.
// Which of three ways out a failure takes decides who has to act: the sender of the event (invalid),
// whoever delivers the files (missing, it may still come), or the operator of the machine (thrown).
Error open_failure(const std::string& path) {
    const int reason = errno;
    switch (reason) {
        case ENOENT:
            return refusal("attachment_missing", path, "there is no such file in the attachments folder");
        case EACCES:
            return refusal("attachment_missing", path, "the file or its folder may not be read");
        // O_NOFOLLOW answers ELOOP for a link in last place; one
        // in the middle is opened as a folder and answers ENOTDIR.
        case ELOOP:
        case ENOTDIR:
            return refusal("invalid_attachment", path, "a part of the path is a symbolic link or no folder");
        // No descriptors, no memory, a signal, a failing disk: true
        // of every file at this moment, so this one is not to blame.
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case EINTR:
        case EIO:
            throw std::system_error(reason, std::generic_category(), "cannot open an attachment");
        default:
            return refusal("invalid_attachment", path, "cannot be opened: " + std::generic_category().message(reason));
    }
}

// Of the folder itself a link is followed: the operator chose it. At most two descriptors are open at a time.
Result<Descriptor> open_below(const std::filesystem::path& folder, const std::string& path) {
    Descriptor at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (at.number() < 0) return open_failure(path);
    std::string_view rest = path;
    while (true) {
        const auto slash = rest.find('/');
        const std::string component(rest.substr(0, slash));
        const bool last = slash == std::string_view::npos;
        // An empty component is a leading slash or a doubled one. A NUL would end the
        // name early in openat, and another file than the one named would be read.
        if (component.empty() || component == "." || component == ".." || component.find('\0') != std::string::npos)
            return refusal("invalid_attachment", path, "expected a relative path without '.' or '..'");
        // Without O_NONBLOCK the open of a pipe would wait for a writer.
        const int flags = last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
        Descriptor next(::openat(at.number(), component.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
        if (next.number() < 0) return open_failure(path);
        if (last) return next;
        at = std::move(next);
        rest.remove_prefix(slash + 1);
    }
}

}  // namespace

Result<std::string> read_attachment(const AttachmentFile& wanted) {
    const auto& path = wanted.path;
    const auto bytes_max = wanted.bytes_max;
    if (wanted.folder.empty()) return refusal("attachment_missing", path, "no attachments folder is set (intake.attachments)");
    const auto file = open_below(wanted.folder, path);
    if (!file) return file.error();
    // Asked of the open file, not of its name: what is examined is what is read.
    // Folders, pipes and devices end here, before a read could block or never end.
    struct stat about {};
    if (::fstat(file->number(), &about) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot examine an attachment");
    if (!S_ISREG(about.st_mode)) return refusal("invalid_attachment", path, "not a regular file");
    const auto too_large = [&] {
        return refusal("attachment_too_large", path, "more than " + std::to_string(bytes_max) + " bytes");
    };
    if (static_cast<std::size_t>(about.st_size) > bytes_max) return too_large();
    std::string bytes(static_cast<std::size_t>(about.st_size) + 1, '\0');  // one more, to notice that it grows
    std::size_t length = 0;
    while (length < bytes.size()) {
        const auto got = ::read(file->number(), bytes.data() + length, bytes.size() - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::system_error(errno, std::generic_category(), "cannot read an attachment");
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    // As long as it was said to be, or it is not the file that somebody meant to be sent.
    if (length == bytes.size()) return refusal("attachment_changed", path, "the file is still being written");
    if (length + 1 < bytes.size())
        return refusal("attachment_changed", path,
                       "the file has become shorter: " + std::to_string(about.st_size) + " bytes, " + std::to_string(length) +
                           " could be read");
    bytes.resize(length);
    return bytes;
}

}  // namespace ilbud
