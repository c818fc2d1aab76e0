/// A folder as a power cut may leave it: built from the log of everything that was done to its files (storage_control.hpp).
///
/// Model  what was synced is there. A write or truncation that its file's fsync or fdatasync did not follow is there, gone, or torn
///        at 512-byte sectors. Names that were made, changed or removed since the folder was last synced are so up to some point
///        of their order, and as before behind it. A sync of a file says nothing about its name.
/// Pure   but for the files it reads and writes; the same seed gives the same folder
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/storage_control.hpp"

namespace ilbud::test {

/// What the cut did to the writes and names that no sync had followed.
struct PowerCut {
    std::size_t kept = 0, dropped = 0, torn = 0;
    std::size_t names_lost = 0;
};

class StorageLog {
 public:
    /// Errors  std::runtime_error if the log holds a call that the model has no form for
    explicit StorageLog(const std::filesystem::path& file);
    [[nodiscard]] std::size_t size() const { return steps_.size(); }
    /// The length of the log after its first `steps` operations.
    [[nodiscard]] std::uint64_t bytes(std::size_t steps) const { return steps == 0 ? 0 : steps_[steps - 1].end; }
    /// After how many operations a name had been made, changed or removed.
    [[nodiscard]] std::vector<std::size_t> names() const;
    /// After how many operations a file whose name is on the disk held a write or truncation that is not.
    [[nodiscard]] std::vector<std::size_t> unsynced() const;
    /// Makes `folder` as a cut after `steps` operations leaves it.
    PowerCut cut(std::size_t steps, std::uint64_t seed, const std::filesystem::path& folder) const;
    /// Makes `folder` as it was after `steps` operations, without a cut.
    void whole(std::size_t steps, const std::filesystem::path& folder) const;

 private:
    struct Step {
        StorageOperation operation;
        std::uint64_t file, offset;
        std::string bytes;
        std::uint64_t end;
    };
    class Disk;
    std::vector<Step> steps_;
};

}  // namespace ilbud::test
