// Works on text alone. Some texts end the process inside toml++ 3.3: its parser goes down once for each bracket and each part
// of a dotted name until the stack ends (S51), asserts that a name begins behind a header's bracket and that no '}' closes a
// list, steps back further than it remembers in a long date, and asks letters outside of ASCII a question that has no defined
// answer. So the text is walked before it is parsed, in the roughest way that is still right about texts and comments.
#include "document.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "ilbud/base/log.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud::settings_file {
namespace {

// toml++ remembers 127 characters while it looks ahead for the kind of a number or date.
constexpr std::size_t number_bytes_max = 100;

// Walks TOML text as far as strings and comments must be known to tell brackets and dots from text. On text that is not TOML
// it may go astray, but only behind the place where the parser stops anyway.
class Scan {
 public:
    // toml++ drops a byte order mark too.
    explicit Scan(std::string_view text) : text_(text), at_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0), line_start_(at_) {}

    // Brackets are counted as open; dots since the last '=', ',' or line end, which is the longest dotted name that can
    // stand there. Numbers and dates have a dot or two, far from the limit.
    std::optional<Refusal> run() {
        while (at_ < text_.size()) {
            const auto here = at_;
            if (auto why = refuse(text_[here]); !why.empty()) return Refusal{place_of(here), std::move(why)};
            step(text_[here]);
            if (open_.size() > toml_depth_max || dots_ > toml_depth_max)
                return Refusal{place_of(here), "nested deeper than " + std::to_string(toml_depth_max) + " levels"};
        }
        return std::nullopt;
    }

 private:
    // What makes `c`, outside of texts and comments, one that toml++ must not see; empty if nothing does.
    std::string refuse(char c) {
        if (const auto bytes = utf8_length(text_.substr(at_)); bytes > 1)
            return "expected quotes around letters other than A to Z, found '" + on_one_line(text_.substr(at_, bytes)) + '\'';
        if (c == '}' && open_.ends_with('[')) return "expected ']' before '}'";
        if (!header_goes_on(c)) return std::string("expected a name behind '['");
        const auto ahead = text_.substr(at_, number_bytes_max + 1);
        const bool number = (c >= '0' && c <= '9') || c == '+' || c == '-';
        const bool begins = at_ == line_start_ || std::string_view(" \t=,[{").find(text_[at_ - 1]) != std::string_view::npos;
        if (number && begins && ahead.size() > number_bytes_max && ahead.find_first_of(" \t\r\n,]}#") == std::string_view::npos)
            return "expected a number or date of at most " + std::to_string(number_bytes_max) + " characters";
        return {};
    }

    // '[' or "[[" at the start of a line outside of a list opens a header, and then a name must begin. toml++ itself tells of a
    // missing one (']'), of a blank between the two, and of the end of the file.
    bool header_goes_on(char c) {
        const bool blank = c == ' ' || c == '\t';
        if (before_ == Before::line) {
            if (!blank) before_ = c == '[' && open_.empty() ? Before::first : Before::text;
        } else if (before_ == Before::first && c == '[') {
            before_ = Before::second;
        } else if (before_ != Before::text && !blank) {
            before_ = Before::text;
            return is_bare(c) || c == '"' || c == '\'' || c == ']';
        }
        return true;
    }

    static bool is_bare(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    void step(char c) {
        switch (c) {
            // Up to the line end, which the next step sees.
            case '#':
                at_ = std::min(text_.find('\n', at_), text_.size());
                return;
            case '"':
            case '\'':
                skip_string(c);
                return;
            case '\n':
                new_line();
                break;
            case '[':
            case '{':
                open_ += c;
                break;
            case ']':
            case '}':
                // One too many closes nothing; toml++ will say where it stands.
                if (!open_.empty()) open_.pop_back();
                break;
            case '.':
                ++dots_;
                break;
            case '=':
            case ',':
                dots_ = 0;
                break;
            default:
                break;
        }
        ++at_;
    }

    void new_line() {
        ++line_;
        line_start_ = at_ + 1;
        dots_ = 0;
        before_ = Before::line;
    }

    // The four forms of TOML 1.0: "…" and '…' end with their line at the latest, """…""" and '''…''' go over several;
    // only those with double quotes have escapes.
    void skip_string(char quote) {
        const std::string three(3, quote);
        const bool long_form = text_.substr(at_, 3) == three;
        at_ += long_form ? 3 : 1;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            // Not closed: the parser will refuse it at this line.
            if (c == '\n' && !long_form) return;
            if (c == '\n') {
                ++line_;
                line_start_ = at_ + 1;
            }
            // The character behind a backslash is skipped, whatever it is, but a line end is still counted.
            if (c == '\\' && quote == '"' && text_.substr(at_ + 1, 1) != "\n") {
                at_ += 2;
            } else if (long_form ? text_.substr(at_, 3) == three : c == quote) {
                at_ += long_form ? 3 : 1;
                for (int more = 0; long_form && more < 2 && text_.substr(at_, 1) == three.substr(0, 1); ++more)
                    ++at_;  // """a"""" ends in a quote
                return;
            } else {
                ++at_;
            }
        }
    }

    // Columns count characters, as those of toml++ do.
    [[nodiscard]] Position place_of(std::size_t at) const {
        return {line_, end_of(text_.substr(line_start_, at - line_start_)).column};
    }

    enum class Before { line, first, second, text };  // of the line so far: nothing, a '[', "[[", more

    std::string_view text_;
    std::size_t at_;
    std::size_t line_start_;
    std::uint32_t line_ = 1;
    Before before_ = Before::line;
    std::string open_;  // brackets and braces, the innermost last
    std::size_t dots_ = 0;
};

// For "expected …, found …": short, on one line, and never a whole list that somebody pasted.
struct Describe {
    std::string operator()(Node::Moment) const { return "a date or time"; }
    std::string operator()(const std::string& text) const { return '"' + on_one_line(text, 60) + '"'; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    // to_chars writes what reads back as the same number; inf and nan, which TOML has, come out as such.
    std::string operator()(double number) const {
        std::array<char, 32> digits{};
        return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
    }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const Node::List&) const { return "a list"; }
    std::string operator()(const Node::Members&) const { return "a table"; }
};

}  // namespace

Position end_of(std::string_view text) {
    const auto line = text.substr(text.rfind('\n') + 1);  // npos + 1 is the start
    const auto is_first = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return {1 + static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')),
            1 + static_cast<std::uint32_t>(std::count_if(line.begin(), line.end(), is_first))};
}

std::optional<Refusal> find_refused(std::string_view text) {
    // Everywhere, also in texts and comments: toml++ refuses it too, but tells the place of a character before it.
    for (std::size_t at = 0; at < text.size();) {
        const auto bytes = utf8_length(text.substr(at));
        if (bytes == 0) return Refusal{end_of(text.substr(0, at)), "expected UTF-8 throughout the file"};
        at += bytes;
    }
    return Scan(text).run();
}

std::string describe(const Node& node) {
    return std::visit(Describe{}, node.value);
}

// Several lines become the """ form, as people would write them; TOML drops the line end behind the opening quotes.
// Escaping every '"' spares looking for three in a row.
std::string toml_text(std::string_view text) {
    const bool lines = text.find('\n') != std::string_view::npos;
    std::string out = lines ? "\"\"\"\n" : "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)) {
            out += c;
        } else {
            constexpr std::string_view digits = "0123456789ABCDEF";
            out += "\\u00";
            out += digits[static_cast<unsigned char>(c) >> 4U];
            out += digits[static_cast<unsigned char>(c) & 15U];
        }
    }
    return out + (lines ? "\"\"\"" : "\"");
}

}  // namespace ilbud::settings_file
