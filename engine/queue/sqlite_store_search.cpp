// The index for searches is written a whole segment at a time, in the order of its key: the same few pages once, instead of
// two places among them for every mail. What it is made of is read back from the mails, which are still in memory then.
#include <algorithm>

#include "lookup_keys.hpp"
#include "sqlite_segments.hpp"
#include "sqlite_store.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {

static_assert(search_segment_bits == 10, "sqlite_segments.hpp and the migration to version 5 shift by it");

void SqliteStore::index_segments() {
    std::vector<std::pair<std::int64_t, std::int64_t>> entries;  // by hash, then mail
    for (; next_segment_ < totals_.next_mail >> search_segment_bits; ++next_segment_) {
        entries.clear();
        {
            const auto first = next_segment_ << search_segment_bits;
            auto rows = sql_->search_mails.rows(first, first + (std::int64_t{1} << search_segment_bits));
            while (rows.next()) {
                entries.emplace_back(search_hash(rows.text(1)), rows.number(0));
                entries.emplace_back(search_hash(rows.text(2)), rows.number(0));
            }
        }
        std::ranges::sort(entries);
        for (const auto& [hash, mail] : entries) sql_->search_insert.execute(next_segment_, hash, mail);
    }
}

}  // namespace ilbud
