/// Markdown to both parts of a mail: HTML that old mail programs understand, and plain text to read in a terminal.
///
/// In    CommonMark with tables; no raw HTML (it comes out as the text it is), no links that are not marked as such
/// Out   HTML with inline styles; text of at most 74 columns with aligned tables and links written out
/// Pure
/// Conventions  a paragraph that is one link and nothing else becomes a button; a table whose header cells are all empty has
///              none: its first column then names the rows; a row in bold from end to end is a sum, and gets a line above it in
///              the text
/// See   CommonMark 0.30; GFM §4.10 (tables); SECURITY S18, S20
#pragma once
#include <array>
#include <string>
#include <string_view>

namespace ilbud {

/// The opening tags of the HTML part, with a unit's colours in them.
/// Ready to append: whoever makes one has seen to it that the colours are colours.
struct HtmlStyle {
    std::array<std::string, 3> heading;  ///< h1, h2, h3 and deeper: the whole tag, ready to append
    std::string button_before;           ///< up to the address of the link
    std::string button_middle;           ///< from there to its text
};

/// `colour`, or near-black if it could not be read on the white of the page.
[[nodiscard]] std::string_view heading_colour(std::string_view colour);

/// `colour` for headings and buttons, `colour_text` on buttons; both "#rrggbb".
[[nodiscard]] HtmlStyle html_style(std::string_view colour, std::string_view colour_text);

/// Parses `markdown` once and appends what it says to `html` and to `text`; a null one is left out. `text` gets a blank line
/// first if it is not empty. Links of other schemes than http, https, mailto and tel lose their address.
/// What `html` and `text` held before stays as it is. Threads: any, at once.
void append_markdown(std::string_view markdown, const HtmlStyle& style, std::string* html, std::string* text);

/// Columns of the text part.
/// Room for one or two marks of quotation within the 78 columns of RFC 5322 §2.1.1.
inline constexpr std::size_t text_columns = 74;

}  // namespace ilbud
