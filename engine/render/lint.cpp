// Goes through the tree of each file as a render would, with the partials where they
// stand, because what a variable may do depends on where it is used: inside which list,
// in mails of which kind, in Markdown or in HTML. A partial is looked at anew at each
// place where it is used. That is wasteful and simple; what a hostile set of partials
// could make of it is bounded by steps_max, and equal findings are kept once (Findings).
#include "lint.hpp"

#include <algorithm>
#include <utility>

#include "ilbud/base/nearest_name.hpp"
#include "ilbud/render/variables.hpp"
#include "lint_note.hpp"

namespace ilbud {
namespace {

using Type = TemplateNode::Type;

// Partials may multiply what is gone through: this bounds it, whatever they do.
// Ten partials that each use the next one twice are a thousand visits, sixteen
// (the usual limit of depth) are 65,000, and a partial may use another more
// often than twice. Beyond this many nodes the walk stops with one finding.
constexpr std::size_t steps_max = 100'000;

// What the nodes belong to; each lets other variables in.
enum class Part : std::uint8_t { mail, message, layout };

std::string suggestion(std::string_view name, Kind kind, const std::set<std::string, std::less<>>& of_units) {
    std::vector<std::string> own;
    own.reserve(of_units.size());
    for (const auto& each : of_units) own.push_back(std::string(unit_variable_prefix) + each);
    std::vector<std::string_view> known(own.begin(), own.end());
    for (const Variable& each : variables())
        if (each.kinds.contains(kind) && !each.name.starts_with(unit_variable_prefix)) known.push_back(each.name);
    const auto nearest = nearest_name(name, known);
    return nearest.empty() ? std::string() : "; is '" + std::string(nearest) + "' meant?";
}

class Linter {
 public:
    Linter(TemplateSources& sources, LintScope scope, Part part, std::string_view extension, Findings& findings)
        : sources_(sources), scope_(scope), part_(part), extension_(extension), findings_(findings) {}

    // The whole of the file `name`, a part of it at a time.
    void walk_file(const std::vector<TemplateNode>& nodes, const std::string& name) {
        // What a unit's own file names must be there: nobody else's language can stand in for it.
        of_unit_ = is_of_unit(name);
        walk(nodes, sources_.place(name));
    }
    // The partials that another language can stand in for.
    [[nodiscard]] const std::set<std::string>& missing() const { return missing_; }
    // The HTML partials that bring style sheets along.
    [[nodiscard]] std::vector<HtmlOutline>& styled() { return styled_; }

    void walk(const std::vector<TemplateNode>& nodes, const std::string& file) {
        for (const TemplateNode& node : nodes) {
            if (++steps_ > steps_max) {
                // Told once; the levels above return by themselves, each at its next node.
                if (steps_ == steps_max + 1)
                    findings_.add("too_large", file, node.place, "the partials multiply to more than can be prepared");
                return;
            }
            switch (node.type) {
                case Type::text:
                    break;
                case Type::variable:
                    use(node, file);
                    break;
                case Type::raw:
                    raw(node, file);
                    break;
                case Type::section:
                case Type::inverted:
                    section(node, file);
                    break;
                case Type::partial:
                    partial(node, file);
                    break;
            }
        }
    }

 private:
    // The variable if it is known and may stand here; otherwise a finding.
    // The first reason that fits is told: the order runs from "never here" to "not at this place".
    const Variable* known(const TemplateNode& node, const std::string& file) {
        const auto which = find_variable(node.text);
        const std::string name = '\'' + node.text + '\'';
        const auto& of_units = sources_.unit_variables();
        const bool is_own = which == Var::unit_variable;
        if (!which || (is_own && !of_units.contains(std::string_view(node.text).substr(unit_variable_prefix.size())))) {
            findings_.add("unknown_variable", file, node.place,
                          "there is no variable " + name + (is_own ? ": no unit's [unit.variables] has it" : "") +
                              suggestion(node.text, scope_.kind, of_units));
            return nullptr;
        }
        const Variable& found = variable(*which);
        std::string why;
        if (part_ == Part::message && !found.in_message)
            why = "cannot stand in a welcome message";
        else if (part_ != Part::layout && found.source == VariableSource::layout)
            why = "can stand in layout.html only";
        else if (part_ == Part::layout && found.source == VariableSource::item)
            why = "cannot stand in layout.html";
        else if (part_ == Part::layout && !shared(found))
            why = "is not known in every kind of mail, as layout.html requires";
        else if (!found.kinds.contains(scope_.kind))
            why = "is not known in mails of the kind " + std::string(to_word(scope_.kind));
        else if (found.source == VariableSource::item && list_ != found.list)
            why = "can stand within {{#" + std::string(found.list) + "}} only";
        if (why.empty()) return &found;
        findings_.add("unknown_variable", file, node.place, name + ' ' + why);
        return nullptr;
    }

    // What a notice does not know is empty there.
    // A layout serves mails of every kind, so it may use only what each of them has.
    static bool shared(const Variable& each) {
        return std::ranges::all_of(subscriber_kinds, [&each](Kind kind) { return each.kinds.contains(kind); });
    }

    void use(const TemplateNode& node, const std::string& file) {
        const Variable* found = known(node, file);
        if (found == nullptr) return;
        // Printed, it would come out as nothing: a flag has no field in a view, and a list no text.
        if (found->type == VariableType::flag || found->type == VariableType::list)
            findings_.add("wrong_use", file, node.place,
                          '\'' + node.text + "' is a " + std::string(to_word(found->type)) + ": it can only open a section");
        else if (found->type == VariableType::block)
            findings_.add("wrong_use", file, node.place,
                          '\'' + node.text + "' is Markdown already: it is written {{{" + node.text + "}}}, in .md files only");
        else if (part_ == Part::layout && node.text == "content")
            findings_.add("wrong_use", file, node.place, "'content' is HTML already: it is written {{{content}}}");
    }

    // Two things may come in unescaped, both made by the engine
    // itself: the content in a layout and blocks in Markdown (S17).
    void raw(const TemplateNode& node, const std::string& file) {
        const Variable* found = known(node, file);
        if (found == nullptr || (part_ == Part::layout && node.text == "content")) return;
        if (found->type == VariableType::block && extension_ == ".md") return;
        findings_.add("raw_not_allowed", file, node.place, "'" + node.text + "' is always escaped: write {{" + node.text + "}}");
    }

    // A list in a list would need names for the outer and the inner element, and
    // item_bytes would multiply. The inverted section of a list is no list: it
    // stands where there are no elements. An unknown name is a finding already;
    // its content is looked at all the same, so that one run tells everything.
    void section(const TemplateNode& node, const std::string& file) {
        const Variable* found = known(node, file);
        const bool list = found != nullptr && found->type == VariableType::list && node.type == Type::section;
        if (list && !list_.empty()) findings_.add("nested_list", file, node.place, "a list cannot be gone through within a list");
        const auto outer = list_;
        if (list) list_ = found->name;
        ++depth_;
        walk(node.children, file);
        --depth_;
        list_ = outer;
    }

    void partial(const TemplateNode& node, const std::string& file) {
        const std::string name = partial_name(scope_.locale, node.text, extension_);
        const bool no_partials = part_ != Part::mail;
        const auto found = no_partials ? std::nullopt : sources_.resolve(scope_.unit, name);
        // A language that lacks a partial is no error but a gap
        // (template_gaps.hpp); English has none to stand in.
        if (!found && part_ == Part::mail && scope_.locale != Locale::en && !of_unit_) {
            missing_.insert(name);
            return;
        }
        if (!found) {
            const char* why = no_partials ? "no partials can be used here" : "there is no file ";
            return findings_.add("partial_missing", file, node.place,
                                 "partial '" + node.text + "': " + why + (no_partials ? "" : name));
        }
        // Inlined, it would have no end.
        if (std::find(path_.begin(), path_.end(), *found) != path_.end())
            return findings_.add("partial_recursion", file, node.place, "partial '" + node.text + "' includes itself");
        if (depth_ >= sources_.limits().depth_max)
            return findings_.add(
                "too_deep", file, node.place,
                "sections and partials are nested more than " + std::to_string(sources_.limits().depth_max) + " deep");
        path_.push_back(*found);
        ++depth_;
        const bool outer = std::exchange(of_unit_, is_of_unit(*found));
        const std::string& place = sources_.place(*found);
        // As text, before the tree: links and HTML are no nodes.
        if (extension_ == ".md") lint_markdown_links(sources_.text(*found), place, findings_);
        if (extension_ == ".txt") lint_text_links(sources_.text(*found), place, findings_);
        if (extension_ == ".html")
            if (auto outline = lint_html(sources_.text(*found), place, HtmlFile::partial, findings_); !outline.sheets.empty())
                styled_.push_back(std::move(outline));
        walk(sources_.partial(*found, node, findings_), place);
        of_unit_ = outer;
        --depth_;
        path_.pop_back();
    }

    static bool is_of_unit(std::string_view name) { return name.starts_with("units/"); }

    TemplateSources& sources_;
    LintScope scope_;
    Part part_;
    std::string_view extension_;
    Findings& findings_;
    std::string_view list_;          // the list at hand; empty: none
    std::vector<std::string> path_;  // partials on the way down
    std::size_t depth_ = 0;
    std::size_t steps_ = 0;
    bool of_unit_ = false;  // the file at hand is the unit's own
    std::set<std::string> missing_;
    std::vector<HtmlOutline> styled_;
};

}  // namespace

namespace {

// A style sheet of an HTML part counts for the whole mail, also for the note. What the layout does by itself is told with it.
void lint_note_beside(TemplateSources& sources, const LintScope& scope, const std::vector<HtmlOutline>& styled) {
    const auto name = sources.resolve(scope.unit, "layout.html");
    if (styled.empty() || !name || scope.kind == Kind::notice) return;
    Findings ignored;
    lint_note(lint_html(sources.text(*name), sources.place(*name), HtmlFile::layout, ignored), styled);
}

}  // namespace

// Everything is looked at although a file before it failed:
// who mends templates wants all findings of one run.
std::set<std::string> lint_mail(TemplateSources& sources, const LintScope& scope, Findings& findings) {
    std::set<std::string> missing;
    std::vector<HtmlOutline> styled;
    const auto lint = [&](const std::vector<TemplateNode>& nodes, const std::string& name, std::string_view extension) {
        Linter linter(sources, scope, Part::mail, extension, findings);
        linter.walk_file(nodes, name);
        missing.insert(linter.missing().begin(), linter.missing().end());
        std::move(linter.styled().begin(), linter.styled().end(), std::back_inserter(styled));
    };
    const auto lack = [&](const std::string& name, const std::string& why) {
        if (scope.locale == Locale::en && scope.needed)
            findings.add({"template_missing", name, why});
        else
            missing.insert(name);
    };
    const std::string name = template_name(scope.locale, scope.kind, ".md");
    if (const auto found = sources.resolve(scope.unit, name)) {
        const MailSource& mail = sources.mail(*found, findings);
        for (const auto* part : {&mail.subject, &mail.preheader, &mail.body}) lint(*part, *found, ".md");
        lint_markdown_links(sources.text(*found), sources.place(*found), findings);
    } else {
        lack(name, "there is no template for " + std::string(to_word(scope.kind)) + " mails");
    }
    const std::string note = partial_name(scope.locale, "note", ".md");
    if (scope.kind == Kind::notice) {
        // The note is for subscribers.
    } else if (const auto found = sources.resolve(scope.unit, note)) {
        lint(sources.tree(*found, findings), *found, ".md");
        lint_markdown_links(sources.text(*found), sources.place(*found), findings);
    } else {
        lack(note, "there is no automatic note (R11)");
    }
    // Overrides are optional, so that one is missing is no gap.
    for (const std::string_view extension : {".html", ".txt"}) {
        const auto found = sources.resolve(scope.unit, template_name(scope.locale, scope.kind, extension));
        if (!found) continue;
        lint(sources.tree(*found, findings), *found, extension);
        if (extension == ".txt") lint_text_links(sources.text(*found), sources.place(*found), findings);
        if (extension != ".html") continue;
        if (auto part = lint_html(sources.text(*found), sources.place(*found), HtmlFile::part, findings); !part.sheets.empty())
            styled.push_back(std::move(part));
        lint_note_beside(sources, scope, styled);
    }
    return missing;
}

// Some kind has to be named for the messages; `shared` makes it irrelevant for what is allowed.
void lint_layout(TemplateSources& sources, std::string_view unit, Findings& findings) {
    const auto found = sources.resolve(unit, "layout.html");
    if (!found) return findings.add({"template_missing", "layout.html", "there is no layout"});
    const auto& nodes = sources.tree(*found, findings);
    Linter(sources, {unit, Locale::en, Kind::welcome}, Part::layout, ".html", findings).walk(nodes, sources.place(*found));
    const HtmlOutline outline = lint_html(sources.text(*found), sources.place(*found), HtmlFile::layout, findings);
    // At the top level only: inside a section a mail could come without its content.
    const auto contents = std::count_if(
        nodes.begin(), nodes.end(), [](const TemplateNode& node) { return node.type == Type::raw && node.text == "content"; });
    if (contents != 1)
        findings.add("no_content", sources.place(*found), {},
                     "{{{content}}} must stand in the layout once, outside all sections");
    lint_note(outline, {});
}

void lint_message(std::string_view text, const std::string& place, TemplateSources& sources, Findings& findings) {
    const auto& limits = sources.limits();
    if (text.size() > limits.bytes_max) return findings.add("too_large", place, {}, "the welcome message is too long");
    lint_characters(text, place, findings);
    const auto nodes = read_template(text, place, {}, limits.depth_max, findings);
    Linter(sources, {{}, Locale::en, Kind::welcome}, Part::message, ".md", findings).walk(nodes, place);
    lint_markdown_links(text, place, findings);
}

}  // namespace ilbud
