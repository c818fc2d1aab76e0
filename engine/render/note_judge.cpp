// Computes what is seen, for the few properties that can hide a text. Where a selector, a section or a query may hold or not, both
// are followed (css_cascade.hpp), and every outcome has to leave the note readable. What cannot be computed is refused if it comes
// to the note, so that a value which is not understood never passes for a harmless one.
#include "note_judge.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "css_value.hpp"
#include "ilbud/base/text.hpp"
#include "note_rules.hpp"

namespace ilbud {
namespace {

// WCAG asks for 4.5 of small text. Less is poor and still seen; below this it is taken for hidden.
constexpr double contrast_min = 3;
// Of links, whose colour stands in the tag and is seldom turned for the dark, and where a program drops the style sheet.
constexpr double contrast_dim_min = 1.5;
constexpr double line_min = 0.8, line_max = 5;  // of the font's size
constexpr double width_px_min = 120, width_px_max = 1000, room_px_min = 100;
constexpr std::string_view too_wide = "an element around it is at most as wide as its screen, or 1000 px";
constexpr double opacity_min = 0.6;

template <class T>
struct Seen {
    T value;
    const CssApplied* by = nullptr;  // null: nobody said so, or the engine's own element
};
template <class T>
using Outcomes = std::vector<Seen<T>>;

// A number is inherited as such, a length as what it came to.
struct LineHeight {
    double value = 1.2;
    bool is_px = false;
    bool operator==(const LineHeight&) const = default;
};

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
    Outcomes<LineHeight> line{{LineHeight{}}};
    Outcomes<bool> visible{{true}};
    std::array<Outcomes<std::string>, 7> words;
    std::vector<Outcomes<CssColour>> grounds;  // what was behind each element from <body> on
    double opacity = 1;
    double share = 1;  // of the width
    double room = 0;   // what the width comes to, in pixels
    double rem = 16;
    const CssApplied* clipped = nullptr;
};
// Inherited properties whose value is only looked at where text stands, in the order of State::words.
constexpr std::array<std::string_view, 7> word_properties{"text-indent", "letter-spacing", "word-spacing",    "direction",
                                                          "font-family", "white-space",    "font-size-adjust"};

class NoteJudge {
 public:
    // `told` holds where something was found already: one finding a place is enough.
    NoteJudge(const HtmlOutline& layout, const std::vector<CssElement>& path, const std::vector<CssSheet>& sheets, bool dim,
              NotesTold& told)
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
    void report(const CssApplied* by, const std::string& what, std::string_view fine) {
        const std::string detail = "the automatic note would not be seen (R11): " + what + "; " + std::string(fine);
        // The engine's own element is in no file: it is the content that stands where it cannot be seen.
        auto* source = by == nullptr || is_own(by->source) ? nullptr : by->source;
        if (source == nullptr ? !told_.empty() : !told_.emplace(source, by->at).second) return;
        if (source != nullptr)
            by->source->add("note_hidden", by->at, detail);
        else
            layout_.source->add("note_hidden", std::min(layout_.content, layout_.source->text().size()), detail);
    }
    [[nodiscard]] bool is_own(const LintSource* source) const {
        return source == path_.back().source && source != layout_.source.get();
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
        state.room = screen.width;
        for (auto& each : state.words) each = {{std::string()}};
        for (std::size_t i = 0; i < path_.size(); ++i) element(i, screen, state);
        text(screen, state, coloured);
    }

    void element(std::size_t i, const CssScreen& screen, State& state) {
        const auto font_above = state.font;
        state.font = outcomes<double>(i, "font-size", screen, font_above, [&](const CssApplied& each, auto& out) {
            for (const auto& above : font_above)
                add_outcome(out, {font_size(each.value, {above.value, above.value, screen.width, state.rem}), &each});
        });
        if (path_[i].node->name == "html")
            for (const auto& each : state.font) state.rem = std::min(state.rem, each.value);
        const CssBase base{state.font.front().value, screen.width, screen.width, state.rem};
        state.line = outcomes<LineHeight>(i, "line-height", screen, Outcomes<LineHeight>(state.line),
                                          [&](const CssApplied& each, auto& out) {
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
            if (css_counts(each, screen) != CssMatch::no)
                if (const auto fine = fine_alone(each.property, each.value, base); !fine.empty()) report(&each, said(each), fine);
    }

    static double font_size(const std::string& value, const CssBase& above) {
        const std::array<std::pair<std::string_view, double>, 10> words{{{"xx-small", 9},
                                                                         {"x-small", 10},
                                                                         {"small", 13},
                                                                         {"medium", 16},
                                                                         {"initial", 16},
                                                                         {"large", 18},
                                                                         {"x-large", 24},
                                                                         {"xx-large", 32},
                                                                         {"smaller", above.em * 0.83},
                                                                         {"larger", above.em * 1.2}}};
        for (const auto& [word, px] : words)
            if (word == value) return px;
        return css_length(value, above).value_or(-1);
    }
    static LineHeight line_height(const std::string& value, const CssBase& base) {
        if (value == "normal" || value == "initial") return {};
        if (const auto number = css_number(value)) return {*number};
        return {css_length(value, {base.em, base.em, base.width, base.rem}).value_or(-1), true};
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
                report(each, said(*each),
                       "the note and all around it are shown: display is block, table, inline-block or their like");
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
        if (cuts != nullptr && !page) {
            state.clipped = cuts;
            for (const CssApplied& each : applies_[i])
                if (each.property.starts_with("border") && each.property.ends_with("radius") &&
                    css_counts(each, screen) != CssMatch::no && is_round(each.value, base))
                    report(&each, said(each) + " where overflow is cut off", "its corners are at most 32 px round");
        }
        for (const std::string_view property : {"height", "max-height"})
            for (const CssApplied* each : css_winners(applies_[i], property, screen, certain)) {
                if (is_automatic(each->value)) continue;
                const bool relative = each->value.ends_with('%') && each->value.find('(') == std::string::npos;
                const auto px = css_length(each->value, {base.em, 600, base.width});
                const bool whole = relative && px && *px >= 600;
                // Parts of tables grow with what they hold, whatever height they are given.
                const bool grows = (table && property == "height") || (page && relative);
                if (!px ? each->value.find("{{") != std::string::npos
                        : *px < 2 || (!grows && !(whole && cuts == nullptr) && *px < note_far_px))
                    report(each, said(*each),
                           "an element around it has no fixed height: it is as long as the mail, and says min-height");
            }
    }

    static bool is_round(std::string_view value, const CssBase& base) {
        constexpr double round_px_max = 32;
        const auto parts = css_parts(value);
        return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
            const auto px = css_length(part, base);  // a percentage is one of sides that are not known
            return part != "/" && !is_automatic(part) && (!px || *px > round_px_max);
        });
    }

    void wide_enough(std::size_t i, const CssScreen& screen, const CssBase& base, State& state) {
        bool certain = false, wide = false;
        // What is wider than its screen can hold its text outside of it.
        const double widest = std::max(width_px_max, screen.width);
        for (const CssApplied* each : css_winners(applies_[i], "min-width", screen, certain)) {
            const auto px = css_length(each->value, base);
            wide = certain && px && *px >= width_px_min;
            if (px && *px > widest) report(each, said(*each), too_wide);
        }
        double share = 1;
        for (const std::string_view property : {"width", "max-width"})
            for (const CssApplied* each : css_winners(applies_[i], property, screen, certain)) {
                if (is_automatic(each->value)) continue;
                const auto px = css_length(each->value, base);
                const bool relative = each->value.ends_with('%') && each->value.find('(') == std::string::npos;
                if (property == "width" && px && *px > widest) report(each, said(*each), too_wide);
                if (wide) continue;
                if (relative && px) share = std::min(share, *px / base.percent);
                if (property == "width" && px && !relative && certain) state.room = std::max(state.room, *px);
                if (!px || (relative ? state.share * share < 0.3 : *px < width_px_min))
                    report(each, said(*each), "an element around it is at least 120 px or 30 % wide");
            }
        state.share *= share;
        room(i, screen, {base.em, state.room, base.width, base.rem}, state);
    }
    // Of the style sheet that every browser has (HTML Standard §15.3.3).
    static double own_indent(std::string_view name, std::string_view side) {
        if (name == "blockquote" || name == "figure") return side.starts_with("margin") ? 40 : 0;
        return (name == "ul" || name == "ol") && side == "padding-left" ? 40 : 0;
    }
    // What margins and paddings leave. A table may be wider than what is around it, and its cells pad within their widths.
    void room(std::size_t i, const CssScreen& screen, const CssBase& base, State& state) {
        const CssApplied* by = nullptr;
        double most = 20;  // less is not what took it away
        bool told = false;
        for (const std::string_view side : {"padding-left", "padding-right", "margin-left", "margin-right"}) {
            bool certain = false;
            double widest = 0;
            const CssApplied* declared = nullptr;
            for (const CssApplied* each : css_winners(applies_[i], side, screen, certain))
                if (const auto px = css_length(each->value, base); px && *px > widest) widest = *px, declared = each;
            const double own = certain ? 0 : own_indent(path_[i].node->name, side);
            if (own > widest) widest = own, declared = nullptr;
            state.room -= widest;
            if (widest > most) most = widest, by = declared, told = true;
        }
        if (told && state.room < room_px_min)
            report(by, by == nullptr ? "<" + path_[i].node->name + "> indents it too far" : said(*by),
                   "margins and paddings together leave it 100 px on a screen of 320 px");
    }

    // What has come down to the text itself.
    void text(const CssScreen& screen, const State& state, bool coloured) {
        const CssBase base{state.font.front().value, screen.width, screen.width, state.rem};
        for (const auto& each : state.font)
            if (each.value < note_font_px_min || each.value > note_font_px_max)
                report(each.by, each.by == nullptr ? std::string("small text") : said(*each.by),
                       "its text has 9 to 60 px, written in px, em or %");
        for (const auto& each : state.line)
            for (const auto& font : state.font) {
                const double lines = each.value.is_px ? each.value.value / std::max(font.value, 1.0) : each.value.value;
                if (lines < line_min || lines > line_max)
                    report(each.by, each.by == nullptr ? std::string("low lines") : said(*each.by),
                           "its lines are at least 0.8 times as high as its letters, and at most 5 times");
            }
        for (const auto& each : state.visible)
            if (!each.value) report(each.by, said(*each.by), "it is visible");
        for (std::size_t w = 0; w < word_properties.size(); ++w)
            for (const auto& each : state.words[w])
                if (each.by != nullptr)
                    if (const auto fine = fine_inherited(word_properties[w], each.value, base, state.clipped != nullptr);
                        !fine.empty())
                        report(each.by, said(*each.by), fine);
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
    [[nodiscard]] bool owns(const CssApplied* by) const { return !by->sheet && is_own(by->source); }
    static std::string decimal(double value) {
        const auto tenths = static_cast<int>(std::floor(value * 10));
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
    }

    const HtmlOutline& layout_;
    const std::vector<CssElement>& path_;
    bool dim_;
    NotesTold& told_;
    std::vector<CssApplies> applies_;
    std::vector<double> widths_{320, 1200};
    std::set<std::string> medias_;
    bool wrapped_ = false, scheme_dark_ = false, scheme_light_ = true;
};

}  // namespace

void judge_note(const HtmlOutline& layout, const std::vector<CssElement>& path, const std::vector<CssSheet>& sheets,
                const NoteLeaf& leaf, NotesTold& told) {
    NoteJudge(layout, path, sheets, leaf.dim, told).run(leaf.coloured);
}

}  // namespace ilbud
