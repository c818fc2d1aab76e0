// What makes a template be refused: everything that mstch, Markdown or a mail program would let pass in silence.
#pragma once
#include <set>

#include "html_outline.hpp"
#include "ilbud/render/escape.hpp"
#include "template_sources.hpp"

namespace ilbud {

// What is linted: one unit's view of the files, or, with an empty unit, the common one.
// The scope decides which files are seen (a unit's own before
// the common ones), which partials, and which variables exist.
struct LintScope {
    std::string_view unit;
    Locale locale{};
    Kind kind{};
    bool needed = true;  // some unit mails it: else its English text may be missing, too
};

// A mail's <kind>.md, its overrides and the note, with every partial they use.
// Out       the names of files that are not there, if another language can stand in: then this one's mail is not to be written.
//           No other stands in for English where it is needed, nor for what a unit's own file names
// Findings  template_missing and all that load_templates lists for variables, sections, partials, links and HTML
std::set<std::string> lint_mail(TemplateSources& sources, const LintScope& scope, Findings& findings);
void lint_layout(TemplateSources& sources, std::string_view unit, Findings& findings);
// A customer service's welcome message: no partials, few variables.
void lint_message(std::string_view text, const std::string& place, TemplateSources& sources, Findings& findings);

// Links of other schemes than http, https, mailto and tel, and raw HTML, in Markdown.
void lint_markdown_links(std::string_view text, const std::string& file, Findings& findings);
// The same of a plain text, whose addresses mail programs make links of.
void lint_text_links(std::string_view text, const std::string& file, Findings& findings);
// Unquoted attributes, links of other schemes, elements, attributes and CSS that have no place in a mail, and what a mail program
// could read in another way than it looks. A file that passes begins and ends between elements, whatever its sections print, and
// closes each element that it opens, and no other.
HtmlOutline lint_html(std::string_view text, const std::string& file, HtmlFile kind, Findings& findings);
// Whether a link's address is fit: literally one of the schemes, or a variable that is a URL, behind which come a path, a query, a
// fragment, or one of `ends`.
// Of a link in Markdown `ends` are what may end its
// address there; in an attribute the value ends by itself.
bool is_fit_address(std::string_view address, std::string_view ends);
// Why a picture cannot have this address; empty if it can. Fetched with the mail's own values in it, a picture tells who opened
// which mail: it is the same for all of a unit's mails.
std::string unfit_picture(std::string_view address);
// Why a value in this address cannot be encoded for its place: it is part of a host, or of a mailbox's name; else empty.
std::string unfit_value(std::string_view address);
// Characters that turn the direction of what follows, also as HTML writes them, and those that divide a mail's parts.
// Findings  text_direction, invalid_utf8
void lint_characters(std::string_view text, const std::string& place, Findings& findings);

}  // namespace ilbud
