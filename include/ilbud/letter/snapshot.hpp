/// The snapshot in force, and how a new one comes into force.
///
/// In    the platform's settings file
/// Out   one immutable Snapshot (settings, templates, keys read together), or every finding; the old one stays in force then
#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/letter/letter.hpp"

namespace ilbud {

using SnapshotPointer = std::shared_ptr<const Snapshot>;

/// Reads settings, then templates and keys.
/// Errors  those of load_settings, load_templates and load_keys, all of them
Result<SnapshotPointer, std::vector<Error>> load_snapshot(const std::filesystem::path& settings_file);

/// Holds what is in force of something immutable. Threads: any.
template <class T>
class InForce {
 public:
    using Pointer = std::shared_ptr<const T>;
    explicit InForce(Pointer first) : current_(std::move(first)) {}
    [[nodiscard]] Pointer current() const {
        const std::scoped_lock lock(mutex_);
        return current_;
    }
    void swap(Pointer next) {
        const std::scoped_lock lock(mutex_);
        current_.swap(next);
    }

 private:
    mutable std::mutex mutex_;
    Pointer current_;
};

using SnapshotHolder = InForce<Snapshot>;
using BookHolder = InForce<SigningBook>;

}  // namespace ilbud
