#include "html_tokens.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace ilbud::test {
namespace {

constexpr char end_of_file = '\0';  // no template holds one

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}
bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char low(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Tokenizer {
 public:
    explicit Tokenizer(std::string_view html) : html_(html) {}

    std::vector<HtmlStartTag> run() {
        while (at_ < html_.size()) data();
        return std::move(tags_);
    }

 private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < html_.size() ? html_[at_ + ahead] : end_of_file; }
    [[nodiscard]] bool at_end() const { return at_ >= html_.size(); }

    void data() {
        if (peek() != '<') {
            ++at_;
        } else if (peek(1) == '!') {
            at_ += 2;
            markup_declaration();
        } else if (peek(1) == '?') {
            bogus_comment();
        } else if (peek(1) == '/') {
            at_ += 2;
            if (is_alpha(peek()))
                tag(false);
            else if (peek() == '>')
                ++at_;
            else
                bogus_comment();
        } else if (is_alpha(peek(1))) {
            ++at_;
            tag(true);
        } else {
            ++at_;
        }
    }

    void bogus_comment() {
        while (!at_end() && peek() != '>') ++at_;
        ++at_;
    }
    void markup_declaration() {
        if (peek() != '-' || peek(1) != '-') return bogus_comment();  // a DOCTYPE ends at the first '>' as well
        at_ += 2;
        // Comment start state, comment start dash state.
        if (peek() == '>') {
            ++at_;
            return;
        }
        if (peek() == '-' && peek(1) == '>') {
            at_ += 2;
            return;
        }
        // Comment state to comment end bang state: dashes counts those just read, bang whether "--!" was.
        std::size_t dashes = 0;
        bool bang = false;
        for (; !at_end(); ++at_) {
            const char c = peek();
            if (c == '>' && (dashes >= 2 || bang)) {
                ++at_;
                return;
            }
            bang = c == '!' && dashes >= 2;
            dashes = c == '-' ? dashes + 1 : 0;
        }
    }

    void tag(bool start) {
        HtmlStartTag found;
        while (!at_end() && !is_blank(peek()) && peek() != '/' && peek() != '>') found.name += low(html_[at_++]);
        for (;;) {
            while (is_blank(peek()) || peek() == '/') ++at_;
            if (at_end()) return;  // an unfinished tag is dropped
            if (peek() == '>') break;
            attribute(found);
            if (at_end()) return;
        }
        ++at_;
        if (!start) return;
        tags_.push_back(std::move(found));
        const std::set<std::string> raw{"title", "textarea", "style", "xmp", "iframe", "noembed", "noframes", "script"};
        if (raw.contains(tags_.back().name)) raw_text();
    }

    void attribute(HtmlStartTag& into) {
        std::string name, value;
        do name += low(html_[at_++]);  // an '=' in front is a part of the name
        while (!at_end() && !is_blank(peek()) && peek() != '/' && peek() != '>' && peek() != '=');
        while (is_blank(peek())) ++at_;
        if (peek() == '=') {
            ++at_;
            while (is_blank(peek())) ++at_;
            const char quote = peek();
            if (quote == '"' || quote == '\'') {
                ++at_;
                while (!at_end() && peek() != quote) value += html_[at_++];
                ++at_;
            } else {
                while (!at_end() && !is_blank(peek()) && peek() != '>') value += html_[at_++];
            }
        }
        const bool known =
            std::any_of(into.attributes.begin(), into.attributes.end(), [&](const auto& each) { return each.first == name; });
        if (!known) into.attributes.emplace_back(name, decoded(value));
    }

    // Up to an appropriate end tag.
    void raw_text() {
        HtmlStartTag& tag = tags_.back();
        while (!at_end()) {
            if (peek() == '<' && peek(1) == '/') {
                std::size_t same = 0;
                while (same < tag.name.size() && low(peek(2 + same)) == tag.name[same]) ++same;
                const char after = peek(2 + same);
                if (same == tag.name.size() && (is_blank(after) || after == '/' || after == '>')) return;
            }
            tag.raw_text += html_[at_++];
        }
    }

    // The references that the tests use.
    static std::string decoded(const std::string& value) {
        std::string out;
        for (std::size_t i = 0; i < value.size();) {
            const std::string_view rest = std::string_view(value).substr(i);
            bool found = false;
            if (rest.starts_with("&#")) {
                const bool hex = rest.size() > 2 && low(rest[2]) == 'x';
                char* end = nullptr;
                const char* from = value.c_str() + i + (hex ? 3 : 2);
                const auto point = std::strtoul(from, &end, hex ? 16 : 10);
                if (end != from) {
                    out += point < 0x80 ? static_cast<char>(point) : '?';
                    i = static_cast<std::size_t>(end - value.c_str());
                    if (i < value.size() && value[i] == ';') ++i;
                    continue;
                }
            }
            static const std::vector<std::pair<std::string_view, char>> references{
                {"&quot;", '"'}, {"&lt;", '<'},    {"&gt;", '>'},   {"&amp;", '&'},
                {"&Tab;", '\t'}, {"&colon;", ':'}, {"&apos;", '\''}};
            for (const auto& [name, byte] : references)
                if (!found && rest.starts_with(name)) {
                    out += byte;
                    i += name.size();
                    found = true;
                }
            if (!found) out += value[i++];
        }
        return out;
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::vector<HtmlStartTag> tags_;
};

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), low);
    return text;
}

// CSS without comments, with empty strings and without what stands before a '{' (CSS Syntax §4.3).
std::string css_code(std::string_view css) {
    std::string code;
    for (std::size_t i = 0; i < css.size();) {
        if (css.substr(i).starts_with("/*")) {
            const auto end = css.find("*/", i + 2);
            i = end == std::string_view::npos ? css.size() : end + 2;
        } else if (css[i] == '"' || css[i] == '\'') {
            const char ends[] = {css[i], '\n'};
            const auto end = css.find_first_of({ends, 2}, i + 1);
            code += "''";
            i = end == std::string_view::npos ? css.size() : end + 1;
        } else {
            if (css[i] == '{') {
                const auto before = code.find_last_of("{};");
                code.resize(before == std::string::npos ? 0 : before + 1);
            }
            code += low(css[i++]);
        }
    }
    return code;
}

std::string danger_in_css(const std::string& css) {
    const auto code = css_code(css);
    for (const char* each : {"url(", "@import", "expression(", "\\"})
        if (code.find(each) != std::string::npos) return std::string("CSS ") + each;
    for (std::size_t at = 0; at < code.size(); at = std::min(code.find_first_of("{};", at), code.size()) + 1)
        for (const char* each : {"position", "behavior", "-ms-filter"}) {
            const auto begin = std::min(code.find_first_not_of(" \t\n", at), code.size());
            if (std::string_view(code).substr(begin).starts_with(each)) return std::string("CSS ") + each;
        }
    return {};
}

}  // namespace

std::vector<HtmlStartTag> start_tags(std::string_view html) {
    return Tokenizer(html).run();
}

std::string outlook_view(std::string html) {
    constexpr std::string_view end_if = "<![endif]";
    for (auto at = html.find("<!--[if"); at != std::string::npos; at = html.find("<!--[if", at)) {
        const auto condition = html.find("]>", at);
        const auto end = condition == std::string::npos ? condition : html.find(end_if, condition);
        if (end == std::string::npos) break;
        const auto close = html.find('>', end + end_if.size());
        auto shown = html.substr(condition + 2, end - condition - 2);
        if (shown.starts_with("<!-->") || shown.starts_with("<!-- -->")) shown.clear();  // for all others
        html = html.substr(0, at) + shown + (close == std::string::npos ? "" : html.substr(close + 1));
    }
    return html;
}

std::string danger_in(std::string_view html) {
    const std::set<std::string> harmless{"a", "b", "br", "div", "img", "p", "s", "style", "table", "td", "title", "tr"};
    for (const HtmlStartTag& tag : start_tags(html)) {
        if (!harmless.contains(tag.name)) return "<" + tag.name + ">";
        if (tag.name == "style")
            if (auto found = danger_in_css(tag.raw_text); !found.empty()) return found;
        for (const auto& [name, value] : tag.attributes) {
            if (name.starts_with("on")) return name;
            if (name == "style")
                if (auto found = danger_in_css(value); !found.empty()) return found;
            if (name != "href" && name != "src") continue;
            std::string address;
            for (const char c : lowered(value))
                if (!(static_cast<unsigned char>(c) < 0x20 || (c == ' ' && address.empty()))) address += c;
            const auto colon = address.find(':');
            const auto scheme = address.substr(0, colon == std::string::npos || colon > address.find_first_of("/?#") ? 0 : colon);
            if (!(std::set<std::string>{"", "http", "https", "mailto", "tel"}).contains(scheme)) return name + " " + scheme;
        }
    }
    return {};
}

}  // namespace ilbud::test
