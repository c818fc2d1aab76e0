/// Who makes place for a newcomer when a socket's connections are all in use.
///
/// In    who holds a place, since when it has been idle, whether it is owed an answer
/// Out   the place that is cleared, or none
/// Pure
/// See   SECURITY S23
#pragma once
#include <sys/types.h>

#include <optional>
#include <vector>

#include "ilbud/base/time.hpp"

namespace ilbud {

struct Place {
    uid_t user{};
    SteadyTime idle_since;  ///< its last whole answer, or its coming: bytes that end no line are no progress
    bool owed = false;      ///< a line of it was taken and its answer is not written yet
};

/// The index of the place that `newcomer`, a user, gets; nothing: it has to be turned away.
///
/// Who is owed an answer keeps its place. Of the others that which has been idle longest goes: first among those of the user who
/// holds most, the newcomer counted. Another user gives a place only as long as it has no fewer than the newcomer's user then, so
/// that each keeps its equal share; only where there are more users than places does a user without any get the last of another.
[[nodiscard]] std::optional<std::size_t> place_to_clear(const std::vector<Place>& places, uid_t newcomer);

}  // namespace ilbud
