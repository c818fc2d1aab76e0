// Puts together the path from <html> to each text of the note: the layout's elements, then the engine's own.
#include "lint_note.hpp"

#include <algorithm>
#include <array>

#include "ilbud/base/text.hpp"
#include "lint.hpp"
#include "markdown_events.hpp"
#include "note_html.hpp"
#include "note_judge.hpp"

namespace ilbud {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Elements that a browser ends, or moves, where the content begins: the note is then not where the layout says.
void lint_place(const HtmlOutline& layout, HtmlView view) {
    const auto& path = layout.ancestors[view];
    const auto add = [&](std::size_t at, const std::string& what) {
        layout.source->add("note_hidden", at,
                           "the automatic note would not be seen (R11), or not where the layout says: " + what);
    };
    if (!layout.shows_content[view])
        return add(layout.content, "Outlook is not shown the content; {{{content}}} stands outside of all conditions");
    bool body = false;
    for (const HtmlNode& each : path) {
        body = body || each.name == "body";
        if (is_one_of(each.name, {"p", "a", "h1", "h2", "h3", "h4", "h5", "h6", "head", "title", "pre", "caption"}) ||
            each.name.find(':') != std::string::npos)
            add(each.at, "<" + each.name + "> cannot hold the content; a <div> or <td> can");
    }
    if (!path.empty() && is_one_of(path.back().name, {"table", "tbody", "tfoot", "thead", "tr", "ul", "ol", "dl"}))
        add(path.back().at, "the content cannot stand directly in <" + path.back().name + ">; in a <td> or <div> it can");
    if (!body && lower_case(layout.source->text()).find("<body") != std::string::npos)
        add(layout.content, "the content stands in <body>");
}

// The engine's own HTML with the content's mark at one of the places where the note has text.
HtmlOutline note_with_mark_at(std::string_view place, const std::string& file, Findings& ignored) {
    std::string markdown =
        "text **strong** *emphasis* [link](https://a.example) `code`\n\n- item\n\n[button](https://a.example)\n";
    std::string html(note_opening);
    append_markdown(markdown, html_style("#000000", "#ffffff"), &html, nullptr);
    html += note_closing;
    const std::string shown = '>' + std::string(place);
    html.replace(html.find(shown) + 1, place.size(), "{{{content}}}");
    return lint_html(html, file, HtmlFile::part, ignored);
}

}  // namespace

void lint_note(const HtmlOutline& layout, std::span<const HtmlOutline> parts) {
    if (layout.content == std::string_view::npos) return;  // no_content
    const std::string file = "note";
    Findings ignored;
    // A button's colours are the unit's, one on the other; what a layout does to them is seen in every mail.
    constexpr std::array<NoteLeaf, 7> leaves{{{"text", true, false},
                                              {"strong", true, false},
                                              {"emphasis", true, false},
                                              {"link", true, true},
                                              {"code", true, false},
                                              {"item", true, false},
                                              {"button", false, false}}};
    NotesTold told;
    for (const auto view : {html_others, html_outlook}) {
        lint_place(layout, view);
        std::vector<CssSheet> sheets;
        const auto take = [&](const HtmlOutline& outline) {
            for (const HtmlStyleSheet& each : outline.sheets)
                if (each.seen[view]) sheets.push_back({outline.source.get(), read_css_rules(*outline.source, each)});
        };
        take(layout);
        for (const HtmlOutline& part : parts) take(part);
        for (const NoteLeaf& leaf : leaves) {
            const HtmlOutline note = note_with_mark_at(leaf.text, file, ignored);
            std::vector<CssElement> path;
            for (const HtmlNode& each : layout.ancestors[view]) path.push_back({&each, layout.source.get()});
            for (const HtmlNode& each : note.ancestors[html_others]) path.push_back({&each, note.source.get()});
            judge_note(layout, path, sheets, leaf, told);
        }
    }
}

}  // namespace ilbud
