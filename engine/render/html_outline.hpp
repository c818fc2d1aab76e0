// What a linted file of HTML is made of: which elements stand around the content, and which style sheets there are.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "lint_source.hpp"

namespace ilbud {

// A layout is a document, a part stands within its content, a partial anywhere in either.
enum class HtmlFile : std::uint8_t { layout, part, partial };

// Who sees a piece of HTML: Outlook reads conditional comments, and all others are shown what it is not.
// Others first: they are indices, and bits of a mask.
enum HtmlView : std::uint8_t { html_others, html_outlook, html_views };

struct HtmlAttribute {
    std::string name;
    std::size_t at = 0;              // where the name begins
    std::size_t begin = 0, end = 0;  // the value
    bool maybe = false;              // within a section
};

struct HtmlNode {
    std::string name;  // in lower case
    std::size_t at = 0;
    std::vector<HtmlAttribute> attributes;
    std::string condition = {};  // of the conditional comment around it; empty: none
};

struct HtmlStyleSheet {
    std::size_t begin = 0, end = 0;
    std::string media = {};  // the element's attribute
    bool maybe = false;      // within a section
    std::array<bool, html_views> seen{};
};

// Offsets are such in `source`'s text.
struct HtmlOutline {
    std::shared_ptr<LintSource> source;
    std::vector<HtmlStyleSheet> sheets;
    std::size_t content = std::string_view::npos;             // where {{{content}}} stands
    std::array<bool, html_views> shows_content{};             // whether that view has it at all
    std::array<std::vector<HtmlNode>, html_views> ancestors;  // of the content, the outermost first
};

}  // namespace ilbud
