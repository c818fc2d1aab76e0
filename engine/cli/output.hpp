/// What the command line prints: tables, numbers for people, errors.
///
/// Terminal output is escaped (S26): control and bidirectional characters of data never reach the terminal.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

/// Rows in columns as wide as their widest cell, two spaces apart; the first row is the heading.
/// Rows may have no more cells than the heading. Holds everything until
/// text(); bytes of cells are escaped there.
class Table {
 public:
    explicit Table(std::vector<std::string> heading) { rows_.push_back(std::move(heading)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    void right_align(std::size_t column) { right_.push_back(column); }
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool empty() const { return rows_.size() < 2; }

 private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> right_;
};

/// 1234567 → "1,234,567"
[[nodiscard]] std::string with_commas(std::uint64_t number);
/// "1 event", "1,234 events"
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);
/// "2025-06-24T10:00:00Z": to the second.
[[nodiscard]] std::string short_time(Time time);

/// Neither flushes; what must be seen at once is flushed by its writer.
void print(std::string_view text);        ///< to standard output
void print_error(std::string_view text);  ///< "ilbud: …" and a line end, to standard error
void print_errors(const std::vector<Error>& errors, bool json);
/// Prints the errors that stand in the way of a command; its exit status.
int refuse(const std::vector<Error>& errors, bool json);

}  // namespace ilbud
