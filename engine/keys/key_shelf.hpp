/// The key slots as rows of the queue's shelf "dkim": one by selector's name, one for the key change that goes on.
///
/// Pure
/// Errors  key_state_unreadable  a row is not what this program writes; nothing is guessed about keys
#pragma once
#include <array>
#include <string>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/keys/key_slots.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {

using SelectorNames = std::array<std::string, 2>;

[[nodiscard]] std::vector<ShelfRow> to_rows(const KeySlots& slots, const SelectorNames& names);

struct ShelvedKeys {
    KeySlots slots;
    std::array<bool, 2> known{};  ///< whether the shelf has a row of the selector
};
[[nodiscard]] Result<ShelvedKeys> from_rows(const std::vector<ShelfRow>& rows, const SelectorNames& names);

}  // namespace ilbud
