// The grammar of RFC 5321 §4.1.2 (Mailbox), not that of a header field (RFC 5322 §3.4): what is let in here ends in a
// RCPT command, where comments, folding, groups and lists mean nothing or something else. Written by hand, one pass, no
// backtracking: an expression for this grammar is either wrong or slow on long nonsense.
// Two limits are in octets and stand before ICU: text from outside may be long, and UTS 46 costs far more than reading
// ASCII. Plain ASCII domains, nearly all there are, never get there.
// Not taken, though RFC 5321 has them: address literals ("[192.0.2.1]") and domains of one label.
// Subscribers' mailboxes have neither.
#include "ilbud/base/address.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>

#include "icu_uts46.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::size_t local_octets_max = 64;  // RFC 5321 §4.5.3.1.1
// RFC 1035 §2.3.4 (255 on the wire, so 253 as text; 63 a label). RFC 5321 §4.5.3.1.2 would allow
// 255, which no name in the DNS has.
constexpr std::size_t domain_octets_max = 253;  // without the root's dot
constexpr std::size_t label_octets_max = 63;
constexpr std::size_t address_octets_max = 254;  // §4.5.3.1.3: a path of 256 with its angle brackets
// A U-label never needs more UTF-8 than four octets for each octet of its A-label; longer text is not worth ICU's time.
constexpr std::size_t domain_text_max = 4 * domain_octets_max;

// Bits of one table, so that a character costs one look-up whatever is asked of it.
enum CharacterClass : std::uint8_t { atom = 1, quoted = 2, host = 4 };

// What may stand where, for ASCII: atext (RFC 5322 §3.2.3), qtextSMTP (RFC 5321 §4.1.2), letters digits hyphens.
constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 128; ++c) {
        // is_letter_or_digit and not isalnum: the locale must not change what an address is.
        const bool letter_or_digit = is_letter_or_digit(static_cast<char>(c));
        if (letter_or_digit || std::string_view("!#$%&'*+-/=?^_`{|}~").find(static_cast<char>(c)) != std::string_view::npos)
            table[c] |= atom;
        if (c >= 32 && c <= 126 && c != '"' && c != '\\') table[c] |= quoted;
        if (letter_or_digit || c == '-') table[c] |= host;
    }
    return table;
}();

constexpr bool is(char c, CharacterClass which) {
    return (classes[static_cast<unsigned char>(c)] & which) != 0;
}

constexpr bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 128;
}

Error bad_address(std::string detail) {
    return {"invalid_address", "", std::move(detail)};
}

Error bad_domain(std::string detail) {
    return {"invalid_domain", "", std::move(detail)};
}

// Tells the byte by its number unless it is visible: the detail goes into answers and logs and must not carry the
// very character that was refused.
Error unexpected(std::string_view text, std::size_t at) {
    if (at >= text.size()) return bad_address("ends too early");
    constexpr std::string_view digits = "0123456789abcdef";
    const auto c = static_cast<unsigned char>(text[at]);
    std::string what =
        c > 32 && c < 127 ? std::string{'\'', text[at], '\''} : std::string("0x") + digits[c >> 4U] + digits[c & 15U];
    return bad_address("unexpected " + what + " at byte " + std::to_string(at));
}

// Moves `at` behind one character beyond ASCII that may stand in a local part (RFC 6531): assigned, visible, no white space,
// no control, format or bidirectional character, and no combining mark without a base in front of it.
// RFC 6531 §3.3 lets any UTF-8 beyond ASCII into a local part. That is too much to show to people: invisible and
// direction-changing characters make two addresses look like one. U8_NEXT gives a negative code point for anything
// that is not well-formed UTF-8.
bool skip_utf8(std::string_view text, std::size_t& at, bool first) {
    const auto length = static_cast<std::int32_t>(text.size());
    auto next = static_cast<std::int32_t>(at);
    UChar32 c = 0;
    U8_NEXT(text.data(), next, length, c);
    if (c < 0) return false;
    constexpr std::uint32_t refused = U_GC_C_MASK | U_GC_Z_MASK;
    const std::uint32_t category = U_GET_GC_MASK(c);
    if ((category & refused) != 0 || (first && (category & U_GC_M_MASK) != 0)) return false;
    at = static_cast<std::size_t>(next);
    return true;
}

// Moves `at` from the start of `text` behind the dot-string or quoted-string it begins with.
// Sets nothing but `at`: what follows must be '@', which parse_address asks for. A dot may neither begin nor end
// an unquoted part nor follow another one (Dot-string of RFC 5321); some old Japanese mailboxes do, but no
// server has to take them unquoted.
std::optional<Error> skip_local(std::string_view text, std::size_t& at) {
    const bool in_quotes = !text.empty() && text.front() == '"';
    if (in_quotes) ++at;
    bool first = true;  // of an atom, or of the quoted string
    while (at < text.size()) {
        const char c = text[at];
        if (!is_ascii(c)) {
            if (!skip_utf8(text, at, first)) return unexpected(text, at);
        } else if (is(c, in_quotes ? quoted : atom)) {
            ++at;
        } else if (in_quotes && c == '\\') {
            // quoted-pairSMTP: a backslash and one of %d32-126. Where char is signed, bytes beyond ASCII
            // are below 32 and refused as well.
            if (at + 1 >= text.size() || text[at + 1] < 32 || text[at + 1] > 126) return unexpected(text, at + 1);
            at += 2;
        } else if (in_quotes && c == '"') {
            ++at;
            return std::nullopt;
        } else if (!in_quotes && c == '.' && !first) {
            ++at;
            first = true;
            continue;
        } else {
            break;
        }
        first = false;
    }
    // Without a character of its own, behind a dot, or with quotes that never close. An empty quoted string ("")
    // left above: the grammar has it.
    if (first || in_quotes) return unexpected(text, at);
    return std::nullopt;
}

// Whether `domain` is labels of letters, digits and inner hyphens within the lengths, the last one not all digits.
// Of the result of UTS 46, not of what was typed: its tables map characters onto letters, dots and
// hyphens. The loop runs once more for a dot at the end, whose label is empty: the root's dot is refused,
// since MAIL and RCPT have no room for it.
std::optional<Error> check_labels(std::string_view domain) {
    if (domain.size() > domain_octets_max) return bad_domain("the domain is longer than 253 octets");
    std::size_t labels = 0;
    bool digits_only = false;
    for (std::size_t start = 0; start <= domain.size(); ++labels) {
        const std::size_t end = std::min(domain.find('.', start), domain.size());
        const std::string_view label = domain.substr(start, end - start);
        if (label.empty()) return bad_domain("the domain has an empty label");
        if (label.size() > label_octets_max) return bad_domain("a label of the domain is longer than 63 octets");
        if (label.front() == '-' || label.back() == '-') return bad_domain("a label of the domain begins or ends with a hyphen");
        digits_only = true;
        for (const char c : label) {
            if (!is(c, host)) return bad_domain("the domain has a character that is not a letter, a digit or a hyphen");
            digits_only = digits_only && c >= '0' && c <= '9';
        }
        start = end + 1;
    }
    if (labels < 2) return bad_domain("the domain needs at least two labels");
    // "192.0.2.1" is four good labels; no top-level domain is all digits, so this is an address without its brackets.
    if (digits_only) return bad_domain("the top-level domain is a number");
    return std::nullopt;
}

// Whether UTS 46 would only lower the letters: ASCII, and no label that claims to be an A-label.
// "xn--" anywhere sends the text to ICU: an A-label must be valid Punycode of something allowed, or it would
// pass unchecked as plain letters.
bool is_plain(std::string_view domain) {
    for (std::size_t i = 0; i < domain.size(); ++i) {
        if (!is_ascii(domain[i])) return false;
        if (domain[i] == '-' && i >= 3 && domain[i - 1] == '-' && lower_letter(domain[i - 2]) == 'n' &&
            lower_letter(domain[i - 3]) == 'x')
            return false;
    }
    return true;
}

Result<std::string> to_a_labels(std::string_view domain) {
    // Too small a buffer is an error here and never a cut name. Not initialised on purpose: only
    // `length` bytes of it are read.
    std::array<char, 4 * domain_text_max> ascii;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const auto length = uidna_nameToASCII_UTF8(&uts46(), domain.data(), static_cast<std::int32_t>(domain.size()), ascii.data(),
                                               static_cast<std::int32_t>(ascii.size()), &info, &status);
    if (U_FAILURE(status)) return bad_domain(std::string("the domain cannot be converted: ") + u_errorName(status));
    // Hyphens in third and fourth place are legal in host names (RFC 1123); such domains exist and receive mail.
    if ((info.errors & ~static_cast<std::uint32_t>(UIDNA_ERROR_HYPHEN_3_4)) != 0)
        return bad_domain("the domain is not a valid internationalised name (UTS 46)");
    return std::string(ascii.data(), static_cast<std::size_t>(length));
}

// check_labels comes last for both ways, so that ICU is not trusted with the lengths and the alphabet; the root's dot goes
// after UTS 46, which makes a dot of other full stops as well.
Result<std::string> read_domain(std::string_view text, bool with_root) {
    if (text.size() > domain_text_max) return bad_domain("the domain is longer than 253 octets");
    std::string domain;
    if (is_plain(text)) {
        domain = lower_case(text);
    } else {
        auto converted = to_a_labels(text);
        if (!converted) return converted;
        domain = *std::move(converted);
    }
    if (with_root && domain.ends_with('.')) domain.pop_back();
    if (auto error = check_labels(domain)) return *std::move(error);
    return domain;
}

// What a quoted local part says without its quotes: "\"a\\b\"" and "ab" are one mailbox (RFC 5321 §4.1.2).
std::string without_quotes(std::string_view local) {
    if (local.size() < 2 || local.front() != '"') return std::string(local);
    std::string content;
    for (std::size_t i = 1; i + 1 < local.size(); ++i) {
        if (local[i] == '\\') ++i;
        content += local[i];
    }
    return content;
}

}  // namespace

bool Address::needs_smtputf8() const {
    return !std::all_of(local.begin(), local.end(), is_ascii);
}

Result<std::string> parse_domain(std::string_view text) {
    return read_domain(text, false);
}

Result<std::string> parse_dns_domain(std::string_view text) {
    return read_domain(text, true);
}

Result<Address> parse_address(std::string_view text) {
    if (text.empty()) return bad_address("is empty");
    // Before anything is read. The exact limits follow: they hold for the A-labels, which may be shorter
    // or longer than what was typed.
    if (text.size() > local_octets_max + 1 + domain_text_max) return bad_address("is longer than 254 octets");
    std::size_t at = 0;
    // The local part is read by its grammar instead of looking for an '@': quoted, it may hold any number of them.
    if (auto error = skip_local(text, at)) return *std::move(error);
    if (at > local_octets_max) return bad_address("the part before '@' is longer than 64 octets");
    if (at >= text.size()) return bad_address("has no '@'");
    if (text[at] != '@') return unexpected(text, at);
    auto domain = parse_domain(text.substr(at + 1));
    if (!domain) return bad_address(domain.error().detail);
    Address address{std::string(text.substr(0, at)), *std::move(domain)};
    if (address.local.size() + 1 + address.domain.size() > address_octets_max) return bad_address("is longer than 254 octets");
    return address;
}

// Wider than equality on purpose: RFC 5321 §2.4 makes the case of a local part the receiver's business, but a bounce of
// Anna@ must also stop mail to anna@. Where both are really two mailboxes, one of them loses mail; no provider of note
// tells them apart. Dots and +tags are not folded: those really differ at most providers.
std::string suppression_key(const Address& address) {
    std::string local = without_quotes(address.local);
    // ASCII keys never touch ICU: one is made for every mail that is planned.
    if (address.needs_smtputf8()) {
        UErrorCode status = U_ZERO_ERROR;
        const auto* composed = icu::Normalizer2::getNFCInstance(status);
        if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU has no NFC data: ") + u_errorName(status));
        // Lower case first: it can leave a text that is not composed, as with U+0130.
        const auto lower = icu::UnicodeString::fromUTF8(local).toLower(icu::Locale::getRoot());
        local.clear();
        composed->normalize(lower, status).toUTF8String(local);
    } else {
        local = lower_case(local);
    }
    return local + '@' + address.domain;
}

}  // namespace ilbud
