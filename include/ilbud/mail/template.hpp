/// Templates: Markdown with Mustache tags, linted and prepared once, at load.
///
/// In    templates/<locale>/<kind>.md (+ optional <kind>.html / <kind>.txt), <locale>/partials/*.md, layout.html, and a unit's
///       own files in units/<unit>/…, which win file by file
/// Out   an immutable TemplateSet: partials inlined, the unit's constants filled in, ready to render; or every finding with
///       file:line:column
/// Not pure: reads files. The set is shared by all lanes without locks.
/// See   DESIGN §6, FACTS (mstch), DOMAIN R11; SECURITY S17–S20
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// One kind's prepared template for one unit and locale.
struct Template {
    std::string subject;     ///< Mustache, plain text
    std::string preheader;
    std::string body;        ///< Mustache over Markdown; the note (R11) is appended by the engine
    std::string html;        ///< overrides the HTML part's content if not empty (Mustache over HTML, put inside the layout)
    std::string text;        ///< overrides the text part if not empty (Mustache over plain text)
    std::string note;        ///< the automatic note: Mustache over Markdown
    std::string layout_before, layout_after;  ///< the layout around the content; Mustache over HTML
};

class TemplateSet {
 public:
    /// The template of `unit` (id) for `locale` and `kind`; falls back to the unit's language, then en (DOMAIN §1); null only for
    /// an unknown unit.
    [[nodiscard]] const Template* find(std::string_view unit, Locale locale, Kind kind) const;
    /// The locale that `find` really uses.
    [[nodiscard]] Locale effective_locale(std::string_view unit, Locale locale, Kind kind) const;

    struct Data;  // the loader's
    explicit TemplateSet(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

 private:
    std::shared_ptr<const Data> data_;
};

/// Loads and lints everything for all units of `settings`. Locales without a folder are absent; `en` must exist.
/// Errors  template_missing, unknown_tag, unclosed_section, unclosed_tag, unexpected_close, unknown_variable, raw_not_allowed,
///         partial_missing, partial_recursion, too_deep, too_large, too_slow, unquoted_attribute, url_scheme, no_subject, …
Result<TemplateSet, std::vector<Error>> load_templates(const Settings& settings);

}  // namespace ilbud
