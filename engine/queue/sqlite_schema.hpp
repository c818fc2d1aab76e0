/// The tables of the SQLite queue, their version, and the folder they lie in.
///
/// In    the queue's folder
/// Out   an open connection whose tables have this program's version; the folder is 0700, its files 0600
#pragma once
#include <filesystem>
#include <memory>

#include "ilbud/base/log.hpp"
#include "ilbud/base/result.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

/// The version that this program writes (PRAGMA user_version).
inline constexpr int schema_version = 7;
inline constexpr const char* database_name = "ilbud.db";

/// Sole ownership of a file: an flock, released by the kernel however the process ends.
class FileLock {
 public:
    FileLock() = default;
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    ~FileLock();
    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock& operator=(FileLock&& other) noexcept;

    [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
    int descriptor_ = -1;
};

/// Sole ownership of a queue: of the file `lock` in its folder, and of the database itself, should somebody remove the former.
struct FolderLock {
    FileLock folder;
    FileLock database;  ///< closed behind SQLite: that drops all locks that this process has on the file
};

/// Makes folder and database file if they are missing and takes them.
/// Errors  queue_in_use, queue_unusable
Result<FolderLock> own_folder(const std::filesystem::path& folder);

struct OpenedQueue {
    std::unique_ptr<SqliteDatabase> database;
    bool is_new;  ///< there was none, or what was there held no queue
};

/// Opens the database for its one writer, making or migrating it. The folder must be owned. A migration is told in `log` before
/// it begins and when it is done: that of a large queue takes minutes. Errors  queue_schema, queue_unusable
Result<OpenedQueue> open_for_writing(const std::filesystem::path& folder, Log& log);

/// Errors  queue_missing, queue_older, queue_schema, queue_unusable
Result<std::unique_ptr<SqliteDatabase>> open_for_reading(const std::filesystem::path& folder);

}  // namespace ilbud
