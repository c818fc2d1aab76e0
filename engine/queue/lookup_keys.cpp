// Indexes are what a queue of millions of events costs in memory and in writes, so keys
// are as short as their use allows: where the real value stands in the row a collision
// costs a comparison, where the key is all there is it has 128 bits.
#include "lookup_keys.hpp"

#include "ilbud/base/address.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {

std::int64_t event_key(std::string_view source, std::string_view id) {
    std::string joined;
    joined.reserve(source.size() + id.size() + 24);
    joined += std::to_string(source.size());  // so that ("ab", "c") and ("a", "bc") differ
    joined += ':';
    joined += source;
    joined += id;
    const auto digest = sha256(joined);
    std::int64_t key = 0;
    // 48 bits: SQLite stores them in six bytes, and they stay positive. One pair among some 20 million events is
    // expected to collide, which the comparison of source and id settles.
    for (std::size_t i = 0; i < 6; ++i) key = (key << 8) | digest[i];
    return key;
}

// Not from SHA-256: a collision, made on purpose too, costs a search some rows that do
// not match. In lower case, because mails are searched in any case.
std::int64_t search_hash(std::string_view text) {
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(lower_letter(c))) * 16777619U;
    return static_cast<std::int32_t>(hash);  // signed: SQLite then needs four bytes, not six
}

// Half of a SHA-256. Nothing is compared behind it, so it must not be shorter.
std::string text_key(std::string_view text) {
    const auto digest = sha256(text);
    return {reinterpret_cast<const char*>(digest.data()), 16};
}

// The last "@": a quoted local part may hold others.
std::string address_key(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos) return std::string(address);
    return suppression_key({std::string(address.substr(0, at)), lower_case(address.substr(at + 1))});  // as typed by hand
}

}  // namespace ilbud
