// Which elements are open at each place of a file, and whether what opens is closed where it began.
#pragma once
#include "html_outline.hpp"

namespace ilbud {

// Follows a file for both views at once. Findings  unbalanced_html, at the tag that is wrong
class HtmlStack {
 public:
    HtmlStack(LintSource& source, HtmlFile file) : source_(source), file_(file) {}

    // What stands in a conditional comment: its condition, and who is shown it. Ends at leave().
    void enter(std::string condition, bool others, bool outlook);
    void leave();
    [[nodiscard]] bool in_condition() const { return !condition_.empty(); }
    [[nodiscard]] std::array<bool, html_views> seen() const { return seen_; }

    void open(HtmlNode node);
    void close(const std::string& name, std::size_t at);
    // A section between elements may print nothing, and so must leave all as it was.
    void section(const MustacheTag& tag);
    [[nodiscard]] bool in_section() const { return !floors_.empty(); }
    void finish();

    [[nodiscard]] const std::vector<HtmlNode>& open_elements(HtmlView view) const { return open_[view]; }

 private:
    using Heights = std::array<std::size_t, html_views>;
    void add(std::size_t at, std::string detail) { source_.add("unbalanced_html", at, std::move(detail)); }
    void check_parent(const HtmlNode& node, HtmlView view);
    void drop_to(const Heights& heights, const std::string& before);

    LintSource& source_;
    HtmlFile file_;
    std::array<std::vector<HtmlNode>, html_views> open_;
    std::vector<Heights> floors_;  // of the sections around, the innermost last
    std::string condition_;
    bool too_deep_ = false;  // told; nothing is followed any more
    std::array<bool, html_views> seen_{true, true};
};

}  // namespace ilbud
