/// SPF records as text: which TXT is one, and what it says.
///
/// In    the joined strings of a TXT record
/// Out   its terms in order, each with its place; or where the first mistake stands and what was expected
/// Pure  macros stay unexpanded; see spf_macro.hpp
/// See   RFC 7208 §4.5, §4.6.1, §5, §6, §12 (the grammar)
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/dns/ip_address.hpp"
#include "ilbud/spf/spf_cause.hpp"
#include "ilbud/spf/spf_macro.hpp"

namespace ilbud {

enum class SpfQualifier { pass, fail, softfail, neutral };
enum class SpfMechanism { all, include, a, mx, ptr, ip4, ip6, exists };

struct SpfDirective {
    SpfQualifier qualifier = SpfQualifier::pass;
    SpfMechanism mechanism = SpfMechanism::all;
    std::vector<SpfMacroPart> domain;  ///< empty: the domain that is checked
    IpAddress network;                 ///< ip4 and ip6
    int prefix4 = 32;                  ///< a, mx, ip4
    int prefix6 = 128;                 ///< a, mx, ip6
    std::string text;                  ///< as written: "-include:spf.example"
    std::size_t at = 1;                ///< first byte in the record, from 1
};

struct SpfModifier {
    std::vector<SpfMacroPart> domain;
    std::string text;
    std::size_t at = 1;
};

struct SpfRecord {
    std::vector<SpfDirective> directives;
    std::optional<SpfModifier> redirect;
    std::optional<SpfModifier> explanation;

    [[nodiscard]] bool has_all() const;  ///< then redirect has no effect (§6.1)
};

/// Whether the TXT is an SPF record: it begins with "v=spf1" in any case, then a space or the end.
[[nodiscard]] bool is_spf_record(std::string_view text);

/// Reads a text that is_spf_record.
/// Errors  spf_syntax; `place` is "byte 17", `detail` names the term and what was expected; `cause` is told the same
Result<SpfRecord> parse_spf_record(std::string_view text, SpfCause* cause = nullptr);

/// One directive by itself: "-include:spf.example". Nothing for a modifier, and for what cannot be read.
[[nodiscard]] std::optional<SpfDirective> parse_spf_directive(std::string_view term);

/// ip4 or ip6.
[[nodiscard]] bool is_network(const SpfDirective& directive);

/// Whether every sender of the family matches: "all", and "ip4:0.0.0.0/0", which is the same in other words.
[[nodiscard]] bool matches_everybody(const SpfDirective& directive, bool v6);

/// Whether the term makes a receiver ask the DNS, which §4.6.4 limits.
[[nodiscard]] bool asks_the_dns(SpfMechanism mechanism);

}  // namespace ilbud
