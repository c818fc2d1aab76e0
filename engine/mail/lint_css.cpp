#include "lint_css.hpp"

#include <algorithm>
#include <array>

#include "ilbud/mail/variables.hpp"
#include "lint_words.hpp"

namespace ilbud {
namespace {

constexpr std::array<std::string_view, 43> properties{
    "-ms-*", "-webkit-hyphens", "-webkit-text-size-adjust", "background", "background-color", "border*", "box-shadow",
    "box-sizing", "caption-side", "clear", "color", "color-scheme", "direction", "display", "empty-cells", "float", "font*",
    "height", "hyphens", "letter-spacing", "line-height", "list-style*", "margin*", "max-height", "max-width", "min-height",
    "min-width", "mso-*", "opacity", "overflow*", "padding*", "page-break-*", "supported-color-schemes", "table-layout",
    "text-*", "unicode-bidi", "vertical-align", "visibility", "white-space", "width", "word-break", "word-spacing",
    "word-wrap"};

// What loads, computes or reaches out of the mail. Escapes could spell any of them in another way.
constexpr std::array<std::string_view, 9> unfit{"url(", "image(", "image-set(", "expression(", "attr(", "var(", "\\", "<", "&"};

constexpr std::string_view spaces = " \t\n";

class CssLinter {
 public:
    CssLinter(std::string_view text, std::size_t begin, std::size_t end, const std::string& file, Findings& findings)
        : text_(text.substr(0, end)), at_(begin), file_(file), findings_(findings) {}

    void declarations() {
        while (skip(), at_ < text_.size() && text_[at_] != '}') declaration();
    }

    void rules(bool in_media) {
        while (skip(), at_ < text_.size()) {
            if (text_[at_] == '}') {
                if (in_media) return;
                ++at_;
            } else if (text_[at_] == '@') {
                at_rule();
            } else {
                block([this] { declarations(); });
            }
        }
    }

 private:
    // Spaces, comments, tags and what ends an empty declaration.
    void skip() {
        for (;;) {
            at_ = std::min(text_.find_first_not_of(" \t\n;", at_), text_.size());
            if (text_.substr(at_).starts_with("/*"))
                past("*/");
            else if (text_.substr(at_).starts_with("{{"))
                tag();
            else
                return;
        }
    }
    void past(std::string_view end) {
        const auto found = text_.find(end, at_ + 2);
        at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    }
    // Escaping is made for HTML: within CSS only colours are known to be harmless.
    void tag() {
        const auto name = leading_variable(text_.substr(at_));
        const auto which = find_variable(name);
        const bool section = !name.empty() && std::string_view("#^/!").find(name.front()) != std::string_view::npos;
        if (!section && (!which || variable(*which).type != VariableType::colour))
            add(at_, "within a style only variables that are colours can stand");
        past("}}");
    }
    // Moves on to one of `ends`, past the tags and comments on the way; what stood there, in lower case.
    std::string up_to(std::string_view ends) {
        std::string seen;
        while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos) {
            if (text_.substr(at_).starts_with("{{"))
                tag();
            else if (text_.substr(at_).starts_with("/*"))
                past("*/");
            else
                seen += lower_letter(text_[at_++]);
        }
        return seen;
    }

    void declaration() {
        const auto begin = at_;
        auto name = up_to(":;}");
        name.erase(std::min(name.find_last_not_of(spaces) + 1, name.size()));
        if (at_ >= text_.size() || text_[at_] != ':') {
            if (!name.empty()) add(begin, "expected 'property: value', found '" + name + "'");
            return;
        }
        const auto value_at = ++at_;
        const auto value = up_to(";}");
        const bool allowed = std::any_of(properties.begin(), properties.end(), [&](std::string_view each) {
            return each.ends_with('*') ? std::string_view(name).starts_with(each.substr(0, each.size() - 1)) : name == each;
        });
        if (!allowed) add(begin, "'" + name + "' is not among the CSS that a mail may use");
        for (const auto what : unfit)
            if (value.find(what) != std::string::npos) return add(value_at, "'" + std::string(what) + "' cannot stand in a value: a style loads and computes nothing");
    }

    void at_rule() {
        const auto begin = at_;
        const auto name = up_to(" \t\n({;");
        const auto what = "only @media rules can stand in a style sheet, found " + name;
        if (name == "@media") return block([this] { rules(true); });
        add(begin, what);
        up_to("{;");
        if (at_ < text_.size() && text_[at_] == '{') {
            int depth = 0;
            do {
                depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
            } while (++at_ < text_.size() && depth > 0);
        }
    }

    template <class Inside>
    void block(Inside inside) {
        const auto begin = at_;
        const auto head = up_to("{}");
        if (at_ >= text_.size() || text_[at_] != '{') return add(begin, "expected a rule in braces");
        if (head.find('\\') != std::string::npos || head.find('<') != std::string::npos) add(begin, "a selector has no '\\' and no '<'");
        ++at_;
        inside();
        if (at_ >= text_.size()) return add(begin, "the rule is never closed");
        ++at_;
    }

    void add(std::size_t at, std::string detail) { findings_.add("unsafe_css", file_, place_in(text_, at, {}), std::move(detail)); }

    std::string_view text_;  // up to the end of the CSS
    std::size_t at_;
    const std::string& file_;
    Findings& findings_;
};

}  // namespace

void lint_declarations(std::string_view text, std::size_t begin, std::size_t end, const std::string& file, Findings& findings) {
    CssLinter(text, begin, end, file, findings).declarations();
}

void lint_style_sheet(std::string_view text, std::size_t begin, std::size_t end, const std::string& file, Findings& findings) {
    CssLinter(text, begin, end, file, findings).rules(false);
}

std::span<const std::string_view> allowed_css() {
    return properties;
}

}  // namespace ilbud
