#include "ilbud/dns/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace ilbud {
namespace {

std::array<unsigned char, 32> nibbles(const IpAddress& address) {
    std::array<unsigned char, 32> out{};
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        out[2 * i] = address.bytes[i] >> 4U;
        out[2 * i + 1] = address.bytes[i] & 0xFU;
    }
    return out;
}

template <class Iterator>
std::string joined_nibbles(Iterator from, Iterator to) {
    std::string out;
    for (; from != to; ++from) {
        if (!out.empty()) out += '.';
        out += "0123456789abcdef"[*from];
    }
    return out;
}

}  // namespace

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};
    inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), out.data(), out.size());
    return out.data();
}

std::string IpAddress::dotted() const {
    if (!v6) return text();
    const auto all = nibbles(*this);
    return joined_nibbles(all.begin(), all.end());
}

std::string IpAddress::reverse_name() const {
    if (v6) {
        const auto all = nibbles(*this);
        return joined_nibbles(all.rbegin(), all.rend()) + ".ip6.arpa";
    }
    std::string out;
    for (std::size_t i = 4; i-- > 0;) out += std::to_string(bytes[i]) + '.';
    return out + "in-addr.arpa";
}

bool IpAddress::is_in(const IpAddress& network, int prefix) const {
    if (v6 != network.v6 || prefix < 0 || prefix > bits()) return false;
    const auto whole = static_cast<std::size_t>(prefix / 8);
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole), network.bytes.begin())) return false;
    const int rest = prefix % 8;
    return rest == 0 || (bytes[whole] >> (8 - rest)) == (network.bytes[whole] >> (8 - rest));
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string copy(text);
    IpAddress out;
    if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) return out;
    out.v6 = true;
    if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) return out;
    return std::nullopt;
}

IpAddress unmapped(const IpAddress& address) {
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!address.v6 || !std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return address;
    IpAddress out;
    std::copy(address.bytes.begin() + 12, address.bytes.end(), out.bytes.begin());
    return out;
}

}  // namespace ilbud
