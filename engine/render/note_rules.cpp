// What no outcome of the cascade is needed for: each declaration is fit or not by itself.
#include "note_rules.hpp"

#include <algorithm>
#include <cmath>

#include "ilbud/base/text.hpp"
#include "lint_note.hpp"

namespace ilbud {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view fine_outlook(std::string_view property, std::string_view value, const CssBase& base) {
    const auto px = css_length(value, base);
    bool fine = true;
    if (property == "mso-hide") fine = value == "none";
    if (property == "mso-color-alt") fine = value == "auto" || value == "windowtext" || value == "black";
    if (property == "mso-ansi-font-size" || property == "mso-bidi-font-size") fine = px && *px >= note_font_px_min;
    if (property == "mso-line-height-alt") fine = px && *px >= note_font_px_min;
    if (property == "mso-font-width") fine = px && *px >= base.percent / 2;
    if (property == "mso-text-raise") fine = px && std::abs(*px) <= 20;
    if (property.starts_with("mso-margin") || property.starts_with("mso-padding"))
        for (const auto part : css_parts(value)) {
            const auto one = css_length(part, base);
            fine = fine && one && *one >= -4 && *one <= 200;
        }
    return fine ? std::string_view() : "Outlook shows it as all others do";
}

}  // namespace

// What one declaration does by itself, whatever else is said: nothing that a layout needs is lost by leaving it out.
std::string_view fine_alone(std::string_view property, std::string_view value, const CssBase& base) {
    if (value == "inherit" || value == "initial" || value == "unset" || value == "revert") return {};
    const auto length = [&](std::string_view text) { return css_length(text, base); };
    const auto within = [&](double least, double most) {
        const auto px = length(value);
        return px && *px >= least && *px <= most;
    };
    if (property.starts_with("margin-") || property.starts_with("padding-")) {
        const bool side = property.ends_with("-left") || property.ends_with("-right");
        if (value != "auto" && !length(value)) return "browsers leave out what they cannot read: write a length, such as 12px";
        if (value != "auto" && !within(-4, side ? 200 : 600))
            return "margins and paddings around it are between 0 and 200 px, or 600 px up and down";
    } else if (property.starts_with("border-image")) {
        return "borders around it are lines: a picture can fill what is within";
    } else if (property.starts_with("border") && property != "border-collapse" && !property.ends_with("radius")) {
        for (const auto part : css_parts(value))
            if (const auto px = length(part); px && *px > 32) return "borders around it are at most 32 px wide";
    } else if (property == "box-shadow") {
        // An inner shadow lies over the ground that the text's colour was compared with.
        for (const auto shadow : css_parts(value, ','))
            for (const auto part : css_parts(shadow))
                if (const auto px = length(part); px && std::abs(*px) > 4 && shadow.find("inset") != std::string_view::npos)
                    return "an inner shadow around it is a line of at most 4 px";
    } else if (property == "text-shadow") {
        if (css_parts(value, ',').size() > 1) return "its letters have one shadow at most";
        for (const auto part : css_parts(value))
            if (const auto px = length(part); px && std::abs(*px) > 4) return "its letters' shadow is at most 4 px wide";
    } else if (property.starts_with("mso-")) {
        return fine_outlook(property, value, base);
    } else if (property.starts_with("text-decoration")) {
        if (value.find("line-through") != std::string_view::npos) return "it is not struck through";
        for (const auto part : css_parts(value))
            if (const auto px = length(part); px && *px > 4) return "lines under it are at most 4 px thick";
    } else if (property == "text-underline-offset") {
        if (value != "auto" && !within(-1, 20)) return "lines under it stand below its letters";
    } else if (property == "unicode-bidi") {
        if (!is_one_of(value, {"normal", "embed", "isolate", "plaintext"})) return "its letters stand in their order";
    } else if (property == "vertical-align") {
        if (const auto px = length(value); px && std::abs(*px) > 20) return "it is aligned by a word, such as top";
    } else if (property.ends_with("text-size-adjust")) {
        const auto percent = css_length(value, {100, 100, 100});
        if (value != "none" && value != "auto" && (!percent || *percent < 80)) return "text keeps its size: 100%";
    } else if (property == "aria-hidden") {
        if (value != "false") return "programs that read aloud read it as well";
    } else if (property == "role") {
        if (is_one_of(value, {"img", "image", "button", "separator", "math", "progressbar", "slider", "meter", "switch"}))
            return "programs that read aloud take such an element for one piece without text";
    } else if ((property.starts_with("text-") &&
                !is_one_of(property,
                           {"text-align", "text-align-last", "text-indent", "text-transform", "text-rendering", "text-shadow",
                            "text-justify", "text-overflow", "text-underline-offset", "text-underline-position"}))) {
        return "nobody can tell what it does to the note: leave it out here";
    }
    return {};
}

std::string_view fine_inherited(std::string_view property, std::string_view value, const CssBase& base, bool clipped) {
    if (value == "initial" || value == "normal") return {};
    const auto px = css_length(value, base);
    if (property == "text-indent" && (!px || *px < -5 || *px > 100)) return "its first line begins between 0 and 100 px";
    if (property == "letter-spacing" && (!px || *px < -1 || *px > 10)) return "its letters stand between -1 and 10 px apart";
    if (property == "word-spacing" && (!px || *px < -2 || *px > 40)) return "its words stand up to 40 px further apart";
    if (property == "direction" && value != "ltr" && value != "auto") return "it reads from left to right: ltr";
    if (property == "font-size-adjust" && value != "none") return "its letters have the size that font-size says";
    if (property == "white-space" && (value == "nowrap" || value == "pre") && clipped)
        return "its lines are wrapped where overflow is cut off";
    if (property != "font-family") return {};
    for (const std::string_view font : {"wingdings", "webdings", "symbol", "dingbats", "marlett", "blank", "barcode", "mt extra"})
        if (value.find(font) != std::string_view::npos && value.find("segoe ui symbol") == std::string_view::npos)
            return "a font of letters is needed";
    return {};
}

// Painted later, a box lies over what stands before it, wherever that is: so these are looked at in every declaration.
std::string hides_others(std::string_view property, std::string_view value) {
    const auto lower = lower_case(value);
    const auto plain = lower.substr(0, lower.find('!'));  // "!important" may stand without a blank in front
    const CssBase base{16, 600, 600};
    if (property == "font-size" || property == "font")
        for (const auto part : css_parts(plain))
            if (const auto px = css_length(part.substr(0, part.find('/')), base); px && *px > 100)
                return "letters so large can lie over the automatic note where their lines are low: at most 100px";
    if (property == "unicode-bidi" && plain.find("override") != std::string::npos)
        return "letters stand in the order in which they are read";
    if (property == "vertical-align")
        if (const auto px = css_length(plain, base); px && std::abs(*px) > 60)
            return "raised or lowered so far, it can lie over the automatic note: at most 60px";
    if (property == "outline")
        for (const auto part : css_parts(plain))
            if (const auto px = css_length(part, base); px && std::abs(*px) > 8)
                return "so wide an outline can cover the automatic note: at most 8px";
    if (property.starts_with("margin") || property == "box-shadow" || property == "text-shadow" || property == "min-height" ||
        property == "height" || property.starts_with("padding"))
        for (const auto part : css_parts(plain)) {
            const auto px = css_length(part, base);
            if (!px) continue;
            if (property.starts_with("margin") && *px < -16)
                return "a negative margin can lay it over what stands before it, the automatic note among it: at least -16px";
            if (property.ends_with("-shadow") && std::abs(*px) > 60 && plain.find("inset") == std::string::npos)
                return "so wide a shadow can cover the automatic note: at most 60px";
            if (!property.ends_with("-shadow") && *px > note_far_px)
                return "it pushes the automatic note out of sight: at most " + std::to_string(static_cast<int>(note_far_px)) +
                       "px";
        }
    return {};
}

}  // namespace ilbud
