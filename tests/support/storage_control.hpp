/// What libstorage_faults.so and the tests that preload it share: a control block in a mapped file, and the form of the order log.
///
/// ILBUD_FAULT_FOLDER   the one folder whose files are looked at (absolute); files that end in -shm are left alone
/// ILBUD_FAULT_CONTROL  a file of one StorageControl, mapped by both sides: faults are switched while the program runs
/// ILBUD_FAULT_LOG      a file to which every operation is appended as a StorageRecord and its bytes, in the order they were made
/// Threads  any, and any number of processes one after the other
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace ilbud::test {

/// The calls that may be made to fail; their bits in StorageControl::calls are in this order. 64-bit names count as the plain ones.
inline constexpr std::array<std::string_view, 9> storage_calls{"write",     "pwrite", "fsync",  "fdatasync", "ftruncate",
                                                               "fallocate", "open",   "unlink", "rename"};
enum class StorageCall : std::uint8_t { write, pwrite, fsync, fdatasync, ftruncate, fallocate, open, unlink, rename };

/// All zero: nothing fails.
struct StorageControl {
    std::atomic<std::uint32_t> on;
    std::atomic<std::uint32_t> calls;        ///< bits
    std::atomic<std::int32_t> fail_with;     ///< errno; 0: only short writes
    std::atomic<std::uint32_t> short_write;  ///< writes that are chosen take a part of the bytes, by turns with fail_with
    std::atomic<std::uint32_t> every;        ///< each n-th of these calls; 0: by chance
    std::atomic<std::uint32_t> per_million;  ///< the chance
    std::atomic<std::uint32_t> growth_only;  ///< of writes, only those that lengthen a file whose name ends in -wal
    std::atomic<std::uint64_t> seed;
    std::atomic<std::uint64_t> seen, failed, shortened;  ///< counted by the library
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

enum class StorageOperation : std::uint32_t {
    create,       ///< bytes: the name
    write,        ///< at `offset`
    truncate,     ///< to `offset`
    sync,         ///< of the file
    unlink,       ///< bytes: the name
    rename,       ///< bytes: both names with a zero byte between
    sync_folder,  ///< of the folder itself
    unknown,      ///< a call that the log has no form for; bytes: its name
};

struct StorageRecord {
    StorageOperation operation;
    std::uint32_t length;  ///< of the bytes that follow
    std::uint64_t file;    ///< its inode number, which may be used again after an unlink
    std::uint64_t offset;
};

}  // namespace ilbud::test
