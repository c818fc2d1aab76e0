/// Which field was meant by a name that no field has.
///
/// Pure  called for every field of a sender's own, hence without an allocation where nothing is meant
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "field_rule.hpp"

namespace ilbud {

/// Whether `written` may be a slip for `name`: the words are the same ("copyTo", "copy-to", "copyto" for "copy_to"), a letter in four
/// is wrong, one at least, or only what is measured is called another way ("due_date", "order_id").
[[nodiscard]] bool is_near(std::string_view written, std::string_view name);

/// The name of a rule; empty: none.
struct MeantField {
    std::string_view name;
    bool same_words = false;  ///< but for capitals and what stands between words
};
/// The one of `rules` that is meant by `written`. One that is there (`there`) is meant only if the words are the same.
[[nodiscard]] MeantField meant_field(std::string_view written, std::span<const FieldRule> rules,
                                     const std::function<bool(std::string_view)>& there);

/// The path in `data`, whose fields are `root`, where a field of the name `written` belongs, if there is only one such place, not
/// within an array, and not always there.
[[nodiscard]] std::string only_place_of(std::string_view written, std::span<const FieldRule> root);

}  // namespace ilbud
