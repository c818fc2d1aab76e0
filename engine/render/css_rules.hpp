// Style sheets as rules, and which of them count for an element, where and when. For CSS that the linter has let through.
#pragma once
#include <string>
#include <vector>

#include "html_outline.hpp"

namespace ilbud {

struct CssDeclaration {
    std::string name, value;  // in lower case, without comments; a variable stands as {{name}}
    bool important = false;
    bool maybe = false;  // within a section, which may print nothing
    std::size_t at = 0;  // where it begins in the source
};

struct CssRule {
    std::string selector, media;  // in lower case
    bool maybe = false;
    std::vector<CssDeclaration> declarations;
};

[[nodiscard]] std::vector<CssRule> read_css_rules(const LintSource& source, const HtmlStyleSheet& sheet);
[[nodiscard]] std::vector<CssDeclaration> read_css_declarations(const LintSource& source, std::size_t begin, std::size_t end);

// How a mail is looked at.
struct CssScreen {
    bool print = false, dark = false;
    double width = 600;
    bool sheets = true;    // Gmail drops a style sheet that it does not like
    bool wrapped = false;  // within a page of a web mail, whose elements a selector may ask for
};
// In the order of how much is known; `wrapped` is a yes on a screen that is.
enum class CssMatch : std::uint8_t { no, wrapped, maybe, yes };

[[nodiscard]] CssMatch css_media(std::string_view query, const CssScreen& screen);
// The widths at which a query begins or ceases to hold, one pixel to each side.
void add_widths(std::string_view query, std::vector<double>& widths);

// An element as selectors see it.
struct CssElement {
    const HtmlNode* node = nullptr;
    LintSource* source = nullptr;
};
// Whether one complex selector ("td > .n a") matches path[index]; those before it in `path` are its ancestors. How specific it is
// goes to `specificity`. Class names are compared without regard to case, as browsers do for documents without a doctype.
[[nodiscard]] CssMatch css_match(std::string_view selector, const std::vector<CssElement>& path, std::size_t index,
                                 unsigned& specificity);

}  // namespace ilbud
