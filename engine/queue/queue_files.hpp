/// Whether the database and its journal are still the files that were opened: what is written into files that somebody removed,
/// renamed or replaced is gone with the process.
///
/// In    the queue's folder, once its files are open
/// Out   whether they are still there under their names
#pragma once
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <string>
#include <utility>

namespace ilbud {

class QueueFiles {
 public:
    explicit QueueFiles(const std::filesystem::path& database)
        : files_{Known{database.string(), {}}, Known{database.string() + "-wal", {}}} {
        for (auto& known : files_) known.identity = identity_of(known.path);
    }

    /// Two calls of the system.
    [[nodiscard]] bool lost() const {
        for (const auto& known : files_)
            if (identity_of(known.path) != known.identity) return true;
        return false;
    }

 private:
    using Identity = std::pair<dev_t, ino_t>;  // zeros: none
    struct Known {
        std::string path;
        Identity identity;
    };
    static Identity identity_of(const std::string& path) {
        struct stat status {};
        if (::lstat(path.c_str(), &status) != 0) return {};
        return {status.st_dev, status.st_ino};
    }
    std::array<Known, 2> files_;
};

}  // namespace ilbud
