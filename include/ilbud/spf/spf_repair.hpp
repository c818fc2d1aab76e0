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

/// A word that may have meant something else: "ip4:203.0.113" read as "ip4:203.0.113.0/24".
struct SpfGuess {
    std::string written, term;

    bool operator==(const SpfGuess&) const = default;
};

struct SpfTerms {
    std::vector<std::string> terms;       ///< behind the version, each of them sound
    std::vector<std::string> unreadable;  ///< what nobody can know the meaning of; then the record is not repaired
    std::vector<SpfGuess> guesses;        ///< which of the terms their owner should look at
    bool repaired = false;                ///< something had to be changed
};
/// Reads a text that resembles_spf. Two records that ran together become one that permits whom either permits.
[[nodiscard]] SpfTerms read_spf_terms(std::string_view text);

/// One term, without the version, by the grammar alone and by what its words mean: "include=a.example" is sound as a modifier that
/// nobody knows, and is none here.
[[nodiscard]] bool is_sound_spf_term(std::string_view term);

}  // namespace ilbud
