#include "css_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ilbud/base/colour.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

struct Named {
    std::string_view name;
    std::uint32_t rgb;
};
// CSS Color Level 4 §6.1.
constexpr auto names = std::to_array<Named>({{"aliceblue", 0xf0f8ff},
                                             {"antiquewhite", 0xfaebd7},
                                             {"aqua", 0x00ffff},
                                             {"aquamarine", 0x7fffd4},
                                             {"azure", 0xf0ffff},
                                             {"beige", 0xf5f5dc},
                                             {"bisque", 0xffe4c4},
                                             {"black", 0x000000},
                                             {"blanchedalmond", 0xffebcd},
                                             {"blue", 0x0000ff},
                                             {"blueviolet", 0x8a2be2},
                                             {"brown", 0xa52a2a},
                                             {"burlywood", 0xdeb887},
                                             {"cadetblue", 0x5f9ea0},
                                             {"chartreuse", 0x7fff00},
                                             {"chocolate", 0xd2691e},
                                             {"coral", 0xff7f50},
                                             {"cornflowerblue", 0x6495ed},
                                             {"cornsilk", 0xfff8dc},
                                             {"crimson", 0xdc143c},
                                             {"cyan", 0x00ffff},
                                             {"darkblue", 0x00008b},
                                             {"darkcyan", 0x008b8b},
                                             {"darkgoldenrod", 0xb8860b},
                                             {"darkgray", 0xa9a9a9},
                                             {"darkgreen", 0x006400},
                                             {"darkgrey", 0xa9a9a9},
                                             {"darkkhaki", 0xbdb76b},
                                             {"darkmagenta", 0x8b008b},
                                             {"darkolivegreen", 0x556b2f},
                                             {"darkorange", 0xff8c00},
                                             {"darkorchid", 0x9932cc},
                                             {"darkred", 0x8b0000},
                                             {"darksalmon", 0xe9967a},
                                             {"darkseagreen", 0x8fbc8f},
                                             {"darkslateblue", 0x483d8b},
                                             {"darkslategray", 0x2f4f4f},
                                             {"darkslategrey", 0x2f4f4f},
                                             {"darkturquoise", 0x00ced1},
                                             {"darkviolet", 0x9400d3},
                                             {"deeppink", 0xff1493},
                                             {"deepskyblue", 0x00bfff},
                                             {"dimgray", 0x696969},
                                             {"dimgrey", 0x696969},
                                             {"dodgerblue", 0x1e90ff},
                                             {"firebrick", 0xb22222},
                                             {"floralwhite", 0xfffaf0},
                                             {"forestgreen", 0x228b22},
                                             {"fuchsia", 0xff00ff},
                                             {"gainsboro", 0xdcdcdc},
                                             {"ghostwhite", 0xf8f8ff},
                                             {"gold", 0xffd700},
                                             {"goldenrod", 0xdaa520},
                                             {"gray", 0x808080},
                                             {"green", 0x008000},
                                             {"greenyellow", 0xadff2f},
                                             {"grey", 0x808080},
                                             {"honeydew", 0xf0fff0},
                                             {"hotpink", 0xff69b4},
                                             {"indianred", 0xcd5c5c},
                                             {"indigo", 0x4b0082},
                                             {"ivory", 0xfffff0},
                                             {"khaki", 0xf0e68c},
                                             {"lavender", 0xe6e6fa},
                                             {"lavenderblush", 0xfff0f5},
                                             {"lawngreen", 0x7cfc00},
                                             {"lemonchiffon", 0xfffacd},
                                             {"lightblue", 0xadd8e6},
                                             {"lightcoral", 0xf08080},
                                             {"lightcyan", 0xe0ffff},
                                             {"lightgoldenrodyellow", 0xfafad2},
                                             {"lightgray", 0xd3d3d3},
                                             {"lightgreen", 0x90ee90},
                                             {"lightgrey", 0xd3d3d3},
                                             {"lightpink", 0xffb6c1},
                                             {"lightsalmon", 0xffa07a},
                                             {"lightseagreen", 0x20b2aa},
                                             {"lightskyblue", 0x87cefa},
                                             {"lightslategray", 0x778899},
                                             {"lightslategrey", 0x778899},
                                             {"lightsteelblue", 0xb0c4de},
                                             {"lightyellow", 0xffffe0},
                                             {"lime", 0x00ff00},
                                             {"limegreen", 0x32cd32},
                                             {"linen", 0xfaf0e6},
                                             {"magenta", 0xff00ff},
                                             {"maroon", 0x800000},
                                             {"mediumaquamarine", 0x66cdaa},
                                             {"mediumblue", 0x0000cd},
                                             {"mediumorchid", 0xba55d3},
                                             {"mediumpurple", 0x9370db},
                                             {"mediumseagreen", 0x3cb371},
                                             {"mediumslateblue", 0x7b68ee},
                                             {"mediumspringgreen", 0x00fa9a},
                                             {"mediumturquoise", 0x48d1cc},
                                             {"mediumvioletred", 0xc71585},
                                             {"midnightblue", 0x191970},
                                             {"mintcream", 0xf5fffa},
                                             {"mistyrose", 0xffe4e1},
                                             {"moccasin", 0xffe4b5},
                                             {"navajowhite", 0xffdead},
                                             {"navy", 0x000080},
                                             {"oldlace", 0xfdf5e6},
                                             {"olive", 0x808000},
                                             {"olivedrab", 0x6b8e23},
                                             {"orange", 0xffa500},
                                             {"orangered", 0xff4500},
                                             {"orchid", 0xda70d6},
                                             {"palegoldenrod", 0xeee8aa},
                                             {"palegreen", 0x98fb98},
                                             {"paleturquoise", 0xafeeee},
                                             {"palevioletred", 0xdb7093},
                                             {"papayawhip", 0xffefd5},
                                             {"peachpuff", 0xffdab9},
                                             {"peru", 0xcd853f},
                                             {"pink", 0xffc0cb},
                                             {"plum", 0xdda0dd},
                                             {"powderblue", 0xb0e0e6},
                                             {"purple", 0x800080},
                                             {"rebeccapurple", 0x663399},
                                             {"red", 0xff0000},
                                             {"rosybrown", 0xbc8f8f},
                                             {"royalblue", 0x4169e1},
                                             {"saddlebrown", 0x8b4513},
                                             {"salmon", 0xfa8072},
                                             {"sandybrown", 0xf4a460},
                                             {"seagreen", 0x2e8b57},
                                             {"seashell", 0xfff5ee},
                                             {"sienna", 0xa0522d},
                                             {"silver", 0xc0c0c0},
                                             {"skyblue", 0x87ceeb},
                                             {"slateblue", 0x6a5acd},
                                             {"slategray", 0x708090},
                                             {"slategrey", 0x708090},
                                             {"snow", 0xfffafa},
                                             {"springgreen", 0x00ff7f},
                                             {"steelblue", 0x4682b4},
                                             {"tan", 0xd2b48c},
                                             {"teal", 0x008080},
                                             {"thistle", 0xd8bfd8},
                                             {"tomato", 0xff6347},
                                             {"turquoise", 0x40e0d0},
                                             {"violet", 0xee82ee},
                                             {"wheat", 0xf5deb3},
                                             {"white", 0xffffff},
                                             {"whitesmoke", 0xf5f5f5},
                                             {"yellow", 0xffff00},
                                             {"yellowgreen", 0x9acd32}});

CssColour of(double red, double green, double blue, double alpha) {
    CssColour colour{{std::clamp(red, 0.0, 1.0), std::clamp(green, 0.0, 1.0), std::clamp(blue, 0.0, 1.0)},
                     std::clamp(alpha, 0.0, 1.0)};
    colour.low = colour.high = luminance(colour.rgb);
    return colour;
}

std::optional<CssColour> hexadecimal(std::string_view digits) {
    std::array<double, 4> parts{0, 0, 0, 1};
    const std::size_t each = digits.size() <= 4 ? 1 : 2;
    if (digits.size() != 3 * each && digits.size() != 4 * each) return std::nullopt;
    for (std::size_t i = 0; i * each < digits.size(); ++i) {
        unsigned part = 0;
        const char* end = digits.data() + (i + 1) * each;
        if (std::from_chars(digits.data() + i * each, end, part, 16).ptr != end) return std::nullopt;
        parts[i] = part / (each == 1 ? 15.0 : 255.0);
    }
    return of(parts[0], parts[1], parts[2], parts[3]);
}

// rgb() and hsl(), with commas or without (CSS Color 4 §5).
std::optional<CssColour> function(std::string_view name, std::string_view inside) {
    std::string plain(inside);
    for (char& byte : plain)
        if (byte == ',' || byte == '/' || byte == '\n' || byte == '\t') byte = ' ';
    const auto parts = css_parts(plain);
    if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
    std::array<double, 4> values{0, 0, 0, 1};
    const bool hsl = name.starts_with("hsl");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto part = parts[i];
        const bool percent = part.ends_with('%');
        if (percent) part.remove_suffix(1);
        if (hsl && i == 0 && part.ends_with("deg")) part.remove_suffix(3);
        const auto value = css_number(part);
        if (!value || (hsl && (i == 1 || i == 2) && !percent)) return std::nullopt;
        values[i] = percent ? *value / 100 : i == 3 || hsl ? *value : *value / 255;
    }
    if (!hsl) return of(values[0], values[1], values[2], values[3]);
    // CSS Color 4 §7.1.
    const double saturation = std::clamp(values[1], 0.0, 1.0), light = std::clamp(values[2], 0.0, 1.0);
    const auto part = [&](double n) {
        const double k = std::fmod(std::fmod(n + values[0] / 30, 12) + 12, 12);
        return light - saturation * std::min(light, 1 - light) * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}));
    };
    return of(part(0), part(8), part(4), values[3]);
}

// A sum of products, by the grammar of CSS Values 4 §10; `relative` stands for what a percentage means.
class Calculation {
 public:
    Calculation(std::string_view text, const CssBase& base) : text_(text), base_(base) {}
    std::optional<double> run() {
        const auto value = sum(0);
        skip();
        return at_ == text_.size() ? value : std::nullopt;
    }

 private:
    void skip() { at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size()); }
    bool take(char byte) {
        skip();
        if (at_ >= text_.size() || text_[at_] != byte) return false;
        ++at_;
        return true;
    }
    // Nothing if it is malformed, or nested deeper than anybody writes it.
    std::optional<double> sum(int depth) {
        auto value = product(depth);
        while (value) {
            const bool plus = take('+');
            if (!plus && !take('-')) break;
            const auto other = product(depth);
            value = other ? std::optional(plus ? *value + *other : *value - *other) : std::nullopt;
        }
        return value;
    }
    std::optional<double> product(int depth) {
        auto value = term(depth);
        while (value) {
            const bool times = take('*');
            if (!times && !take('/')) break;
            const auto other = term(depth);
            value = other && (times || *other != 0) ? std::optional(times ? *value * *other : *value / *other) : std::nullopt;
        }
        return value;
    }
    std::optional<double> term(int depth) {
        skip();
        if (depth > 16) return std::nullopt;
        const auto open = text_.find('(', at_);
        const auto name = open == std::string_view::npos ? std::string_view("-") : text_.substr(at_, open - at_);
        if (name.empty() || name == "calc" || name == "min" || name == "max") {
            at_ = open + 1;
            auto value = sum(depth + 1);
            while (value && (name == "min" || name == "max") && take(',')) {
                const auto other = sum(depth + 1);
                value = other ? std::optional(name == "min" ? std::min(*value, *other) : std::max(*value, *other)) : std::nullopt;
            }
            return take(')') ? value : std::nullopt;
        }
        auto end = at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+') ? at_ + 1 : at_;
        while (end < text_.size() && (is_letter_or_digit(text_[end]) || text_[end] == '.' || text_[end] == '%')) ++end;
        const auto word = text_.substr(at_, end - at_);
        at_ = end;
        if (const auto number = css_number(word)) return number;
        return css_length(word, base_);
    }

    std::string_view text_;
    const CssBase& base_;
    std::size_t at_ = 0;
};

}  // namespace

CssColour opaque(double red, double green, double blue) {
    return of(red, green, blue, 1);
}

std::optional<CssColour> css_colour(std::string_view text) {
    if (text == "transparent") return of(0, 0, 0, 0);
    if (text.starts_with('#')) return hexadecimal(text.substr(1));
    if (text.starts_with("{{")) {
        CssColour colour;
        colour.variable = std::string(trimmed(text, "{} "));
        // unit.colour_heading can be read on white (heading_colour); nothing is known of the two others by themselves.
        colour.high = colour.variable == "unit.colour_heading" ? 1.05 / 4.5 - 0.05 : 1;
        return colour;
    }
    const auto open = text.find('(');
    if (open != std::string_view::npos && text.ends_with(')')) {
        const auto name = text.substr(0, open);
        if (name != "rgb" && name != "rgba" && name != "hsl" && name != "hsla") return std::nullopt;
        return function(name, text.substr(open + 1, text.size() - open - 2));
    }
    const auto found = std::find_if(names.begin(), names.end(), [&](const Named& each) { return each.name == text; });
    if (found == names.end()) return std::nullopt;
    return of((found->rgb >> 16) / 255.0, (found->rgb >> 8 & 255) / 255.0, (found->rgb & 255) / 255.0, 1);
}

CssColour painted(const CssColour& over, const CssColour& under) {
    if (over.alpha >= 1) return over;
    if (over.alpha <= 0) return under;
    if (over.variable.empty() && under.variable.empty()) {
        std::array<double, 3> rgb{};
        for (std::size_t i = 0; i < 3; ++i) rgb[i] = over.rgb[i] * over.alpha + under.rgb[i] * (1 - over.alpha);
        return of(rgb[0], rgb[1], rgb[2], 1);
    }
    CssColour mixed;
    mixed.low = std::min(over.low, under.low);
    mixed.high = std::max(over.high, under.high);
    mixed.variable = "?";
    return mixed;
}

double least_contrast(const CssColour& text, const CssColour& behind) {
    // Settings see to it that one can be read on the other (account_file.cpp).
    const auto is = [](const CssColour& a, std::string_view one) { return a.variable == one; };
    if ((is(text, "unit.colour") && is(behind, "unit.colour_text")) ||
        (is(text, "unit.colour_text") && is(behind, "unit.colour")))
        return 4.5;
    if (text.low > behind.high) return (text.low + 0.05) / (behind.high + 0.05);
    if (behind.low > text.high) return (behind.low + 0.05) / (text.high + 0.05);
    return 1;
}

std::optional<double> css_number(std::string_view text) {
    double value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || is_letter(text[text.front() == '-' ? std::min<std::size_t>(1, text.size() - 1) : 0])) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<double> css_length(std::string_view text, const CssBase& base) {
    if (text.find('(') != std::string_view::npos) return Calculation(text, base).run();
    const auto unit_at = std::min(text.find_first_not_of("+-.0123456789"), text.size());
    const auto number = css_number(text.substr(0, unit_at));
    if (!number) return std::nullopt;
    const auto unit = text.substr(unit_at);
    if (unit.empty()) return *number == 0 ? number : std::nullopt;
    if (unit == "%") return *number * base.percent / 100;
    // A screen's height is no fixed part of its width; nothing here is decided closely enough to matter.
    const std::array<std::pair<std::string_view, double>, 14> units{{{"px", 1},
                                                                     {"pt", 96 / 72.0},
                                                                     {"pc", 16},
                                                                     {"in", 96},
                                                                     {"cm", 96 / 2.54},
                                                                     {"mm", 96 / 25.4},
                                                                     {"em", base.em},
                                                                     {"rem", base.rem},
                                                                     {"ex", base.em / 2},
                                                                     {"ch", base.em / 2},
                                                                     {"vw", base.width / 100},
                                                                     {"vh", 6},
                                                                     {"vmin", std::min(base.width / 100, 6.0)},
                                                                     {"vmax", std::max(base.width / 100, 6.0)}}};
    const auto found = std::find_if(units.begin(), units.end(), [&](const auto& each) { return each.first == unit; });
    return found == units.end() ? std::nullopt : std::optional(*number * found->second);
}

std::vector<std::string_view> css_parts(std::string_view value, char divider) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0, depth = 0;
    char quote = 0;
    const auto divides = [&](char byte) {
        return divider == ' ' ? byte == ' ' || byte == '\n' || byte == '\t' : byte == divider;
    };
    for (std::size_t at = 0; at <= value.size(); ++at) {
        const bool end = at == value.size();
        const char byte = end ? '\0' : value[at];
        if (end || (divides(byte) && depth == 0 && quote == 0)) {
            const auto part = trimmed(value.substr(begin, at - begin), " \t\n");
            if (!part.empty() || divider != ' ') parts.push_back(part);
            begin = at + 1;
        } else if (quote != 0) {
            quote = byte == quote ? '\0' : quote;
        } else if (byte == '"' || byte == '\'') {
            quote = byte;
        } else if (byte == '(' || byte == '{' || byte == '[') {
            ++depth;
        } else if ((byte == ')' || byte == '}' || byte == ']') && depth != 0) {
            --depth;
        }
    }
    return parts;
}

}  // namespace ilbud
