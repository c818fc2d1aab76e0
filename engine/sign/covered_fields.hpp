/// The fields that a signature covers, as they are hashed.
///
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/sign/canonical.hpp"

namespace ilbud {

/// Each entry of h= takes the lowest field of its name not taken yet, or nothing (RFC 6376 §5.4.2).
std::string canonical_fields(std::vector<HeaderField> fields, const std::vector<std::string_view>& names, bool relaxed);

}  // namespace ilbud
