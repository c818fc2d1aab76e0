// A simple cascade, enough for mail: styles stand inline, inheritance goes down the open elements, and a colour
// that is written in a way that is not read here makes the text unjudged rather than wrongly judged. What a
// style sheet or a mail program's dark mode changes is not seen.
#include "contrast_scan.hpp"

#include <algorithm>
#include <cstdlib>

#include "html_scan.hpp"
#include "ilbud/base/colour.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// What WCAG calls large text: 18 point, or 14 point if bold, at 96 pixels to 72 points.
constexpr double large_px = 24;
constexpr double large_bold_px = 18.66;
// Bytes, enough to find the text in the mail.
constexpr std::size_t text_max = 40;

// What text within an element looks like; an empty colour is one that cannot be judged.
// Begins as a browser would: black on white, 16 pixels.
struct Look {
    std::string element;
    std::string colour = "#000000";
    std::string ground = "#ffffff";
    double size_px = 16;
    bool bold = false;
    bool hidden = false;
};

// The first few characters, none of them torn.
// Steps back over continuation bytes (10xxxxxx) of UTF-8.
std::string beginning(std::string_view text) {
    std::size_t length = std::min(text.size(), text_max);
    while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    return std::string(text.substr(0, length));
}

// "#rrggbb" of a colour's first word; empty if it is written any other way.
// background: may go on with an image and a position; the colour is its first word as mail templates write it.
std::string hex_colour(std::string_view value) {
    value = value.substr(0, value.find(' '));
    if (!value.starts_with('#') || value.find_first_not_of("0123456789abcdefABCDEF", 1) != std::string_view::npos) return {};
    if (value.size() == 7) return std::string(value);
    if (value.size() != 4) return {};
    std::string out = "#";
    for (const char digit : value.substr(1)) out.append(2, digit);
    return out;
}

// The last declaration wins, as in CSS; !important is cut off and not weighed.
void declare(Look& look, std::string_view property, std::string_view value) {
    value = value.substr(0, value.find('!'));
    value = trimmed(value);
    // `inherit` is what the copied look holds already.
    if (property == "color") look.colour = value == "inherit" ? look.colour : hex_colour(value);
    // `transparent` leaves the ground that shines through.
    if ((property == "background" || property == "background-color") && value != "transparent" && value != "none")
        look.ground = hex_colour(value);
    if (property == "font-size" && value.ends_with("px")) look.size_px = std::strtod(std::string(value).c_str(), nullptr);
    // Numeric weights have three digits, so comparing them as text is comparing numbers.
    if (property == "font-weight") look.bold = value == "bold" || value == "bolder" || (value.size() == 3 && value >= "600");
    if (property == "display" && value == "none") look.hidden = true;
}

// Cut at semicolons: a semicolon inside url(…) or quotes would tear a
// declaration, which then names no known property.
void apply_style(Look& look, std::string_view style) {
    while (!style.empty()) {
        const auto end = std::min(style.find(';'), style.size());
        const auto declaration = style.substr(0, end);
        if (const auto colon = declaration.find(':'); colon != std::string_view::npos)
            declare(look, trimmed(declaration.substr(0, colon)), trimmed(declaration.substr(colon + 1)));
        style.remove_prefix(std::min(end + 1, style.size()));
    }
}

// The browser's own look of an element.
// Only where it decides about contrast: weight, size and the colour of links.
void apply_element(Look& look, std::string_view name) {
    if (name == "b" || name == "strong" || name == "th") look.bold = true;
    if (name == "h1" || name == "h2" || name == "h3") {
        look.bold = true;
        look.size_px = name == "h1" ? 32 : name == "h2" ? 24 : 18.72;
    }
    if (name == "a") look.colour = "#0000ee";
}

class Walk {
 public:
    void tag(const HtmlTag& tag) {
        if (tag.closing) {
            // Closes the nearest open element of that name, and all inside it: mails leave <p>, <td> and <li>
            // open. A closing tag that fits none is passed over.
            const auto open =
                std::find_if(looks_.rbegin(), looks_.rend(), [&](const Look& look) { return look.element == tag.name; });
            if (open != looks_.rend()) looks_.erase(open.base() - 1, looks_.end());
            return;
        }
        // Void elements hold no text, and nothing would ever close them.
        if (is_void_element(tag.name)) return;
        Look look = current();
        look.element = tag.name;
        apply_element(look, tag.name);
        // bgcolor comes first and style over it, as browsers weigh them.
        if (const auto* ground = tag.attribute("bgcolor")) look.ground = hex_colour(*ground);
        if (const auto* style = tag.attribute("style")) apply_style(look, *style);
        looks_.push_back(std::move(look));
    }

    void text(std::string_view text) {
        const Look& look = current();
        text = trimmed(text);
        if (text.empty() || look.hidden || look.colour.empty() || look.ground.empty()) return;
        const bool large = look.size_px >= large_px || (look.bold && look.size_px >= large_bold_px);
        const double ratio = contrast(look.colour, look.ground);
        if (ratio >= (large ? readable_contrast_large : readable_contrast)) return;
        // Once a pair of colours: a table of fifty rows would else be fifty findings.
        const bool known = std::any_of(found.begin(), found.end(), [&](const FaintText& each) {
            return each.colour == look.colour && each.ground == look.ground;
        });
        if (!known) found.push_back({beginning(text), look.colour, look.ground, ratio});
    }

    std::vector<FaintText> found;

 private:
    [[nodiscard]] const Look& current() const {
        static const Look page;
        return looks_.empty() ? page : looks_.back();
    }
    std::vector<Look> looks_;
};

}  // namespace

std::vector<FaintText> faint_texts(std::string_view html) {
    Walk walk;
    scan_html(html, {[&](const HtmlTag& tag) { walk.tag(tag); }, [&](std::string_view text) { walk.text(text); }});
    return std::move(walk.found);
}

}  // namespace ilbud
