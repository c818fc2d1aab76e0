/// What the pages of a preview share: their head, their look, and the frame a mail is shown in.
///
/// Out   HTML that needs nothing from elsewhere and may load nothing from anywhere (Content-Security-Policy)
/// Pure
#pragma once
#include <string>
#include <string_view>

#include "ilbud/settings/words.hpp"

namespace ilbud {

/// `text` as element content or in a quoted attribute; line ends stay.
[[nodiscard]] std::string html_safe(std::string_view text);

/// Tells our pages from others'.
inline constexpr std::string_view preview_marker = "<meta name=\"generator\" content=\"ilbud preview\">";

/// From the doctype to <body>. Of scripts only `script`, which the page has to contain as it is, may run (by its SHA-256).
[[nodiscard]] std::string page_head(std::string_view title, std::string_view script = {});
inline constexpr std::string_view page_end = "</body>\n</html>\n";

enum class Appearance { light, dark, page };  ///< `page`: as the page's switch says

/// The mail `html` in a frame of its own: sandboxed without scripts, pictures and links inert. The frame has the colour scheme
/// that its prefers-color-scheme sees. What `lazy` frames hold is laid out when they come into view.
[[nodiscard]] std::string mail_frame(std::string_view html, Appearance appearance, std::string_view title, bool lazy = false);

/// "Dansk"
[[nodiscard]] std::string_view own_name(Locale locale);
/// "Welcome"
[[nodiscard]] std::string_view title_of(Kind kind);
/// One choice of the switch between the looks of the mails: "both", "light" or "dark".
[[nodiscard]] std::string look_choice(std::string_view id, std::string_view text, bool checked);
/// "612 bytes", "9.4 KB"
[[nodiscard]] std::string size_text(std::size_t bytes);

}  // namespace ilbud
