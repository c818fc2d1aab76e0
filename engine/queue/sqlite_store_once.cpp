// One invoice number, one mail a recipient (R23): who has used a key up. A resent mail uses it up as well: should the first one bounce,
// the resent one still counts, and the other way round. So the key is the first one's, those that came in spite of it wait in line
// behind it, and when the first one gives it back the next in line has it. Whoever asks looks at one row.
#include "lookup_keys.hpp"
#include "sqlite_store.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

// Behind the key itself and in the order of events. Keys are all of one length, so it is nobody else's.
std::string place_in_line(std::string key, std::int64_t event) {
    for (int shift = 56; shift >= 0; shift -= 8)
        key += static_cast<char>((static_cast<std::uint64_t>(event) >> static_cast<unsigned>(shift)) & 0xffU);
    return key;
}

}  // namespace

// INSERT OR IGNORE that changes nothing: somebody has used the key.
bool SqliteStore::use_once(const PlannedMail& mail, std::int64_t event) {
    auto key = text_key(mail.once_key);
    sql_->once_insert.execute(SqliteBlob{key}, event);
    if (database_->changes() > 0) return true;
    if (!mail.repeat) return false;
    key = place_in_line(std::move(key), event);
    sql_->once_insert.execute(SqliteBlob{key}, event);
    return true;
}

void SqliteStore::free_once(std::string_view once_key, std::int64_t event) {
    const auto key = text_key(once_key);
    sql_->once_delete.execute(SqliteBlob{key}, event);
    if (database_->changes() == 0) {
        const auto place = place_in_line(key, event);
        sql_->once_delete.execute(SqliteBlob{place}, event);
        return;
    }
    std::string place;
    std::int64_t next = 0;
    {
        const auto last = place_in_line(key, -1);
        auto rows = sql_->once_next.rows(SqliteBlob{key}, SqliteBlob{last});
        if (!rows.next()) return;
        place = rows.text(0);
        next = rows.number(1);
    }
    sql_->once_delete.execute(SqliteBlob{place}, next);
    sql_->once_insert.execute(SqliteBlob{key}, next);
}

// What was not delivered does not count as mailed: whoever sends it again may.
void SqliteStore::give_back_once(std::uint64_t row) {
    std::string once_key;
    std::int64_t event = 0;
    {
        auto rows = sql_->mail_once.rows(row);
        if (!rows.next()) return;
        once_key = rows.text(0);
        event = rows.number(1);
    }
    free_once(once_key, event);
}

}  // namespace ilbud
