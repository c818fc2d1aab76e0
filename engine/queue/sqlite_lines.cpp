// One step of the index for each line: with (urgency, unit) in front of the key, "the
// first row behind this line" jumps over all its mails. DISTINCT or GROUP BY would walk
// over every waiting mail, millions after a bad night, before the first one is lent.
#include "sqlite_lines.hpp"

#include <limits>

namespace ilbud {

std::vector<std::pair<LendingLine, DueKey>> first_waiting(SqliteDatabase& database) {
    SqliteStatement next(database,
                         "SELECT urgency, unit, due, mail FROM waiting WHERE (urgency, unit) > (?1, ?2) AND urgency <= ?3 "
                         "AND unit <= ?4 AND due <= ?4 ORDER BY urgency, unit, due, mail LIMIT 1");
    constexpr auto highest =
        std::numeric_limits<std::int64_t>::max();  // what is no number lies behind it: damage, as a class of its own
    std::vector<std::pair<LendingLine, DueKey>> lines;
    LendingLine last{-1, highest};  // before every class
    while (true) {
        auto rows = next.rows(last.urgency, last.unit, static_cast<int>(urgency_count) - 1, highest);
        if (!rows.next()) return lines;
        last = {static_cast<int>(rows.number(0)), rows.number(1)};
        lines.push_back({last, {rows.time(2), static_cast<std::uint64_t>(rows.number(3))}});
    }
}

}  // namespace ilbud
