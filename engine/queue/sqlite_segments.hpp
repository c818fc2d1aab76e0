/// `search` holds mails segment by segment (lookup_keys.hpp), each written when its last mail is there. What lies behind the last
/// segment is looked through mail by mail.
#pragma once
#include <cstdint>

#include "sqlite_statement.hpp"

namespace ilbud {

/// The first segment that `search` does not hold. Throws SqliteError.
[[nodiscard]] inline std::int64_t first_unindexed_segment(SqliteDatabase& database) {
    return database.number("SELECT coalesce((SELECT max(segment) + 1 FROM search), (SELECT min(number) >> 10 FROM mail), 0)");
}

}  // namespace ilbud
