// One table serves the linter and the reference for people who write templates, so that the two
// cannot disagree. What is in it: elements that show text, tables and pictures, as mail programs
// have known them since HTML 4, and the sectioning ones of HTML 5, which older programs read as
// boxes. What is not: everything that loads by itself (link, iframe, object, video, svg), runs
// (script, on… attributes), sends (form, input) or changes how addresses are read (base).
#include "lint_elements.hpp"

#include <algorithm>
#include <array>

#include "ilbud/render/variables.hpp"
#include "lint_css.hpp"

namespace ilbud {
namespace {

using Element = HtmlElement;
using Names = std::span<const std::string_view>;

// `align`, `bgcolor`, `valign` and `width` are obsolete
// in HTML and needed by Outlook, which ignores much CSS.
constexpr std::array<std::string_view, 12> common_attributes{"align", "bgcolor", "class", "dir",   "height", "id",
                                                             "lang",  "role",    "style", "title", "valign", "width"};
// Without `ping`, which tells a third party of the click, and `download`.
constexpr std::array<std::string_view, 4> of_a{"href", "name", "rel", "target"};
// Without `srcset`, whose addresses would have to be looked at one by one.
constexpr std::array<std::string_view, 5> of_img{"alt", "border", "hspace", "src", "vspace"};
constexpr std::array<std::string_view, 4> of_table{"border", "cellpadding", "cellspacing", "summary"};
constexpr std::array<std::string_view, 6> of_cell{"abbr", "colspan", "headers", "nowrap", "rowspan", "scope"};
constexpr std::array<std::string_view, 3> of_font{"color", "face", "size"};
constexpr std::array<std::string_view, 4> of_html{"xmlns", "xmlns:o", "xmlns:v", "xml:lang"};
constexpr std::array<std::string_view, 4> of_meta{"charset", "content", "http-equiv", "name"};
constexpr std::array<std::string_view, 3> of_list{"reversed", "start", "type"};
constexpr std::array<std::string_view, 2> of_style{"media", "type"};
constexpr std::array<std::string_view, 2> of_body{"link", "text"};

// VML, in which Outlook draws a button with round corners.
constexpr std::array<std::string_view, 9> of_button{"arcsize", "fillcolor",    "href",    "stroke", "strokecolor",
                                                    "stroked", "strokeweight", "xmlns:v", "xmlns:w"};

// Sorted by name, as the reference lists them.
constexpr std::array<Element, 62> elements{{
    {"a", of_a},
    {"abbr"},
    {"address"},
    {"article"},
    {"aside"},
    {"b"},
    {"blockquote"},
    {"body", of_body},
    // Elements without an end are not told apart: no pairing is asked for, only that text stays text.
    {"br"},
    {"caption"},
    {"center"},
    {"cite"},
    {"code"},
    {"dd"},
    {"del"},
    {"div"},
    {"dl"},
    {"dt"},
    {"em"},
    {"figcaption"},
    {"figure"},
    {"font", of_font},
    {"footer"},
    {"h1"},
    {"h2"},
    {"h3"},
    {"h4"},
    {"h5"},
    {"h6"},
    {"head"},
    {"header"},
    {"hr"},
    {"html", of_html},
    {"i"},
    {"img", of_img},
    {"ins"},
    {"li"},
    {"main"},
    {"meta", of_meta},
    {"nav"},
    {"ol", of_list},
    {"p"},
    {"pre"},
    {"q"},
    {"s"},
    {"section"},
    {"small"},
    {"span"},
    {"strong"},
    // Its content is CSS and goes to another linter (lint_css.hpp), as that of title is no HTML either.
    {"style", of_style},
    {"sub"},
    {"sup"},
    {"table", of_table},
    {"tbody"},
    {"td", of_cell},
    {"tfoot"},
    {"th", of_cell},
    {"thead"},
    {"title"},
    {"tr"},
    {"u"},
    {"ul"},
}};

// What else templates show to Outlook: the size of a pixel, and buttons with round corners.
constexpr std::array<Element, 6> outlook_elements{
    {{"o:allowpng"}, {"o:officedocumentsettings"}, {"o:pixelsperinch"}, {"v:roundrect", of_button}, {"w:anchorlock"}, {"xml"}}};

// Short lists, read at load only: a walk is enough.
bool holds(Names names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const Element* find(std::span<const Element> all, std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Element& each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::string list(Names names) {
    std::string out;
    for (const auto name : names) out += (out.empty() ? "`" : ", `") + std::string(name) + '`';
    return out;
}

}  // namespace

const HtmlElement* find_html_element(std::string_view name, bool outlook) {
    const Element* found = find(elements, name);
    return found == nullptr && outlook ? find(outlook_elements, name) : found;
}

// `aria-*` describes for screen readers and does nothing by
// itself. `data-*` is refused: nothing in a mail reads it.
bool allows_attribute(const HtmlElement& element, std::string_view attribute) {
    return holds(common_attributes, attribute) || attribute.starts_with("aria-") || holds(element.attributes, attribute);
}

// Elements without attributes of their own share a row, or the table would be mostly empty.
std::string html_reference() {
    std::string plain;
    std::string out = "Attributes of every element: " + list(common_attributes) +
                      ", `aria-*`.\n\n| element | its own attributes |\n|---|---|\n";
    for (const Element& each : elements) {
        if (each.attributes.empty())
            plain += (plain.empty() ? "`" : ", `") + std::string(each.name) + '`';
        else
            out += "| `" + std::string(each.name) + "` | " + list(each.attributes) + " |\n";
    }
    out += "| " + plain + " | none |\n\nWithin `<!--[if mso]>…<![endif]-->` also: ";
    std::string also;
    for (const Element& each : outlook_elements) {
        also += (also.empty() ? "`" : ", `") + std::string(each.name) + '`';
        if (!each.attributes.empty()) also += " (" + list(each.attributes) + ")";
    }
    return out + also +
           ".\n\nCSS properties, in `style` attributes and style sheets (there within `@media` or not): " + list(allowed_css()) +
           ".\n\nCSS functions: " + list(allowed_css_functions()) + ".\n";
}

}  // namespace ilbud
