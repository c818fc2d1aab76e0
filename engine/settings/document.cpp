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

    void skip_string(char quote) {
        const std::string three(3, quote);
        const bool long_form = text_.substr(at_, 3) == three;
        at_ += long_form ? 3 : 1;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\n' && !long_form) return;
            if (c == '\n') {
                ++line_;
                line_start_ = at_ + 1;
            }
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

    [[nodiscard]] std::uint32_t column() const { return static_cast<std::uint32_t>(at_ - line_start_); }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_start_ = 0;
    std::uint32_t line_ = 1;
    int brackets_ = 0;
    int dots_ = 0;
};

struct Describe {
    std::string operator()(Node::Moment) const { return "a date or time"; }
    std::string operator()(const std::string& text) const { return '"' + on_one_line(text, 60) + '"'; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
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
