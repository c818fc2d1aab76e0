// What is seen of one text of the automatic note, on every screen that a query asks for.
#pragma once
#include <set>
#include <utility>
#include <vector>

#include "css_cascade.hpp"

namespace ilbud {

// A place in the note that has text. `coloured`: its colour has to stand out; `dim`: a little is enough.
struct NoteLeaf {
    std::string_view text;
    bool coloured = true, dim = false;
};
// Where something was found already: one finding a place is enough.
using NotesTold = std::set<std::pair<LintSource*, std::size_t>>;

// `path` leads from <html> through `layout` to the text. Findings  note_hidden
void judge_note(const HtmlOutline& layout, const std::vector<CssElement>& path, const std::vector<CssSheet>& sheets,
                const NoteLeaf& leaf, NotesTold& told);

}  // namespace ilbud
