/// Templates: Markdown with Mustache tags, linted and prepared once, at load.
///
/// In    templates/<locale>/<kind>.md (+ optional <kind>.html / <kind>.txt), <locale>/partials/*.md (.html, .txt for such files),
///       layout.html, and a unit's own files in units/<unit>/…, which win file by file (a notice is no unit's); customer
///       services' welcome messages
/// Out   an immutable TemplateSet: partials inlined, the unit's constants filled in, ready to render; or every finding with
///       file:line:column
/// Not pure: reads files. The set is shared by all lanes without locks.
/// See   DESIGN §6, FACTS (mstch), DOMAIN R11; SECURITY S17–S20; render/variables.hpp (what a template may use)
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/render/markdown.hpp"
#include "ilbud/render/variables.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// layout.html with one unit's constants in it.
struct Layout {
    struct Piece {
        std::string html;  ///< stands before …
        Var slot{};        ///< … subject, preheader or content
    };
    std::vector<Piece> pieces;
    std::string rest;      ///< after the last piece
    std::string mustache;  ///< in place of both, if the layout uses more of a mail than these three
    HtmlStyle style;
};

/// One kind's prepared template for one unit and locale. Variables are named by variable_key.
struct Template {
    Locale locale{};
    /// Mustache over Markdown: subject, preheader, welcome message, body and note (R11), with part_separator between them.
    std::string mail;
    std::string html;     ///< overrides the HTML part's content if not empty (Mustache over HTML); the note follows all the same
    std::string text;     ///< overrides the text part if not empty (Mustache over plain text); the note follows all the same
    VarSet used;          ///< by any of them, and by the layout
    bool braces = false;  ///< brace_key is used
    std::size_t item_bytes = 0;  ///< of the template for one element of a list, at most
    std::shared_ptr<const Layout> layout;
};
inline constexpr char part_separator = '\x1f';  // no value can bring one along
/// Subject, preheader, welcome message, body, note.
inline constexpr std::size_t part_count = 5;

/// What a prepared template calls `which`: short and without dots, which is what mstch finds fastest.
[[nodiscard]] std::string_view variable_key(Var which);
/// Stands for "{", which a value that is filled in at load cannot bring along (S20).
inline constexpr std::string_view brace_key = "_b";

/// Cheap to copy: copies share what was loaded. What find() gives lives as long as one of them.
class TemplateSet {
 public:
    /// The template of `unit` (id) for `locale` and `kind`; falls back to the unit's language, then en (DOMAIN §1); null only for
    /// an unknown unit. Notices are no unit's: theirs falls back to en at once.
    [[nodiscard]] const Template* find(std::string_view unit, Locale locale, Kind kind) const;
    /// The locale that `find` really uses.
    [[nodiscard]] Locale effective_locale(std::string_view unit, Locale locale, Kind kind) const;
    /// What is missing in a language that a unit offers or an account uses, and which language stands in; a sentence each.
    [[nodiscard]] const std::vector<std::string>& notes() const;
    /// Folders of units that do not exist: a misspelt one means that a unit's mail goes out with other texts than its own. Findings
    /// of `ilbud check`; a daemon goes on, since a unit may be taken away before its folder.
    [[nodiscard]] const std::vector<Error>& idle_folders() const;

    struct Data;  // the loader's
    explicit TemplateSet(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

 private:
    std::shared_ptr<const Data> data_;
};

/// Loads and lints everything for all units of `settings`. A kind of mail whose file, note or partial is missing in a language is
/// absent in that language, and another stands in (find); `en` must be whole, and so must be what a unit's own files name.
/// Errors  template_missing, unreadable, unknown_file, invalid_utf8, no_subject, no_content, note_incomplete, unknown_tag,
///         delimiter_change, unclosed_section, unclosed_tag, unexpected_close, unknown_variable, wrong_use, nested_list,
///         raw_not_allowed, partial_missing, partial_recursion, too_deep, too_large, too_slow, unquoted_attribute, url_scheme,
///         unsafe_html, unsafe_css, split_section, html_in_markdown, unbalanced_html, header_line, text_direction,
///         picture_address, note_hidden
Result<TemplateSet, std::vector<Error>> load_templates(const Settings& settings);

}  // namespace ilbud
