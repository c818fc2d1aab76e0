// mstch escapes every value of a render alike. A value in an address or in code is therefore put between marks when a template is
// prepared, and written anew when it has come: its escapes are undone and those of its place made. In code Markdown knows no
// escapes at all, so there they stay until the parser has said that it is code (md4c_parse.cpp): a wrong guess shows no markup.
#include "value_place.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr char mark_bytes[] = {address_mark, code_mark};
constexpr std::string_view marks(mark_bytes, 2);

// Escape::html undone.
std::string without_references(std::string_view html) {
    constexpr std::pair<std::string_view, char> references[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    std::string out;
    for (std::size_t at = 0; at < html.size();) {
        const auto found = std::find_if(std::begin(references), std::end(references),
                                        [&](const auto& each) { return html.substr(at).starts_with(each.first); });
        out += found == std::end(references) ? html[at] : found->second;
        at += found == std::end(references) ? 1 : found->first.size();
    }
    return out;
}

std::string without_tags(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (!text.substr(at).starts_with("{{")) {
            out += text[at++];
            continue;
        }
        at = std::min(text.find("}}", at), text.size());
        while (at < text.size() && text[at] == '}') ++at;
    }
    return out;
}

// An address that stands in text as such, which mail programs make a link of; empty if the word has none.
std::string_view bare_address(std::string_view word) {
    for (const std::string_view scheme : {"https://", "http://", "mailto:", "www."})
        if (const auto at = word.rfind(scheme); at != std::string_view::npos) return word.substr(at);
    return {};
}

// The address that `before` ends in; empty if it ends in none.
std::string_view address_at_end(std::string_view before, Escape mode) {
    if (mode == Escape::html) {
        const auto quote = before.find_last_of("\"'");
        if (quote == std::string_view::npos || quote == 0 || before[quote - 1] != '=') return {};
        const auto head = before.substr(0, quote - 1);
        const auto name = lower_case(head.substr(head.size() - std::min<std::size_t>(4, head.size())));
        const bool fit = name == "href" || name.ends_with("src");
        return fit ? before.substr(quote + 1) : std::string_view();
    }
    const auto blank = before.find_last_of(" \n\t");
    auto word = before.substr(blank == std::string_view::npos ? 0 : blank + 1);
    if (mode == Escape::plain) return bare_address(word);
    if (const auto link = word.rfind("]("); link != std::string_view::npos) {
        word.remove_prefix(link + 2);
        if (word.starts_with('<')) word.remove_prefix(1);
        // A bracket that the address did not open has ended it.
        long open = 0;
        for (const char byte : word)
            if ((open += byte == '(' ? 1 : byte == ')' ? -1 : 0) < 0) return {};
        return word;
    }
    if (const auto angle = word.rfind('<'); angle != std::string_view::npos)
        return word.find('>', angle) == std::string_view::npos ? word.substr(angle + 1) : std::string_view();
    // A definition: "[1]: https://…".
    return trimmed(before.substr(0, before.size() - word.size()), " \t").ends_with("]:") ? word : bare_address(word);
}

}  // namespace

void CodeTracker::feed(std::string_view markdown) {
    for (std::size_t at = 0; at < markdown.size();) {
        if (line_begins_) {
            const auto line = markdown.substr(at, std::min(markdown.find('\n', at), markdown.size()) - at);
            const auto bare = trimmed(line, " \t");
            const char mark = bare.empty() ? '\0' : bare.front();
            const auto length = std::min(bare.find_first_not_of(mark), bare.size());
            const bool fence = (mark == '`' || mark == '~') && length >= 3;
            line_begins_ = false;
            if (fence && fence_ == 0 && (mark == '~' || bare.find('`', length) == std::string_view::npos)) {
                fence_ = length;
                fence_mark_ = mark;
                span_ = 0;
                at += line.size();
            } else if (fence && mark == fence_mark_ && length >= fence_ && length == bare.size()) {
                fence_ = 0;
                at += line.size();
            }
            if (at >= markdown.size()) return;
        }
        const char byte = markdown[at++];
        if (byte == '\n') {
            if (line_is_blank_ && fence_ == 0) span_ = 0;
            line_begins_ = line_is_blank_ = true;
            continue;
        }
        line_is_blank_ = line_is_blank_ && (byte == ' ' || byte == '\t');
        if (fence_ != 0) continue;
        if (byte == '\\' && span_ == 0 && at < markdown.size() && markdown[at] != '\n') ++at;
        if (byte != '`') continue;
        const auto end = std::min(markdown.find_first_not_of('`', at), markdown.size());
        run_of_backticks(end - at + 1);
        at = end;
    }
}

AddressPlace address_place(std::string_view address) {
    const auto plain = without_tags(address);
    const auto low = lower_case(plain);
    // Behind a variable that is a whole URL comes its path, query or fragment (is_fit_address).
    if (address.starts_with("{{")) return plain.empty() ? AddressPlace::start : AddressPlace::rest;
    if (low.empty()) return AddressPlace::start;
    if (low.starts_with("tel:")) return AddressPlace::rest;
    if (low.starts_with("mailto:")) return low.find('?') == std::string::npos ? AddressPlace::mailbox : AddressPlace::rest;
    const auto scheme = low.find("://");
    const auto host = scheme != std::string::npos ? scheme + 3 : low.starts_with("www.") ? 0 : std::string::npos;
    if (host == std::string::npos) return AddressPlace::none;
    return low.find_first_of("/?#", host) == std::string::npos ? AddressPlace::host : AddressPlace::rest;
}

bool in_address(std::string_view before, Escape mode) {
    return address_place(address_at_end(before, mode)) == AddressPlace::rest;
}

std::string percent_encoded(std::string_view value) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char character : value) {
        const auto byte = static_cast<unsigned char>(character);
        if (is_letter_or_digit(character) || std::string_view("-._~").find(character) != std::string_view::npos)
            out += character;
        else
            ((out += '%') += hex[byte >> 4]) += hex[byte & 15];
    }
    return out;
}

void finish_values(std::string& text, Escape mode) {
    if (text.find_first_of(marks) == std::string::npos) return;
    std::string out;
    out.reserve(text.size() + 64);
    const std::string_view all = text;
    for (std::size_t at = 0; at < all.size();) {
        const auto begin = std::min(all.find_first_of(marks, at), all.size());
        out += all.substr(at, begin - at);
        if (begin == all.size()) break;
        const auto end = std::min(all.find(all[begin], begin + 1), all.size());
        const auto value = all.substr(begin + 1, end - begin - 1);
        if (all[begin] == address_mark) {
            const auto plain = mode == Escape::html       ? without_references(value)
                               : mode == Escape::markdown ? without_backslashes(value)
                                                          : std::string(value);
            out += percent_encoded(plain);
            // As a segment of its own it would lead to another path, however it is encoded (URL Standard §4.1).
            if (plain == "." || plain == "..") out += "%20";
        } else {
            // A backtick would end the span: no backslash can keep it from that.
            out += code_mark;
            for (std::size_t i = 0; i < value.size(); ++i) {
                const bool backtick = value.substr(i).starts_with("\\`");
                out += backtick ? code_backtick : value[i];
                i += backtick ? 1 : 0;
            }
            out += code_mark;
        }
        at = std::min(end + 1, all.size());
    }
    text = std::move(out);
}

std::string without_marks(std::string_view text, bool code) {
    std::string out;
    bool value = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == code_mark) {
            value = !value;
            continue;
        }
        if (value && code && text[at] == '\\' && at + 1 < text.size() && text[at + 1] != code_mark) ++at;
        out += text[at] == code_backtick ? '`' : text[at];
    }
    return out;
}

}  // namespace ilbud
