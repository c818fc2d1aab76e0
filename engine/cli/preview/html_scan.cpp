// A scanner in the spirit of HTML's tokenizer, without its tree: tags, attributes, texts. It
// must come through anything without failing or looping: each turn takes at least one byte, and
// what is broken ends at the next ">" or at the end.
#include "html_scan.hpp"

#include <algorithm>
#include <array>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// The white space of HTML's syntax.
bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

class Scanner {
 public:
    Scanner(std::string_view html, const HtmlVisitor& visitor) : rest_(html), visitor_(visitor) {}

    void run() {
        while (!rest_.empty()) {
            // Text in front of the next tag, whole; the rest of the file if there is none.
            const auto open = rest_.find('<');
            if (open > 0) visitor_.text(rest_.substr(0, open));
            skip(open);
            if (rest_.empty()) return;
            // Comments end at "-->" alone, so a ">" within one does not; doctypes
            // and the like end at the first ">".
            if (rest_.starts_with("<!--"))
                skip_past("-->");
            else if (rest_.starts_with("<!") || rest_.starts_with("<?"))
                skip_past(">");
            else
                tag();
        }
    }

 private:
    void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }
    void skip_past(std::string_view end) {
        const auto at = rest_.find(end);
        // npos skips everything: an unclosed comment swallows the rest, as in a browser.
        skip(at == std::string_view::npos ? at : at + end.size());
    }
    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) skip(1);
    }
    // Takes up to a byte that `ends`, or all.
    template <class Ends>
    std::string_view take_until(Ends ends) {
        const auto length = static_cast<std::size_t>(std::find_if(rest_.begin(), rest_.end(), ends) - rest_.begin());
        const auto taken = rest_.substr(0, length);
        skip(length);
        return taken;
    }

    void tag() {
        HtmlTag found;
        skip(1);
        if (rest_.starts_with('/')) {
            found.closing = true;
            skip(1);
        }
        // A slash ends a name, too: "<br/>".
        found.name = lower_case(take_until([](char c) { return is_blank(c) || c == '>' || c == '/'; }));
        while (attribute(found)) {
        }
        // "<" followed by a blank is text in HTML; here it and what follows to the next ">"
        // is lost, which a judge of mails can bear.
        if (found.name.empty()) return;
        visitor_.tag(found);
        // Their content is no markup: "a<b" in a script would open a tag.
        if (!found.closing && (found.name == "style" || found.name == "script" || found.name == "title")) skip_raw(found.name);
    }

    // Up to the element's end, which the next turn reads.
    // Compared in lower case, since tags may be written in capitals. The
    // closing tag itself is left for the next turn.
    void skip_raw(std::string_view name) {
        const auto end = lower_case(rest_).find("</" + std::string(name));
        skip(end);
    }

    bool attribute(HtmlTag& found) {
        // A lone slash between attributes is passed over, as browsers do.
        while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == '/')) skip(1);
        if (rest_.empty()) return false;
        if (rest_.front() == '>') {
            skip(1);
            return false;
        }
        auto name = lower_case(take_until([](char c) { return is_blank(c) || c == '=' || c == '>' || c == '/'; }));
        // White space may stand around the "=".
        skip_blanks();
        std::string value;
        if (rest_.starts_with('=')) {
            skip(1);
            skip_blanks();
            value = attribute_value();
        }
        // An attribute without a name is garbage; it is eaten so that the loop goes on.
        if (!name.empty()) found.attributes.emplace_back(std::move(name), std::move(value));
        return true;
    }

    std::string attribute_value() {
        if (rest_.empty()) return {};
        const char quote = rest_.front();
        // Unquoted values end at white space or ">"; a slash belongs to them, for they may be URLs.
        if (quote != '"' && quote != '\'') return std::string(take_until([](char c) { return is_blank(c) || c == '>'; }));
        skip(1);
        // Character references stay as they are written: nothing here compares texts that have any.
        std::string value(take_until([quote](char c) { return c == quote; }));
        skip(1);
        return value;
    }

    std::string_view rest_;
    const HtmlVisitor& visitor_;
};

}  // namespace

const std::string* HtmlTag::attribute(std::string_view which) const {
    for (const auto& [attribute_name, value] : attributes)
        if (attribute_name == which) return &value;
    return nullptr;
}

void scan_html(std::string_view html, const HtmlVisitor& visitor) {
    Scanner(html, visitor).run();
}

// The list of void elements in HTML's standard; "param" and others of the past are not in mails.
bool is_void_element(std::string_view name) {
    constexpr std::array<std::string_view, 13> all{"area",  "base", "br",   "col",    "embed", "hr", "img",
                                                   "input", "link", "meta", "source", "track", "wbr"};
    return std::find(all.begin(), all.end(), name) != all.end();
}

}  // namespace ilbud
