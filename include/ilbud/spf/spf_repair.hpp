/// What the owner of a broken SPF record meant: pasted quotes, commas, "ipv4:", terms that lost the space between them.
///
/// In    a TXT record's joined strings, sound or not
/// Out   its terms as a sound record would have them. What reads well comes back as it was written
/// Pure
/// See   RFC 7208 §4.5, §12 for what is sound; the faults are those that zones show
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

/// Whether a TXT record is meant to be SPF, though receivers may not take it for one: `"v=spf1 mx -all"` with its quotes,
/// "v=spf1;mx", "v = spf1 mx". True for every record that is_spf_record.
[[nodiscard]] bool resembles_spf(std::string_view text);

struct SpfTerms {
    std::vector<std::string> terms;       ///< behind the version, each of them sound
    std::vector<std::string> unreadable;  ///< what nobody can know the meaning of; then the record is not repaired
    bool repaired = false;                ///< something had to be changed
};
/// Reads a text that resembles_spf.
[[nodiscard]] SpfTerms read_spf_terms(std::string_view text);

/// One term, without the version, by the grammar alone and by what its words mean: "include=a.example" is sound as a modifier that
/// nobody knows, and is none here.
[[nodiscard]] bool is_sound_spf_term(std::string_view term);

}  // namespace ilbud
