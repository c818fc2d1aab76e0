/// What can be told by a mail of each kind: the situations that its texts differ in.
///
/// Pure
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "ilbud/settings/words.hpp"

namespace ilbud {

struct Situation {
    Kind kind{};
    std::string_view name;   ///< unique within its kind
    std::string_view title;  ///< for people who look a mail over
    NoticeCause cause{};     ///< of a notice
};

/// All of them, by kind; the first of a kind is its usual one.
[[nodiscard]] std::span<const Situation> situations();
/// The situation `name` of `kind`, the usual one if `name` is empty; null if there is none.
[[nodiscard]] const Situation* find_situation(Kind kind, std::string_view name);
/// "standard, several, gift": the names of a kind's situations.
[[nodiscard]] std::string situation_names(Kind kind);

}  // namespace ilbud
