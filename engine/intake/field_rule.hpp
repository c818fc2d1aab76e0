/// What one field of an event may be: the checks, the schema and the reference are made of these.
///
/// Pure
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ilbud/base/text.hpp"

namespace ilbud {

/// Words at each rule instead of a bare true or false.
enum class Need : std::uint8_t { optional, required };

/// How a value is read; FieldReader has a function for each.
enum class FieldType : std::uint8_t {
    text,        ///< of 1 to `most` characters; optional ones may be empty
    identifier,  ///< text, or an integer taken as its digits
    email,
    url,
    flag,
    money,  ///< an integer in minor units
    owed,   ///< money, not negative
    currency,
    quantity,
    count,  ///< an integer, or true for "some"
    time,
    date,
    month,
    level,    ///< an integer from `least` to `most`
    word,     ///< one of `words`
    object,   ///< with the fields `inner`
    objects,  ///< `least` to `most` of them
    emails,   ///< at most `most`
    period,   ///< text, or an object with the fields `inner`
    any,      ///< not looked at
};

// Ten trillion: a hundred billion kroner. The sum of 500 lines of it is still below 2^53, so it survives a
// program that knows doubles only.
inline constexpr std::int64_t money_max = 10'000'000'000'000;
inline constexpr std::int64_t quantity_max = 1'000'000'000;
// A million is out of reach for any sender; the limit keeps the number within an int.
inline constexpr std::int64_t count_max = 1'000'000;

/// Which letters are in a name, a bit each, capitals or not: what tells names apart at once that no few slips could make alike.
constexpr std::uint32_t letters_in(std::string_view name) {
    std::uint32_t letters = 0;
    for (const char c : name)
        if (is_letter(c)) letters |= 1U << (static_cast<unsigned>(c) & 31U);
    return letters;
}

struct FieldRule {
    std::string_view name;
    FieldType type{};
    Need need = Need::optional;
    std::string_view meaning;  ///< what it is, for the reference
    std::size_t most = 0;      ///< characters, elements or the number
    std::size_t least = 0;
    std::span<const std::string_view> words{};
    std::string_view pattern{};          ///< ECMA 262, for the schema; the check itself is made where the field is read
    std::span<const FieldRule> inner{};  ///< the fields of an object
    std::uint32_t letters = letters_in(name);
};

template <std::size_t N>
struct FieldTable {
    std::array<FieldRule, N> rules;

    consteval const FieldRule& operator[](std::string_view name) const {
        for (const auto& rule : rules)
            if (rule.name == name) return rule;
        throw "no field of this object has that name";
    }
};

// Of an aggregate clang 14 deduces nothing by itself.
template <std::size_t N>
FieldTable(std::array<FieldRule, N>) -> FieldTable<N>;

}  // namespace ilbud
