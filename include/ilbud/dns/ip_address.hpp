/// IP addresses as bytes, for comparing with networks and for their names in the DNS.
///
/// Pure
/// See   RFC 4291 §2.5.5.2 (mapped addresses), RFC 1035 §3.5 and RFC 3596 §2.5 (reverse names)
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace ilbud {

struct IpAddress {
    bool v6 = false;
    std::array<unsigned char, 16> bytes{};  ///< the first 4 for IPv4

    [[nodiscard]] int bits() const { return v6 ? 128 : 32; }
    [[nodiscard]] std::string text() const;  ///< "192.0.2.1", "2001:db8::1"
    /// "192.0.2.1", and for IPv6 every nibble: "2.0.0.1.0.d.b.8.…" (RFC 7208 §7.3, macro i).
    [[nodiscard]] std::string dotted() const;
    [[nodiscard]] std::string reverse_name() const;  ///< "1.2.0.192.in-addr.arpa"
    /// Whether the first `prefix` bits are those of `network`, of the same family.
    [[nodiscard]] bool is_in(const IpAddress& network, int prefix) const;

    bool operator==(const IpAddress&) const = default;
};

/// Reads IPv4 or IPv6 text; nothing if it is neither.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);
/// An IPv4 address that is written as IPv6 ("::ffff:192.0.2.1") as IPv4; others as they are.
[[nodiscard]] IpAddress unmapped(const IpAddress& address);

}  // namespace ilbud
