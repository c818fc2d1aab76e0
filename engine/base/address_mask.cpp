// Not the grammar of RFC 5321 but wider: a server may repeat an address in any form, and what is left over from one that was cut
// wrong would stand in the log. SHA-256 over the key and the address is enough of a keyed hash here: its first half is all
// that is ever shown, so there is nothing to extend.
#include "ilbud/base/address_mask.hpp"

#include <algorithm>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::string_view encoded_at = "%40";
constexpr std::size_t name_bytes = 8;  // 64 bits: a million addresses share a name by a chance of one in 37 million

struct At {
    std::size_t begin = std::string_view::npos, end = 0;
};

At next_at(std::string_view text, std::size_t from) {
    const auto plain = text.find('@', from);
    const auto encoded = text.substr(0, plain).find(encoded_at, from);
    if (encoded != std::string_view::npos) return {encoded, encoded + encoded_at.size()};
    return {plain, plain + 1};
}

bool ends_local_part(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F ||
           std::string_view("<>()[],;:\"@").find(c) != std::string_view::npos;
}

bool is_of_domain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Where the local part that ends at `end` begins, not before `from`.
std::size_t local_begin(std::string_view text, std::size_t from, std::size_t end) {
    if (end > from + 1 && text[end - 1] == '"') {
        const auto quote = text.rfind('"', end - 2);
        if (quote != std::string_view::npos && quote >= from) return quote;
    }
    auto begin = end;
    while (begin > from && !ends_local_part(text[begin - 1])) --begin;
    // Legal in a local part, but in front of one it is a quotation mark.
    while (begin < end && text[begin] == '\'') ++begin;
    return begin;
}

std::size_t domain_end(std::string_view text, std::size_t begin) {
    if (begin < text.size() && text[begin] == '[') {
        const auto bracket = text.find(']', begin);
        if (bracket != std::string_view::npos) return bracket + 1;
    }
    auto end = begin;
    while (end < text.size() && is_of_domain(text[end])) ++end;
    // The end of a sentence.
    while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    return end;
}

}  // namespace

bool AddressMask::may_hold_address(std::string_view text) {
    return text.find('@') != std::string_view::npos || text.find(encoded_at) != std::string_view::npos;
}

std::string AddressMask::name_of(std::string_view local, std::string_view domain) const {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string keyed = key_.reveal();
    keyed += lower_case(local);
    keyed += '@';
    keyed += lower_case(domain);
    const Digest digest = sha256(keyed);
    std::fill(keyed.begin(), keyed.end(), '\0');
    std::string name = "addr:";
    for (std::size_t i = 0; i < name_bytes; ++i) {
        name += hex[digest[i] >> 4U];
        name += hex[digest[i] & 15U];
    }
    return name;
}

std::string AddressMask::masked(std::string_view text) const {
    std::string out;
    std::size_t done = 0;
    for (At at = next_at(text, 0); at.begin != std::string_view::npos; at = next_at(text, std::max(at.end, done))) {
        const auto begin = local_begin(text, done, at.begin);
        if (begin == at.begin) continue;  // nobody stands before it
        const auto end = domain_end(text, at.end);
        out += text.substr(done, begin - done);
        out += name_of(text.substr(begin, at.begin - begin), text.substr(at.end, end - at.end));
        done = end;
    }
    out += text.substr(done);
    return out;
}

}  // namespace ilbud
