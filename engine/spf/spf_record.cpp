// A hand-written reader of the grammar of RFC 7208 §12. An expression for the whole record would only say "wrong";
// people who mend a record must be told the byte, the term and what was expected there.
// Strict as §4.6 demands: one malformed term makes the record worthless to every receiver, so none is skipped. The one
// leniency is that of the RFC: modifiers nobody knows are ignored, as long as they have the form of one.
#include "ilbud/spf/spf_record.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::string_view version = "v=spf1";
// Found by the whole name up to ':' or '/', so "a" never takes "all" or "aaaa".
constexpr std::array<std::pair<std::string_view, SpfMechanism>, 8> mechanisms{{{"all", SpfMechanism::all},
                                                                               {"include", SpfMechanism::include},
                                                                               {"a", SpfMechanism::a},
                                                                               {"mx", SpfMechanism::mx},
                                                                               {"ptr", SpfMechanism::ptr},
                                                                               {"ip4", SpfMechanism::ip4},
                                                                               {"ip6", SpfMechanism::ip6},
                                                                               {"exists", SpfMechanism::exists}}};

// For an error's text: visible, and not long.
// One character a byte, unlike shown() of spf_fetch.hpp, which escapes: what is quoted is as long as what was written.
std::string shown(std::string_view term) {
    constexpr std::size_t most = 100;
    std::string out(term.substr(0, most));
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c <= ' ' || c >= 0x7f; }, '?');
    return term.size() > most ? out + "..." : out;
}

// One term of the record.
// Offsets within the term are turned into bytes of the record by at_, which counts from 1 as people do.
class TermReader {
 public:
    TermReader(std::string_view term, std::size_t at, SpfRecord& into, SpfCause& cause)
        : term_(term), at_(at), into_(into), cause_(cause) {}

    Result<void> read() {
        // Beyond ASCII a byte is below ' ' where char is signed and above 0x7f where it is not; both are refused. A tab
        // is the usual culprit: it looks like the space that should separate two terms.
        for (std::size_t i = 0; i < term_.size(); ++i)
            if (term_[i] <= ' ' || term_[i] >= 0x7f)
                return wrong(i, Kind::bad_character, "expected visible ASCII characters only");
        // The first of these decides: "exists:%{l}=x" is a directive, whatever follows its ':'. "redirect:x", a common
        // slip, is a directive of an unknown name.
        const auto name_end = std::min(term_.find_first_of(":/="), term_.size());
        if (name_end < term_.size() && term_[name_end] == '=') return modifier(name_end);
        return directive();
    }

 private:
    using Kind = SpfCause::Kind;

    [[nodiscard]] Error wrong(std::size_t offset, Kind kind, const std::string& detail, int most = 0) const {
        cause_.kind = kind;
        cause_.term = shown(term_);
        cause_.at = at_ + offset;
        cause_.most = static_cast<std::size_t>(most);
        return {"spf_syntax", "byte " + std::to_string(at_ + offset), "in \"" + shown(term_) + "\": " + detail};
    }

    Result<std::vector<SpfMacroPart>> macros(std::size_t from, std::size_t to, SpfMacroUse use) const {
        auto parts = parse_spf_macros(term_.substr(from, to - from), use);
        if (parts) return parts;
        std::size_t offset = 0;
        const auto& place = parts.error().place;
        std::from_chars(place.data(), place.data() + place.size(), offset);
        // The place of a macro's error is a number of bytes from the start of its text.
        // Without a macro only the end of a domain can be wrong.
        const bool macro = term_.substr(from, to - from).find('%') != std::string_view::npos;
        return wrong(from + offset, macro ? Kind::bad_macro : Kind::bad_domain, parts.error().detail);
    }

    // §4.6.1: a name begins with a letter. Its case does not matter, that of its value stays as written.
    Result<void> modifier(std::size_t name_end) {
        const auto name = lower_case(term_.substr(0, name_end));
        const bool named = !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
            return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
        });
        if (!named) return wrong(0, Kind::bad_term, "expected a name of letters, digits, '-', '_' and '.' before '='");
        auto* into = name == "redirect" ? &into_.redirect : name == "exp" ? &into_.explanation : nullptr;
        auto parts = macros(name_end + 1, term_.size(), into != nullptr ? SpfMacroUse::domain : SpfMacroUse::modifier);
        if (!parts) return parts.error();
        if (into == nullptr) return {};  // §6: others are ignored
        // redirect and exp stand at most once each (§6); a second one is an error and not the one that wins.
        if (*into) return wrong(0, Kind::twice, name + "= stands in the record already");
        *into = SpfModifier{*std::move(parts), std::string(term_), at_};
        return {};
    }

    Result<void> directive() {
        SpfDirective out;
        out.text = term_;
        out.at = at_;
        std::size_t from = 0;
        if (const auto sign = std::string_view("+-~?").find(term_.front()); sign != std::string_view::npos) {
            // In the order of the signs above.
            constexpr std::array qualifiers{SpfQualifier::pass, SpfQualifier::fail, SpfQualifier::softfail,
                                            SpfQualifier::neutral};
            out.qualifier = qualifiers[sign];
            from = 1;
        }
        const auto name_end = std::min(term_.find_first_of(":/", from), term_.size());
        const auto name = lower_case(term_.substr(from, name_end - from));
        const auto* found =
            std::find_if(mechanisms.begin(), mechanisms.end(), [&](const auto& each) { return each.first == name; });
        if (found == mechanisms.end())
            return wrong(from, Kind::bad_term, "expected all, include, a, mx, ptr, ip4, ip6, exists or a modifier");
        out.mechanism = found->second;
        if (const auto fits = arguments(out, name_end); !fits) return fits.error();
        into_.directives.push_back(std::move(out));
        return {};
    }

    // What each mechanism may carry (§5): a and mx a domain and lengths, ip4 and ip6 a network, ptr perhaps a domain,
    // include and exists surely one. all stands alone; "all:" is a mistake and not the same with an empty domain.
    Result<void> arguments(SpfDirective& out, std::size_t at) const {
        switch (out.mechanism) {
            case SpfMechanism::all:
                if (at < term_.size()) return wrong(at, Kind::behind_all, "expected nothing after all");
                return {};
            case SpfMechanism::ip4:
            case SpfMechanism::ip6:
                return network(out, at);
            case SpfMechanism::a:
            case SpfMechanism::mx: {
                const auto end = prefixes(out, at);
                if (!end) return end.error();
                return domain(out, at, *end, false);
            }
            case SpfMechanism::ptr:
                return domain(out, at, term_.size(), false);
            case SpfMechanism::include:
            case SpfMechanism::exists:
                return domain(out, at, term_.size(), true);
        }
        return {};
    }

    // `at` is behind the mechanism's name, `end` in front of the prefix lengths.
    Result<void> domain(SpfDirective& out, std::size_t at, std::size_t end, bool required) const {
        if (at == end) {
            if (required) return wrong(at, Kind::bad_domain, "expected ':' and a domain");
            return {};
        }
        if (term_[at] != ':') return wrong(at, Kind::bad_domain, "expected ':' and a domain");
        auto parts = macros(at + 1, end, SpfMacroUse::domain);
        if (!parts) return parts.error();
        out.domain = *std::move(parts);
        return {};
    }

    // A prefix length: 0, or digits that do not begin with 0.
    // Three digits at most before they are read: no number here can overflow.
    Result<int> prefix(std::size_t from, std::size_t to, int most) const {
        const auto digits = term_.substr(from, to - from);
        int number = -1;
        const bool numeric = !digits.empty() && digits.size() <= 3 && std::all_of(digits.begin(), digits.end(), is_digit);
        if (numeric) std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (!numeric || number > most || (digits.size() > 1 && digits.front() == '0'))
            return wrong(from, Kind::bad_prefix, "expected a prefix length from 0 to " + std::to_string(most), most);
        return number;
    }

    // The dual-cidr-length at the end of a and mx: "/24", "//64", "/24//64". Returns where it begins.
    // Read from the end, because a macro-string may hold '/' itself; a domain cannot end in '/' and
    // digits, so nothing is taken from it.
    Result<std::size_t> prefixes(SpfDirective& out, std::size_t at) const {
        const auto digits_from = [&](std::size_t end) {  // of the digits that end at `end`
            while (end > at && is_digit(term_[end - 1])) --end;
            return end;
        };
        std::size_t end = term_.size();
        auto from = digits_from(end);
        if (from >= at + 2 && term_[from - 1] == '/' && term_[from - 2] == '/') {
            const auto number = prefix(from, end, 128);
            if (!number) return number.error();
            out.prefix6 = *number;
            end = from - 2;
            from = digits_from(end);
            // Nothing but "//64": the IPv4 length keeps its 32.
            if (from == end) return end;
        }
        if (from >= at + 1 && term_[from - 1] == '/') {
            const auto number = prefix(from, end, 32);
            if (!number) return number.error();
            out.prefix4 = *number;
            end = from - 1;
        }
        return end;
    }

    // Bits behind the prefix may be set ("ip4:192.0.2.7/24"); they are not compared.
    Result<void> network(SpfDirective& out, std::size_t at) const {
        const bool v6 = out.mechanism == SpfMechanism::ip6;
        const std::string expected = v6 ? "expected ':' and an IPv6 address" : "expected ':' and an IPv4 address";
        if (at >= term_.size() || term_[at] != ':') return wrong(at, Kind::bad_address, expected);
        const auto slash = std::min(term_.find('/', at), term_.size());
        const auto address = parse_ip_address(term_.substr(at + 1, slash - at - 1));
        if (!address || address->v6 != v6) return wrong(at + 1, Kind::bad_address, expected);
        out.network = *address;
        if (slash == term_.size()) return {};
        const auto number = prefix(slash + 1, term_.size(), v6 ? 128 : 32);
        if (!number) return number.error();
        (v6 ? out.prefix6 : out.prefix4) = *number;
        return {};
    }

    std::string_view term_;
    std::size_t at_;
    SpfRecord& into_;
    SpfCause& cause_;
};

}  // namespace

bool SpfRecord::has_all() const {
    return std::any_of(directives.begin(), directives.end(),
                       [](const SpfDirective& d) { return d.mechanism == SpfMechanism::all; });
}

// The space matters: "v=spf10" and "v=spf1;…" are somebody else's records (§4.5).
bool is_spf_record(std::string_view text) {
    return lower_case(text.substr(0, version.size())) == version &&
           (text.size() == version.size() || text[version.size()] == ' ');
}

// Stops at the first mistake. Several spaces in a row, also at the end, are allowed (§4.5, §4.6.1).
Result<SpfRecord> parse_spf_record(std::string_view text, SpfCause* cause) {
    SpfRecord out;
    SpfCause unasked;
    auto& told = cause != nullptr ? *cause : unasked;
    for (std::size_t from = version.size(); from < text.size();) {
        if (text[from] == ' ') {
            ++from;
            continue;
        }
        const auto to = std::min(text.find(' ', from), text.size());
        if (const auto fits = TermReader(text.substr(from, to - from), from + 1, out, told).read(); !fits) return fits.error();
        from = to;
    }
    return out;
}

std::optional<SpfDirective> parse_spf_directive(std::string_view term) {
    auto record = parse_spf_record(std::string(version) + ' ' + std::string(term));
    if (!record || record->directives.empty()) return std::nullopt;
    return std::move(record->directives.front());
}

bool is_network(const SpfDirective& directive) {
    return directive.mechanism == SpfMechanism::ip4 || directive.mechanism == SpfMechanism::ip6;
}

bool matches_everybody(const SpfDirective& directive, bool v6) {
    switch (directive.mechanism) {
        case SpfMechanism::all:
            return true;
        case SpfMechanism::ip4:
            return !v6 && directive.prefix4 == 0;
        case SpfMechanism::ip6:
            return v6 && directive.prefix6 == 0;
        case SpfMechanism::a:
        case SpfMechanism::mx:
            return (v6 ? directive.prefix6 : directive.prefix4) == 0;
        default:
            return false;
    }
}

// §4.6.4: include, a, mx, ptr and exists count, and redirect does, which is no mechanism.
bool asks_the_dns(SpfMechanism mechanism) {
    return mechanism != SpfMechanism::all && mechanism != SpfMechanism::ip4 && mechanism != SpfMechanism::ip6;
}

}  // namespace ilbud
