// Browsers close what is left open, each place by its own rule (HTML Standard §13.2.6), and a </td> too many ends the layout's
// own cell: what follows then stands elsewhere than the layout says, the note among it. So every element is closed here, also
// where HTML lets the end be left out, and nothing stands where a browser would move it.
#include "html_stack.hpp"

#include <algorithm>
#include <span>

namespace ilbud {
namespace {

// Far above what a mail needs, and no more than a walk for each element can bear.
constexpr std::size_t depth_max = 200;

using Names = std::span<const std::string_view>;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}
bool is_one_of(std::string_view name, Names names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_heading(std::string_view name) {
    return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
}

// What ends a paragraph that is open (§13.2.6.4.7).
bool is_block(std::string_view name) {
    return is_heading(name) ||
           is_one_of(name, {"address", "article",    "aside",  "blockquote", "center",  "dd",    "div", "dl",
                            "dt",      "figcaption", "figure", "footer",     "header",  "hr",    "li",  "main",
                            "nav",     "ol",         "p",      "pre",        "section", "table", "ul"});
}

// The elements one of which has to be the parent; none: any may. A browser drops a cell outside of a row, and puts in what lacks.
Names parents_of(std::string_view name) {
    static constexpr std::string_view sections[]{"table"}, rows[]{"table", "tbody", "tfoot", "thead"}, cells[]{"tr"},
        items[]{"ol", "ul"}, terms[]{"dl"};
    if (is_one_of(name, {"tbody", "tfoot", "thead", "caption"})) return sections;
    if (name == "tr") return rows;
    if (name == "td" || name == "th") return cells;
    if (name == "li") return items;
    return name == "dt" || name == "dd" ? Names(terms) : Names();
}

// What may stand in an element of a table; none: anything. A browser moves the rest out, in front of the table.
Names children_of(std::string_view name) {
    static constexpr std::string_view table[]{"tbody", "tfoot", "thead", "caption", "tr", "style"}, rows[]{"tr", "style"},
        row[]{"td", "th", "style"};
    if (name == "table") return table;
    if (is_one_of(name, {"tbody", "tfoot", "thead"})) return rows;
    return name == "tr" ? Names(row) : Names();
}

// HTML Standard §13.1.2, with those that no mail may have, so that one finding is told of them and not two.
bool has_no_end(std::string_view name) {
    return is_one_of(name,
                     {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"});
}

std::string list(Names names) {
    std::string out;
    for (const auto name : names) out += (out.empty() ? "<" : ", <") + std::string(name) + '>';
    return out;
}

}  // namespace

void HtmlStack::enter(std::string condition, bool others, bool outlook) {
    condition_ = std::move(condition);
    seen_ = {others, outlook};
}

void HtmlStack::leave() {
    condition_.clear();
    seen_ = {true, true};
}

// What browsers would do to the tree with this element: told once, whichever view it is in.
void HtmlStack::check_parent(const HtmlNode& node, HtmlView view) {
    const auto& open = open_[view];
    const std::string tag = '<' + node.name + '>';
    if (open.empty()) {
        // A partial stands wherever it is used: its own parent is unknown here.
        if (const auto parents = parents_of(node.name); !parents.empty() && file_ != HtmlFile::partial)
            add(node.at, tag + " stands in one of " + list(parents) + ", or a browser drops it");
        return;
    }
    const std::string& parent = open.back().name;
    const auto parents = parents_of(node.name), children = children_of(parent);
    const auto inside = [&](auto&& fits) {
        return std::any_of(open.begin(), open.end(), [&](const HtmlNode& each) { return fits(each.name); });
    };
    if (!parents.empty() && !is_one_of(parent, parents))
        add(node.at, tag + " stands in one of " + list(parents) + ", not in <" + parent + ">: a browser drops or moves it");
    else if (!children.empty() && !is_one_of(node.name, children))
        add(node.at, tag + " cannot stand in <" + parent + ">, which holds " + list(children) + ": a browser moves it out");
    else if (is_block(node.name) && inside([](std::string_view each) { return each == "p"; }))
        add(node.at, tag + " cannot stand in a <p>: a browser ends the paragraph before it");
    else if (is_heading(node.name) && is_heading(parent))
        add(node.at, tag + " cannot stand in <" + parent + ">: a browser ends that before it");
    else if (node.name == "a" && inside([](std::string_view each) { return each == "a"; }))
        add(node.at, "a link cannot stand in a link: a browser ends the outer one before it");
    else if (node.name == "html" || ((node.name == "body" || node.name == "head") && parent != "html"))
        add(node.at, tag + (node.name == "html" ? " stands around all else" : " stands in <html> alone"));
}

void HtmlStack::open(HtmlNode node) {
    if (too_deep_) return;
    if (std::max(open_[html_others].size(), open_[html_outlook].size()) >= depth_max) {
        too_deep_ = true;
        return add(node.at, "elements are nested more than " + std::to_string(depth_max) + " deep");
    }
    node.condition = condition_;
    if (file_ != HtmlFile::layout && is_one_of(node.name, {"html", "head", "body"}))
        add(node.at, '<' + node.name + "> stands in layout.html, around the content");
    for (const auto view : {html_others, html_outlook}) {
        if (!seen_[view]) continue;
        check_parent(node, view);
        if (!has_no_end(node.name)) open_[view].push_back(node);
    }
}

void HtmlStack::close(const std::string& name, std::size_t at) {
    if (too_deep_) return;
    if (has_no_end(name)) return add(at, "<" + name + "> has no end");
    for (const auto view : {html_others, html_outlook}) {
        if (!seen_[view]) continue;
        auto& open = open_[view];
        const auto floor = floors_.empty() ? 0 : floors_.back()[view];
        auto found = open.size();
        while (found > floor && open[found - 1].name != name) --found;
        if (found == floor) {
            const bool section = std::any_of(open.begin(), open.end(), [&](const HtmlNode& each) { return each.name == name; });
            add(at, "</" + name + "> closes nothing that is open " +
                        (section ? "within this section, which may print nothing" : "in this file"));
            continue;
        }
        for (auto i = open.size(); i > found; --i)
            add(open[i - 1].at, '<' + open[i - 1].name + "> is not closed before </" + name +
                                    ">: every element is closed here, also where HTML lets the end be left out");
        if (open[found - 1].condition != condition_)
            add(at, "</" + name + "> and its beginning stand under different conditions: not every program sees both");
        open.resize(found - 1);
    }
}

void HtmlStack::drop_to(const Heights& heights, const std::string& before) {
    if (too_deep_) return;
    for (const auto view : {html_others, html_outlook})
        while (open_[view].size() > heights[view]) {
            const HtmlNode& node = open_[view].back();
            add(node.at, '<' + node.name + "> is not closed" + before +
                             ": every element is closed here, also where HTML lets the end be left out");
            open_[view].pop_back();
        }
}

// Sections pair (read_template); one more end is told there.
void HtmlStack::section(const MustacheTag& tag) {
    if (tag.sigil != '/') return floors_.push_back({open_[html_others].size(), open_[html_outlook].size()});
    if (floors_.empty()) return;
    drop_to(floors_.back(), " before {{/" + std::string(tag.name) + "}}");
    floors_.pop_back();
}

void HtmlStack::finish() {
    drop_to({0, 0}, "");
}

}  // namespace ilbud
