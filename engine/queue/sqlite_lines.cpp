// One step of the index for each line: with (urgency, unit) in front of the key, "the
// first row behind this line" jumps over all its mails. DISTINCT or GROUP BY would walk
// over every waiting mail, millions after a bad night, before the first one is lent.
#include "sqlite_lines.hpp"

namespace ilbud {

std::vector<std::pair<LendingLine, DueKey>> first_waiting(SqliteDatabase& database) {
    SqliteStatement next(database,
                         "SELECT urgency, unit, due, mail FROM waiting WHERE (urgency, unit) > (?1, ?2) "
                         "ORDER BY urgency, unit, due, mail LIMIT 1");
    std::vector<std::pair<LendingLine, DueKey>> lines;
    // Before every class: urgencies begin at 0.
    LendingLine last{-1, 0};
    while (true) {
        auto rows = next.rows(last.urgency, last.unit);
        if (!rows.next()) return lines;
        last = {static_cast<int>(rows.number(0)), rows.number(1)};
        lines.push_back({last, {rows.time(2), static_cast<std::uint64_t>(rows.number(3))}});
    }
}

}  // namespace ilbud
