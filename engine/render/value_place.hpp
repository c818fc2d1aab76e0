// Where in a text a value stands that has to be written in another way than the text around it: in code, or in an address.
#pragma once
#include <string>
#include <string_view>

#include "ilbud/render/escape.hpp"

namespace ilbud {

// Around a value in a prepared template and until it is written (finish_values). No text and no value can bring these along.
inline constexpr char code_mark = '\x1e', code_backtick = '\x1d', address_mark = '\x1c';

// Follows Markdown piece by piece, as far as it takes to know whether what comes next stands in code: a span in backticks
// (CommonMark §6.1) or a fenced block (§4.5). It may be wrong of backticks that nobody closes, which does no harm.
class CodeTracker {
 public:
    void feed(std::string_view markdown);
    [[nodiscard]] bool in_code() const { return fence_ != 0 || span_ != 0; }

 private:
    void run_of_backticks(std::size_t length) { span_ = span_ == 0 ? length : span_ == length ? 0 : span_; }

    bool line_begins_ = true, line_is_blank_ = true;
    char fence_mark_ = 0;
    std::size_t fence_ = 0, span_ = 0;  // how many marks opened it; 0: none is open
};

// Where in an address a value stands.
enum class AddressPlace : std::uint8_t { none, start, host, mailbox, rest };
// What follows upon `address`, which begins one; Mustache tags in it are passed over.
[[nodiscard]] AddressPlace address_place(std::string_view address);
// Whether what follows upon `before` stands in an address behind its host, where a value is percent-encoded (RFC 3986 §2.1).
[[nodiscard]] bool in_address(std::string_view before, Escape mode);

// All but what RFC 3986 §2.3 leaves unreserved.
[[nodiscard]] std::string percent_encoded(std::string_view value);
// Writes the values between marks as their place needs them; `mode` is how they were escaped.
void finish_values(std::string& text, Escape mode);
// Whether a value that stood in code is in `text`, as finish_values leaves it.
[[nodiscard]] inline bool has_code_marks(std::string_view text) {
    constexpr char marks[] = {code_mark, code_backtick};
    return text.find_first_of(marks, 0, sizeof marks) != std::string_view::npos;
}
// What a code span or block shows of a text with marks, and any other text.
[[nodiscard]] std::string without_marks(std::string_view text, bool code);

}  // namespace ilbud
