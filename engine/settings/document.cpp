// Works on text alone: the depth must be known before toml++ sees it, as its parser goes down once for each bracket and
// each part of a dotted name and ends the process when the stack does (S51). So the text is walked before it is
// parsed, in the roughest way that is still right about texts and comments.
#include "document.hpp"

#include <array>
#include <charconv>

#include "ilbud/base/log.hpp"

namespace ilbud::settings_file {
namespace {

// Walks TOML text as far as strings and comments must be known to tell brackets and dots from text. On text that is not TOML
// it may go astray, but only behind the place where the parser stops anyway.
class DepthScan {
 public:
    explicit DepthScan(std::string_view text) : text_(text) {}

    // Brackets are counted as open; dots since the last '=', ',' or line end, which is the longest dotted name that can
    // stand there. Numbers and dates have a dot or two, far from the limit.
    std::optional<Position> run() {
        while (at_ < text_.size()) {
            step(text_[at_]);
            if (brackets_ > toml_depth_max || dots_ > toml_depth_max) return Position{line_, column()};
        }
        return std::nullopt;
    }

 private:
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
                ++brackets_;
                break;
            case ']':
            case '}':
                // One too many closes nothing; toml++ will say where it stands.
                brackets_ = std::max(0, brackets_ - 1);
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

    // step() has moved behind the character already, so this counts from 1.
    [[nodiscard]] std::uint32_t column() const { return static_cast<std::uint32_t>(at_ - line_start_); }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_start_ = 0;
    std::uint32_t line_ = 1;
    int brackets_ = 0;
    int dots_ = 0;
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

std::optional<Position> find_too_deep(std::string_view text) {
    return DepthScan(text).run();
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
        } else if (c == '\n' || static_cast<unsigned char>(c) >= 0x20) {
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
