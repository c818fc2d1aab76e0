// HTML as old mail programs want it: tables for buttons, attributes beside styles, no
// positions, no classes that are needed to be readable. Outlook draws with Word's engine,
// which knows neither padding on links nor many of the shorter forms. The one-letter classes
// (m, k, b, n) are handles for the layout's style sheet, which turns colours for dark screens.
#include <algorithm>

#include "ilbud/base/colour.hpp"
#include "ilbud/render/escape.hpp"
#include "markdown_events.hpp"
#include "table_columns.hpp"

namespace ilbud {
namespace {

// Every tag carries its style, since many mail programs drop style sheets. The layout's sheet only adapts colours to the dark.
// A word longer than a phone is wide breaks, or the whole mail would be as wide as the word: most programs know `word-break` and
// not the newer `overflow-wrap`.
constexpr std::string_view paragraph = R"(<p style="margin:0 0 16px;word-break:break-word">)";
constexpr std::string_view table =
    R"(<table width="100%" cellpadding="0" cellspacing="0" border="0" style="width:100%;border-collapse:collapse;margin:0 0 24px;word-break:normal">)";
// By Align. Cells to the left and to the right have no padding on their outer
// side, so that the table's text is flush with the paragraphs around it.
constexpr std::string_view cell_styles[3] = {
    R"( align="left" style="padding:8px 12px 8px 0;border-bottom:1px solid #e2e5e9;text-align:left;vertical-align:top)",
    R"( align="center" style="padding:8px 6px;border-bottom:1px solid #e2e5e9;text-align:center;vertical-align:top)",
    R"( align="right" style="padding:8px 0 8px 12px;border-bottom:1px solid #e2e5e9;text-align:right;vertical-align:top)"};
constexpr std::string_view muted = R"(;font-weight:normal;color:#5c6570" class="m">)";

class HtmlRenderer {
 public:
    HtmlRenderer(const std::vector<MarkdownEvent>& events, const HtmlStyle& style, std::string& out)
        : events_(events), style_(style), out_(out) {}

    void run() {
        for (at_ = 0; at_ < events_.size(); ++at_) event(events_[at_]);
    }

 private:
    void event(const MarkdownEvent& event) {
        switch (event.mark) {
            case Mark::paragraph:
                paragraph_mark(event);
                break;
            case Mark::heading:
                heading(event);
                break;
            case Mark::quote:
                tag(event, R"(<blockquote style="margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid #d5d9de">)",
                    "</blockquote>\n");
                break;
            case Mark::bullets:
                tag(event, R"(<ul style="margin:0 0 16px;padding:0 0 0 24px">)", "</ul>\n");
                break;
            case Mark::numbers:
                numbers(event);
                break;
            case Mark::item:
                tag(event, R"(<li style="margin:0 0 4px;word-break:break-word">)", "</li>\n");
                break;
            // md4c opens and closes it as any block.
            case Mark::rule:
                if (event.open) out_ += "<hr style=\"border:0;border-top:1px solid #e2e5e9;margin:24px 0\">\n";
                break;
            case Mark::code_block:
                tag(event,
                    R"(<pre class="k" style="margin:0 0 16px;padding:12px 14px;background:#f2f4f6;border-radius:6px;font-family:Consolas,Menlo,monospace;font-size:13px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere">)",
                    "</pre>\n");
                break;
            case Mark::table:
                table_mark(event);
                break;
            case Mark::table_head:
                head_mark(event);
                break;
            // Without an element of its own: a row needs none.
            case Mark::table_body:
                break;
            case Mark::row:
                if (event.open) column_ = 0;
                tag(event, "<tr>", "</tr>\n");
                break;
            case Mark::cell:
                cell(event);
                break;
            case Mark::emphasis:
                tag(event, "<em>", "</em>");
                break;
            case Mark::strong:
                tag(event, "<strong>", "</strong>");
                break;
            case Mark::code:
                tag(event, "<code>", "</code>");
                break;
            case Mark::link:
                link(event);
                break;
            case Mark::image:
                image(event);
                break;
            case Mark::text:
                append_escaped_lines(event.text);
                break;
            // As it was written: it is HTML already, and md4c has checked its form.
            case Mark::entity:
                out_ += event.text;
                break;
            case Mark::line_break:
                out_ += "<br>\n";
                break;
            case Mark::soft_break:
                out_ += '\n';
                break;
        }
    }

    void tag(const MarkdownEvent& event, std::string_view open, std::string_view close) { out_ += event.open ? open : close; }

    // A code block's lines are kept; elsewhere no text has any.
    // md4c gives a code block's line ends as texts of their own; escaped, they would become spaces.
    void append_escaped_lines(std::string_view text) {
        if (text == "\n")
            out_ += '\n';
        else
            append_escaped(out_, text, Escape::html);
    }

    // A button whose link was refused is an ordinary paragraph, in which its text remains.
    void paragraph_mark(const MarkdownEvent& event) {
        if (event.open) {
            button_ = is_button(events_, at_) && has_safe_scheme(events_[at_ + 1].text);
            if (!button_) out_ += paragraph;
        } else {
            if (!button_) out_ += "</p>\n";
            button_ = false;
        }
    }

    // Three sizes are enough for a mail; deeper headings look like the third.
    void heading(const MarkdownEvent& event) {
        const unsigned level = std::min(event.number, 3U);
        if (event.open)
            out_ += style_.heading[level - 1];
        else
            (out_ += level == 1 ? "</h1" : level == 2 ? "</h2" : "</h3") += ">\n";
    }

    // `start` also where it is 1, which does no harm.
    void numbers(const MarkdownEvent& event) {
        if (!event.open)
            out_ += "</ol>\n";
        else
            ((out_ += R"(<ol start=")") += std::to_string(event.number)) += R"(" style="margin:0 0 16px;padding:0 0 0 24px">)";
    }

    void table_mark(const MarkdownEvent& event) {
        if (event.open) {
            named_rows_ = !has_header(events_, at_);
            breaking_ = breaking_columns(events_, at_);
        }
        tag(event, table, "</table>\n");
    }

    // Without a header the events of the head are passed over,
    // up to its end; the first column then names the rows.
    void head_mark(const MarkdownEvent& event) {
        if (event.open && named_rows_)
            while (events_[at_].mark != Mark::table_head || events_[at_].open) ++at_;
        in_head_ = event.open && !named_rows_;
    }

    void cell(const MarkdownEvent& event) {
        const bool names_row = named_rows_ && column_ == 0;
        const bool header = in_head_ || names_row;
        if (!event.open) {
            out_ += header ? "</th>" : "</td>";
            ++column_;
            return;
        }
        // `scope` tells screen readers which cells a header
        // names. 38 % leaves the larger part to the values.
        out_ += !header ? "<td" : in_head_ ? "<th scope=\"col\"" : "<th scope=\"row\" width=\"38%\"";
        out_ += cell_styles[static_cast<std::size_t>(event.align)];
        if (column_ < breaking_.size() && breaking_[column_]) out_ += ";word-break:break-word";
        out_ += header ? muted : std::string_view("\">");
    }

    // The linter has checked the template's own addresses and
    // the view those of values. This is the last gate, for both.
    void link(const MarkdownEvent& event) {
        if (!event.open) {
            if (linked_) out_ += button_ ? "</a></td></tr></table>\n" : "</a>";
            linked_ = false;
            return;
        }
        linked_ = has_safe_scheme(event.text);
        if (!linked_) return;
        out_ += button_ ? std::string_view(style_.button_before) : std::string_view("<a href=\"");
        append_escaped(out_, event.text, Escape::html);
        out_ += button_ ? std::string_view(style_.button_middle) : std::string_view(R"(" style="color:#0b5cad">)");
    }

    // The alternative text is what stands between the marks, without its markup.
    void image(const MarkdownEvent& event) {
        if (!event.open) return;
        std::string alternative;
        // CommonMark §6.4: the description is made plain for the alternative text.
        for (++at_; events_[at_].mark != Mark::image || events_[at_].open; ++at_) {
            if (events_[at_].mark == Mark::text) alternative += events_[at_].text;
            if (events_[at_].mark == Mark::entity) append_entity(alternative, events_[at_].text);
        }
        if (!has_safe_scheme(event.text)) return append_escaped(out_, alternative, Escape::html);
        out_ += "<img src=\"";
        append_escaped(out_, event.text, Escape::html);
        out_ += "\" alt=\"";
        append_escaped(out_, alternative, Escape::html);
        out_ += R"(" style="max-width:100%;height:auto;border:0">)";
    }

    const std::vector<MarkdownEvent>& events_;
    const HtmlStyle& style_;
    std::string& out_;
    std::size_t at_ = 0;
    bool button_ = false;      // inside a paragraph that is a button
    bool linked_ = false;      // inside a link whose address was kept
    bool named_rows_ = false;  // the table at hand has no header
    bool in_head_ = false;
    std::size_t column_ = 0;
    std::vector<bool> breaking_;  // by column: its words break
};

}  // namespace

// A unit's colour is chosen for its logo or its buttons, and may be far too pale for text.
std::string_view heading_colour(std::string_view colour) {
    constexpr std::string_view page = "#ffffff", ink = "#1f2328";  // the layout's
    return contrast(colour, page) < readable_contrast ? ink : colour;
}

// Built once for each unit and language, so that a render only appends. The colours
// come from settings, which take "#rrggbb" alone: nothing here needs escaping.
HtmlStyle html_style(std::string_view colour, std::string_view colour_text) {
    const std::string own(colour), on_own(colour_text);
    const auto heading = [&](const char* level, const char* size, const char* margin) {
        return std::string("<h") + level + " style=\"margin:" + margin + ";font-size:" + size +
               ";line-height:1.3;font-weight:bold;word-break:break-word;color:" + std::string(heading_colour(colour)) + "\">";
    };
    return {
        {heading("1", "26px", "0 0 20px"), heading("2", "19px", "28px 0 12px"), heading("3", "16px", "20px 0 8px")},
        R"(<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px"><tr><td class="b" bgcolor=")" +
            own + R"(" style="border-radius:6px;background:)" + own + R"("><a href=")",
        R"(" style="display:inline-block;padding:13px 26px;font-weight:bold;text-decoration:none;color:)" + on_own + "\">"};
}

void append_html(const MarkdownDocument& document, const HtmlStyle& style, std::string& out) {
    HtmlRenderer(document.events, style, out).run();
}

}  // namespace ilbud
