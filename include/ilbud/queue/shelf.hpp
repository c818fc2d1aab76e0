/// Small things that must survive a restart and belong to no event: the state of a key, of a watched domain, of a throttle. And
/// duties: what exactly one of several daemons does.
///
/// In    rows by shelf and name; a write may say which version it replaces
/// Out   rows; whether a write took place
/// Durable  when put() returns true, the rows survive a power cut. Throws if the store is broken. While the disk is full it waits (S48).
/// See   DESIGN §5
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/base/task.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

struct ShelfRow {
    std::string name;
    std::string value;         ///< JSON text
    std::int64_t version = 0;  ///< of this value; never given again

    /// By what they say.
    bool operator==(const ShelfRow& other) const { return name == other.name && value == other.value; }
};

struct ShelfWrite {
    std::string shelf;
    std::string name;
    std::string value;  ///< empty: the row is removed
    /// The version that must be there; 0: no row must be there. None: whatever is there.
    std::optional<std::int64_t> replaces = std::nullopt;
};

/// The right to do something that only one daemon may do.
struct Duty {
    std::string name;
    std::uint64_t fence = 0;  ///< greater than that of every holder before: what is written elsewhere can be told apart by it
    SteadyTime until;         ///< take it again before; then somebody else may
};

class ShelfReader {
 public:
    virtual ~ShelfReader() = default;
    /// All rows of one shelf, by name (bytewise), with everything that was put there before the call.
    virtual Task<std::vector<ShelfRow>> rows(std::string shelf) = 0;
};

class Shelf : public ShelfReader {
 public:
    /// All or none; false, and nothing is written, if a row has not the version that its write replaces.
    virtual Task<bool> put(std::vector<ShelfWrite> writes) = 0;
    /// The duty, if nobody else holds it; who holds it already holds on. `holder` names the daemon, anew at each start.
    virtual Task<std::optional<Duty>> take_duty(std::string name, std::string holder, Duration hold) = 0;
};

/// Writes of `rows` to one shelf, whatever is there.
[[nodiscard]] inline std::vector<ShelfWrite> writes_to(std::string_view shelf, std::vector<ShelfRow> rows) {
    std::vector<ShelfWrite> writes;
    writes.reserve(rows.size());
    for (auto& row : rows) writes.push_back({std::string(shelf), std::move(row.name), std::move(row.value)});
    return writes;
}

/// Puts `rows` on one shelf, whatever is there.
inline Task<void> put_rows(Shelf& shelves, std::string shelf, std::vector<ShelfRow> rows) {
    auto writes = writes_to(shelf, std::move(rows));
    co_await shelves.put(std::move(writes));
}

}  // namespace ilbud
