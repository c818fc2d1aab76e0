/// Plain text in paragraphs for a terminal or a mail.
///
/// Pure
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ilbud {

/// Names and values that words may ask for; a list, since there are never more than a handful.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// `text` with every {name} replaced by the fact of that name, escaped for a terminal; an unknown name stays as it is.
[[nodiscard]] std::string filled(std::string_view text, const Facts& facts);

class Paragraphs {
 public:
    /// `text` wrapped at 78 columns; the first line begins with `first`, the others with `rest`.
    void paragraph(std::string_view text, std::string_view first = "", std::string_view rest = "");
    /// A line as it is.
    void line(std::string_view text);
    /// An empty line, unless one is there already.
    void gap();
    void heading(std::string_view text, char underline);
    /// Takes what was written and leaves the writer empty.
    [[nodiscard]] std::string take();

 private:
    std::string out_;
};

/// `text` and spaces up to `columns`.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);

}  // namespace ilbud
