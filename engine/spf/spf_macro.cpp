// RFC 7208 §7 in two halves: a text is cut into parts once, when the record is read, and expanded as often
// as it is evaluated. So a syntax error is found also where evaluation would never come by, as §4.6
// demands, and expanding cannot fail.
// What a macro brings in is the sender's own text (local part, HELO name). It ends up in DNS questions only,
// whose names is_askable() bounds.
#include "ilbud/spf/spf_macro.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// RFC 1035 §2.3.4 gives a name 255 octets on the wire; without the root's byte and the
// first length that is 253 of text.
constexpr std::size_t name_bytes_max = 253;
constexpr int parts_most = 128;  // a name has no more labels; larger numbers mean "all"
// §7.1. Each of them cuts the value; the pieces are joined by dots again.
constexpr std::string_view delimiters = ".-+,/_=";

Error wrong(std::size_t at, std::string detail) {
    return {"spf_syntax", std::to_string(at), std::move(detail)};
}

// Reads from left to right and never goes back; time and memory grow with the text alone.
class MacroReader {
 public:
    MacroReader(std::string_view text, SpfMacroUse use) : text_(text), use_(use) {}

    Result<std::vector<SpfMacroPart>> read() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            // macro-literal of §7.1. Bytes beyond ASCII fail whether or not char is signed: below ' ' or above 0x7f. A
            // space is for explanations only; in a record it separates terms and cannot come here.
            const bool visible = c > ' ' && c < 0x7f;
            if (c == '%') {
                if (const auto fits = percent(); !fits) return fits.error();
                continue;
            }
            if (!visible && !(c == ' ' && use_ == SpfMacroUse::explanation))
                return wrong(at_, "expected a visible ASCII character");
            literal() += c;
            ++at_;
        }
        // Unknown modifiers and explanations take any macro-string; only what becomes a
        // name has an end that is laid down.
        if (use_ == SpfMacroUse::domain && !ends_well())
            return wrong(text_.empty() ? 0 : text_.size() - 1,
                         "expected a domain that ends in '.' and a top-level domain, or in a macro");
        return std::move(parts_);
    }

 private:
    // Letters that follow one another share a part, so that a record without macros expands by one copy.
    std::string& literal() {
        if (parts_.empty() || parts_.back().letter != 0) parts_.emplace_back();
        return parts_.back().literal;
    }

    // "%%", "%_" and "%-" are a percent sign, a space and an encoded space; a lone "%" is an error, not text (§7.1).
    Result<void> percent() {
        const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (next == '%' || next == '_' || next == '-') {
            literal() += next == '%' ? "%" : next == '_' ? " " : "%20";
            at_ += 2;
            // Such a pair counts as a macro-expand, so a domain may end in it as far as the grammar goes.
            after_macro_ = at_;
            return {};
        }
        if (next != '{') return wrong(at_, "expected \"%{\", \"%%\", \"%_\" or \"%-\"");
        at_ += 2;
        return macro();
    }

    Result<void> macro() {
        SpfMacroPart part;
        const char letter = at_ < text_.size() ? text_[at_] : '\0';
        part.letter = lower_letter(letter);
        part.url_escaped = part.letter != letter;
        // c, r and t tell who checks and when. They would make an answer depend on the receiver;
        // §7.2 keeps them to explanations.
        const std::string_view known = use_ == SpfMacroUse::explanation ? "slodiphcrtv" : "slodiphv";
        if (letter == '\0' || known.find(part.letter) == std::string_view::npos)
            return wrong(at_, "expected one of the macro letters " + std::string(known));
        ++at_;
        if (at_ < text_.size() && is_digit(text_[at_])) {
            for (; at_ < text_.size() && is_digit(text_[at_]); ++at_)
                // Capped while it is read: any number of digits may come, and the product would overflow.
                part.parts = std::min(part.parts * 10 + (text_[at_] - '0'), parts_most);
            // "%{d0}" would be an empty name.
            if (part.parts == 0) return wrong(at_ - 1, "expected a number of labels above 0");
        }
        if (at_ < text_.size() && lower_letter(text_[at_]) == 'r') {
            part.reversed = true;
            ++at_;
        }
        for (; at_ < text_.size() && delimiters.find(text_[at_]) != std::string_view::npos; ++at_) part.delimiters += text_[at_];
        if (part.delimiters.empty()) part.delimiters = ".";
        if (at_ >= text_.size() || text_[at_] != '}') return wrong(at_, "expected '}' to end the macro");
        ++at_;
        after_macro_ = at_;
        parts_.push_back(std::move(part));
        return {};
    }

    // domain-end of §7.1: "." and a top label, with or without a last dot; or a macro.
    // A domain that ends in anything else (an underscore, a number) is no name to ask, and the
    // owner should learn it at once.
    [[nodiscard]] bool ends_well() const {
        if (text_.empty()) return false;
        if (after_macro_ == text_.size()) return true;
        auto end = text_.substr(after_macro_);
        if (end.ends_with('.')) end.remove_suffix(1);
        const auto dot = end.rfind('.');
        if (dot == std::string_view::npos) return false;
        const auto label = end.substr(dot + 1);
        const bool ldh = std::all_of(label.begin(), label.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
        // A top label of digits would make an IPv4 address pass for a domain: "a:192.0.2.1" is meant as ip4.
        const bool numeric = std::all_of(label.begin(), label.end(), is_digit);
        return !label.empty() && ldh && !numeric && !label.starts_with('-') && !label.ends_with('-');
    }

    std::string_view text_;
    SpfMacroUse use_;
    std::size_t at_ = 0;
    std::size_t after_macro_ = 0;  // where the last macro ended
    std::vector<SpfMacroPart> parts_;
};

// Reads only letters that MacroReader let through; the last one is t.
const std::string& value_of(char letter, const SpfMacroValues& values) {
    switch (letter) {
        case 's':
            return values.sender;
        case 'l':
            return values.local;
        case 'o':
            return values.sender_domain;
        case 'd':
            return values.domain;
        case 'i':
            return values.dotted_ip;
        case 'p':
            return values.validated;
        case 'v':
            return values.family;
        case 'h':
            return values.helo;
        case 'c':
            return values.ip;
        case 'r':
            return values.receiver;
        default:
            return values.seconds;
    }
}

// An upper-case letter asks for it (§7.3): the unreserved characters of RFC 3986 §2.3 stay. For exp= texts with links.
std::string url_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_letter(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        (out += '%') += "0123456789ABCDEF"[byte >> 4U];
        out += "0123456789ABCDEF"[byte & 0xFU];
    }
    return out;
}

// Split, turned round, cut to the last so many, joined by dots: in this order (§7.3), so that "%{i1r}" is the
// first octet of an IPv4 address.
std::string expanded(const SpfMacroPart& part, const SpfMacroValues& values) {
    const std::string_view value = value_of(part.letter, values);
    std::vector<std::string_view> pieces;
    // Up to and including the end: an empty value is one empty piece, and a delimiter at the
    // end has an empty piece behind it.
    for (std::size_t from = 0; from <= value.size();) {
        const auto to = std::min(value.find_first_of(part.delimiters, from), value.size());
        pieces.push_back(value.substr(from, to - from));
        from = to + 1;
    }
    if (part.reversed) std::reverse(pieces.begin(), pieces.end());
    const auto wanted = part.parts == 0 ? pieces.size() : std::min(pieces.size(), static_cast<std::size_t>(part.parts));
    std::string out;
    for (std::size_t i = pieces.size() - wanted; i < pieces.size(); ++i) {
        if (i > pieces.size() - wanted) out += '.';
        out += pieces[i];
    }
    return part.url_escaped ? url_escaped(out) : out;
}

}  // namespace

Result<std::vector<SpfMacroPart>> parse_spf_macros(std::string_view text, SpfMacroUse use) {
    return MacroReader(text, use).read();
}

bool has_macro(const std::vector<SpfMacroPart>& parts) {
    return std::any_of(parts.begin(), parts.end(), [](const SpfMacroPart& part) { return part.letter != 0; });
}

bool needs_validated_name(const std::vector<SpfMacroPart>& parts) {
    return std::any_of(parts.begin(), parts.end(), [](const SpfMacroPart& part) { return part.letter == 'p'; });
}

std::string expand_spf_macros(const std::vector<SpfMacroPart>& parts, const SpfMacroValues& values) {
    std::string out;
    for (const auto& part : parts) out += part.letter == 0 ? part.literal : expanded(part, values);
    return out;
}

std::string expand_spf_domain(const std::vector<SpfMacroPart>& parts, const SpfMacroValues& values) {
    auto out = expand_spf_macros(parts, values);
    if (out.ends_with('.')) out.pop_back();
    // From the left, label by label: the right end says whose zone it is and must stay. A single endless label stays
    // too long; is_askable() refuses it later.
    while (out.size() > name_bytes_max) {
        const auto dot = out.find('.');
        if (dot == std::string::npos) break;
        out.erase(0, dot + 1);
    }
    return out;
}

}  // namespace ilbud
