/// Accounts, units, kinds, causes, relays: words that recur in row after row, stored once and then by number.
///
/// In    words; numbers from rows
/// Out   the number of a word, made if it is new (inside a transaction); the word of a number
/// Errors  SqliteError
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ilbud/settings/kinds.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

class SqliteNames {
 public:
    explicit SqliteNames(SqliteDatabase& database);

    /// Numbers begin at 1.
    [[nodiscard]] std::int64_t number_of(std::string_view text);
    [[nodiscard]] std::int64_t number_of(Kind kind) { return number_of(kinds_, kind); }
    [[nodiscard]] std::int64_t number_of(Locale locale) { return number_of(locales_, locale); }
    /// Good until the next call. Throws if the number stands for nothing: the row that holds it is damaged.
    [[nodiscard]] const std::string& text_of(std::int64_t number);
    [[nodiscard]] std::string text_or_empty(std::int64_t number);
    /// 0 if the word has none: no row can hold it.
    [[nodiscard]] std::int64_t find_number(std::string_view text);
    /// Nothing if the number stands for no word of this program's.
    template <class Enum>
    [[nodiscard]] std::optional<Enum> word_of(std::int64_t number);
    /// What is remembered: a transaction that made names was rolled back.
    void forget();

 private:
    template <class Enum, std::size_t Count>
    std::int64_t number_of(std::array<std::int64_t, Count>& numbers, Enum word) {
        auto& number = numbers[static_cast<std::size_t>(word)];
        if (number == 0) number = number_of(to_word(word));
        return number;
    }
    const std::string* find_text(std::int64_t number);

    SqliteDatabase& database_;
    SqliteStatement insert_, number_, text_;
    std::map<std::string, std::int64_t, std::less<>> numbers_;
    std::unordered_map<std::int64_t, std::string> texts_;
    std::array<std::int64_t, words<Kind>.size()> kinds_{};
    std::array<std::int64_t, words<Locale>.size()> locales_{};
};

template <class Enum>
std::optional<Enum> SqliteNames::word_of(std::int64_t number) {
    const auto* const text = find_text(number);
    return text != nullptr ? from_word<Enum>(*text) : std::nullopt;
}

/// The enumerator that a row's number stands for; nothing: the row is damaged, and its number must reach no table.
template <class Enum>
[[nodiscard]] std::optional<Enum> enumerator_of(std::int64_t number) {
    if (number < 0 || number >= static_cast<std::int64_t>(words<Enum>.size())) return std::nullopt;
    return static_cast<Enum>(number);
}

/// The class that a row says; nothing: the row is damaged.
[[nodiscard]] inline std::optional<int> urgency_of(std::int64_t number) {
    if (number < 0 || number >= static_cast<std::int64_t>(urgency_count)) return std::nullopt;
    return static_cast<int>(number);
}

}  // namespace ilbud
