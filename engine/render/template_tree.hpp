// A Mustache text as a tree, read strictly: what mstch would swallow in silence is a finding here.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"

namespace ilbud {

// Where something stands in a file: both from 1, columns in characters.
struct TextPlace {
    std::size_t line = 1;
    std::size_t column = 1;
};

// A text, a tag, or a section with what stands in it. A list of nodes is a file or a part of one.
struct TemplateNode {
    enum class Type : std::uint8_t { text, variable, raw, section, inverted, partial };
    Type type = Type::text;
    std::string text;  // of a text; the name otherwise
    TextPlace place;
    std::string indent;  // of a partial that stands on a line of its own; put before each of its lines
    bool standalone = false;
    std::vector<TemplateNode> children;
};

// Findings of one file, or of several. Bounded: a broken file need not be described byte by byte.
class Findings {
 public:
    void add(std::string code, const std::string& file, TextPlace place, std::string detail);
    void add(Error error);
    [[nodiscard]] bool empty() const { return errors_.empty(); }
    // Nothing more is taken: whoever looks for places stops, as each costs a walk through the file.
    [[nodiscard]] bool full() const;
    [[nodiscard]] std::size_t size() const { return errors_.size(); }
    [[nodiscard]] std::vector<Error>& errors() { return errors_; }

 private:
    std::vector<Error> errors_;
};

// Reads `text`, which begins at `begin` of `file`. Standalone lines are stripped as the Mustache specification says.
// Findings  unknown_tag, delimiter_change, unclosed_tag, unclosed_section, unexpected_close, too_deep
std::vector<TemplateNode> read_template(std::string_view text, const std::string& file, TextPlace begin, std::size_t depth_max,
                                        Findings& findings);

// The place of text[offset] if text[0] stands at `begin`.
TextPlace place_in(std::string_view text, std::size_t offset, TextPlace begin);

}  // namespace ilbud
