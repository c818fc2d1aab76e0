// A text part that is meant to be read, in a terminal or aloud. Each block writes
// whole lines; what stands before a line (quotes, indents, an item's mark) is
// kept aside, so that blocks can be nested without knowing it. Widths are columns
// on the screen (display_width), not bytes: "ø" has two bytes and one column.
#include <algorithm>
#include <numeric>

#include "ilbud/base/readable_names.hpp"
#include "ilbud/render/format.hpp"
#include "markdown_events.hpp"

namespace ilbud {
namespace {

// Two, so that a space within a cell is not taken for the next column.
constexpr std::size_t gap = 2;         // between a table's columns
constexpr std::size_t column_min = 8;  // a column is made no narrower to fit the line

// Splits `text` at its line ends and spaces into lines of at most `columns`; a longer word stands alone.
// No-break spaces are no place to break: amounts and dates stay whole. A
// web address is one word and is never cut, or it could not be followed.
// Several spaces become one. A text without words is one empty line.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines;
    std::string line;
    std::size_t width = 0;
    const auto end_line = [&] {
        lines.push_back(std::move(line));
        line.clear();
        width = 0;
    };
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find_first_of(" \n", at), text.size());
        const auto word = text.substr(at, end - at);
        if (!word.empty()) {
            const auto word_width = display_width(word);
            if (width != 0 && width + 1 + word_width > columns) end_line();
            if (width != 0) {
                line += ' ';
                ++width;
            }
            line += word;
            width += word_width;
        }
        if (end == text.size() || text[end] == '\n') end_line();
        at = end + 1;
    }
    return lines;
}

// A row as it will be written: each cell is text already.
struct Row {
    std::vector<std::string> cells;
    bool header = false;
    bool sum = false;  // bold from end to end
};

class TextRenderer {
 public:
    TextRenderer(const std::vector<MarkdownEvent>& events, std::string& out) : events_(events), out_(out) {}

    // Each block() moves on by at least one event: md4c
    // closes what it opens, so there is always one to take.
    void run() {
        while (at_ < events_.size()) block();
    }

 private:
    [[nodiscard]] const MarkdownEvent& now() const { return events_[at_]; }
    [[nodiscard]] bool at_close(Mark mark) const { return now().mark == mark && !now().open; }
    // Deep nesting would leave no room: then lines run
    // over rather than becoming a column of single words.
    [[nodiscard]] std::size_t columns() const { return text_columns > indent_.size() + 20 ? text_columns - indent_.size() : 20; }

    // One line: the indent (or, once, the item's bullet) and `text`.
    void line(std::string_view text) {
        const auto begin = out_.size();
        out_ += bullet_.empty() ? indent_ : bullet_;
        bullet_.clear();
        out_ += text;
        // Spaces at line ends would have to be encoded in the mail (encode.cpp), and mean nothing.
        while (out_.size() > begin && out_.back() == ' ') out_.pop_back();
        out_ += '\n';
    }
    // The mark of an item stands before the first only: line() takes it away.
    void lines(std::string_view text) {
        for (const auto& each : wrapped(text, columns())) line(each);
    }
    // A blank line between blocks; none within a tight list, nor before the first.
    // In a quote the blank line keeps its ">", or the quote would end there for the eye.
    void separate() {
        if (out_.empty() || !bullet_.empty() || tight_) return;
        std::string_view bare = indent_;
        while (bare.ends_with(' ')) bare.remove_suffix(1);
        (out_ += bare) += '\n';
    }

    void block() {
        switch (now().mark) {
            case Mark::paragraph:
                paragraph();
                break;
            case Mark::heading:
                heading();
                break;
            case Mark::quote:
                quote();
                break;
            case Mark::bullets:
            case Mark::numbers:
                list();
                break;
            case Mark::code_block:
                code_block();
                break;
            case Mark::table:
                table();
                break;
            // Both its ends are taken at once: nothing stands between them.
            case Mark::rule:
                separate();
                line(std::string(std::min<std::size_t>(columns(), 40), '-'));
                at_ += 2;
                break;
            // A text without a paragraph around it, or the end of a block that needs nothing.
            default:
                if (now().open || now().mark >= Mark::emphasis)
                    loose_text();
                else
                    ++at_;
        }
    }

    void paragraph() {
        separate();
        const bool button = is_button(events_, at_);
        ++at_;
        if (button) {
            // The address gets a line of its own, unbroken, so that every program makes it a link.
            const auto address = now().text;
            ++at_;
            const std::string name = inline_until(Mark::link);
            // "Betal nu" becomes "Betal nu:". A question needs no colon behind it.
            lines(name.ends_with(':') || name.ends_with('?') ? name : name + ':');
            line(address);
            at_ += 2;
            return;
        }
        lines(inline_until(Mark::paragraph));
        ++at_;
    }

    // Underlined as in Markdown's own long form; deeper levels are told by the blank line alone.
    void heading() {
        const auto level = now().number;
        separate();
        ++at_;
        const auto title = wrapped(inline_until(Mark::heading), columns());
        ++at_;
        std::size_t width = 0;
        for (const auto& each : title) {
            line(each);
            width = std::max(width, display_width(each));
        }
        if (level <= 2 && width != 0) line(std::string(width, level == 1 ? '=' : '-'));
    }

    void quote() {
        separate();
        const std::string before = indent_;
        indent_ += "> ";
        const auto begin = out_.size();
        for (++at_; !at_close(Mark::quote);) {
            if (out_.size() == begin) bullet_ = indent_;  // the first block needs no blank line
            block();
        }
        bullet_.clear();
        indent_ = before;
        ++at_;
    }

    // A loose list has blank lines between its items, a tight one none, also where it
    // stands in a loose one: hence the state is set and put back around each item.
    void list() {
        const MarkdownEvent opening = now();
        const bool outer_tight = tight_;
        separate();
        unsigned number = opening.number;
        bool first = true;
        for (++at_; !at_close(opening.mark);) {
            if (!first && !opening.tight) {
                tight_ = false;
                separate();
            }
            first = false;
            tight_ = opening.tight;
            // Numbers count on from the first, whatever the source repeats (CommonMark §5.3).
            item(opening.mark == Mark::bullets ? "- " : std::to_string(number++) + ". ");
        }
        tight_ = outer_tight;
        ++at_;
    }

    // Lines after the first stand under its text: the indent grows by the mark's own width.
    void item(const std::string& mark) {
        const std::string before = indent_;
        bullet_ = before + mark;
        indent_ += std::string(mark.size(), ' ');
        for (++at_; !at_close(Mark::item);) block();
        // An empty item still shows its mark.
        if (!bullet_.empty()) line("");
        indent_ = before;
        ++at_;
    }

    // Text that stands in a tight list's item without a paragraph.
    void loose_text() {
        std::string text;
        while (at_ < events_.size() && now().mark >= Mark::emphasis) inline_event(text);
        lines(text);
    }

    // Never wrapped: such lines are there to be copied whole, as the DNS records of a notice are.
    void code_block() {
        separate();
        std::string text;
        for (++at_; !at_close(Mark::code_block); ++at_) text += now().text;
        ++at_;
        while (text.ends_with('\n')) text.pop_back();
        for (std::size_t begin = 0; begin <= text.size();) {
            const auto end = std::min(text.find('\n', begin), text.size());
            line("  " + text.substr(begin, end - begin));
            begin = end + 1;
        }
    }

    // Up to the end of the block or span `mark`, which is left for the caller.
    std::string inline_until(Mark mark) {
        std::string text;
        while (!at_close(mark)) inline_event(text);
        return text;
    }

    void inline_event(std::string& text) {
        const MarkdownEvent& event = now();
        ++at_;
        switch (event.mark) {
            case Mark::text:
                text += event.text;
                break;
            case Mark::entity:
                // The hyphen at which no line breaks: lines of a text break at blanks alone, and the plain one is found by a search.
                if (event.text == "&#8209;")
                    text += '-';
                else
                    append_entity(text, event.text);
                break;
            case Mark::line_break:
                text += '\n';
                break;
            case Mark::soft_break:
                text += ' ';
                break;
            case Mark::link:
                if (event.open) link(event.text, text);
                break;
            default:
                break;  // emphasis and its like leave no trace in plain text
        }
    }

    // An address that is the text already, with or without its scheme (mailto:, tel:), is not said twice.
    void link(std::string_view address, std::string& text) {
        const std::string name = inline_until(Mark::link);
        ++at_;
        const auto colon = address.find(':');
        text += name;
        const auto bare = colon == std::string_view::npos ? address : address.substr(colon + 1);
        const bool same = name == address || name == bare || name == as_written(bare);
        if (!same && !address.empty()) ((text += " (") += address) += ')';
    }

    // Rows are gathered first: a column is as wide as its widest cell.
    void table() {
        separate();
        const std::size_t count = now().number;
        const bool header = has_header(events_, at_);
        std::vector<Row> rows;
        std::vector<Align> aligns(count, Align::left);
        bool in_head = false;
        for (++at_; !at_close(Mark::table);) {
            if (now().mark == Mark::table_head) in_head = now().open;
            if (now().mark == Mark::row && now().open && (header || !in_head)) rows.push_back({{}, in_head, header && !in_head});
            const bool cell = now().mark == Mark::cell && now().open;
            const Align align = now().align;
            ++at_;
            if (!cell) continue;
            const bool bold = is_bold(at_);
            std::string text = inline_until(Mark::cell);
            // The cells of a header that says nothing, which is left out, or more cells than columns.
            if (rows.empty() || rows.back().cells.size() >= count) continue;
            rows.back().sum = rows.back().sum && (bold || text.empty());
            aligns[rows.back().cells.size()] = align;
            rows.back().cells.push_back(std::move(text));
        }
        ++at_;
        write_table(rows, aligns);
    }

    // Whether the cell whose content begins at events_[at] is bold from end to end.
    // What opens is closed: the walk finds the end of the bold.
    [[nodiscard]] bool is_bold(std::size_t at) const {
        if (events_[at].mark != Mark::strong) return false;
        do ++at;
        while (events_[at].mark != Mark::strong);
        return events_[at + 1].mark == Mark::cell;
    }

    void write_table(std::vector<Row>& rows, const std::vector<Align>& aligns) {
        std::vector<std::size_t> widths(aligns.size(), 0);
        for (Row& row : rows) {
            row.cells.resize(aligns.size());
            for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(row.cells[i]));
        }
        fit(widths);
        std::string rule;
        for (const auto width : widths) (rule += std::string(width, '-')) += std::string(gap, ' ');
        bool ruled = false;
        for (const Row& row : rows) {
            // Directly under the header there is a rule already.
            if (row.sum && !ruled) line(rule);
            write_row(row, widths, aligns);
            ruled = row.header;
            if (ruled) line(rule);
        }
    }

    // Narrows the widest column until the line holds all.
    // Ends: each round either makes all fit or brings a column down to
    // column_min, and one of that width ends it. A table with very many
    // columns then runs over, which is better than columns of two letters.
    void fit(std::vector<std::size_t>& widths) const {
        if (widths.empty()) return;
        const auto gaps = gap * (widths.size() - 1);
        for (auto total = std::accumulate(widths.begin(), widths.end(), gaps); total > columns();) {
            auto& widest = *std::max_element(widths.begin(), widths.end());
            if (widest <= column_min) return;
            const auto narrower = std::max(column_min, widest - std::min(widest, total - columns()));
            total -= widest - narrower;
            widest = narrower;
        }
    }

    // As many lines as the cell that wraps into most; the others are filled with blanks.
    void write_row(const Row& row, const std::vector<std::size_t>& widths, const std::vector<Align>& aligns) {
        std::vector<std::vector<std::string>> cells;
        std::size_t height = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            cells.push_back(wrapped(row.cells[i], std::max<std::size_t>(widths[i], 1)));
            height = std::max(height, cells.back().size());
        }
        for (std::size_t level = 0; level < height; ++level) {
            std::string text;
            for (std::size_t i = 0; i < widths.size(); ++i) {
                if (i != 0) text.append(gap, ' ');
                const std::string_view piece = level < cells[i].size() ? std::string_view(cells[i][level]) : std::string_view();
                const auto used = display_width(piece);
                const auto free = used < widths[i] ? widths[i] - used : 0;
                const auto left = aligns[i] == Align::right ? free : aligns[i] == Align::centre ? free / 2 : 0;
                text.append(left, ' ') += piece;
                text.append(free - left, ' ');
            }
            line(text);
        }
    }

    const std::vector<MarkdownEvent>& events_;
    std::string& out_;
    std::size_t at_ = 0;
    std::string indent_;  // before every line
    std::string bullet_;  // instead of the indent, before the next line only
    bool tight_ = false;  // within a list without blank lines
};

}  // namespace

void append_text(const MarkdownDocument& document, std::string& out) {
    TextRenderer(document.events, out).run();
}

}  // namespace ilbud
