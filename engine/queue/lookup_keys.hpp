/// Compact keys under which the store finds events, mails, once-keys, marks and addresses again.
///
/// Pure  short keys may collide: whoever finds something by event_key or search_hash compares the real value
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ilbud {

/// 48 bits of SHA-256 over source and id: small enough to keep the index in memory, hard to collide on purpose.
[[nodiscard]] std::int64_t event_key(std::string_view source, std::string_view id);

/// 32 bits over the text in ASCII lower case.
[[nodiscard]] std::int64_t search_hash(std::string_view text);

/// 16 bytes of SHA-256: never compared with anything else.
[[nodiscard]] std::string text_key(std::string_view text);

/// The suppression key of an address (base/address.hpp), its domain in any case; the text itself where it is none.
[[nodiscard]] std::string address_key(std::string_view address);

/// Mails are searched segment by segment of so many rows each: new entries then touch few pages.
inline constexpr int search_segment_bits = 10;

}  // namespace ilbud
