// Which columns of a table may break their words on a phone. Where all may, browsers share the width by the letter, and a date or
// an amount breaks beside a long number that had to: only the widest give way.
#pragma once
#include <vector>

#include "markdown_events.hpp"

namespace ilbud {

// Of the table that opens at events[at]: one for each column. Widths are estimated in the
// wider fonts of phones, so that what fits by the estimate fits where the mail is read.
std::vector<bool> breaking_columns(const std::vector<MarkdownEvent>& events, std::size_t at);

}  // namespace ilbud
