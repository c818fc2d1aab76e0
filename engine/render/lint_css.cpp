// An allow-list, read by a small parser of its own. CSS can load pictures and fonts (url,
// @import), cover what stands elsewhere (position) and be read in two ways (escapes, comments in
// strings), and mail programs parse it each in its own manner. So only what every one of them
// reads alike is let through, and the rest is a finding instead of being repaired. Template tags
// may stand in it: whole rules or declarations in sections, and colours as values. The grammar
// is that of CSS Syntax Level 3. Media queries are not looked into: they load nothing.
#include "lint_css.hpp"

#include <algorithm>
#include <array>

#include "ilbud/render/variables.hpp"
#include "lint_note.hpp"
#include "lint_words.hpp"

namespace ilbud {
namespace {

// Sorted, since the reference prints it as it stands. Vendors' names are those that
// mail templates need: Outlook (mso-, -ms-, v-text-anchor), WebKit's text size. Not
// among them: position and z-index, which lay things over others; content, which
// writes text; animation and transition; filter and behavior, which once ran code.
constexpr std::array<std::string_view, 74> properties{"-moz-osx-font-smoothing",
                                                      "-ms-interpolation-mode",
                                                      "-ms-text-size-adjust",
                                                      "-webkit-box-sizing",
                                                      "-webkit-font-smoothing",
                                                      "-webkit-hyphens",
                                                      "-webkit-text-size-adjust",
                                                      "background",
                                                      "background-color",
                                                      "border*",
                                                      "box-shadow",
                                                      "box-sizing",
                                                      "caption-side",
                                                      "clear",
                                                      "color",
                                                      "color-scheme",
                                                      "cursor",
                                                      "direction",
                                                      "display",
                                                      "empty-cells",
                                                      "float",
                                                      "font*",
                                                      "height",
                                                      "hyphens",
                                                      "letter-spacing",
                                                      "line-height",
                                                      "list-style*",
                                                      "margin*",
                                                      "max-height",
                                                      "max-width",
                                                      "min-height",
                                                      "min-width",
                                                      "mso-ansi-font-size",
                                                      "mso-bidi-font-size",
                                                      "mso-border-alt",
                                                      "mso-color-alt",
                                                      "mso-font-alt",
                                                      "mso-font-width",
                                                      "mso-generic-font-family",
                                                      "mso-height-rule",
                                                      "mso-hide",
                                                      "mso-line-height-alt",
                                                      "mso-line-height-rule",
                                                      "mso-margin-bottom-alt",
                                                      "mso-margin-left-alt",
                                                      "mso-margin-right-alt",
                                                      "mso-margin-top-alt",
                                                      "mso-padding-alt",
                                                      "mso-padding-bottom-alt",
                                                      "mso-padding-left-alt",
                                                      "mso-padding-right-alt",
                                                      "mso-padding-top-alt",
                                                      "mso-style-priority",
                                                      "mso-table-lspace",
                                                      "mso-table-rspace",
                                                      "mso-text-raise",
                                                      "mso-width-percent",
                                                      "opacity",
                                                      "outline",
                                                      "overflow*",
                                                      "padding*",
                                                      "page-break-*",
                                                      "supported-color-schemes",
                                                      "table-layout",
                                                      "text-*",
                                                      "unicode-bidi",
                                                      "v-text-anchor",
                                                      "vertical-align",
                                                      "visibility",
                                                      "white-space",
                                                      "width",
                                                      "word-break",
                                                      "word-spacing",
                                                      "word-wrap"};

// Those that compute a number, a colour or a gradient. url,
// image-set, attr, var and expression are not among them.
constexpr std::array<std::string_view, 9> functions{"calc", "hsl", "hsla", "linear-gradient", "max", "min", "radial-gradient",
                                                    "rgb",  "rgba"};

constexpr std::string_view spaces = " \t\n";

// The first function in a value, of those that are not allowed; empty if there is none.
// Whatever stands before a '(' counts as a name, also where CSS would see none: too strict is harmless.
std::string_view unfit_function(std::string_view value) {
    for (auto at = value.find('('); at != std::string_view::npos; at = value.find('(', at + 1)) {
        const auto before = value.substr(0, at).find_last_of(" \t\n,(+*/");
        const auto begin = before == std::string_view::npos ? 0 : before + 1;
        const auto name = value.substr(begin, at - begin);
        if (!name.empty() && std::find(functions.begin(), functions.end(), name) == functions.end())
            return value.substr(begin, at - begin + 1);
    }
    return {};
}

class CssLinter {
 public:
    CssLinter(LintSource& source, std::size_t begin, std::size_t end)
        : source_(source), text_(source.text().substr(0, end)), at_(begin) {}

    // False, and a finding, if one of `bytes` is there.
    // Asked first: with a backslash "u\72l(" is url(, and no word could be compared any more.
    bool has_none_of(std::string_view bytes) {
        const auto found = text_.find_first_of(bytes, at_);
        if (found == std::string_view::npos) return true;
        add(found,
            "'" + std::string(1, text_[found]) + "' cannot stand in a style: what follows could be read in more than one way");
        return false;
    }

    // Up to the '}' that ends them.
    // `region` is where the list begins: a section that
    // opens here has to close here (LintSource::section).
    void declarations() {
        const auto region = at_;
        while (skip(region), at_ < text_.size() && text_[at_] != '}') declaration();
    }

    // A '}' without a beginning is told and passed, or the loop would stand still.
    void rules(bool in_media) {
        const auto region = at_;
        while (skip(region), at_ < text_.size()) {
            if (text_[at_] == '}') {
                if (in_media) return;
                unpaired();
            } else if (text_[at_] == '@') {
                at_rule(in_media);
            } else {
                block([this] { declarations(); });
            }
        }
    }

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    void unpaired() { add(at_++, "'}' ends nothing"); }

 private:
    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

    // Spaces, comments, sections' tags and what ends an empty declaration.
    void skip(std::size_t region) {
        for (;;) {
            at_ = std::min(text_.find_first_not_of(" \t\n;", at_), text_.size());
            if (starts("/*"))
                comment();
            else if (starts("{{"))
                tag(region, false);
            else
                return;
        }
    }
    // A tag in a comment could end it, or print text that does.
    void comment() {
        const auto close = text_.find("*/", at_ + 2);
        if (close == std::string_view::npos) add(at_, "the comment is never closed");
        const auto end = close == std::string_view::npos ? text_.size() : close + 2;
        if (text_.substr(at_, end - at_).find("{{") != std::string_view::npos) add(at_, "no tags can stand in a style's comment");
        at_ = end;
    }
    // A newline ends a broken string for a browser, which
    // then reads the rest as CSS: here it is a finding.
    void string() {
        const auto begin = at_++;
        const char ends[] = {text_[begin], '\n'};
        const auto close = std::min(text_.find_first_of({ends, 2}, at_), text_.size());
        const auto inside = text_.substr(at_, close - at_);
        at_ = close;
        if (close >= text_.size() || text_[close] == '\n') return add(begin, "the string is never closed");
        ++at_;
        // A parser that knows no strings would see the end of a rule or of a comment in it.
        if (inside.find_first_of(";{}") != std::string_view::npos || inside.find("/*") != std::string_view::npos ||
            inside.find("*/") != std::string_view::npos)
            add(begin, "';', braces and comment marks cannot stand in a string");
    }
    // Escaping is made for HTML: within CSS only colours are known to be harmless.
    void tag(std::size_t region, bool in_value) {
        const auto tag = source_.tag(at_);
        const auto which = find_variable(tag.name);
        // Sections may stand between rules and declarations; inside
        // of one `region` is nowhere, and that is a finding.
        if (tag.is_section())
            source_.section(tag, at_, region);
        else if (tag.sigil != 0 || !in_value || !which || variable(*which).type != VariableType::colour)
            add(at_, "within a style only variables that are colours can stand, as a property's value");
        at_ = std::min(tag.end, text_.size());
    }
    // Moves on to one of `ends`, past the tags, comments and strings on the way; what stood there, in lower case.
    // What it gives is for comparing only: without comments,
    // strings and tags, so that none can hide a name.
    std::string up_to(std::string_view ends, bool in_value = false) {
        std::string seen;
        while (at_ < text_.size()) {
            if (starts("{{"))
                tag(LintSource::nowhere, in_value);
            else if (ends.find(text_[at_]) != std::string_view::npos)
                break;
            else if (starts("/*"))
                comment();
            else if (text_[at_] == '"' || text_[at_] == '\'')
                string();
            else
                seen += lower_letter(text_[at_++]);
        }
        return seen;
    }

    void declaration() {
        const auto begin = at_;
        auto name = up_to(":;}");
        // npos + 1 is 0: a name of blanks alone becomes empty, and is no property.
        name.erase(std::min(name.find_last_not_of(spaces) + 1, name.size()));
        if (at_end() || text_[at_] != ':') {
            if (at_ > begin) add(begin, "expected 'property: value', found '" + name + "'");
            return;
        }
        const auto value_at = ++at_;
        const auto value = up_to(";}", true);
        const bool allowed = std::any_of(properties.begin(), properties.end(), [&](std::string_view each) {
            return each.ends_with('*') ? std::string_view(name).starts_with(each.substr(0, each.size() - 1)) : name == each;
        });
        if (!allowed) add(begin, "'" + name + "' is not among the CSS that a mail may use");
        if (const auto why = hides_others(name, trimmed(value, spaces)); !why.empty()) source_.add("note_hidden", begin, why);
        if (const auto found = unfit_function(value); !found.empty())
            add(value_at, "'" + std::string(found) + "' cannot stand in a value: a style loads nothing");
        // Nested rules are CSS of recent years: older programs end the outer one at the first '}'.
        else if (value.find('{') != std::string::npos)
            add(value_at, "a rule cannot stand within another");
    }

    // @import and @font-face load, @charset and @supports are of no use in a mail.
    void at_rule(bool in_media) {
        const auto begin = at_;
        const auto name = up_to(" \t\n({;");
        if (name == "@media" && !in_media) return block([this] { rules(true); });
        add(begin, "only @media rules can stand in a style sheet, and none within another; found " + name);
        up_to("{;");
        if (!at_end() && text_[at_] == '{') {
            // Passed over whole, so that one refused rule gives
            // one finding and not one for each line in it.
            int depth = 0;
            do {
                depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
            } while (++at_ < text_.size() && depth > 0);
        }
    }

    // Nothing else of the selector is looked at: it only chooses what in this mail gets the rule.
    template <class Inside>
    void block(Inside inside) {
        const auto begin = at_;
        const auto head = up_to("{};");
        if (at_end() || text_[at_] != '{') return add(begin, "expected a rule in braces");
        // Few programs know them; those that do would show a line or a letter in another way than all the rest.
        for (const std::string_view each : {":first-line", ":first-letter"})
            if (head.find(each) != std::string::npos) add(begin, "'" + std::string(each) + "' cannot stand in a selector");
        ++at_;
        inside();
        if (at_end()) return add(begin, "the rule is never closed");
        ++at_;
    }

    void add(std::size_t at, std::string detail) { source_.add("unsafe_css", at, std::move(detail)); }

    LintSource& source_;
    std::string_view text_;  // up to the end of the CSS
    std::size_t at_;
};

}  // namespace

// A '\' or, in an attribute, a '&' can spell anything in another way; a '<' could end the style.
void lint_declarations(LintSource& source, std::size_t begin, std::size_t end) {
    CssLinter css(source, begin, end);
    if (!css.has_none_of("\\<&")) return;
    while (css.declarations(), !css.at_end()) css.unpaired();
}

// '&' is no escape in a style element, whose text HTML does not decode; in an attribute it is.
void lint_style_sheet(LintSource& source, std::size_t begin, std::size_t end) {
    CssLinter css(source, begin, end);
    if (css.has_none_of("\\<")) css.rules(false);
}

std::span<const std::string_view> allowed_css() {
    return properties;
}

std::span<const std::string_view> allowed_css_functions() {
    return functions;
}

}  // namespace ilbud
