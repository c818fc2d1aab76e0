#include "support/power_cut.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>

namespace ilbud::test {
namespace {

constexpr std::size_t sector = 512;

void put(std::string& file, std::uint64_t offset, std::string_view bytes) {
    if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size(), '\0');
    std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

/// The disk, and what is still on its way to it.
class StorageLog::Disk {
 public:
    void make(const Step& step) {
        switch (step.operation) {
            case StorageOperation::create:
                files_[step.file] = std::make_shared<File>();
                names_to_come_.push_back({&step, files_[step.file]});
                break;
            case StorageOperation::write:
            case StorageOperation::truncate:
                files_.at(step.file)->to_come.push_back(&step);
                break;
            case StorageOperation::sync: {
                auto& file = *files_.at(step.file);
                for (const auto* each : file.to_come) carry_out(file.bytes, *each);
                file.to_come.clear();
                break;
            }
            case StorageOperation::unlink:
            case StorageOperation::rename:
                names_to_come_.push_back({&step, nullptr});
                break;
            case StorageOperation::sync_folder:
                sync_names(names_to_come_.size());
                break;
            case StorageOperation::unknown:
                throw std::runtime_error("the order log has no form for " + step.bytes);
        }
    }

    PowerCut cut(std::uint64_t seed) {
        std::mt19937_64 random(seed);
        PowerCut done;
        // A disk that kept all, nothing, or some of what was on its way.
        constexpr std::array<unsigned, 5> shares{0, 25, 50, 75, 100};
        const auto keeps = shares[random() % shares.size()];
        const auto names = names_to_come_.empty() ? 0 : random() % (names_to_come_.size() + 1);
        done.names_lost = names_to_come_.size() - names;
        sync_names(names);
        for (auto& [name, file] : names_) {
            for (const auto* step : file->to_come) {
                if (random() % 100 < keeps) {
                    carry_out(file->bytes, *step);
                    ++done.kept;
                } else if (step->operation == StorageOperation::write && step->bytes.size() > sector && random() % 2 == 0) {
                    tear(file->bytes, *step, random);
                    ++done.torn;
                } else {
                    ++done.dropped;
                }
            }
            file->to_come.clear();
        }
        return done;
    }

    [[nodiscard]] bool is_synced() const {
        return std::all_of(names_.begin(), names_.end(), [](const auto& name) { return name.second->to_come.empty(); });
    }

    void keep_all() {
        sync_names(names_to_come_.size());
        for (auto& [name, file] : names_) {
            for (const auto* step : file->to_come) carry_out(file->bytes, *step);
            file->to_come.clear();
        }
    }

    void write_to(const std::filesystem::path& folder) const {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        ::chmod(folder.c_str(), 0700);
        for (const auto& [name, file] : names_) {
            std::ofstream(folder / name, std::ios::binary) << file->bytes;
            ::chmod((folder / name).c_str(), 0600);
        }
    }

 private:
    struct File {
        std::string bytes;
        std::vector<const Step*> to_come;
    };
    struct Name {
        const Step* step;
        std::shared_ptr<File> file;
    };

    static void carry_out(std::string& file, const Step& step) {
        if (step.operation == StorageOperation::write)
            put(file, step.offset, step.bytes);
        else
            file.resize(step.offset, '\0');
    }

    // Sectors of the disk, not of the write: the first some, the last some, or any. What is missing at the end of the file may
    // have got its length all the same, and then holds zeros.
    static void tear(std::string& file, const Step& step, std::mt19937_64& random) {
        const auto sort = random() % 3;
        const auto size = step.bytes.size();
        const auto place = step.offset + random() % size;
        for (std::size_t at = 0; at < size;) {
            const auto length = std::min(size - at, sector - (step.offset + at) % sector);
            const bool there = sort == 0 ? step.offset + at < place : sort == 1 ? step.offset + at >= place : random() % 2 == 0;
            if (there) put(file, step.offset + at, std::string_view(step.bytes).substr(at, length));
            at += length;
        }
        if (random() % 2 == 0 && file.size() < step.offset + size) file.resize(step.offset + size, '\0');
    }

    void sync_names(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto& [step, file] = names_to_come_[i];
            if (step->operation == StorageOperation::create) {
                names_[step->bytes] = file;
            } else if (step->operation == StorageOperation::unlink) {
                names_.erase(step->bytes);
            } else {
                const auto zero = step->bytes.find('\0');
                const auto moved = names_.extract(step->bytes.substr(0, zero));
                if (!moved.empty()) names_[step->bytes.substr(zero + 1)] = moved.mapped();
            }
        }
        names_to_come_.erase(names_to_come_.begin(), names_to_come_.begin() + static_cast<std::ptrdiff_t>(count));
    }

    std::map<std::uint64_t, std::shared_ptr<File>> files_;  // by inode
    std::map<std::string, std::shared_ptr<File>> names_;    // on the disk
    std::vector<Name> names_to_come_;
};

StorageLog::StorageLog(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    StorageRecord record{};
    std::uint64_t end = 0;
    while (in.read(reinterpret_cast<char*>(&record), sizeof record)) {
        Step step{record.operation, record.file, record.offset, std::string(record.length, '\0'), 0};
        // Behind the last whole record is the one at which the program was killed.
        if (!in.read(step.bytes.data(), static_cast<std::streamsize>(record.length))) break;
        step.end = end += sizeof record + record.length;
        steps_.push_back(std::move(step));
    }
}

std::vector<std::size_t> StorageLog::names() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const auto operation = steps_[i].operation;
        if (operation == StorageOperation::create || operation == StorageOperation::unlink ||
            operation == StorageOperation::rename)
            found.push_back(i + 1);
    }
    return found;
}

std::vector<std::size_t> StorageLog::unsynced() const {
    std::vector<std::size_t> found;
    Disk disk;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        disk.make(steps_[i]);
        if (!disk.is_synced()) found.push_back(i + 1);
    }
    return found;
}

PowerCut StorageLog::cut(std::size_t steps, std::uint64_t seed, const std::filesystem::path& folder) const {
    Disk disk;
    for (std::size_t i = 0; i < steps; ++i) disk.make(steps_[i]);
    const auto done = disk.cut(seed);
    disk.write_to(folder);
    return done;
}

void StorageLog::whole(std::size_t steps, const std::filesystem::path& folder) const {
    Disk disk;
    for (std::size_t i = 0; i < steps; ++i) disk.make(steps_[i]);
    disk.keep_all();
    disk.write_to(folder);
}

}  // namespace ilbud::test
