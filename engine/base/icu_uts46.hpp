// The rules by which names with other letters than those of the DNS become A-labels, and back (UTS #46).
#pragma once
#include <unicode/uidna.h>

namespace ilbud {

// STD3 rules: letters, digits, hyphens only. Bidi and joiner checks (RFC 5893, RFC 5892): S9. Non-transitional both ways:
// ß and ς stay themselves, as browsers and registries have it now, and do not become ss and σ.
// Its functions take it as const from any thread. Throws std::runtime_error if ICU lacks its data.
const UIDNA& uts46();

}  // namespace ilbud
