// Sections make a rule or a declaration one that may be there or not; the same is said of media queries that ask for something
// else than paper, darkness and width. Who decides by them has to bear both.
#include "css_rules.hpp"

#include <algorithm>

#include "css_value.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::string_view spaces = " \t\n";

class Reader {
 public:
    Reader(const LintSource& source, std::size_t begin, std::size_t end)
        : source_(source), text_(source.text().substr(0, std::min(end, source.text().size()))), at_(begin) {}

    std::vector<CssRule> rules(const std::string& media, bool maybe) {
        std::vector<CssRule> out;
        while (skip(), at_ < text_.size() && text_[at_] != '}') {
            const bool in_section = sections_ != 0;
            const auto head = up_to("{};");
            if (at_ >= text_.size()) break;
            if (text_[at_] != '{') {
                ++at_;
                continue;
            }
            ++at_;
            if (head.starts_with("@media")) {
                // Nothing nests deeper than this (lint_css), so the recursion ends.
                auto inner = media.empty() ? rules(head.substr(6), maybe || in_section) : std::vector<CssRule>();
                out.insert(out.end(), std::make_move_iterator(inner.begin()), std::make_move_iterator(inner.end()));
            } else {
                out.push_back({head, media, maybe || in_section, declarations()});
            }
            at_ = std::min(at_ + 1, text_.size());
        }
        return out;
    }

    std::vector<CssDeclaration> declarations() {
        std::vector<CssDeclaration> out;
        while (skip(), at_ < text_.size() && text_[at_] != '}') {
            CssDeclaration each;
            each.at = at_;
            each.maybe = sections_ != 0;
            each.name = up_to(":;}");
            if (at_ >= text_.size() || text_[at_] != ':') continue;
            ++at_;
            each.value = up_to(";}");
            if (const auto mark = each.value.rfind('!'); mark != std::string::npos) {
                each.important = trimmed(std::string_view(each.value).substr(mark + 1), spaces) == "important";
                if (each.important) each.value.resize(mark);
            }
            each.value = std::string(trimmed(each.value, spaces));
            out.push_back(std::move(each));
        }
        return out;
    }

 private:
    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
    void skip() {
        for (;;) {
            at_ = std::min(text_.find_first_not_of(" \t\n;", at_), text_.size());
            if (starts("/*"))
                comment();
            else if (starts("{{"))
                tag();
            else
                return;
        }
    }
    void comment() {
        const auto close = text_.find("*/", at_ + 2);
        at_ = close == std::string_view::npos ? text_.size() : close + 2;
    }
    std::string tag() {
        const auto tag = source_.tag(at_);
        if (tag.sigil == '#' || tag.sigil == '^') ++sections_;
        if (tag.sigil == '/' && sections_ != 0) --sections_;
        at_ = std::min(tag.end, text_.size());
        return tag.is_section() ? std::string() : "{{" + std::string(tag.name) + "}}";
    }
    std::string up_to(std::string_view ends) {
        std::string seen;
        while (at_ < text_.size()) {
            if (starts("{{")) {
                seen += tag();
            } else if (starts("/*")) {
                comment();
                seen += ' ';
            } else if (text_[at_] == '"' || text_[at_] == '\'') {
                const auto close = std::min(text_.find(text_[at_], at_ + 1), text_.size() - 1) + 1;
                seen += lower_case(text_.substr(at_, close - at_));
                at_ = close;
            } else if (ends.find(text_[at_]) != std::string_view::npos) {
                break;
            } else {
                seen += lower_letter(text_[at_++]);
            }
        }
        return std::string(trimmed(seen, spaces));
    }

    const LintSource& source_;
    std::string_view text_;
    std::size_t at_;
    std::size_t sections_ = 0;
};

CssMatch of(bool holds) {
    return holds ? CssMatch::yes : CssMatch::no;
}

// A feature without its brackets: "max-width: 600px".
CssMatch feature(std::string_view text, const CssScreen& screen) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return CssMatch::maybe;
    const auto name = trimmed(text.substr(0, colon), spaces), value = trimmed(text.substr(colon + 1), spaces);
    if (name == "prefers-color-scheme" && (value == "dark" || value == "light")) return of((value == "dark") == screen.dark);
    const auto width = css_length(value, {});
    if (width && name == "min-width") return of(screen.width >= *width);
    if (width && name == "max-width") return of(screen.width <= *width);
    return CssMatch::maybe;
}

CssMatch one_query(std::string_view query, const CssScreen& screen) {
    // What is not read here is not decided: "or", "not" within a query, brackets in brackets, ranges.
    const auto parts = css_parts(query);
    const bool negated = !parts.empty() && parts.front() == "not";
    if (std::find(parts.begin(), parts.end(), "or") != parts.end() ||
        std::count(parts.begin(), parts.end(), "not") > (negated ? 1 : 0))
        return CssMatch::maybe;
    CssMatch all = CssMatch::yes;
    for (auto part : parts) {
        CssMatch match = CssMatch::maybe;
        if (part == "and" || part == "only" || part == "all" || part == "not")
            continue;
        else if (part == "screen" || part == "print")
            match = of((part == "print") == screen.print);
        else if (part.starts_with('(') && part.ends_with(')'))
            match = feature(part.substr(1, part.size() - 2), screen);
        all = std::min(all, match);
    }
    return !negated || all == CssMatch::maybe ? all : of(all == CssMatch::no);
}

}  // namespace

std::vector<CssRule> read_css_rules(const LintSource& source, const HtmlStyleSheet& sheet) {
    Reader reader(source, sheet.begin, sheet.end);
    auto rules = reader.rules("", sheet.maybe);
    for (CssRule& rule : rules)
        if (rule.media.empty()) rule.media = lower_case(sheet.media);
    return rules;
}

std::vector<CssDeclaration> read_css_declarations(const LintSource& source, std::size_t begin, std::size_t end) {
    return Reader(source, begin, end).declarations();
}

CssMatch css_media(std::string_view query, const CssScreen& screen) {
    if (trimmed(query, spaces).empty()) return CssMatch::yes;
    CssMatch any = CssMatch::no;
    for (const auto each : css_parts(query, ',')) any = std::max(any, one_query(each, screen));
    return any;
}

void add_widths(std::string_view query, std::vector<double>& widths) {
    constexpr std::size_t widths_max = 40;
    for (auto at = query.find("-width"); at != std::string_view::npos; at = query.find("-width", at + 1)) {
        const auto colon = query.find(':', at), end = query.find(')', at);
        if (colon == std::string_view::npos || end == std::string_view::npos || colon > end) continue;
        const auto width = css_length(trimmed(query.substr(colon + 1, end - colon - 1), spaces), {});
        for (const double aside : {-1.0, 0.0, 1.0})
            if (width && widths.size() < widths_max && std::find(widths.begin(), widths.end(), *width + aside) == widths.end())
                widths.push_back(*width + aside);
    }
}

}  // namespace ilbud
