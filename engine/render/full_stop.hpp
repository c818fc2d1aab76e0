// One full stop where a value that ends in one, or in another mark that ends a sentence, stands before the template's own: "Thank
// you for choosing Example Ltd." and not "Ltd..", "Yes!" and not "Yes!.". Neither side can know of the other: the value is put where
// any text may follow, and sections come between.
#pragma once
#include <string>
#include <string_view>

#include "ilbud/render/escape.hpp"

namespace ilbud {

// Put behind a value's last mark, until drop_double_stops. A character for internal
// use (Unicode §23.7), which is no text: one that an event brings along is lost.
inline constexpr std::string_view stop_mark = "\uFDD0";

// For texts alone: an address may end in a full stop and needs it.
inline void mark_stop(std::string& value) {
    if (value.ends_with('.') || value.ends_with('!') || value.ends_with('?') || value.ends_with("…")) value += stop_mark;
}

// Takes out all marks, and with each the full stop that follows; an ellipsis stays. In
// Markdown the ends of emphasis and links may stand between, in HTML those of elements.
void drop_double_stops(std::string& text, Escape mode);

}  // namespace ilbud
