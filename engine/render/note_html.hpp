// What stands around the automatic note in the HTML part (R11). The linter proves of this very element that it is seen.
#pragma once
#include <string_view>

namespace ilbud {

inline constexpr std::string_view note_opening =
    R"(<div class="n" style="margin:32px 0 0;padding:20px 0 0;border-top:1px solid #e2e5e9;font-size:14px;line-height:1.5;color:#5c6570">)";
inline constexpr std::string_view note_closing = "</div>\n";

}  // namespace ilbud
