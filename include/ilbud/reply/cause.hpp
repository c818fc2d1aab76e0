/// Why a mail was not delivered, read off its Reply; when it goes out again is judge's matter (delivery/outcome.hpp).
///
/// Pure
/// See   RFC 5321 §4.2.1, §4.2.2; RFC 3463 §3; RFC 1870 §6 (552); RFC 4954 §6 (530, 534, 535, 538)
#pragma once
#include <cstdint>
#include <string_view>

#include "ilbud/reply/reply.hpp"

namespace ilbud {

/// What a reply means, before the clock has a say. `uncertain` and `suppress`
/// are never both set: only a 5xx suppresses.
struct Cause {
    enum class Kind : std::uint8_t { success, temporary, permanent };
    Kind kind = Kind::temporary;
    /// One of the words listed at Outcome (delivery/outcome.hpp); a literal, so it outlives everything.
    std::string_view reason;
    bool attempted = true;  // the recipient was tried
    bool uncertain = false;
    bool suppress = false;
};

/// Total: every Reply has a cause, also one that no server would send; a server
/// that cannot be understood is temporary.
Cause find_cause(const Reply& reply);

}  // namespace ilbud
