/// Faults of the disk below a program under test, and a log of what it wrote: the tests' side of libstorage_faults.so.
///
///     StorageFaults faults(queue_folder, place);                // before the program starts, with faults.environment()
///     faults.begin({.fail_with = ENOSPC, .calls = "fdatasync", .every = 3});
///     … faults.failed() > 0 …
///     faults.end();
///
/// Threads  any. The program's target needs ILBUD_STORAGE_FAULTS, the library's path (tests/CMakeLists.txt)
#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/storage_control.hpp"

namespace ilbud::test {

struct FaultPlan {
    int fail_with = 0;            ///< errno of calls that fail; 0: none fail, for short writes alone
    std::string calls{};          ///< which, of storage_calls, with commas between; empty: all
    std::uint32_t every = 0;      ///< each n-th of these calls …
    double share = 0;             ///< … or, if that is 0, so many by chance
    bool journal_growth = false;  ///< of writes, only those that lengthen SQLite's journal
    bool short_writes = false;    ///< writes take a part of their bytes; with fail_with: by turns
    std::uint64_t seed = 1;
};

/// Errors  std::invalid_argument for an unknown name
inline std::uint32_t bits_of(std::string_view names) {
    if (names.empty()) return (1U << storage_calls.size()) - 1;
    std::uint32_t bits = 0;
    while (!names.empty()) {
        const auto name = names.substr(0, names.find(','));
        std::size_t i = 0;
        while (i < storage_calls.size() && storage_calls[i] != name) ++i;
        if (i == storage_calls.size()) throw std::invalid_argument("no such call: " + std::string(name));
        bits |= 1U << i;
        names.remove_prefix(std::min(names.size(), name.size() + 1));
    }
    return bits;
}

class StorageFaults {
 public:
    enum class Log { none, operations };
    /// Looks at the files of `folder`, which need not be there yet; puts a file or two of its own into `place`.
    StorageFaults(std::filesystem::path folder, const std::filesystem::path& place, Log log = Log::none)
        : folder_(std::filesystem::weakly_canonical(folder)), control_file_(place / "storage.control") {
        const int file = ::open(control_file_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (file < 0 || ::ftruncate(file, sizeof(StorageControl)) != 0) throw std::runtime_error("no control file");
        void* const mapped = ::mmap(nullptr, sizeof(StorageControl), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        if (mapped == MAP_FAILED) throw std::runtime_error("no control block");
        control_ = static_cast<StorageControl*>(mapped);
        if (log == Log::operations) log_ = place / "storage.log";
    }
    ~StorageFaults() { ::munmap(control_, sizeof(StorageControl)); }
    StorageFaults(const StorageFaults&) = delete;
    StorageFaults& operator=(const StorageFaults&) = delete;

    /// For the program, NAME=value. A sanitized program must not insist on being the first library.
    [[nodiscard]] std::vector<std::string> environment() const {
        std::vector<std::string> made{"LD_PRELOAD=" ILBUD_STORAGE_FAULTS, "ILBUD_FAULT_FOLDER=" + folder_.string(),
                                      "ILBUD_FAULT_CONTROL=" + control_file_.string()};
        const char* const options = std::getenv("ASAN_OPTIONS");
        made.push_back("ASAN_OPTIONS=verify_asan_link_order=0" + (options == nullptr ? "" : ":" + std::string(options)));
        if (!log_.empty()) made.push_back("ILBUD_FAULT_LOG=" + log_.string());
        return made;
    }

    void begin(const FaultPlan& plan) {
        end();
        control_->calls = bits_of(plan.calls);
        control_->fail_with = plan.fail_with;
        control_->short_write = plan.short_writes ? 1 : 0;
        control_->growth_only = plan.journal_growth ? 1 : 0;
        control_->every = plan.every;
        control_->per_million = static_cast<std::uint32_t>(plan.share * 1e6);
        control_->seed = plan.seed;
        control_->on = 1;
    }
    void end() { control_->on = 0; }

    /// So far: calls that a plan was about; those that failed; those that took a part.
    [[nodiscard]] std::uint64_t seen() const { return control_->seen; }
    [[nodiscard]] std::uint64_t failed() const { return control_->failed; }
    [[nodiscard]] std::uint64_t shortened() const { return control_->shortened; }

    [[nodiscard]] const std::filesystem::path& log() const { return log_; }
    /// How long the log is now: everything that was done before is within.
    [[nodiscard]] std::uint64_t log_bytes() const {
        std::error_code none;
        const auto bytes = std::filesystem::file_size(log_, none);
        return none ? 0 : bytes;
    }

 private:
    std::filesystem::path folder_, control_file_, log_;
    StorageControl* control_ = nullptr;
};

}  // namespace ilbud::test
