/// The fields that a signature covers, as they are hashed.
///
/// In    a header's fields; the entries of h=, in their order
/// Out   the bytes that a signature covers before its own field, each field with its CRLF
/// Pure  signing and reading our own signatures back share it: if the two differed, every stored mail would look
///       foreign and be written anew
/// See   RFC 6376 §3.4.1, §3.4.2, §3.7, §5.4.2
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/sign/canonical.hpp"

namespace ilbud {

/// Each entry of h= takes the lowest field of its name not taken yet, or nothing (RFC 6376 §5.4.2).
std::string canonical_fields(std::vector<HeaderField> fields, const std::vector<std::string_view>& names, bool relaxed);

}  // namespace ilbud
