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
    for (std::size_t i = 0; i < 6; ++i) key = (key << 8) | digest[i];
    return key;
}

std::int64_t search_hash(std::string_view text) {
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(lower_letter(c))) * 16777619U;
    return static_cast<std::int32_t>(hash);  // signed: SQLite then needs four bytes, not six
}

std::string text_key(std::string_view text) {
    const auto digest = sha256(text);
    return {reinterpret_cast<const char*>(digest.data()), 16};
}

std::string address_key(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos) return std::string(address);
    return suppression_key({std::string(address.substr(0, at)), lower_case(address.substr(at + 1))});  // as typed by hand
}

}  // namespace ilbud
