// Parsed once and written twice: both parts of a mail come from one list
// of events, so that they cannot say different things. What both writers
// ask of the events (buttons, headers, entities) is answered here.
#include "ilbud/render/markdown.hpp"

#include <charconv>

#include "html_entities.hpp"
#include "markdown_events.hpp"

namespace ilbud {
namespace {

void append_utf8(std::string& out, std::uint32_t point) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    // CommonMark §2.5: NUL and what is no character become U+FFFD. A
    // number too large for 32 bits was left at zero and comes here too.
    if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) point = 0xfffd;
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xc0 | point >> 6), byte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        byte(0xe0 | point >> 12), byte(0x80 | (point >> 6 & 0x3f)), byte(0x80 | (point & 0x3f));
    } else {
        byte(0xf0 | point >> 18), byte(0x80 | (point >> 12 & 0x3f)), byte(0x80 | (point >> 6 & 0x3f)),
            byte(0x80 | (point & 0x3f));
    }
}

}  // namespace

void append_entity(std::string& out, std::string_view entity) {
    const std::string_view name = entity.substr(1, entity.size() - 2);  // between & and ;
    if (name.starts_with('#')) {
        const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
        const auto digits = name.substr(hex ? 2 : 1);
        std::uint32_t point = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
        return append_utf8(out, point);
    }
    const auto known = html_entity(name);
    out += known.empty() ? entity : known;
}

// Links do not nest (CommonMark §6.3), so the next mark of a link is the end of this one.
bool is_button(const std::vector<MarkdownEvent>& events, std::size_t at) {
    if (at + 1 >= events.size() || events[at + 1].mark != Mark::link) return false;
    for (std::size_t i = at + 2; i < events.size(); ++i)
        if (events[i].mark == Mark::link) return i + 1 < events.size() && events[i + 1].mark == Mark::paragraph;
    return false;
}

// A header row is obligatory in GFM's tables; one that is left empty means that none is wanted.
bool has_header(const std::vector<MarkdownEvent>& events, std::size_t at) {
    for (std::size_t i = at; i < events.size(); ++i) {
        if (events[i].mark == Mark::table_head && !events[i].open) return false;
        if (events[i].mark >= Mark::text) return true;
    }
    return false;
}

void append_markdown(std::string_view markdown, const HtmlStyle& style, std::string* html, std::string* text) {
    // Its events view into `markdown`, which the caller
    // owns: they must not be looked at after the return.
    thread_local MarkdownDocument document;  // keeps its memory from mail to mail
    parse_markdown(markdown, document);
    if (html != nullptr) append_html(document, style, *html);
    if (text != nullptr) append_text(document, *text);
    document.clear();
}

}  // namespace ilbud
