// A Markdown text as the list of what begins, stands and ends in it: parsed once, written twice.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/render/markdown.hpp"

namespace ilbud {

// The order matters: blocks first, then spans, then leaves, which is compared by ">=".
enum class Mark : std::uint8_t {
    paragraph,
    heading,
    quote,
    bullets,
    numbers,
    item,
    rule,
    code_block,
    table,
    table_head,
    table_body,
    row,
    cell,  // blocks
    emphasis,
    strong,
    link,
    image,
    code,  // spans
    text,
    entity,
    line_break,
    soft_break,  // leaves
};

enum class Align : std::uint8_t { left, centre, right };

// Leaves come once, with `open` set; blocks and spans twice, properly nested.
struct MarkdownEvent {
    Mark mark{};
    bool open = true;           // false: a block or span ends
    Align align = Align::left;  // cells
    bool tight = false;         // lists
    unsigned number = 0;        // a heading's level, a list's first number, a table's columns
    std::string_view text;      // a leaf's text, a link's address
};

// Made to be used again: clear() keeps the memory of the events.
struct MarkdownDocument {
    std::vector<MarkdownEvent> events;
    std::deque<std::string> held;  // texts that do not stand in the source

    void clear() {
        events.clear();
        held.clear();
    }
};

// Reads `source`, which must outlive `document`.
void parse_markdown(std::string_view source, MarkdownDocument& document);

void append_html(const MarkdownDocument& document, const HtmlStyle& style, std::string& out);
void append_text(const MarkdownDocument& document, std::string& out);

// Whether the paragraph that begins at events[at] is one link and nothing else.
bool is_button(const std::vector<MarkdownEvent>& events, std::size_t at);
// Whether the header of the table that begins at events[at] says something.
bool has_header(const std::vector<MarkdownEvent>& events, std::size_t at);

// A character entity as UTF-8; an unknown one as it stands.
void append_entity(std::string& out, std::string_view entity);

}  // namespace ilbud
