// HTML as it may stand in a mail: an element, an attribute or a style that is not named here is refused.
#include <algorithm>
#include <span>

#include "ilbud/mail/variables.hpp"
#include "lint.hpp"
#include "lint_css.hpp"
#include "lint_words.hpp"

namespace ilbud {
namespace {

using Names = std::span<const std::string_view>;

struct Element {
    std::string_view name;
    Names attributes = {};  // besides those of every element
};

constexpr std::array<std::string_view, 12> common_attributes{"align", "bgcolor", "class", "dir",   "height", "id",
                                                             "lang",  "role",    "style", "title", "valign", "width"};
constexpr std::array<std::string_view, 4> of_a{"href", "name", "rel", "target"};
constexpr std::array<std::string_view, 5> of_img{"alt", "border", "hspace", "src", "vspace"};
constexpr std::array<std::string_view, 4> of_table{"border", "cellpadding", "cellspacing", "summary"};
constexpr std::array<std::string_view, 6> of_cell{"abbr", "colspan", "headers", "nowrap", "rowspan", "scope"};
constexpr std::array<std::string_view, 1> of_column{"span"};
constexpr std::array<std::string_view, 3> of_font{"color", "face", "size"};
constexpr std::array<std::string_view, 4> of_html{"xmlns", "xmlns:o", "xmlns:v", "xml:lang"};
constexpr std::array<std::string_view, 3> of_meta{"charset", "content", "name"};
constexpr std::array<std::string_view, 3> of_list{"reversed", "start", "type"};
constexpr std::array<std::string_view, 2> of_style{"media", "type"};
constexpr std::array<std::string_view, 2> of_body{"link", "text"};

constexpr std::array<Element, 64> elements{{
    {"a", of_a}, {"abbr"}, {"address"}, {"article"}, {"aside"}, {"b"}, {"blockquote"}, {"body", of_body}, {"br"}, {"caption"},
    {"center"}, {"cite"}, {"code"}, {"col", of_column}, {"colgroup", of_column}, {"dd"}, {"del"}, {"div"}, {"dl"}, {"dt"},
    {"em"}, {"figcaption"}, {"figure"}, {"font", of_font}, {"footer"}, {"h1"}, {"h2"}, {"h3"}, {"h4"}, {"h5"},
    {"h6"}, {"head"}, {"header"}, {"hr"}, {"html", of_html}, {"i"}, {"img", of_img}, {"ins"}, {"li"}, {"main"},
    {"meta", of_meta}, {"nav"}, {"ol", of_list}, {"p"}, {"pre"}, {"q"}, {"s"}, {"section"}, {"small"}, {"span"},
    {"strong"}, {"style", of_style}, {"sub"}, {"sup"}, {"table", of_table}, {"tbody"}, {"td", of_cell}, {"tfoot"}, {"th", of_cell}, {"thead"},
    {"title"}, {"tr"}, {"u"}, {"ul"},
}};

bool holds(Names names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& byte : out) byte = lower_letter(byte);
    return out;
}

class HtmlLinter {
 public:
    HtmlLinter(std::string_view text, const std::string& file, Findings& findings)
        : text_(text), file_(file), findings_(findings) {}

    void run() {
        while ((at_ = text_.find('<', at_)) != std::string_view::npos) {
            if (starts("<!--"))
                skip("-->");
            else if (starts("<!") || starts("</") || starts("<?"))
                skip(">");
            else if (at_ + 1 < text_.size() && is_letter(text_[at_ + 1]))
                element();
            else
                bare();
        }
    }

 private:
    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
    void finding(const char* code, std::size_t offset, std::string detail) {
        findings_.add(code, file_, place_in(text_, offset, {}), std::move(detail));
    }
    void skip(std::string_view end) {
        const auto found = text_.find(end, at_);
        at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    }
    void skip_spaces() { at_ = std::min(text_.find_first_not_of(" \t\n/", at_), text_.size()); }

    // A '<' that begins nothing, unless a value follows.
    void bare() {
        if (starts("<{")) finding("unsafe_html", at_, "a value cannot be an element's name; a '<' as text is written &lt;");
        ++at_;
    }

    void element() {
        const auto begin = at_++;
        const auto end = std::min(text_.find_first_of(" \t\n/>{", at_), text_.size());
        const std::string name = lower(text_.substr(at_, end - at_));
        const auto known = std::find_if(elements.begin(), elements.end(), [&](const Element& each) { return each.name == name; });
        if (known == elements.end()) finding("unsafe_html", begin, "<" + name + "> is not among the elements that a mail may use");
        element_ = known == elements.end() ? nullptr : &*known;
        at_ = end;
        for (skip_spaces(); at_ < text_.size() && text_[at_] != '>'; skip_spaces()) attribute();
        if (at_ >= text_.size()) return finding("unsafe_html", begin, "<" + name + " is never closed");
        ++at_;
        if (name == "style") style_sheet();
    }

    void style_sheet() {
        const auto end = std::min(text_.find("</style", at_), text_.size());
        lint_style_sheet(text_, at_, end, file_, findings_);
        at_ = end;
    }

    [[nodiscard]] bool allows(std::string_view name) const {
        if (element_ == nullptr) return true;  // the element itself is said already
        return holds(common_attributes, name) || name.starts_with("aria-") || holds(element_->attributes, name);
    }

    void attribute() {
        const auto begin = at_;
        if (starts("{{")) {
            const auto name = leading_variable(text_.substr(at_));
            if (name.empty() || std::string_view("#^/!").find(name.front()) == std::string_view::npos)
                finding("unquoted_attribute", begin, "a value can stand in a quoted attribute only");
            return skip("}}");
        }
        const auto end = std::min(text_.find_first_of(" \t\n=/>{", at_), text_.size());
        const std::string name = lower(text_.substr(at_, end - at_));
        at_ = end == begin ? end + 1 : end;
        if (!name.empty() && !allows(name))
            finding("unsafe_html", begin, "'" + name + "' is not among the attributes that <" + std::string(element_->name) + "> may have in a mail");
        const auto after = std::min(text_.find_first_not_of(" \t\n", at_), text_.size());
        if (after >= text_.size() || text_[after] != '=') return;
        at_ = std::min(text_.find_first_not_of(" \t\n", after + 1), text_.size());
        if (at_ >= text_.size()) return;
        const char quote = text_[at_];
        if (quote != '"' && quote != '\'') {
            finding("unquoted_attribute", begin, "the value of '" + name + "' must stand in quotes");
            at_ = std::min(text_.find_first_of(" \t\n>", at_), text_.size());
            return;
        }
        const auto value = at_ + 1;
        const auto close = std::min(text_.find(quote, value), text_.size());
        if ((name == "href" || name == "src") && !is_fit_address(without_spaces(text_.substr(value, close - value))))
            finding("url_scheme", begin, "'" + name + "' must begin with " + std::string(fit_schemes));
        if (name == "style") lint_declarations(text_, value, close, file_, findings_);
        at_ = std::min(close + 1, text_.size());
    }

    std::string_view text_;
    const std::string& file_;
    Findings& findings_;
    std::size_t at_ = 0;
    const Element* element_ = nullptr;  // at hand; null: an unknown one
};

}  // namespace

void lint_html(std::string_view text, const std::string& file, Findings& findings) {
    HtmlLinter(text, file, findings).run();
}

std::string html_reference() {
    const auto list = [](const auto& names) {
        std::string out;
        for (const auto name : names) out += (out.empty() ? "`" : ", `") + std::string(name) + '`';
        return out;
    };
    std::string plain;
    std::string out = "Attributes of every element: " + list(common_attributes) + ", `aria-*`.\n\n| element | its own attributes |\n|---|---|\n";
    for (const Element& each : elements) {
        if (each.attributes.empty())
            plain += (plain.empty() ? "`" : ", `") + std::string(each.name) + '`';
        else
            out += "| `" + std::string(each.name) + "` | " + list(each.attributes) + " |\n";
    }
    return out + "| " + plain + " | none |\n\nCSS properties, in `style` attributes and style sheets (there within `@media` or not): " + list(allowed_css()) + ".\n";
}

}  // namespace ilbud
