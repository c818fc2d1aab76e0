/// The SQLite queue in a folder of its own, for the contract suite.
#pragma once
#include "ilbud/queue/store.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "support/plain_reader.hpp"

namespace ilbud::test {

/// A private folder, in memory where the machine offers that: thousands of commits then wait for no disk.
/// $ILBUD_QUEUE_FOLDER names another place, to measure on a real disk.
class QuickFolder {
 public:
    QuickFolder() {
        const char* given = std::getenv("ILBUD_QUEUE_FOLDER");
        const bool in_memory = ::access("/dev/shm", W_OK | X_OK) == 0;
        const std::filesystem::path parent = given != nullptr ? given
                                             : in_memory      ? "/dev/shm"
                                                              : std::filesystem::temp_directory_path();
        std::string pattern = parent / "ilbud-test-XXXXXX";
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        path_ = pattern;
    }
    ~QuickFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    QuickFolder(const QuickFolder&) = delete;
    QuickFolder& operator=(const QuickFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

struct SqliteAdapter {
    Result<std::unique_ptr<Store>> open(QueueSettings settings, const Clock& clock, Log& log, Counters& counters) const {
        settings.folder = place();
        return open_sqlite_store(settings, clock, log, counters);
    }
    [[nodiscard]] Result<std::unique_ptr<PlainReader>> reader() const {
        QueueSettings settings;
        settings.folder = place();
        return open_plain_reader(settings);
    }
    [[nodiscard]] std::filesystem::path place() const { return folder.path() / "queue"; }

    QuickFolder folder;
};

using QueueAdapter = SqliteAdapter;

}  // namespace ilbud::test
