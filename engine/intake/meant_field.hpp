/// Which field was meant by a name that no field has.
///
/// Pure
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "field_rule.hpp"

namespace ilbud {

/// Whether the names are one but for capitals and what stands between words: "copyTo", "copy-to", "copyto" for "copy_to".
[[nodiscard]] bool same_words(std::string_view written, std::string_view name);

/// Whether `written` may be a slip for `name`: a letter in four is wrong, one at least, or only what is measured is called another
/// way ("due_date", "order_id").
[[nodiscard]] bool is_near(std::string_view written, std::string_view name);

/// The name of the rule that is meant by `written`, empty if none is. One that is there (`there`) is meant only if the words are the same.
[[nodiscard]] std::string_view meant_field(std::string_view written, std::span<const FieldRule> rules,
                                           const std::function<bool(std::string_view)>& there);

/// The path in `data`, whose fields are `root`, where a field of the name `written` belongs, if there is only one such place, not
/// within an array, and not always there.
[[nodiscard]] std::string only_place_of(std::string_view written, std::span<const FieldRule> root);

}  // namespace ilbud
