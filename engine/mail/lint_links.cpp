#include <algorithm>
#include <array>

#include "ilbud/mail/variables.hpp"
#include "lint.hpp"

namespace ilbud {
namespace {

constexpr std::string_view schemes = "http:, https:, mailto:, tel: or a variable that is a URL";

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& byte : out)
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    return out;
}

std::string_view without_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

// The name in a plain variable tag at the front of `text`; empty if there is none.
std::string_view leading_variable(std::string_view text) {
    if (!text.starts_with("{{")) return {};
    const auto end = text.find("}}");
    return end == std::string_view::npos ? std::string_view() : without_spaces(text.substr(2, end - 2));
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
        constexpr std::array<std::string_view, 13> active{"script", "iframe", "object", "embed",  "form", "input", "button",
                                                          "base",   "link",   "frame",  "applet", "svg",  "math"};
        const auto begin = at_++;
        const auto end = std::min(text_.find_first_of(" \t\n/>{", at_), text_.size());
        const std::string name = lower(text_.substr(at_, end - at_));
        if (std::find(active.begin(), active.end(), name) != active.end())
            finding("unsafe_html", begin, "<" + name + "> has no place in a mail");
        at_ = end;
        for (skip_spaces(); at_ < text_.size() && text_[at_] != '>'; skip_spaces()) attribute();
        if (at_ >= text_.size()) return finding("unsafe_html", begin, "<" + name + " is never closed");
        ++at_;
        if (name == "style") style_sheet();
    }

    void style_sheet() {
        const auto end = std::min(text_.find("</style", at_), text_.size());
        colours_only(at_, end);
        at_ = end;
    }

    // Escaping is made for HTML: within CSS only colours are known to be harmless.
    void colours_only(std::size_t begin, std::size_t end) {
        for (auto at = text_.find("{{", begin); at < end; at = text_.find("{{", at + 2)) {
            const auto name = leading_variable(text_.substr(at));
            const auto which = find_variable(name);
            const bool section = !name.empty() && std::string_view("#^/!").find(name.front()) != std::string_view::npos;
            if (!section && (!which || variable(*which).type != VariableType::colour))
                finding("unsafe_html", at, "within a style only variables that are colours can stand");
        }
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
        const auto after = std::min(text_.find_first_not_of(" \t\n", at_), text_.size());
        if (name.starts_with("on")) finding("unsafe_html", begin, "'" + name + "' runs a script");
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
        check_value(name, begin, value, close);
        at_ = std::min(close + 1, text_.size());
    }

    void check_value(const std::string& name, std::size_t begin, std::size_t from, std::size_t to) {
        constexpr std::array<std::string_view, 10> addresses{"href",   "src",  "background", "action",     "formaction",
                                                             "poster", "cite", "longdesc",   "xlink:href", "data"};
        const auto value = without_spaces(text_.substr(from, to - from));
        if (std::find(addresses.begin(), addresses.end(), name) != addresses.end() && !is_fit_address(value))
            finding("url_scheme", begin, "'" + name + "' must begin with " + std::string(schemes));
        if (name == "srcset" || name == "ping" || name == "http-equiv")
            finding("unsafe_html", begin, "'" + name + "' has no place in a mail");
        if (name == "style") {
            colours_only(from, to);
            if (lower(value).find("url(") != std::string::npos || lower(value).find("expression(") != std::string::npos)
                finding("unsafe_html", begin, "a style cannot load or compute anything");
        }
    }

    std::string_view text_;
    const std::string& file_;
    Findings& findings_;
    std::size_t at_ = 0;
};

// The end of a link's text: whether "](", "]:" or "<" at `at` begins an address, and where.
std::size_t address_at(std::string_view text, std::size_t at) {
    if (text.substr(at).starts_with("](")) return at + 2;
    if (!text.substr(at).starts_with("]:")) return std::string_view::npos;
    // A reference definition stands at the beginning of a line.
    const auto before = text.rfind('\n', at);
    const auto line = without_spaces(text.substr(before == std::string_view::npos ? 0 : before + 1));
    return line.starts_with('[') ? at + 2 : std::string_view::npos;
}

}  // namespace

bool is_fit_address(std::string_view address) {
    if (const auto name = leading_variable(address); !name.empty()) {
        const auto which = find_variable(name);
        return which && variable(*which).type == VariableType::url;
    }
    return has_safe_scheme(address);
}

void lint_markdown_links(std::string_view text, const std::string& file, Findings& findings) {
    for (std::size_t at = text.find_first_of("]<"); at != std::string_view::npos; at = text.find_first_of("]<", at + 1)) {
        if (at > 0 && (text[at - 1] == '\\' || text[at - 1] == '{')) continue;
        if (text[at] == ']') {
            const auto found = address_at(text, at);
            if (found == std::string_view::npos) continue;
            auto from = std::min(text.find_first_not_of(" \t\n", found), text.size());
            if (from < text.size() && text[from] == '<') ++from;
            if (!is_fit_address(text.substr(from)))
                findings.add("url_scheme", file, place_in(text, from, {}), "a link must begin with " + std::string(schemes));
            at = from - 1;
            continue;
        }
        const auto rest = text.substr(at + 1);
        if (has_safe_scheme(rest)) continue;
        if (rest.starts_with("{{"))
            findings.add("html_in_markdown", file, place_in(text, at, {}), "write a link to a variable as [text]({{variable}})");
        else if (!rest.empty() && (is_letter(rest[0]) || rest[0] == '/' || rest[0] == '!'))
            findings.add("html_in_markdown", file, place_in(text, at, {}),
                         "HTML in Markdown would come out as text; a '<' is written \\<");
    }
}

void lint_html(std::string_view text, const std::string& file, Findings& findings) {
    HtmlLinter(text, file, findings).run();
}

}  // namespace ilbud
