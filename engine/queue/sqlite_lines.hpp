/// The first waiting mail of every line, found without reading the others.
#pragma once
#include <utility>
#include <vector>

#include "lending_window.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

/// By urgency, then unit. One look in the index for each line. Throws SqliteError.
[[nodiscard]] std::vector<std::pair<LendingLine, DueKey>> first_waiting(SqliteDatabase& database);

}  // namespace ilbud
