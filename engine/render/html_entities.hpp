// What HTML's named character references stand for.
#pragma once
#include <string_view>

namespace ilbud {

// The text of "eacute" (without '&' and ';'); empty if there is none of that name.
[[nodiscard]] std::string_view html_entity(std::string_view name);

}  // namespace ilbud
