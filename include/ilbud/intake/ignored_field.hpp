/// What a sender said that nobody here knows.
///
/// Pure
#pragma once
#include <cstddef>
#include <string>

namespace ilbud {

/// A field that is not known, mostly a slip of the sender's: it has no effect.
struct IgnoredField {
    std::string field;    ///< its path ("data.copyto"); of several elements of an array the first one's
    std::string nearest;  ///< the path of the field that may be meant ("data.copy_to"); empty: none is near

    bool operator==(const IgnoredField&) const = default;
};
/// No more are told of an event.
inline constexpr std::size_t ignored_max = 20;

}  // namespace ilbud
