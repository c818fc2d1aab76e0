// Computes what is seen, for the few properties that can hide a text. Where a selector, a section or a query may hold or not, both
// are followed (css_cascade.hpp), and every outcome has to leave the note readable. What cannot be computed is refused if it comes
// to the note, so that a value which is not understood never passes for a harmless one.
#include "lint_note.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "css_cascade.hpp"
#include "css_value.hpp"
#include "ilbud/base/text.hpp"
#include "lint.hpp"
#include "markdown_events.hpp"
#include "note_html.hpp"

namespace ilbud {
namespace {

// WCAG asks for 4.5 of small text. Less is poor and still seen; below this it is taken for hidden.
constexpr double contrast_min = 3;
// Of links, whose colour stands in the tag and is seldom turned for the dark, and where a program drops the style sheet.
constexpr double contrast_dim_min = 1.5;
constexpr double font_px_min = 9;
constexpr double line_min = 0.8;  // of the font's size
constexpr double width_px_min = 120;
constexpr double opacity_min = 0.6;
constexpr double far_px = 2000;  // beyond what anybody scrolls or turns

template <class T>
struct Seen {
    T value;
    const CssApplied* by = nullptr;  // null: nobody said so, or the engine's own element
};
template <class T>
using Outcomes = std::vector<Seen<T>>;

template <class T>
void add_outcome(Outcomes<T>& all, Seen<T> one) {
    constexpr std::size_t outcomes_max = 24;
    const bool known = std::any_of(all.begin(), all.end(), [&](const Seen<T>& each) { return each.value == one.value; });
    if (!known && all.size() < outcomes_max) all.push_back(one);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}
bool is_inherited(std::string_view value) {
    return is_one_of(value, {"inherit", "unset", "revert", "currentcolor"});
}
bool is_automatic(std::string_view value) {
    return is_one_of(value,
                     {"auto", "none", "inherit", "initial", "unset", "revert", "fit-content", "max-content", "min-content"});
}

// What comes down from one element to the next.
struct State {
    Outcomes<CssColour> colour{{opaque(0, 0, 0)}};
    Outcomes<CssColour> behind;
    Outcomes<double> font{{16.0}};
    Outcomes<double> line{{1.2}};  // of the font's size
    Outcomes<bool> visible{{true}};
    std::array<Outcomes<std::string>, 7> words;
    std::vector<Outcomes<CssColour>> grounds;  // what was behind each element from <body> on
    double opacity = 1;
    double share = 1;  // of the width
    const CssApplied* clipped = nullptr;
};
// Inherited properties whose value is only looked at where text stands, in the order of State::words.
constexpr std::array<std::string_view, 7> word_properties{"text-indent", "letter-spacing", "word-spacing",    "direction",
                                                          "font-family", "white-space",    "font-size-adjust"};

using Told = std::pair<LintSource*, std::size_t>;

class NoteJudge {
 public:
    // `told` holds where something was found already: one finding a place is enough.
    NoteJudge(const HtmlOutline& layout, const std::vector<CssElement>& path, const std::vector<CssSheet>& sheets, bool dim,
              std::set<Told>& told)
        : layout_(layout), path_(path), dim_(dim), told_(told) {
        for (std::size_t i = 0; i < path.size(); ++i) {
            applies_.push_back(css_applies(path, i, sheets));
            for (const CssApplied& each : applies_.back()) {
                add_widths(each.media, widths_);
                if (!each.media.empty()) medias_.insert(each.media);
                wrapped_ = wrapped_ || each.match == CssMatch::wrapped;
            }
        }
        // The words of a query are not those of the document.
        const auto text = lower_case(layout.source->text());
        scheme_dark_ = text.find("content=\"light dark\"") != std::string::npos ||
                       text.find("content=\"dark") != std::string::npos || text.find("color-scheme:dark") != std::string::npos ||
                       text.find("color-scheme: dark") != std::string::npos ||
                       text.find("color-scheme:light dark") != std::string::npos ||
                       text.find("color-scheme: light dark") != std::string::npos;
        scheme_light_ = !scheme_dark_ || text.find("light dark") != std::string::npos;
    }

    // With `coloured`, its own colour has to stand out from what is behind it.
    void run(bool coloured) {
        std::set<std::string> seen;  // queries with the same answers look the same
        for (const bool print : {false, true})
            for (const bool dark : {false, true})
                for (const double width : widths_)
                    for (const int how : {0, 1, 2}) {
                        const CssScreen screen{print, dark, width, how != 1, how == 2};
                        if (width < 240 || (how == 2 && !wrapped_)) continue;
                        std::string key{dark ? 'd' : 'l', width < 600 ? 'n' : 'w', static_cast<char>('0' + how)};
                        for (const auto& media : medias_)
                            key += static_cast<char>('0' + static_cast<int>(css_media(media, screen)));
                        if (seen.insert(key).second) walk(screen, coloured);
                    }
    }

 private:
    void report(const CssApplied* by, const std::string& what, const std::string& fine) {
        const std::string detail = "the automatic note would not be seen (R11): " + what + "; " + fine;
        auto* source = by == nullptr ? nullptr : by->source;
        if (source == nullptr ? !told_.empty() : !told_.emplace(source, by->at).second) return;
        if (source != nullptr)
            by->source->add("note_hidden", by->at, detail);
        else  // the engine's own element is in no file: it is the content that stands where it cannot be seen
            layout_.source->add("note_hidden", std::min(layout_.content, layout_.source->text().size()), detail);
    }
    static std::string said(const CssApplied& by) { return "'" + by.property + ": " + by.value + "'"; }

    // Gives what `property` may come to: as `read` reads the winners, or what comes down.
    template <class T, class Read>
    Outcomes<T> outcomes(std::size_t i, std::string_view property, const CssScreen& screen, const Outcomes<T>& above, Read read) {
        bool certain = false;
        Outcomes<T> out;
        for (const CssApplied* each : css_winners(applies_[i], property, screen, certain)) {
            if (is_inherited(each->value)) {
                for (const auto& inherited : above) add_outcome(out, inherited);
                continue;
            }
            read(*each, out);
        }
        if (!certain)
            for (const auto& inherited : above) add_outcome(out, inherited);
        return out;
    }

    void walk(const CssScreen& screen, bool coloured) {
        State state;
        const bool night = scheme_dark_ && (screen.dark || !scheme_light_) && !screen.print;
        const auto canvas = night ? opaque(0x12 / 255.0, 0x12 / 255.0, 0x12 / 255.0) : opaque(1, 1, 1);
        state.behind = {{canvas}};
        for (auto& each : state.words) each = {{std::string()}};
        for (std::size_t i = 0; i < path_.size(); ++i) element(i, screen, state);
        text(screen, state, coloured);
    }

    void element(std::size_t i, const CssScreen& screen, State& state) {
        const auto font_above = state.font;
        state.font = outcomes<double>(i, "font-size", screen, font_above, [&](const CssApplied& each, auto& out) {
            for (const auto& above : font_above) add_outcome(out, {font_size(each.value, above.value, screen), &each});
        });
        const CssBase base{state.font.front().value, screen.width, screen.width};
        state.line =
            outcomes<double>(i, "line-height", screen, Outcomes<double>(state.line), [&](const CssApplied& each, auto& out) {
                add_outcome(out, {line_height(each.value, base), &each});
            });
        state.colour =
            outcomes<CssColour>(i, "color", screen, Outcomes<CssColour>(state.colour), [&](const CssApplied& each, auto& out) {
                if (const auto colour = each.value == "initial" ? opaque(0, 0, 0) : css_colour(each.value))
                    add_outcome(out, {*colour, &each});
                else
                    report(&each, said(each) + " cannot be read", "write the colour as #rrggbb");
            });
        state.visible =
            outcomes<bool>(i, "visibility", screen, Outcomes<bool>(state.visible), [&](const CssApplied& each, auto& out) {
                add_outcome(out, {each.value == "visible" || each.value == "initial", &each});
            });
        for (std::size_t w = 0; w < word_properties.size(); ++w)
            state.words[w] = outcomes<std::string>(i, word_properties[w], screen, Outcomes<std::string>(state.words[w]),
                                                   [&](const CssApplied& each, auto& out) {
                                                       add_outcome(out, {each.value, &each});
                                                   });
        ground(i, screen, state);
        box(i, screen, base, state);
        for (const CssApplied& each : applies_[i])
            if (css_counts(each, screen) != CssMatch::no) alone(each, base);
    }

    static double font_size(const std::string& value, double em, const CssScreen& screen) {
        const std::array<std::pair<std::string_view, double>, 10> words{{{"xx-small", 9},
                                                                         {"x-small", 10},
                                                                         {"small", 13},
                                                                         {"medium", 16},
                                                                         {"initial", 16},
                                                                         {"large", 18},
                                                                         {"x-large", 24},
                                                                         {"xx-large", 32},
                                                                         {"smaller", em * 0.83},
                                                                         {"larger", em * 1.2}}};
        for (const auto& [word, px] : words)
            if (word == value) return px;
        return css_length(value, {em, em, screen.width}).value_or(-1);
    }
    static double line_height(const std::string& value, const CssBase& base) {
        if (value == "normal" || value == "initial") return 1.2;
        if (const auto number = css_number(value)) return *number;
        const double em = std::max(base.em, 1.0);
        const auto px = css_length(value, {em, em, base.width});
        return px ? *px / em : -1;
    }

    // What is painted behind the text. A float may stand outside of the boxes around it, as they do not grow with it.
    void ground(std::size_t i, const CssScreen& screen, State& state) {
        const auto under = state.behind;
        bool certain = false;
        Outcomes<CssColour> out;
        for (const CssApplied* each : css_winners(applies_[i], "background-color", screen, certain))
            for (const auto& below : under) {
                if (is_one_of(each->value, {"initial", "unset", "revert", "inherit", "transparent"})) {
                    add_outcome(out, below);
                } else if (each->value == "currentcolor") {
                    for (const auto& own : state.colour) add_outcome(out, {painted(own.value, below.value), each});
                } else if (const auto colour = css_colour(each->value)) {
                    add_outcome(out, {painted(*colour, below.value), colour->alpha <= 0 ? below.by : each});
                } else if (each->value.find("gradient(") != std::string::npos) {
                    add_outcome(out, {gradient(each->value, below.value), each});
                } else {
                    report(each, said(*each) + " cannot be read", "write the background's colour as #rrggbb");
                }
            }
        if (!certain)
            for (const auto& below : under) add_outcome(out, below);
        bool floating = false;
        for (const CssApplied* each : css_winners(applies_[i], "float", screen, certain))
            floating = floating || is_one_of(each->value, {"left", "right"});
        if (floating)
            for (const auto& ground : state.grounds)
                for (const auto& each : ground) add_outcome(out, each);
        state.behind = out;
        if (path_[i].node->name == "body" || !state.grounds.empty()) state.grounds.push_back(out);
    }
    // Every colour between the darkest and the lightest of its stops may be behind the text.
    static CssColour gradient(const std::string& value, const CssColour& below) {
        CssColour range;
        range.variable = "?";
        range.low = 1;
        std::string plain = value;
        std::replace(plain.begin(), plain.end(), ',', ' ');
        const auto take = [&](std::string_view text) {
            for (const auto part : css_parts(text))
                if (const auto colour = css_colour(part)) {
                    const auto one = painted(*colour, below);
                    range.low = std::min(range.low, one.low);
                    range.high = std::max(range.high, one.high);
                }
        };
        for (const auto part : css_parts(plain)) {
            const auto open = part.find("gradient(");
            take(open == std::string_view::npos ? part : part.substr(open + 9, part.size() - open - 10));
        }
        if (range.low > range.high) range.low = 0, range.high = 1;
        return range;
    }

    // What hides an element whatever is in it, or cuts it off.
    void box(std::size_t i, const CssScreen& screen, const CssBase& base, State& state) {
        bool certain = false;
        const HtmlNode& node = *path_[i].node;
        bool table = is_one_of(node.name, {"table", "tbody", "tfoot", "thead", "tr", "td", "th"});
        for (const CssApplied* each : css_winners(applies_[i], "display", screen, certain)) {
            table = table && each->value.starts_with("table");
            if (!is_one_of(each->value, {"block",
                                         "inline",
                                         "inline-block",
                                         "table",
                                         "inline-table",
                                         "table-row",
                                         "table-row-group",
                                         "table-header-group",
                                         "table-footer-group",
                                         "table-cell",
                                         "table-caption",
                                         "list-item",
                                         "flex",
                                         "inline-flex",
                                         "grid",
                                         "inline-grid",
                                         "flow-root",
                                         "contents",
                                         "initial",
                                         "inherit",
                                         "unset",
                                         "revert"}))
                report(each, said(*each), "an element around it is shown: block, table, inline-block and their like");
        }
        double own = 1;
        const CssApplied* by = nullptr;
        for (const CssApplied* each : css_winners(applies_[i], "opacity", screen, certain)) {
            const auto parts = css_length(each->value, {1, 1, 1});
            const auto value = is_automatic(each->value) ? 1.0 : css_number(each->value).value_or(parts.value_or(0));
            if (value < own) own = value, by = each;
        }
        state.opacity *= own;
        if (by != nullptr && state.opacity < opacity_min)
            report(by, said(*by), "all opacities around it together are at least 0.6");
        clip(i, screen, base, table, state);
        wide_enough(i, screen, base, state);
    }

    void clip(std::size_t i, const CssScreen& screen, const CssBase& base, bool table, State& state) {
        bool certain = false;
        const bool page = is_one_of(path_[i].node->name, {"html", "body"});
        const CssApplied* cuts = nullptr;
        for (const std::string_view axis : {"overflow-x", "overflow-y"})
            for (const CssApplied* each : css_winners(applies_[i], axis, screen, certain)) {
                if (is_one_of(each->value, {"visible", "initial", "unset", "revert", "inherit"})) continue;
                cuts = each;
                if (page && axis == "overflow-y" && is_one_of(each->value, {"hidden", "clip"}))
                    report(each, said(*each) + " of the page", "a page can be scrolled");
            }
        if (cuts != nullptr && !page) state.clipped = cuts;
        for (const std::string_view property : {"height", "max-height"})
            for (const CssApplied* each : css_winners(applies_[i], property, screen, certain)) {
                if (is_automatic(each->value)) continue;
                const bool relative = each->value.ends_with('%') && each->value.find('(') == std::string::npos;
                const auto px = css_length(each->value, {base.em, 600, base.width});
                const bool whole = relative && px && *px >= 600;
                // Parts of tables grow with what they hold, whatever height they are given.
                const bool grows = (table && property == "height") || (page && relative);
                if (!px ? each->value.find("{{") != std::string::npos
                        : *px < 2 || (!grows && !(whole && cuts == nullptr) && *px < far_px))
                    report(each, said(*each),
                           "an element around it has no fixed height: it is as long as the mail, and says min-height");
            }
    }

    void wide_enough(std::size_t i, const CssScreen& screen, const CssBase& base, State& state) {
        bool certain = false;
        for (const CssApplied* each : css_winners(applies_[i], "min-width", screen, certain))
            if (const auto px = css_length(each->value, base); certain && px && *px >= width_px_min) return;
        double share = 1;
        for (const std::string_view property : {"width", "max-width"})
            for (const CssApplied* each : css_winners(applies_[i], property, screen, certain)) {
                if (is_automatic(each->value)) continue;
                const auto px = css_length(each->value, base);
                const bool relative = each->value.ends_with('%') && each->value.find('(') == std::string::npos;
                if (relative && px) share = std::min(share, *px / base.percent);
                if (!px || (relative ? state.share * share < 0.3 : *px < width_px_min))
                    report(each, said(*each), "an element around it is at least 120 px or 30 % wide");
            }
        state.share *= share;
    }

    // What one declaration does by itself, whatever else is said: nothing that a layout needs is lost by leaving it out.
    void alone(const CssApplied& each, const CssBase& base) {
        const std::string_view property = each.property, value = each.value;
        const auto bad = [&](const char* fine) { report(&each, said(each), fine); };
        if (value == "inherit" || value == "initial" || value == "unset" || value == "revert") return;
        const auto length = [&](std::string_view text) { return css_length(text, base); };
        const auto within = [&](double least, double most) {
            const auto px = length(value);
            return px && *px >= least && *px <= most;
        };
        if (property.starts_with("margin-") || property.starts_with("padding-")) {
            const bool side = property.ends_with("-left") || property.ends_with("-right");
            if (value != "auto" && !within(-4, side ? 200 : 600))
                bad("margins and paddings around it are between 0 and 200 px, or 600 px up and down");
        } else if (property.starts_with("border") && property != "border-collapse" && property != "border-radius") {
            for (const auto part : css_parts(value))
                if (const auto px = length(part); px && *px > 100) return bad("borders around it are at most 100 px wide");
        } else if (property.starts_with("mso-")) {
            outlook(each, base);
        } else if (property.starts_with("text-decoration")) {
            if (value.find("line-through") != std::string_view::npos) bad("it is not struck through");
        } else if (property == "unicode-bidi") {
            if (!is_one_of(value, {"normal", "embed", "isolate", "plaintext"})) bad("its letters stand in their order");
        } else if (property == "vertical-align") {
            if (const auto px = length(value); px && std::abs(*px) > 20) bad("it is aligned by a word, such as top");
        } else if (property.ends_with("text-size-adjust")) {
            const auto percent = css_length(value, {100, 100, 100});
            if (value != "none" && value != "auto" && (!percent || *percent < 80)) bad("text keeps its size: 100%");
        } else if (property == "aria-hidden") {
            if (value != "false") bad("programs that read aloud read it as well");
        } else if (property == "role") {
            if (is_one_of(value, {"img", "image", "button", "separator", "math", "progressbar", "slider", "meter", "switch"}))
                bad("programs that read aloud take such an element for one piece without text");
        } else if (property == "line-height" || property == "font-size") {
            return;
        } else if ((property.starts_with("text-") &&
                    !is_one_of(property, {"text-align", "text-align-last", "text-indent", "text-transform", "text-rendering",
                                          "text-shadow", "text-justify", "text-overflow", "text-underline-offset",
                                          "text-underline-position", "text-wrap"}))) {
            bad("nobody can tell what it does to the note: leave it out here");
        }
    }

    void outlook(const CssApplied& each, const CssBase& base) {
        const std::string_view property = each.property, value = each.value;
        const auto px = css_length(value, base);
        bool fine = true;
        if (property == "mso-hide") fine = value == "none";
        if (property == "mso-color-alt") fine = value == "auto" || value == "windowtext" || value == "black";
        if (property == "mso-ansi-font-size" || property == "mso-bidi-font-size") fine = px && *px >= font_px_min;
        if (property == "mso-line-height-alt") fine = px && *px >= font_px_min;
        if (property == "mso-font-width") fine = px && *px >= base.percent / 2;
        if (property == "mso-text-raise") fine = px && std::abs(*px) <= 20;
        if (property.starts_with("mso-margin") || property.starts_with("mso-padding"))
            for (const auto part : css_parts(value)) {
                const auto one = css_length(part, base);
                fine = fine && one && *one >= -4 && *one <= 200;
            }
        if (!fine) report(&each, said(each), "Outlook shows it as all others do");
    }

    // What has come down to the text itself.
    void text(const CssScreen& screen, const State& state, bool coloured) {
        const CssBase base{state.font.front().value, screen.width, screen.width};
        for (const auto& each : state.font)
            if (each.value < font_px_min)
                report(each.by, each.by == nullptr ? std::string("small text") : said(*each.by),
                       "its text has at least 9 px, written in px, em or %");
        for (const auto& each : state.line)
            if (each.value < line_min)
                report(each.by, each.by == nullptr ? std::string("low lines") : said(*each.by),
                       "its lines are at least 0.8 times as high as its letters");
        for (const auto& each : state.visible)
            if (!each.value) report(each.by, said(*each.by), "it is visible");
        for (std::size_t w = 0; w < word_properties.size(); ++w)
            for (const auto& each : state.words[w])
                if (each.by != nullptr) word(word_properties[w], *each.by, base, state);
        const double least = dim_ || !screen.sheets ? contrast_dim_min : contrast_min;
        if (!coloured) return;
        for (const auto& each : state.colour)
            for (const auto& behind : state.behind) {
                auto own = each.value;
                own.alpha *= state.opacity;
                const double ratio = least_contrast(painted(own, behind.value), behind.value);
                if (ratio >= least || state.opacity < opacity_min) continue;  // told as such
                const bool ours = each.by == nullptr || each.by->source == nullptr || owns(each.by);
                const CssApplied* by = ours ? behind.by : each.by;
                std::string what = by == nullptr ? "its colour" : said(*by);
                what += " leaves it a contrast of " + decimal(ratio) + " to what is behind it";
                if (screen.dark && !screen.print) what += " on dark screens";
                report(by, what, "at least " + decimal(least) + ", better 4.5, is needed");
            }
    }
    // Whether the declaration is the engine's own, of the note's element.
    [[nodiscard]] bool owns(const CssApplied* by) const {
        return by->source != layout_.source.get() && !by->sheet && by->source == path_.back().source;
    }
    static std::string decimal(double value) {
        const auto tenths = static_cast<int>(std::floor(value * 10));
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
    }

    void word(std::string_view property, const CssApplied& each, const CssBase& base, const State& state) {
        const std::string_view value = each.value;
        if (value == "initial" || value == "normal") return;
        const auto px = css_length(value, base);
        const auto bad = [&](const char* fine) { report(&each, said(each), fine); };
        if (property == "text-indent" && (!px || *px < -5 || *px > 100)) bad("its first line begins between 0 and 100 px");
        if (property == "letter-spacing" && (!px || *px < -1 || *px > 10)) bad("its letters stand between -1 and 10 px apart");
        if (property == "word-spacing" && (!px || *px < -2 || *px > 40)) bad("its words stand up to 40 px further apart");
        if (property == "direction" && value != "ltr" && value != "auto") bad("it reads from left to right: ltr");
        if (property == "font-size-adjust" && value != "none") bad("its letters have the size that font-size says");
        if (property == "white-space" && (value == "nowrap" || value == "pre") && state.clipped != nullptr)
            bad("its lines are wrapped where overflow is cut off");
        if (property != "font-family") return;
        for (const std::string_view font :
             {"wingdings", "webdings", "symbol", "dingbats", "marlett", "blank", "barcode", "mt extra"})
            if (value.find(font) != std::string_view::npos && value.find("segoe ui symbol") == std::string_view::npos)
                bad("a font of letters is needed");
    }

    const HtmlOutline& layout_;
    const std::vector<CssElement>& path_;
    bool dim_;
    std::set<Told>& told_;
    std::vector<CssApplies> applies_;
    std::vector<double> widths_{320, 1200};
    std::set<std::string> medias_;
    bool wrapped_ = false, scheme_dark_ = false, scheme_light_ = true;
};

// Elements that a browser ends, or moves, where the content begins: the note is then not where the layout says.
void lint_place(const HtmlOutline& layout, HtmlView view) {
    const auto& path = layout.ancestors[view];
    const auto add = [&](std::size_t at, const std::string& what) {
        layout.source->add("note_hidden", at,
                           "the automatic note would not be seen (R11), or not where the layout says: " + what);
    };
    if (!layout.shows_content[view])
        return add(layout.content, "Outlook is not shown the content; {{{content}}} stands outside of all conditions");
    bool body = false;
    for (const HtmlNode& each : path) {
        body = body || each.name == "body";
        if (is_one_of(each.name, {"p", "a", "h1", "h2", "h3", "h4", "h5", "h6", "head", "title", "pre", "caption", "colgroup"}) ||
            each.name.find(':') != std::string::npos)
            add(each.at, "<" + each.name + "> cannot hold the content; a <div> or <td> can");
    }
    if (!path.empty() && is_one_of(path.back().name, {"table", "tbody", "tfoot", "thead", "tr", "ul", "ol", "dl"}))
        add(path.back().at, "the content cannot stand directly in <" + path.back().name + ">; in a <td> or <div> it can");
    if (!body && lower_case(layout.source->text()).find("<body") != std::string::npos)
        add(layout.content, "the content stands in <body>");
}

// The engine's own HTML with the content's mark at one of the places where the note has text.
HtmlOutline note_with_mark_at(std::string_view place, const std::string& file, Findings& ignored) {
    std::string markdown =
        "text **strong** *emphasis* [link](https://a.example) `code`\n\n- item\n\n[button](https://a.example)\n";
    std::string html(note_opening);
    append_markdown(markdown, html_style("#000000", "#ffffff"), &html, nullptr);
    html += note_closing;
    const std::string shown = '>' + std::string(place);
    html.replace(html.find(shown) + 1, place.size(), "{{{content}}}");
    return lint_html(html, file, HtmlFile::part, ignored);
}

}  // namespace

void lint_note(const HtmlOutline& layout, std::span<const HtmlOutline> parts) {
    if (layout.content == std::string_view::npos) return;  // no_content
    const std::string file = "note";
    Findings ignored;
    struct Leaf {
        std::string_view text;
        bool coloured, dim;
    };
    // A button's colours are the unit's, one on the other; what a layout does to them is seen in every mail.
    constexpr std::array<Leaf, 7> leaves{{{"text", true, false},
                                          {"strong", true, false},
                                          {"emphasis", true, false},
                                          {"link", true, true},
                                          {"code", true, false},
                                          {"item", true, false},
                                          {"button", false, false}}};
    std::set<Told> told;
    for (const auto view : {html_others, html_outlook}) {
        lint_place(layout, view);
        std::vector<CssSheet> sheets;
        const auto take = [&](const HtmlOutline& outline) {
            for (const HtmlStyleSheet& each : outline.sheets)
                if (each.seen[view]) sheets.push_back({outline.source.get(), read_css_rules(*outline.source, each)});
        };
        take(layout);
        for (const HtmlOutline& part : parts) take(part);
        for (const Leaf& leaf : leaves) {
            const HtmlOutline note = note_with_mark_at(leaf.text, file, ignored);
            std::vector<CssElement> path;
            for (const HtmlNode& each : layout.ancestors[view]) path.push_back({&each, layout.source.get()});
            for (const HtmlNode& each : note.ancestors[html_others]) path.push_back({&each, note.source.get()});
            NoteJudge(layout, path, sheets, leaf.dim, told).run(leaf.coloured);
        }
    }
}

// Painted later, a box lies over what stands before it, wherever that is: so these are looked at in every declaration.
std::string hides_others(std::string_view property, std::string_view value) {
    const auto plain = lower_case(value);
    const CssBase base{16, 600, 600};
    if (property.starts_with("margin") || property == "box-shadow" || property == "text-shadow" || property == "min-height" ||
        property == "height" || property.starts_with("padding"))
        for (const auto part : css_parts(plain)) {
            const auto px = css_length(part, base);
            if (!px) continue;
            if (property.starts_with("margin") && *px < -16)
                return "a negative margin can lay it over what stands before it, the automatic note among it: at least -16px";
            if (property.ends_with("-shadow") && std::abs(*px) > 60 && plain.find("inset") == std::string::npos)
                return "so wide a shadow can cover the automatic note: at most 60px";
            if (!property.ends_with("-shadow") && *px > far_px)
                return "it pushes the automatic note out of sight: at most " + std::to_string(static_cast<int>(far_px)) + "px";
        }
    return {};
}

}  // namespace ilbud
