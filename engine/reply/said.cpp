// Servers wrap their verdict in addresses, host names, links and ticket numbers, and write the same words with and without
// quotes, dashes and apostrophes. All that is evened out once, so that a phrase of the table is written once.
#include "said.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// A phrase's second part stands in the same sentence as the first. Links between them are rare, addresses are one letter by
// then.
constexpr std::size_t gap_max = 48;

// With what Postfix ends the line of its log, whose reader may ask what the reply meant: names, and no verdict.
constexpr std::string_view log_tail = "; from=<";

bool is_address_letter(char c) {
    return is_letter_or_digit(c) || std::string_view(".!#$%&'*+/=?^_`{|}~-@").find(c) != std::string_view::npos;
}

/// The length of the address that `text` begins with: `<…>` without a blank in it, unless it is a link or a number, or a
/// word with an @ inside.
std::size_t address_length(std::string_view text) {
    if (text.starts_with('<')) {
        const std::size_t end = text.find_first_of("> ", 1);
        if (end == std::string_view::npos || text[end] == ' ') return 0;
        const std::string_view inside = text.substr(1, end - 1);
        const bool number = inside.find_first_not_of("0123456789.:") == std::string_view::npos;
        return number || inside.find("://") != std::string_view::npos ? 0 : end + 1;
    }
    std::size_t length = 0;
    while (length < text.size() && is_address_letter(text[length])) ++length;
    const std::size_t at = text.substr(0, length).find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < length ? length : 0;
}

/// The length of the IPv4 address that `text` begins with: three dots among digits.
std::size_t ip_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
    while (length > 0 && text[length - 1] == '.') --length;
    return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length), '.') == 3 ? length : 0;
}

// '?' stands for what is not ASCII (ReplyReader): within a word it is a letter with an accent or a curly apostrophe. Both
// are left out, as a straight apostrophe is.
std::string words_of(std::string_view text) {
    std::string out = " ";
    const auto blank = [&] {
        if (out.back() != ' ') out += ' ';
    };
    while (!text.empty()) {
        std::size_t length = out.back() == ' ' ? address_length(text) : 0;
        if (length > 0) {
            out += "@ ";
        } else if (length = out.back() == ' ' ? ip_length(text) : 0; length > 0) {
            out += "# ";
        } else {
            const char c = text[0];
            length = 1;
            const bool inside = out.back() != ' ' && text.size() > 1 && (is_letter_or_digit(text[1]) || text[1] == '?');
            if (is_letter_or_digit(c))
                out += lower_letter(c);
            else if (c == '.' && inside && text[1] != '?')
                out += '.';
            else if ((c != '\'' && c != '`' && c != '?') || !inside)
                blank();
        }
        text.remove_prefix(length);
    }
    blank();
    return out;
}

/// The status anywhere in `text`, for servers that put it where RFC 2034 does not: "(#5.1.1)", "550 5.1.1", "#5.1.0".
std::string find_status(std::string_view text, int code) {
    const char digit = static_cast<char>('0' + code / 100);
    for (std::size_t at = 0; at + 4 < text.size(); ++at) {
        if (text[at] != digit || text[at + 1] != '.') continue;
        if (at > 0 && (is_letter_or_digit(text[at - 1]) || text[at - 1] == '.')) continue;
        std::size_t end = at + 2;
        int dots = 0;
        while (end < text.size() &&
               (is_digit(text[end]) || (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1]))))
            dots += static_cast<int>(text[end++] == '.');
        if (dots == 1 && text[at + 2] != '.') return std::string(text.substr(at + 2, end - at - 2));
    }
    return {};
}

std::string_view next_of(std::string_view& list, char separator) {
    const std::size_t end = list.find(separator);
    const std::string_view first = list.substr(0, end);
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    return first;
}

bool follows(std::string_view text, std::string_view phrase);

/// Whether `text` goes on with a blank and `words`, and with `phrase` behind them.
bool goes_on(std::string_view text, std::string_view words, std::string_view phrase) {
    return text.size() > words.size() && text[0] == ' ' && text.substr(1, words.size()) == words &&
           follows(text.substr(words.size() + 1), phrase);
}

/// Whether `text` goes on with `phrase`. Its depth is the number of the phrase's parts, which the table decides and no server.
bool follows(std::string_view text, std::string_view phrase) {
    while (phrase.starts_with(' ')) phrase.remove_prefix(1);
    if (phrase.empty()) return true;
    if (phrase.starts_with('*')) {
        phrase.remove_prefix(1);
        for (std::size_t at = text.find(' '); at <= gap_max; at = text.find(' ', at + 1))
            if (follows(text.substr(at), phrase)) return true;
        return false;
    }
    if (phrase.starts_with('(')) {
        const std::size_t end = phrase.find(')');
        std::string_view options = phrase.substr(1, end - 1);
        while (!options.empty())
            if (goes_on(text, next_of(options, '/'), phrase.substr(end + 1))) return true;
        return false;
    }
    const std::size_t end = std::min(phrase.find_first_of("(*"), phrase.size());
    return goes_on(text, trimmed(phrase.substr(0, end), " "), phrase.substr(end));
}

/// Whether a word of `text` begins with `start`, and `phrase` follows. Looked for as a whole: most phrases are not there, and
/// a relay that refuses everything has all of them looked for at every mail.
bool begins(std::string_view text, std::string_view start, std::string_view phrase) {
    for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1))
        if (at > 0 && text[at - 1] == ' ' && follows(text.substr(at + start.size()), phrase)) return true;
    return false;
}

}  // namespace

Said::Said(const Reply& reply)
    : stage(reply.stage),
      code(reply.code),
      status(reply.enhanced.size() > 2 ? reply.enhanced.substr(2) : find_status(reply.text, reply.code)),
      words(words_of(reply.text.substr(0, reply.text.find(log_tail)))) {}

bool Said::says(std::string_view phrases) const {
    while (!phrases.empty()) {
        const std::string_view phrase = next_of(phrases, '|');
        if (!phrase.starts_with('(')) {
            const std::size_t end = std::min(phrase.find_first_of("(*"), phrase.size());
            if (begins(words, trimmed(phrase.substr(0, end), " "), phrase.substr(end))) return true;
            continue;
        }
        const std::size_t end = phrase.find(')');
        std::string_view options = phrase.substr(1, end - 1);
        while (!options.empty())
            if (begins(words, next_of(options, '/'), phrase.substr(end + 1))) return true;
    }
    return false;
}

bool lists(std::string_view list, std::string_view word) {
    while (!list.empty())
        if (const auto one = next_of(list, ' '); one == word && !one.empty()) return true;
    return false;
}

}  // namespace ilbud
