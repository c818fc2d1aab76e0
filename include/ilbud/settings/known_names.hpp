/// Names that people type, looked for in the settings: a typing error must not pass for "nothing there".
///
/// In    names of an account, a unit, a relay
/// Out   which of them nobody has
/// Pure
#pragma once
#include <string_view>

#include "ilbud/base/result.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// Empty ones are not looked for.
struct TypedNames {
    std::string_view account{};
    std::string_view unit{};  ///< of the account, if one is named
    std::string_view relay{};
};

/// Errors  unknown_account, unknown_unit, unknown_relay; `place` is "account", "unit" or "relay"
Result<void> check_names(const Settings& settings, const TypedNames& names);

}  // namespace ilbud
