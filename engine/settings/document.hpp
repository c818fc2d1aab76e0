/// A settings file as a tree of values with their places; no library type in it.
///
/// In    TOML text
/// Out   the tree, or where the text is not TOML
/// Pure
/// See   TOML 1.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ilbud/base/result.hpp"

namespace ilbud::settings_file {

struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    auto operator<=>(const Position&) const = default;
};

struct Member;

struct Node {
    struct Moment {};  ///< a TOML date or time: no option takes one
    using List = std::vector<Node>;
    using Members = std::vector<Member>;

    Position at;
    std::variant<Moment, std::string, std::int64_t, double, bool, List, Members> value;

    template <class T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&value);
    }
};

struct Member {
    std::string name;
    Position at;  ///< of the name
    Node node;
};

inline constexpr std::size_t toml_depth_max = 16;

/// Text that toml++ must not see, since it would end the process: where, and what was expected.
struct Refusal {
    Position at;
    std::string detail;
};

/// The first such place in `text`, if there is one; everything else is for toml++ to judge.
[[nodiscard]] std::optional<Refusal> find_refused(std::string_view text);

/// Where what follows `text` stands; columns count characters, from 1.
[[nodiscard]] Position end_of(std::string_view text);

/// The root table of `text`. Errors  toml_syntax; `place` is "line:column"
Result<Node> parse_toml(std::string_view text);

/// What `node` is, for people: `"abc"`, `12`, `a table`. Long texts are cut.
[[nodiscard]] std::string describe(const Node& node);

/// `text` as a TOML string with its quotes.
[[nodiscard]] std::string toml_text(std::string_view text);

}  // namespace ilbud::settings_file
