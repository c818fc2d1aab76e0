/// Goes through HTML that a mail consists of, tag by tag: enough to judge it, not to display it.
///
/// In    HTML; broken HTML is gone through somehow
/// Out   tags and texts in their order; comments, doctypes and what stands in <style>, <script> and <title> are left out
/// Pure
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ilbud {

struct HtmlTag {
    std::string name;  ///< lower case
    bool closing = false;
    std::vector<std::pair<std::string, std::string>> attributes;  ///< names in lower case, values as they are written

    /// The value of an attribute, or null.
    [[nodiscard]] const std::string* attribute(std::string_view which) const;
};

/// Both must be set. `text` gets pieces between tags as they are written,
/// character references and white space included.
struct HtmlVisitor {
    std::function<void(const HtmlTag&)> tag;
    std::function<void(std::string_view)> text;
};

/// Linear in the size but for <style>, <script> and <title>, each of which costs a copy of what follows it.
void scan_html(std::string_view html, const HtmlVisitor& visitor);

/// Whether the element has no content and no closing tag ("img", "br", …).
[[nodiscard]] bool is_void_element(std::string_view name);

}  // namespace ilbud
