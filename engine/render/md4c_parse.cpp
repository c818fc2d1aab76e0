// md4c tells what it meets by calling back, and keeps nothing. The events made of it hold views
// into the source, so that texts are copied only when they are written. Both writers need to
// look ahead (is this paragraph a button? has this table a header?), which callbacks cannot:
// hence the list. md4c is C and knows no exceptions. What is thrown in a callback, and only a
// lack of memory is, passes through its frames and leaves what md4c held at that moment behind.
#include <md4c.h>

#include <functional>
#include <new>

#include "markdown_events.hpp"
#include "value_place.hpp"

namespace ilbud {
namespace {

struct Reader {
    MarkdownDocument& document;
    std::string_view source;

    // md4c hands out pieces of the source, and now and then a constant of its own.
    // std::less, because "<" on pointers into different objects means nothing. A
    // deque moves none of its strings, so views into `held` stay good while it grows.
    std::string_view keep(const char* begin, std::size_t size) {
        const std::less<> before;
        if (!before(begin, source.data()) && !before(source.data() + source.size(), begin + size)) return {begin, size};
        return document.held.emplace_back(begin, size);
    }
    // Attributes live no longer than the call; their entities are resolved here.
    std::string_view keep(const MD_ATTRIBUTE& attribute) {
        std::string& value = document.held.emplace_back();
        // There is one offset more than there are types; the last is the attribute's size.
        for (unsigned i = 0; attribute.size != 0 && attribute.substr_offsets[i] < attribute.size; ++i) {
            const std::string_view piece(attribute.text + attribute.substr_offsets[i],
                                         attribute.substr_offsets[i + 1] - attribute.substr_offsets[i]);
            if (attribute.substr_types[i] == MD_TEXT_ENTITY)
                append_entity(value, piece);
            else
                value += piece;
        }
        return value;
    }
    MarkdownEvent& add(Mark mark, bool open) {
        MarkdownEvent& event = document.events.emplace_back();
        event.mark = mark;
        event.open = open;
        return event;
    }
};

// md4c's default, for a column without colons, is the left here.
Align align_of(MD_ALIGN align) {
    if (align == MD_ALIGN_RIGHT) return Align::right;
    return align == MD_ALIGN_CENTER ? Align::centre : Align::left;
}

void block(Reader& reader, MD_BLOCKTYPE type, void* detail, bool open) {
    switch (type) {
        case MD_BLOCK_P:
            reader.add(Mark::paragraph, open);
            break;
        // `detail` is a type of its own for each block and null for the others.
        case MD_BLOCK_H:
            reader.add(Mark::heading, open).number = static_cast<MD_BLOCK_H_DETAIL*>(detail)->level;
            break;
        case MD_BLOCK_QUOTE:
            reader.add(Mark::quote, open);
            break;
        case MD_BLOCK_UL:
            reader.add(Mark::bullets, open).tight = static_cast<MD_BLOCK_UL_DETAIL*>(detail)->is_tight != 0;
            break;
        case MD_BLOCK_OL: {
            MarkdownEvent& event = reader.add(Mark::numbers, open);
            event.number = static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start;
            event.tight = static_cast<MD_BLOCK_OL_DETAIL*>(detail)->is_tight != 0;
            break;
        }
        case MD_BLOCK_LI:
            reader.add(Mark::item, open);
            break;
        case MD_BLOCK_HR:
            reader.add(Mark::rule, open);
            break;
        case MD_BLOCK_CODE:
            reader.add(Mark::code_block, open);
            break;
        case MD_BLOCK_TABLE:
            reader.add(Mark::table, open).number = static_cast<MD_BLOCK_TABLE_DETAIL*>(detail)->col_count;
            break;
        case MD_BLOCK_THEAD:
            reader.add(Mark::table_head, open);
            break;
        case MD_BLOCK_TBODY:
            reader.add(Mark::table_body, open);
            break;
        case MD_BLOCK_TR:
            reader.add(Mark::row, open);
            break;
        // One mark for both: which row is the header is told by table_head around it.
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            reader.add(Mark::cell, open).align = align_of(static_cast<MD_BLOCK_TD_DETAIL*>(detail)->align);
            break;
        // The document itself, and raw HTML, which the flags below rule out.
        default:
            break;
    }
}

void span(Reader& reader, MD_SPANTYPE type, void* detail, bool open) {
    switch (type) {
        case MD_SPAN_EM:
            reader.add(Mark::emphasis, open);
            break;
        case MD_SPAN_STRONG:
            reader.add(Mark::strong, open);
            break;
        case MD_SPAN_CODE:
            reader.add(Mark::code, open);
            break;
        case MD_SPAN_A: {
            // The address is given at both ends; the first is
            // enough. Titles are not shown in mails and are dropped.
            const auto href = open ? reader.keep(static_cast<MD_SPAN_A_DETAIL*>(detail)->href) : std::string_view();
            reader.add(Mark::link, open).text = href;
            break;
        }
        case MD_SPAN_IMG: {
            const auto source = open ? reader.keep(static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src) : std::string_view();
            reader.add(Mark::image, open).text = source;
            break;
        }
        default:
            break;
    }
}

// Text of spans and code comes here alike, as the default:
// where it stands is told by the marks around it.
void text(Reader& reader, MD_TEXTTYPE type, const char* begin, std::size_t size) {
    switch (type) {
        case MD_TEXT_BR:
            reader.add(Mark::line_break, true);
            break;
        // A line end within a paragraph: the HTML keeps it, the text wraps anew.
        case MD_TEXT_SOFTBR:
            reader.add(Mark::soft_break, true);
            break;
        case MD_TEXT_ENTITY:
            reader.add(Mark::entity, true).text = reader.keep(begin, size);
            break;
        // A NUL in the source (CommonMark §2.3).
        case MD_TEXT_NULLCHAR:
            reader.add(Mark::text, true).text = "\xef\xbf\xbd";
            break;
        default: {
            auto& events = reader.document.events;
            // Backslash escapes tear a text to pieces; what stands side by side in the source is one again.
            const auto piece = reader.keep(begin, size);
            // Values in code keep their escapes up to here, where it is known that it is code.
            if (has_code_marks(piece)) {
                reader.add(Mark::text, true).text = reader.document.held.emplace_back(without_marks(piece, type == MD_TEXT_CODE));
                break;
            }
            if (!events.empty() && events.back().mark == Mark::text &&
                events.back().text.data() + events.back().text.size() == piece.data())
                events.back().text = {events.back().text.data(), events.back().text.size() + piece.size()};
            else
                reader.add(Mark::text, true).text = piece;
        }
    }
}

// Raw HTML is off: a value could otherwise bring some along wherever an escape was
// forgotten. Code by indentation is off: an indented line of a template or partial stays
// text. The extensions that make links of bare addresses are not asked for: a
// subscriber's name must never become a link. All callbacks answer 0, which means go on.
constexpr MD_PARSER parser{
    .abi_version = 0,
    .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS,
    .enter_block = [](MD_BLOCKTYPE type, void* detail,
                      void* user) { return block(*static_cast<Reader*>(user), type, detail, true), 0; },
    .leave_block = [](MD_BLOCKTYPE type, void* detail,
                      void* user) { return block(*static_cast<Reader*>(user), type, detail, false), 0; },
    .enter_span = [](MD_SPANTYPE type, void* detail,
                     void* user) { return span(*static_cast<Reader*>(user), type, detail, true), 0; },
    .leave_span = [](MD_SPANTYPE type, void* detail,
                     void* user) { return span(*static_cast<Reader*>(user), type, detail, false), 0; },
    .text = [](MD_TEXTTYPE type, const MD_CHAR* begin, MD_SIZE size,
               void* user) { return text(*static_cast<Reader*>(user), type, begin, size), 0; },
    .debug_log = nullptr,
    .syntax = nullptr,
};

}  // namespace

void parse_markdown(std::string_view source, MarkdownDocument& document) {
    document.clear();
    Reader reader{document, source};
    // The only failure left is memory: every callback answers 0.
    if (md_parse(source.data(), static_cast<MD_SIZE>(source.size()), &parser, &reader) != 0) throw std::bad_alloc();
}

}  // namespace ilbud
