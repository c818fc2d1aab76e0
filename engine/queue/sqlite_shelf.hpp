/// The rows of one shelf, as writer and reader read them.
#pragma once
#include <string_view>
#include <vector>

#include "ilbud/queue/queue.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

inline constexpr std::string_view shelf_query = "SELECT name, value FROM shelf WHERE shelf = ?1 ORDER BY name";

/// `query` is prepared from shelf_query.
[[nodiscard]] inline std::vector<ShelfRow> read_shelf(SqliteStatement& query, std::string_view shelf) {
    std::vector<ShelfRow> all;
    auto rows = query.rows(shelf);
    while (rows.next()) all.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
    return all;
}

}  // namespace ilbud
