/// The tables of the SQLite queue, their version, and the folder they lie in.
///
/// In    the queue's folder
/// Out   an open connection whose tables have this program's version; the folder is 0700, its files 0600
#pragma once
#include <filesystem>
#include <memory>

#include "ilbud/base/result.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

/// The version that this program writes (PRAGMA user_version).
inline constexpr int schema_version = 5;
inline constexpr const char* database_name = "ilbud.db";

/// Sole ownership of a queue's folder: an flock on its file `lock`, released by the kernel however the process ends.
class FolderLock {
 public:
    FolderLock() = default;
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
    ~FolderLock();
    FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept;

    [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
    int descriptor_ = -1;
};

/// Makes the folder if it is missing and takes it.
/// Errors  queue_in_use, queue_unusable
Result<FolderLock> own_folder(const std::filesystem::path& folder);

/// Opens the database for its one writer, making or migrating it. The folder must be owned.
/// Errors  queue_schema, queue_unusable
Result<std::unique_ptr<SqliteDatabase>> open_for_writing(const std::filesystem::path& folder);

/// Errors  queue_missing, queue_older, queue_schema, queue_unusable
Result<std::unique_ptr<SqliteDatabase>> open_for_reading(const std::filesystem::path& folder);

}  // namespace ilbud
