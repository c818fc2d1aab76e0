// A reader of our own, although mstch parses Mustache too: mstch takes almost anything in silence
// (an unclosed section drops the rest of the mail), and what a linter needs, places and a tree, it
// does not give. It goes on after a finding wherever it can, so that one run tells all of a file.
#include "template_tree.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// More than a person mends in one go. It also bounds the search for equal ones in Findings::add.
constexpr std::size_t findings_max = 100;
// Far above the longest name there is (24); what is longer is no name but a forgotten "}}".
constexpr std::size_t name_bytes_max = 64;

using Type = TemplateNode::Type;

struct Tag {
    char sigil = 0;  // '#', '^', '/', '>', '&', '{', '!' or 0 for a plain variable
    std::string_view name;
    std::size_t begin = 0, end = 0;  // in the text, braces included
};

constexpr std::string_view blanks = " \t\n";

// '-' only for partials' files; no variable has one.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max && std::all_of(name.begin(), name.end(), [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '-';
    });
}

class Reader {
 public:
    Reader(std::string_view text, const std::string& file, TextPlace begin, std::size_t depth_max, Findings& findings)
        : text_(text), file_(file), begin_(begin), depth_max_(depth_max), findings_(findings) {}

    std::vector<TemplateNode> read() {
        std::size_t copied = 0;
        for (std::size_t at = text_.find("{{"); at != std::string_view::npos; at = text_.find("{{", at)) {
            Tag tag;
            // Text from here on, as far as the tree goes: it is refused anyway.
            if (!read_tag(at, tag)) {
                if (findings_.full()) break;
                at += 2;
                continue;
            }
            const auto [from, to] = extent(tag);
            add_text(copied, std::max(copied, from));
            take(tag, from != tag.begin || to != tag.end);
            if (too_deep_) return {};
            copied = at = std::max(to, tag.end);
        }
        add_text(copied, text_.size());
        // From the innermost out; each is told at its own beginning.
        while (!open_.empty()) {
            const TemplateNode& node = open_.back();
            findings_.add("unclosed_section", file_, node.place,
                          "{{#" + node.text + "}} is never closed: {{/" + node.text + "}} is missing");
            close();
        }
        return std::move(root_);
    }

 private:
    void finding(std::string code, std::size_t offset, std::string detail) {
        findings_.add(std::move(code), file_, place(offset), std::move(detail));
    }

    // Places are asked for in rising order nearly always: only the way from the last one is counted.
    TextPlace place(std::size_t offset) {
        if (offset < known_offset_) {
            known_offset_ = 0;
            known_ = begin_;
        }
        known_ = place_in(text_.substr(known_offset_), offset - known_offset_, known_);
        known_offset_ = offset;
        return known_;
    }

    // The tag that begins at text_[at]. False if it is none, which is then a finding.
    bool read_tag(std::size_t at, Tag& tag) {
        const bool triple = text_.substr(at).starts_with("{{{");
        const auto inside = at + (triple ? 3 : 2);
        const auto close = text_.find(triple ? "}}}" : "}}", inside);
        const auto body = text_.substr(inside, close == std::string_view::npos ? close : close - inside);
        const bool comment = body.starts_with('!');
        // "{{" inside of a tag, or a line end in its name, is a
        // tag that was never closed and ran into the next one.
        if (close == std::string_view::npos || (!comment && (body.find("{{") != std::string_view::npos ||
                                                             trimmed(body, blanks).find('\n') != std::string_view::npos))) {
            finding("unclosed_tag", at, std::string("the tag is not closed: ") + (triple ? "}}}" : "}}") + " is missing");
            return false;
        }
        tag.begin = at;
        tag.end = close + (triple ? 3 : 2);
        if (comment) {
            tag.sigil = '!';
            return true;
        }
        std::string_view name = trimmed(body, blanks);
        // {{{name}}} and {{&name}} mean the same and are one type of node.
        if (triple) {
            tag.sigil = '{';
        } else if (!name.empty() && std::string_view("#^/>&").find(name.front()) != std::string_view::npos) {
            tag.sigil = name.front();
            name = trimmed(name.substr(1), blanks);
        }
        tag.name = name;
        return check_name(tag, at);
    }

    // A tag that changes the delimiters begins with '='. It
    // gets words of its own, as people know it from elsewhere.
    bool check_name(const Tag& tag, std::size_t at) {
        if (is_name(tag.name)) return true;
        if (tag.name.starts_with('='))
            finding("delimiter_change", at, "the delimiters {{ and }} cannot be changed");
        else if (tag.name.empty())
            finding("unknown_tag", at, "a tag without a name");
        else
            finding("unknown_tag", at,
                    "'" + std::string(tag.name.substr(0, name_bytes_max)) +
                        "' is neither a name (a-z, 0-9, '_', '.', '-') nor a kind of tag that is known here");
        return false;
    }

    // The bytes that go with the tag: the whole line if it stands alone there (Mustache: standalone lines), else itself.
    // Variables never stand alone in this sense: their line remains, empty or not.
    std::pair<std::size_t, std::size_t> extent(const Tag& tag) const {
        if (tag.sigil == 0 || tag.sigil == '{' || tag.sigil == '&') return {tag.begin, tag.end};
        std::size_t from = tag.begin;
        while (from > 0 && (text_[from - 1] == ' ' || text_[from - 1] == '\t')) --from;
        if (from > 0 && text_[from - 1] != '\n') return {tag.begin, tag.end};
        std::size_t to = tag.end;
        // CR was removed from files; messages from settings may have some.
        while (to < text_.size() && (text_[to] == ' ' || text_[to] == '\t' || text_[to] == '\r')) ++to;
        if (to < text_.size() && text_[to] != '\n') return {tag.begin, tag.end};
        return {from, std::min(to + 1, text_.size())};
    }

    void take(const Tag& tag, bool standalone) {
        switch (tag.sigil) {
            case '!':
                break;
            case '#':
                open(Type::section, tag);
                break;
            case '^':
                open(Type::inverted, tag);
                break;
            case '/':
                take_close(tag);
                break;
            // Its indent goes to each line of what it brings in.
            case '>': {
                TemplateNode& node = add(Type::partial, tag);
                node.standalone = standalone || stands_alone(tag);
                if (node.standalone)
                    node.indent = std::string(text_.substr(line_begin(tag.begin), tag.begin - line_begin(tag.begin)));
                break;
            }
            case 0:
                add(Type::variable, tag);
                break;
            default:
                add(Type::raw, tag);
        }
    }

    // Only asked for partials that stand alone, so the way back is a line's indent.
    std::size_t line_begin(std::size_t at) const {
        const auto before = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
        return before == std::string_view::npos ? 0 : before + 1;
    }
    // A file that is one tag and nothing else: nothing is stripped, and yet it stands alone.
    bool stands_alone(const Tag& tag) const { return tag.begin == 0 && tag.end == text_.size(); }

    // Deeper nesting ends the reading of the file: the tree is walked by recursion, here and in mstch.
    void open(Type type, const Tag& tag) {
        if (open_.size() >= depth_max_) {
            finding("too_deep", tag.begin, "sections are nested more than " + std::to_string(depth_max_) + " deep");
            too_deep_ = true;
            return;
        }
        TemplateNode node;
        node.type = type;
        node.text = std::string(tag.name);
        node.place = place(tag.begin);
        open_.push_back(std::move(node));
    }

    // An end that fits an outer section closes the inner ones
    // as forgotten; one that fits none is the mistake itself.
    void take_close(const Tag& tag) {
        if (!open_.empty() && open_.back().text == tag.name) return close();
        const bool outer =
            std::any_of(open_.begin(), open_.end(), [&](const TemplateNode& node) { return node.text == tag.name; });
        if (!outer)
            return finding("unexpected_close", tag.begin, "{{/" + std::string(tag.name) + "}} closes nothing that is open here");
        while (open_.back().text != tag.name) {
            const TemplateNode& node = open_.back();
            findings_.add("unclosed_section", file_, node.place,
                          "{{#" + node.text + "}} is not closed before {{/" + std::string(tag.name) + "}}");
            close();
        }
        close();
    }

    // Also of sections that were never closed, so that what they hold stays in the tree and is linted.
    void close() {
        TemplateNode node = std::move(open_.back());
        open_.pop_back();
        siblings().push_back(std::move(node));
    }

    TemplateNode& add(Type type, const Tag& tag) {
        TemplateNode& node = siblings().emplace_back();
        node.type = type;
        node.text = std::string(tag.name);
        node.place = place(tag.begin);
        return node;
    }

    // Neighbouring texts are not joined: a comment between them has left two.
    void add_text(std::size_t from, std::size_t to) {
        if (from >= to) return;
        TemplateNode& node = siblings().emplace_back();
        node.text = std::string(text_.substr(from, to - from));
        node.place = place(from);
    }

    // A section is moved to its parent only when it ends, so
    // references into these lists do not last longer than a tag.
    std::vector<TemplateNode>& siblings() { return open_.empty() ? root_ : open_.back().children; }

    std::string_view text_;
    const std::string& file_;
    TextPlace begin_;
    std::size_t depth_max_;
    Findings& findings_;
    std::vector<TemplateNode> root_;
    std::vector<TemplateNode> open_;  // sections on the way down
    bool too_deep_ = false;
    std::size_t known_offset_ = 0;
    TextPlace known_ = begin_;
};

}  // namespace

void Findings::add(std::string code, const std::string& file, TextPlace place, std::string detail) {
    add({std::move(code), file + ':' + std::to_string(place.line) + ':' + std::to_string(place.column), std::move(detail)});
}

bool Findings::full() const {
    return errors_.size() >= findings_max;
}

// The same file is linted for many views: equal findings are one.
void Findings::add(Error error) {
    if (!full() && std::find(errors_.begin(), errors_.end(), error) == errors_.end()) errors_.push_back(std::move(error));
}

// Columns count characters and not bytes, as editors do: bytes that continue one (10xxxxxx) add nothing.
TextPlace place_in(std::string_view text, std::size_t offset, TextPlace begin) {
    for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n') {
            ++begin.line;
            begin.column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            ++begin.column;
        }
    }
    return begin;
}

std::vector<TemplateNode> read_template(std::string_view text, const std::string& file, TextPlace begin, std::size_t depth_max,
                                        Findings& findings) {
    return Reader(text, file, begin, depth_max, findings).read();
}

}  // namespace ilbud
