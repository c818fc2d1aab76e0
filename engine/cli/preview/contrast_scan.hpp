/// Text in a mail's HTML that can hardly be told from its ground.
///
/// In    HTML with inline styles, as mail has them: colours as #rgb and #rrggbb; others are not judged, nor are style sheets
/// Out   each pair of colours once, with the first text that has it
/// Pure
/// See   WCAG 2.1 §1.4.3
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

struct FaintText {
    std::string text;  ///< as it stands in the HTML, cut
    std::string colour, ground;
    double contrast = 0;
};

/// In the order of the HTML; empty if everything can be read, or nothing could be judged.
[[nodiscard]] std::vector<FaintText> faint_texts(std::string_view html);

}  // namespace ilbud
