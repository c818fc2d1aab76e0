/// HTML as a browser's tokenizer reads it, state by state (HTML Standard §13.2.5), and as Outlook does, which reads conditional
/// comments. Knows nothing of the engine's own linter.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ilbud::test {

struct HtmlStartTag {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;  ///< the first of each name, references in the values decoded
    std::string raw_text;                                         ///< what follows a <style>, as it is
};
std::vector<HtmlStartTag> start_tags(std::string_view html);

/// What Outlook makes of conditional comments: the first of these ends is the end, wherever it stands.
std::string outlook_view(std::string html);

/// What in `html` runs, loads or links where no template may; empty if nothing does.
std::string danger_in(std::string_view html);

}  // namespace ilbud::test
