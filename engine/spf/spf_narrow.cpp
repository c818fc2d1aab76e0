#include "spf_narrow.hpp"

#include <algorithm>
#include <optional>

#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"
#include "spf_networks.hpp"

namespace ilbud {
namespace {

// Nothing: "ip4:0.0.0.0/0" means everybody and nobody else.
std::optional<std::string> without_zero_prefix(const std::string& term, const SpfDirective& read) {
    const auto part = [](std::string_view sign, int prefix, int whole) {
        return prefix == 0 || prefix == whole ? std::string() : std::string(sign) + std::to_string(prefix);
    };
    const auto plain = term.substr(0, term.find('/'));
    if (!is_network(read)) return plain + part("/", read.prefix4, 32) + part("//", read.prefix6, 128);
    const auto& bytes = read.network.bytes;
    const auto last = std::find_if(bytes.rbegin(), bytes.rend(), [](unsigned char byte) { return byte != 0; });
    const auto octets = bytes.rend() - last;
    if (octets == 0) return std::nullopt;
    // An IPv6 network of one site has 64 bits (RFC 4291 §2.5.1).
    if (read.network.v6) return octets <= 8 ? plain + "/64" : plain;
    return plain + part("/", static_cast<int>(8 * octets), 32);
}

}  // namespace

void narrow_spf(SpfTerms& record) {
    SpfNetworks networks;
    std::vector<std::optional<SpfDirective>> read;
    for (const auto& term : record.terms) {
        auto& directive = read.emplace_back(parse_spf_directive(term));
        if (directive && directive->qualifier != SpfQualifier::pass) directive.reset();
        if (directive) networks.add(*directive);
    }
    const bool half4 = !networks.half(false).empty(), half6 = !networks.half(true).empty();
    SpfTermList kept;
    bool changed = false;
    for (std::size_t i = 0; i < read.size(); ++i) {
        auto& term = record.terms[i];
        const bool open = read[i] && read[i]->mechanism != SpfMechanism::all &&
                          (matches_everybody(*read[i], false) || matches_everybody(*read[i], true));
        if (open) {
            auto meant = without_zero_prefix(term, *read[i]);
            changed = true;
            if (!meant) continue;
            if (is_network(*read[i])) record.guesses.push_back({term, *meant});
            term = *std::move(meant);
        } else if (read[i] && is_large_network(*read[i]) && (read[i]->mechanism == SpfMechanism::ip6 ? half6 : half4)) {
            changed = true;
            continue;
        }
        kept.push_back(std::move(term));
    }
    record.terms = changed ? without_spf_doubles(std::move(kept)) : std::move(kept);
}

}  // namespace ilbud
