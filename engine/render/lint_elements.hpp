// The elements and attributes that may stand in a mail's HTML: what is not named is refused.
#pragma once
#include <span>
#include <string_view>

namespace ilbud {

// Names in lower case, as HTML compares them without regard to case and the linter lowers what it reads.
struct HtmlElement {
    std::string_view name;
    std::span<const std::string_view> attributes = {};  // besides those of every element
};

// Null if it is not allowed. `outlook` adds what only a conditional comment can bring.
[[nodiscard]] const HtmlElement* find_html_element(std::string_view name, bool outlook);
[[nodiscard]] bool allows_attribute(const HtmlElement& element, std::string_view attribute);

}  // namespace ilbud
