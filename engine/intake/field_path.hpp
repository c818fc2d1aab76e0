/// Where in an event a value stands: a chain of names on the stack, written out only when something is wrong.
///
/// Pure
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ilbud {

struct FieldPath {
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

    const FieldPath* parent = nullptr;  ///< outlives this one
    std::string_view name;              ///< empty: the whole event, or an element of an array in an array
    std::size_t index = no_index;       ///< of the element, where `name` is an array

    /// "data.subscriptions[0].id"; never longer than 200 bytes, names may come from outside.
    [[nodiscard]] std::string text() const;
};

}  // namespace ilbud
