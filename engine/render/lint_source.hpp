// A template's HTML as its linters read it: without Mustache comments, which are gone before a mail program sees it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "template_tree.hpp"

namespace ilbud {

// A tag as it stands; `name` views into the source's text.
struct MustacheTag {
    char sigil = 0;  // '#', '^', '/', '>', '&', '{' or 0 for a variable
    std::string_view name;
    std::size_t end = 0;  // behind the braces

    [[nodiscard]] bool is_section() const { return sigil == '#' || sigil == '^' || sigil == '/'; }
};

// Shared by the linters of one file, so that sections are followed through HTML and the CSS
// within it. Keeps a copy of the text; `file` and `findings` are borrowed and outlive it.
class LintSource {
 public:
    LintSource(std::string_view text, const std::string& file, Findings& findings);

    [[nodiscard]] std::string_view text() const { return text_; }
    // The tag whose "{{" is text()[at].
    [[nodiscard]] MustacheTag tag(std::size_t at) const;
    // A finding at an offset in text().
    void add(const char* code, std::size_t at, std::string detail);
    // Takes a section's tag at `at`. A section may print nothing, so it has to end in the state of the HTML in which it began:
    // `region` tells that state by where the text, the tag, the value or the rule at hand begins.
    // Findings  split_section, at the closing tag
    void section(const MustacheTag& tag, std::size_t at, std::size_t region);

    static constexpr std::size_t nowhere = std::string_view::npos;  // the region where no section can begin or end

 private:
    // Sorted by place, as they are made from the front on.
    struct Cut {
        std::size_t at = 0;       // in text()
        std::size_t removed = 0;  // bytes up to here
    };
    std::string text_;
    std::vector<Cut> cuts_;
    std::string_view original_;
    const std::string& file_;
    Findings& findings_;
    std::vector<std::size_t> open_;  // the regions where sections began
    std::size_t added_ = 0;
};

}  // namespace ilbud
