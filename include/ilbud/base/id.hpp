/// Identities and digests.
///
/// Pure  the same input gives the same text
/// See   DOMAIN R1, R2; FIPS 180-4 (SHA-256), RFC 4648 §6 (base32), §4 (base64)
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace ilbud {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);

/// The lasting name of something made from `parts` (each counted with its length, so that ("ab","c") and ("a","bc") differ):
/// 26 characters a-z2-7, from SHA-256. A mail's id is stable_id({event source, event id, kind, recipient}) (DOMAIN R2).
[[nodiscard]] std::string stable_id(std::initializer_list<std::string_view> parts);

[[nodiscard]] std::string base64(std::string_view bytes);
/// Strict RFC 4648 §4 with padding, no white space; nothing if malformed.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace ilbud
