// Folding: a tree with its partials and one unit's constants becomes the shortest Mustache text that says the same.
#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "ilbud/render/escape.hpp"
#include "ilbud/render/template.hpp"
#include "sender.hpp"
#include "template_sources.hpp"

namespace ilbud {

// The values of all variables of VariableSource::unit; a flag is "true" or "".
struct Constants {
    std::array<std::string, variable_count> values;
    std::map<std::string, std::string, std::less<>> own;  // the unit's variables by name

    std::string& operator[](std::size_t at) { return values[at]; }
    const std::string& operator[](std::size_t at) const { return values[at]; }
};
Constants constants_of(const Sender& sender, Locale locale, Kind kind);

// What a fold met on its way.
struct Folded {
    std::string text;
    VarSet used;                 // variables left to the render
    VarSet outside;              // used or filled in outside all sections that a render decides
    std::size_t item_bytes = 0;  // of all list sections together
    std::size_t tags = 0;
};

// Where partials come from; without sources there are none.
// `unit` and `extension` decide which file a partial's name means.
struct FoldScope {
    std::string place;  // of the file, for findings
    TemplateSources* sources = nullptr;
    std::string_view unit;
    Locale locale{};
    std::string_view extension = ".md";
};

// `mode` is how constants are escaped. A header's own text is escaped too (for Markdown), so that one way of undoing it serves
// values and text alike. Of a linted tree only: findings are those that depend on the unit (too_large).
Folded fold(const std::vector<TemplateNode>& nodes, const FoldScope& scope, const Constants& constants, Escape mode, bool header,
            Findings& findings);

// A folded layout as pieces around subject, preheader and content, if it is no more than that.
Layout layout_of(const Folded& folded);

}  // namespace ilbud
