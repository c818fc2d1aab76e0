/// Cursors of the SQLite log as text: a letter for what is read, then numbers.
///
/// Pure
#pragma once
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/queue/mail_log.hpp"

namespace ilbud {

/// "m17", "e12.1"
template <std::size_t Count>
[[nodiscard]] LogCursor make_cursor(char what, const std::array<std::int64_t, Count>& numbers) {
    LogCursor cursor{std::string(1, what)};
    for (std::size_t i = 0; i < Count; ++i) cursor.text += (i == 0 ? "" : ".") + std::to_string(numbers[i]);
    return cursor;
}

/// All zero for an empty cursor.
/// Errors  invalid_cursor
template <std::size_t Count>
[[nodiscard]] Result<std::array<std::int64_t, Count>> read_cursor(char what, const LogCursor& cursor) {
    std::array<std::int64_t, Count> numbers{};
    if (cursor.text.empty()) return numbers;
    const Error invalid{"invalid_cursor", "cursor", "expected a cursor as an earlier answer gave it"};
    if (cursor.text.front() != what) return invalid;
    const char* at = cursor.text.data() + 1;
    const char* const end = cursor.text.data() + cursor.text.size();
    for (std::size_t i = 0; i < Count; ++i) {
        if (i > 0 && (at == end || *at++ != '.')) return invalid;
        const auto [next, error] = std::from_chars(at, end, numbers[i]);
        if (error != std::errc() || numbers[i] < 0) return invalid;
        at = next;
    }
    if (at != end) return invalid;
    return numbers;
}

}  // namespace ilbud
