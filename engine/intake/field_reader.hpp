/// One object of an event, read field by field.
///
/// In    a simdjson object that to_canonical has checked
/// Out   values in the engine's types; the first thing wrong is kept in the Problem that all readers of an event share, and
///       everything asked for after that is whatever: who reads asks the Problem once, at the end
/// Pure
/// A field that is null counts as absent. Fields nobody asks for are ignored.
#pragma once
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "field_path.hpp"
#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

using Problem = std::optional<Error>;

/// Words at each call instead of a bare true or false.
enum class Need : std::uint8_t { optional, required };

class FieldReader {
 public:
    /// `problem` and the path's parent outlive the reader. A reader stays where it is while inner ones, got from it, are used.
    FieldReader(simdjson::dom::object object, FieldPath path, Problem& problem)
        : object_(object), path_(path), problem_(&problem) {}

    /// Text of at most `characters_max` code points; empty where optional and absent, never empty where required.
    /// Problems  missing_field, wrong_type, invalid_value (required but empty), out_of_range
    std::string_view text(std::string_view name, Need need, std::size_t characters_max);
    /// A name given by the sender: text, or an integer taken as its decimal digits. At most 100 code points.
    std::string identifier(std::string_view name, Need need);
    /// A mail address in wire form; empty if absent or "". Problems  wrong_type, invalid_address
    std::string email(std::string_view name);
    /// Problems  invalid_url, out_of_range
    std::string web_url(std::string_view name);
    /// Problems  missing_field, wrong_type
    std::optional<bool> flag(std::string_view name, Need need);
    /// Minor units, ±10^13; 1.0, 1e2 and "1" are refused, -0 is 0. Problems  missing_field, wrong_type, invalid_money,
    /// out_of_range
    std::optional<std::int64_t> money(std::string_view name, Need need);
    /// As money, and not negative; 0 if absent.
    std::int64_t owed(std::string_view name);
    /// Problems  missing_field, invalid_currency
    std::string_view currency(std::string_view name, Need need);
    /// A number of at most ±10^9; 1 if absent. Problems  wrong_type, out_of_range
    double quantity(std::string_view name);
    /// A count from 0 to 10^6, or true for "some" (1) and false for none. Problems  wrong_type, out_of_range
    int count(std::string_view name);
    /// Problems  missing_field, wrong_type, invalid_time
    std::optional<Time> time(std::string_view name, Need need);
    /// Problems  missing_field, wrong_type, invalid_date
    std::optional<Date> date(std::string_view name, Need need);
    /// One of a closed vocabulary. Problems  missing_field, wrong_type, invalid_value
    template <class Enum>
    std::optional<Enum> word(std::string_view name, Need need) {
        const auto index = word_index(name, need, words<Enum>.data(), words<Enum>.size());
        if (!index) return std::nullopt;
        return static_cast<Enum>(*index);
    }
    /// Problems  missing_field, wrong_type
    std::optional<FieldReader> object(std::string_view name, Need need);
    /// The objects of an array of `least` to `most`. Problems  missing_field (least > 0), wrong_type, out_of_range
    std::vector<FieldReader> objects(std::string_view name, Need need, std::size_t least, std::size_t most);
    /// The addresses of an array of at most `most`. Problems  wrong_type, out_of_range, invalid_address
    std::vector<std::string> emails(std::string_view name, std::size_t most, std::vector<Error>& refused);

    /// Whether the field is there and not null.
    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
    [[nodiscard]] bool is_text(std::string_view name) const;
    /// Keeps what is wrong with the field `name`, unless something was wrong before.
    void fail(std::string_view name, std::string code, std::string detail);

 private:
    using Element = simdjson::dom::element;

    [[nodiscard]] std::optional<Element> find(std::string_view name) const;
    std::optional<Element> find(std::string_view name, Need need);
    std::optional<std::string_view> string(std::string_view name, Need need);
    std::optional<simdjson::dom::array> array(std::string_view name, Need need, std::size_t least, std::size_t most);
    std::optional<std::size_t> word_index(std::string_view name, Need need, const std::string_view* choices, std::size_t count);
    void fail_type(std::string_view name, std::string_view expected, Element found);
    void fail_at(const FieldPath& path, std::string code, std::string detail);

    simdjson::dom::object object_;
    FieldPath path_;
    Problem* problem_;
};

}  // namespace ilbud
