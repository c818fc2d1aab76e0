// Whether the automatic note (R11) can be seen in a layout: no template can leave the note out, nor hide it.
#pragma once
#include <span>

#include "html_outline.hpp"

namespace ilbud {

// Follows the elements of `layout` down to its content and the engine's own within the note, with the style sheets of the layout
// and of `parts` (an HTML part and its partials): for light and dark screens of every width that a query asks for, for paper, with
// and without style sheets, for Outlook and for all others.
// Findings  note_hidden, at the declaration, attribute or element that hides it
void lint_note(const HtmlOutline& layout, std::span<const HtmlOutline> parts);

// Why a declaration could hide what stands elsewhere in the mail, wherever it counts; empty if it cannot.
std::string hides_others(std::string_view property, std::string_view value);

}  // namespace ilbud
