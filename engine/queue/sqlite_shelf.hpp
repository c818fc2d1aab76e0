/// The rows of one shelf, and suppressions, as writer and reader read them.
#pragma once
#include <string_view>
#include <vector>

#include "ilbud/queue/shelf.hpp"
#include "ilbud/queue/suppressions.hpp"
#include "sqlite_names.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

inline constexpr std::string_view shelf_query = "SELECT name, value, version FROM shelf WHERE shelf = ?1 ORDER BY name";

/// `query` is prepared from shelf_query.
[[nodiscard]] inline std::vector<ShelfRow> read_shelf(SqliteStatement& query, std::string_view shelf) {
    std::vector<ShelfRow> all;
    auto rows = query.rows(shelf);
    while (rows.next()) all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.number(2)});
    return all;
}

inline constexpr std::string_view suppressions_query =
    "SELECT account, address, reason, since, kinds, source, relay, evidence, expires FROM suppression "
    "WHERE ?1 = '' OR account = ?1 ORDER BY account, address, kinds";
inline constexpr std::string_view suppressions_of_query =
    "SELECT account, address, reason, since, kinds, source, relay, evidence, expires FROM suppression "
    "WHERE source = ?1 AND since >= ?2 AND (?3 = '' OR relay = ?3) AND (?4 = '' OR account = ?4) ORDER BY account, address, "
    "kinds";

/// `query` is prepared from one of these; `values` are those of its own.
template <class... Values>
[[nodiscard]] std::vector<Suppression> read_suppressions(SqliteStatement& query, const Values&... values) {
    std::vector<Suppression> all;
    auto rows = query.rows(values...);
    while (rows.next()) {
        Suppression one{std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)), rows.time(3)};
        one.kinds = rows.text(4);
        if (const auto source = enumerator_of<SuppressionSource>(rows.number(5))) one.source = *source;
        one.relay = rows.text(6);
        one.evidence = rows.text(7);
        if (rows.number(8) != 0) one.expires = rows.time(8);
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace ilbud
