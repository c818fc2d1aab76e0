// The cascade (CSS Cascade Level 4 §6) along one path of elements: which declarations decide about a property.
#pragma once
#include <string>
#include <vector>

#include "css_rules.hpp"

namespace ilbud {

// A declaration, or an attribute that says the same, as it counts for one element. Shorthands are taken apart.
struct CssApplied {
    std::string property, value;
    CssMatch match = CssMatch::yes;
    std::string media = {};
    bool sheet = false;          // of a style sheet, as against the element itself
    std::uint64_t strength = 0;  // the greater one wins
    LintSource* source = nullptr;
    std::size_t at = 0;
};
using CssApplies = std::vector<CssApplied>;  // of one element, the strongest first

struct CssSheet {
    LintSource* source = nullptr;
    std::vector<CssRule> rules;
};

// What counts for path[index]; rules in the order in which they stand.
[[nodiscard]] CssApplies css_applies(const std::vector<CssElement>& path, std::size_t index, const std::vector<CssSheet>& sheets);

// Whether `each` counts on that screen: no, maybe or yes.
[[nodiscard]] CssMatch css_counts(const CssApplied& each, const CssScreen& screen);

// Those of `property` that may win: from the strongest down to the first that certainly counts. `certain` tells whether one does;
// if not, the element may as well have what it inherits.
[[nodiscard]] std::vector<const CssApplied*> css_winners(const CssApplies& applies, std::string_view property,
                                                         const CssScreen& screen, bool& certain);

}  // namespace ilbud
