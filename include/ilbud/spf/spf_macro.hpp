/// Macros of SPF records: "%{ir}.%{v}._spf.%{d2}".
///
/// In    the text of a record or of an explanation; what the mail's macros stand for
/// Out   the parts of the text, or where it is wrong; the text with the macros expanded
/// Pure
/// See   RFC 7208 §7
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"

namespace ilbud {

/// Where the text stands: a domain-spec must end in a top label or a macro; spaces and the macros c, r and t are for explanations.
enum class SpfMacroUse { domain, modifier, explanation };

/// A piece of literal text, or one macro.
struct SpfMacroPart {
    std::string literal;
    char letter = 0;           ///< lower case; 0: literal
    bool url_escaped = false;  ///< the letter was upper case
    int parts = 0;             ///< so many from the right; 0: all
    bool reversed = false;
    std::string delimiters;  ///< never empty for a macro

    bool operator==(const SpfMacroPart&) const = default;
};

/// Errors  spf_syntax; `place` is the byte, from 0, where `text` goes wrong
Result<std::vector<SpfMacroPart>> parse_spf_macros(std::string_view text, SpfMacroUse use);

[[nodiscard]] bool has_macro(const std::vector<SpfMacroPart>& parts);
/// Whether the validated name (macro p) is asked for, which takes look-ups to find.
[[nodiscard]] bool needs_validated_name(const std::vector<SpfMacroPart>& parts);

struct SpfMacroValues {
    std::string sender;                 ///< s
    std::string local;                  ///< l
    std::string sender_domain;          ///< o
    std::string domain;                 ///< d
    std::string dotted_ip;              ///< i
    std::string validated = "unknown";  ///< p
    std::string family;                 ///< v: "in-addr" or "ip6"
    std::string helo;                   ///< h
    std::string ip;                     ///< c
    std::string receiver;               ///< r
    std::string seconds;                ///< t
};

[[nodiscard]] std::string expand_spf_macros(const std::vector<SpfMacroPart>& parts, const SpfMacroValues& values);
/// The same for a domain-spec: without the last dot, labels left out from the left until it fits into 253 bytes (§7.3).
[[nodiscard]] std::string expand_spf_domain(const std::vector<SpfMacroPart>& parts, const SpfMacroValues& values);

}  // namespace ilbud
