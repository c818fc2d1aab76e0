// Selectors are matched against the one path that is known: from <html> down to an element of the note. What asks for siblings,
// states or places among siblings may match (CssMatch::maybe); what asks for elements that a web mail puts around the mail
// matches there (CssMatch::wrapped). Selectors Level 4.
#include <algorithm>

#include "css_rules.hpp"
#include "css_value.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// An attribute's value and whether it is sure; no value if the element has none of that name.
struct Attribute {
    std::optional<std::string> value;
    bool maybe = false;
};

Attribute attribute_of(const CssElement& element, std::string_view name) {
    for (const HtmlAttribute& each : element.node->attributes)
        if (each.name == name) {
            auto value = lower_case(element.source->text().substr(each.begin, each.end - each.begin));
            return {value, each.maybe || value.find("{{") != std::string::npos};
        }
    return {};
}

bool has_word(std::string_view words, std::string_view word) {
    const auto all = css_parts(words);
    return std::find(all.begin(), all.end(), word) != all.end();
}

CssMatch sure(const Attribute& attribute, bool holds) {
    return attribute.maybe ? CssMatch::maybe : holds ? CssMatch::yes : CssMatch::no;
}

// "[name operator value flag]" without its brackets.
CssMatch match_attribute(std::string_view text, const CssElement& element) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
        const auto found = attribute_of(element, trimmed(text, " \t\n"));
        return found.value ? sure(found, true) : CssMatch::no;
    }
    const char kind = equals == 0 ? '=' : text[equals - 1];
    const bool plain = is_letter_or_digit(kind) || kind == '-' || kind == ' ';
    const auto name = trimmed(text.substr(0, plain ? equals : equals - 1), " \t\n");
    auto wanted = trimmed(text.substr(equals + 1), " \t\n");
    if (wanted.ends_with(" i") || wanted.ends_with(" s")) wanted = trimmed(wanted.substr(0, wanted.size() - 2), " ");
    wanted = trimmed(wanted, "\"'");
    const auto found = attribute_of(element, name);
    if (!found.value) return CssMatch::no;
    const std::string_view value = *found.value;
    switch (plain ? '=' : kind) {
        case '=':
            return sure(found, value == wanted);
        case '~':
            return sure(found, has_word(value, wanted));
        case '^':
            return sure(found, !wanted.empty() && value.starts_with(wanted));
        case '$':
            return sure(found, !wanted.empty() && value.ends_with(wanted));
        case '*':
            return sure(found, !wanted.empty() && value.find(wanted) != std::string_view::npos);
        case '|':
            return sure(found, value == wanted || value.starts_with(std::string(wanted) + '-'));
        default:
            return CssMatch::maybe;
    }
}

bool is_name(char byte) {
    return is_letter_or_digit(byte) || byte == '-' || byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
}

constexpr unsigned an_id = 10'000, a_class = 100, a_type = 1;

CssMatch match_compound(std::string_view text, const CssElement& element, unsigned& specificity, int depth);

// ":name" or ":name(argument)", behind the colon.
CssMatch match_pseudo(std::string_view name, std::string_view argument, const CssElement& element, unsigned& specificity,
                      int depth) {
    if (name == "not" || name == "is" || name == "where" || name == "matches" || name == "any") {
        CssMatch any = CssMatch::no;
        unsigned most = 0;
        for (const auto each : css_parts(argument, ',')) {
            unsigned own = 0;
            // A whole path within brackets is not followed.
            const bool path = each.find_first_of(" >+~") != std::string_view::npos && each.find('[') == std::string_view::npos;
            any = std::max(any, path || depth > 8 ? CssMatch::maybe : match_compound(each, element, own, depth + 1));
            most = std::max(most, own);
        }
        if (name != "where") specificity += most;
        return name != "not" || any == CssMatch::maybe ? any : any == CssMatch::yes ? CssMatch::no : CssMatch::yes;
    }
    specificity += a_class;
    if (name == "root") return element.node->name == "html" ? CssMatch::yes : CssMatch::no;
    if (name == "link" || name == "any-link") return element.node->name == "a" ? CssMatch::yes : CssMatch::no;
    // Boxes of their own; 'content', without which they are none, is not among the CSS of mails.
    if (name == "before" || name == "after" || name == "marker" || name == "placeholder" || name == "selection" ||
        name == "empty")
        return CssMatch::no;
    return CssMatch::maybe;
}

CssMatch match_compound(std::string_view text, const CssElement& element, unsigned& specificity, int depth) {
    CssMatch all = CssMatch::yes;
    for (std::size_t at = 0; at < text.size();) {
        const char kind = text[at];
        auto end = at + 1;
        CssMatch match = CssMatch::maybe;
        if (kind == '[') {
            end = std::min(text.find(']', at), text.size());
            match = match_attribute(text.substr(at + 1, end - at - 1), element);
            specificity += a_class;
            at = std::min(end + 1, text.size());
            all = std::min(all, match);
            continue;
        }
        if (kind == ':' && end < text.size() && text[end] == ':') ++at, ++end;
        while (end < text.size() && is_name(text[end])) ++end;
        const auto name = text.substr(at + (kind == '.' || kind == '#' || kind == ':' ? 1 : 0),
                                      end - at - (kind == '.' || kind == '#' || kind == ':' ? 1 : 0));
        if (kind == '.') {
            const auto found = attribute_of(element, "class");
            match = found.value ? sure(found, has_word(*found.value, name)) : CssMatch::no;
            specificity += a_class;
        } else if (kind == '#') {
            const auto found = attribute_of(element, "id");
            match = found.value ? sure(found, *found.value == name) : CssMatch::no;
            specificity += an_id;
        } else if (kind == ':') {
            std::string_view argument;
            if (end < text.size() && text[end] == '(') {
                std::size_t open = 0, close = end;
                do {
                    open += text[close] == '(' ? 1U : 0U;
                    open -= text[close] == ')' ? 1U : 0U;
                } while (++close < text.size() && open != 0);
                argument = text.substr(end + 1, close - end - (open == 0 ? 2 : 1));
                end = close;
            }
            match = match_pseudo(name, argument, element, specificity, depth);
        } else if (kind == '*') {
            end = at + 1;
            match = CssMatch::yes;
        } else if (is_name(kind)) {
            match = element.node->name == name ? CssMatch::yes : CssMatch::no;
            specificity += a_type;
        }
        all = std::min(all, match);
        at = end;
    }
    return all;
}

struct Compound {
    std::string_view text;
    char combinator = 0;  // in front of it: ' ', '>', '+', '~'; 0 for the first
};

std::vector<Compound> compounds_of(std::string_view selector) {
    std::vector<Compound> out;
    std::size_t depth = 0, begin = 0;
    char combinator = 0;
    const auto take = [&](std::size_t end) {
        if (end > begin) {
            out.push_back({selector.substr(begin, end - begin), out.empty() ? '\0' : combinator == 0 ? ' ' : combinator});
            combinator = 0;
        }
    };
    for (std::size_t at = 0; at < selector.size(); ++at) {
        const char byte = selector[at];
        if (byte == '(' || byte == '[') ++depth;
        if ((byte == ')' || byte == ']') && depth != 0) --depth;
        if (depth != 0 || std::string_view(" \t\n>+~").find(byte) == std::string_view::npos) continue;
        take(at);
        begin = at + 1;
        if (byte == '>' || byte == '+' || byte == '~') combinator = byte;
    }
    take(selector.size());
    return out;
}

class Matcher {
 public:
    Matcher(std::vector<Compound> compounds, const std::vector<CssElement>& path)
        : compounds_(std::move(compounds)), path_(path) {}

    // Whether compounds 0 to `last` match with the last of them at path_[index]. Paths and selectors are short; steps are bounded
    // all the same, and a selector too long to follow may match.
    CssMatch at(std::size_t last, std::size_t index) {
        if (++steps_ > 2000) return CssMatch::maybe;
        unsigned ignored = 0;
        const auto own = match_compound(compounds_[last].text, path_[index], ignored, 0);
        if (own == CssMatch::no || last == 0) return own;
        const char combinator = compounds_[last].combinator;
        if (combinator == '+' || combinator == '~') return CssMatch::maybe;
        CssMatch before = CssMatch::no;
        for (auto i = index; i > 0; --i) {
            before = std::max(before, at(last - 1, i - 1));
            if (combinator == '>') break;
        }
        if (before == CssMatch::no && last == 1 && combinator == ' ' && may_be_around(compounds_[0].text))
            before = CssMatch::wrapped;
        return std::min(own, before);
    }

 private:
    // Web mails are recognised by an attribute of an element around the mail, and the older ones by these names.
    static bool may_be_around(std::string_view compound) {
        for (const std::string_view each : {"[", "externalclass", "readmsgbody", "messageviewbody", "#outlook", "yshortcuts"})
            if (compound.find(each) != std::string_view::npos) return true;
        return false;
    }

    std::vector<Compound> compounds_;
    const std::vector<CssElement>& path_;
    std::size_t steps_ = 0;
};

}  // namespace

CssMatch css_match(std::string_view selector, const std::vector<CssElement>& path, std::size_t index, unsigned& specificity) {
    auto compounds = compounds_of(selector);
    if (compounds.empty()) return CssMatch::no;
    specificity = 0;
    for (const Compound& each : compounds) static_cast<void>(match_compound(each.text, path[index], specificity, 0));
    const auto last = compounds.size() - 1;
    return Matcher(std::move(compounds), path).at(last, index);
}

}  // namespace ilbud
