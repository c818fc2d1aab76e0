// Spans on a line: an IPv4 address as it is, of an IPv6 address the high 64 bits.
#include "spf_networks.hpp"

#include <algorithm>

namespace ilbud {
namespace {

std::uint64_t place_of(const IpAddress& address) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < (address.v6 ? 8 : 4); ++i) out = out << 8U | address.bytes[i];
    return out;
}

}  // namespace

bool is_large_network(const SpfDirective& directive) {
    return (directive.mechanism == SpfMechanism::ip4 && directive.prefix4 < 8) ||
           (directive.mechanism == SpfMechanism::ip6 && directive.prefix6 < 12);
}

SpfNetworks::Span SpfNetworks::span_of(const SpfDirective& network) {
    const bool v6 = network.mechanism == SpfMechanism::ip6;
    const int bits = v6 ? 64 : 32;
    const auto prefix = std::min(v6 ? network.prefix6 : network.prefix4, bits);
    const auto rest = prefix == 0 && v6 ? ~std::uint64_t{0} : (std::uint64_t{1} << static_cast<unsigned>(bits - prefix)) - 1;
    const auto first = place_of(network.network) & ~rest;
    return {first, first | rest, network.text, is_large_network(network)};
}

void SpfNetworks::add(const SpfDirective& directive) {
    if (directive.mechanism == SpfMechanism::ip4) v4_.push_back(span_of(directive));
    if (directive.mechanism == SpfMechanism::ip6) v6_.push_back(span_of(directive));
}

bool SpfNetworks::has(const SpfDirective& directive) const {
    const bool v6 = directive.mechanism == SpfMechanism::ip6;
    if (!v6 && directive.mechanism != SpfMechanism::ip4) return false;
    const auto asked = span_of(directive);
    const auto& spans = v6 ? v6_ : v4_;
    return std::any_of(spans.begin(), spans.end(),
                       [&](const Span& span) { return span.first <= asked.first && asked.last <= span.last; });
}

std::string SpfNetworks::half_of(std::vector<Span> spans, std::uint64_t first, std::uint64_t last) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.first < b.first; });
    std::uint64_t covered = 0, from = first;
    for (const auto& span : spans) {
        const auto begin = std::max(span.first, from);
        const auto end = std::min(span.last, last);
        if (begin > end) continue;
        covered += end - begin + 1;  // less than 2^64: neither family's line is longer than 2^61
        if (end == last) break;
        from = end + 1;
    }
    if (covered < (last - first) / 2 + 1) return {};
    std::string terms;
    for (const auto& span : spans)
        if (span.large) (terms += terms.empty() ? "" : " ") += span.term;
    return terms;
}

std::string SpfNetworks::half(bool v6) const {
    constexpr std::uint64_t global_first = 0x2000'0000'0000'0000, global_last = 0x3FFF'FFFF'FFFF'FFFF;  // 2000::/3, RFC 4291 §2.4
    return v6 ? half_of(v6_, global_first, global_last) : half_of(v4_, 0, 0xFFFF'FFFF);
}

std::string SpfNetworks::half() const {
    auto terms = half(false);
    return terms.empty() ? half(true) : terms;
}

}  // namespace ilbud
