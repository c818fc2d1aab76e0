/// The networks that a record's ip4 and ip6 terms permit, taken together: "ip4:0.0.0.0/1 ip4:128.0.0.0/1" permits everybody.
///
/// Pure
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/spf/spf_record.hpp"

namespace ilbud {

class SpfNetworks {
 public:
    /// Other mechanisms change nothing.
    void add(const SpfDirective& directive);
    /// Whether one of them holds all of the term's network.
    [[nodiscard]] bool has(const SpfDirective& directive) const;
    /// The large ones among the terms, if half of all addresses of a family are permitted; else empty.
    [[nodiscard]] std::string half() const;
    [[nodiscard]] std::string half(bool v6) const;

 private:
    struct Span {
        std::uint64_t first = 0, last = 0;
        std::string term;
        bool large = false;
    };
    static Span span_of(const SpfDirective& network);
    static std::string half_of(std::vector<Span> spans, std::uint64_t first, std::uint64_t last);

    std::vector<Span> v4_, v6_;
};

/// Shorter than any network that one sender has: 16 million addresses and more of IPv4, a registry's share of IPv6 (RFC 7020).
[[nodiscard]] bool is_large_network(const SpfDirective& directive);

}  // namespace ilbud
