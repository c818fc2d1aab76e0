#include "css_cascade.hpp"

#include <algorithm>

#include "css_value.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::uint64_t layer = std::uint64_t(1) << 48;  // between attributes, sheets, styles and what is !important
constexpr unsigned order_bits = 20;

class Collector {
 public:
    explicit Collector(CssApplies& out) : out_(out) {}

    // One declaration as the longhands that are asked for; `like` holds all but property and value.
    void add(const std::string& name, const std::string& value, CssApplied like) {
        const auto put = [&](std::string_view property, std::string_view what) {
            like.property = std::string(property);
            like.value = std::string(what);
            out_.push_back(like);
        };
        if (name == "margin" || name == "padding") {
            const auto parts = css_parts(value);
            const std::string_view sides[] = {"-top", "-right", "-bottom", "-left"};
            for (std::size_t i = 0; i < 4 && !parts.empty(); ++i) {
                auto part = i;
                while (part >= parts.size()) part = part >= 2 ? part - 2 : 0;
                put(name + std::string(sides[i]), parts[part]);
            }
        } else if (name == "overflow") {
            const auto parts = css_parts(value);
            if (parts.empty()) return;
            put("overflow-x", parts.front());
            put("overflow-y", parts.back());
        } else if (name == "background") {
            put("background-color", colour_in(value));
        } else if (name == "font") {
            font(value, put);
        } else {
            put(name, value);
        }
    }

 private:
    static std::string colour_in(const std::string& value) {
        if (value.find("gradient(") != std::string::npos) return value;
        constexpr std::string_view words[] = {"none",   "repeat",     "no-repeat",   "repeat-x",   "repeat-y", "center",
                                              "top",    "left",       "right",       "bottom",     "fixed",    "scroll",
                                              "cover",  "contain",    "/",           "local",      "initial",  "unset",
                                              "revert", "border-box", "padding-box", "content-box"};
        // A shorthand without a colour makes it transparent. One that a browser would drop leaves what was before: "?".
        std::string colour = "transparent";
        for (const auto part : css_parts(value)) {
            if (css_colour(part) || part == "currentcolor" || part == "inherit")
                colour = colour == "transparent" ? std::string(part) : "?";
            else if (std::find(std::begin(words), std::end(words), part) == std::end(words) && !css_length(part, {}))
                return "?";
        }
        return colour;
    }

    template <class Put>
    static void font(const std::string& value, Put put) {
        const auto parts = css_parts(value);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto part = parts[i];
            const auto slash = part.find('/');
            const auto size = part.substr(0, slash);
            const bool weight = css_number(size) && size != "0";
            const bool keyword =
                size.ends_with("small") || size.ends_with("large") || size == "medium" || size == "smaller" || size == "larger";
            if (weight || !(keyword || css_length(size, {}))) continue;
            put("font-size", size);
            put("line-height", slash == std::string_view::npos ? std::string_view("normal") : part.substr(slash + 1));
            std::string family;
            for (auto j = i + 1; j < parts.size(); ++j) (family += parts[j]) += ' ';
            return put("font-family", family);
        }
        const bool keyword = value == "inherit" || value == "unset";
        for (const char* each : {"font-size", "line-height", "font-family"}) put(each, keyword ? value : "?");
    }

    CssApplies& out_;
};

// What HTML's older attributes say of an element (HTML Standard §15.3): weaker than any style.
void add_attributes(const std::vector<CssElement>& path, std::size_t index, Collector& collector) {
    const CssElement& element = path[index];
    const auto text = [&](const HtmlAttribute& each, const CssElement& of) {
        return lower_case(trimmed(of.source->text().substr(each.begin, each.end - each.begin), " \t\n"));
    };
    const auto add = [&](const HtmlAttribute& each, const char* name, const std::string& value) {
        collector.add(name, value, {{}, {}, each.maybe ? CssMatch::maybe : CssMatch::yes, {}, false, 0, element.source, each.at});
    };
    const auto length = [](const std::string& value) { return css_number(value) ? value + "px" : value; };
    const auto colour = [](const std::string& value) {
        return value.size() == 6 && value.find_first_not_of("0123456789abcdef") == std::string::npos ? '#' + value : value;
    };
    const std::string& name = element.node->name;
    for (const HtmlAttribute& each : element.node->attributes) {
        const auto value = text(each, element);
        if (each.name == "bgcolor") add(each, "background-color", colour(value));
        if (each.name == "color" || (each.name == "text" && name == "body")) add(each, "color", colour(value));
        if (each.name == "width" || each.name == "height") add(each, each.name.c_str(), length(value));
        if (each.name == "align" && name == "table" && value != "center") add(each, "float", value);
        if (each.name == "dir") add(each, "direction", value);
        if (each.name == "nowrap") add(each, "white-space", "nowrap");
        if (each.name == "aria-hidden" || each.name == "role") add(each, each.name.c_str(), value);
        if (each.name == "border" || each.name == "hspace" || each.name == "cellspacing")
            add(each, "border-width", length(value));
        if (each.name == "size" && name == "font") {
            constexpr const char* sizes[] = {"10px", "13px", "16px", "18px", "24px", "32px", "48px"};
            const auto number = css_number(value);
            const bool relative = value.starts_with('+') || value.starts_with('-');
            const double absolute = !number ? 3 : relative ? 3 + *number : *number;
            add(each, "font-size", sizes[static_cast<std::size_t>(std::clamp(absolute, 1.0, 7.0)) - 1]);
        }
    }
    // A table's padding of its cells.
    if (name == "td" || name == "th")
        for (auto i = index; i-- > 0;) {
            if (path[i].node->name != "table") continue;
            for (const HtmlAttribute& each : path[i].node->attributes)
                if (each.name == "cellpadding") add(each, "padding", length(text(each, path[i])));
            break;
        }
    // What is struck through stands under a line that a style can make as thick as it likes.
    if (name == "s" || name == "del")
        collector.add("text-decoration", "line-through", {{}, {}, CssMatch::yes, {}, false, 0, element.source, element.node->at});
}

}  // namespace

CssApplies css_applies(const std::vector<CssElement>& path, std::size_t index, const std::vector<CssSheet>& sheets) {
    CssApplies out;
    Collector collector(out);
    add_attributes(path, index, collector);
    std::uint64_t order = 0;
    for (const CssSheet& sheet : sheets)
        for (const CssRule& rule : sheet.rules)
            for (const auto selector : css_parts(rule.selector, ',')) {
                unsigned specificity = 0;
                auto match = css_match(selector, path, index, specificity);
                order += 1;
                if (match == CssMatch::no) continue;
                for (const CssDeclaration& each : rule.declarations) {
                    const auto sure = rule.maybe || each.maybe ? std::min(match, CssMatch::maybe) : match;
                    collector.add(each.name, each.value,
                                  {{},
                                   {},
                                   sure,
                                   rule.media,
                                   true,
                                   (each.important ? 3 : 1) * layer + (std::uint64_t(specificity) << order_bits) + order,
                                   sheet.source,
                                   each.at});
                }
            }
    const CssElement& element = path[index];
    for (const HtmlAttribute& attribute : element.node->attributes) {
        if (attribute.name != "style") continue;
        for (const CssDeclaration& each : read_css_declarations(*element.source, attribute.begin, attribute.end))
            collector.add(each.name, each.value,
                          {{},
                           {},
                           each.maybe || attribute.maybe ? CssMatch::maybe : CssMatch::yes,
                           {},
                           false,
                           (each.important ? 4 : 2) * layer,
                           element.source,
                           each.at});
    }
    // Of equal strength the later one wins.
    std::reverse(out.begin(), out.end());
    std::stable_sort(out.begin(), out.end(), [](const CssApplied& a, const CssApplied& b) { return a.strength > b.strength; });
    return out;
}

CssMatch css_counts(const CssApplied& each, const CssScreen& screen) {
    if (each.sheet && !screen.sheets) return CssMatch::no;
    auto match = each.match;
    if (match == CssMatch::wrapped) match = screen.wrapped ? CssMatch::yes : CssMatch::no;
    return std::min(match, css_media(each.media, screen));
}

std::vector<const CssApplied*> css_winners(const CssApplies& applies, std::string_view property, const CssScreen& screen,
                                           bool& certain) {
    std::vector<const CssApplied*> out;
    certain = false;
    for (const CssApplied& each : applies) {
        if (each.property != property) continue;
        const auto counts = css_counts(each, screen);
        if (counts == CssMatch::no) continue;
        out.push_back(&each);
        certain = counts == CssMatch::yes;
        if (certain) break;
    }
    return out;
}

}  // namespace ilbud
