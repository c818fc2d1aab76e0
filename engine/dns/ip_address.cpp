// Addresses as bytes and not as sockaddr: SPF compares prefixes of addresses that were never dialled. inet_pton and
// inet_ntop do the text; their short form for IPv6 (RFC 5952) is what logs and records show. In an IPv4 address the
// twelve bytes behind the first four stay zero, otherwise comparing two of them would compare rubbish.
#include "ilbud/dns/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace ilbud {
namespace {

// The high half of each byte first: read forwards it is SPF's macro, read backwards the reverse name.
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

// The least specific part stands last in a domain name, hence back to front (RFC 3596 §2.5, RFC 1035 §3.5).
std::string IpAddress::reverse_name() const {
    if (v6) {
        const auto all = nibbles(*this);
        return joined_nibbles(all.rbegin(), all.rend()) + ".ip6.arpa";
    }
    std::string out;
    for (std::size_t i = 4; i-- > 0;) out += std::to_string(bytes[i]) + '.';
    return out + "in-addr.arpa";
}

// Families never mix: ip4:0.0.0.0/0 does not match an IPv6 client. An address in mapped
// form goes through unmapped() first.
bool IpAddress::is_in(const IpAddress& network, int prefix) const {
    if (v6 != network.v6 || prefix < 0 || prefix > bits()) return false;
    const auto whole = static_cast<std::size_t>(prefix / 8);
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole), network.bytes.begin())) return false;
    // With a whole number of bytes nothing is left over; `whole` may then stand behind the
    // last byte, so it must not be read.
    const int rest = prefix % 8;
    return rest == 0 || (bytes[whole] >> (8 - rest)) == (network.bytes[whole] >> (8 - rest));
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    // inet_pton stops at a NUL, and "192.0.2.1\0.example" would be an address. The constant counts the NUL, hence >=.
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string copy(text);
    IpAddress out;
    // Four decimal numbers and nothing else. inet_aton would take "127.1" and "0x7f000001"
    // too, which nobody means in a record.
    if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) return out;
    out.v6 = true;
    if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) return out;
    return std::nullopt;
}

// A dual-stack socket shows an IPv4 client like this; unmapped, ip4: mechanisms would never match it (RFC 7208 §5).
IpAddress unmapped(const IpAddress& address) {
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!address.v6 || !std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return address;
    IpAddress out;
    std::copy(address.bytes.begin() + 12, address.bytes.end(), out.bytes.begin());
    return out;
}

}  // namespace ilbud
