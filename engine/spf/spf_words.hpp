/// A TXT record that is meant as SPF, as words: without what was pasted with it, split where people split.
///
/// In    a TXT record's joined strings
/// Out   the words behind each version that stands in it
/// Pure
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

struct SpfWord {
    std::string text;
    bool listed = false;  ///< a comma or semicolon stood in front: "include:a.example,b.example"
};

/// Where one string ends and the next begins ('" "') a torn record has nothing, one pasted term by term a space.
enum class SpfJoint { nothing, space };

/// The words of each record in the text: two that ran together ("~allv=spf1 mx") are two. Records without words are left out.
[[nodiscard]] std::vector<std::vector<SpfWord>> spf_words(std::string_view text, SpfJoint joint);

/// Behind a version that may be written in many ways ("v = spf1", "spf1;", "@ IN TXT v=spf1"); nothing if there is none.
[[nodiscard]] std::optional<std::string_view> behind_spf_version(std::string_view text);

/// With hyphens, spaces and nothing in place of what word processors and web forms make of hyphens, spaces and quotes.
[[nodiscard]] std::string spf_in_ascii(std::string_view text, SpfJoint joint);

/// The mechanisms' and modifiers' names of RFC 7208.
[[nodiscard]] bool is_spf_name(std::string_view name);

}  // namespace ilbud
