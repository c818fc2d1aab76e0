// Leases live in memory and die with the process. What is kept of them is one row that says which mails are out, so that the
// next run knows which may have been sent by one that was killed.
#include "sqlite_store.hpp"
#include "sqlite_store_incoming.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

constexpr std::size_t number_bytes = 8;

void append_number(std::string& bytes, std::uint64_t number) {
    for (std::size_t i = 0; i < number_bytes; ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xff);
}

std::uint64_t number_at(std::string_view bytes, std::size_t place) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < number_bytes; ++i)
        number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[place + i])) << (8 * i);
    return number;
}

}  // namespace

void SqliteStore::note_lent(const std::vector<DueKey>& keys) {
    lent_.clear();
    for (const auto& key : keys) {
        append_number(lent_, key.row);
        append_number(lent_, static_cast<std::uint64_t>(key.due.time_since_epoch().count()));
    }
    sql_->lent_write.execute(SqliteBlob{lent_});
}

std::size_t SqliteStore::take_over_lent(Time wall) {
    std::vector<DueKey> lent;
    {
        SqliteStatement read(*database_, "SELECT mails FROM lent");
        auto rows = read.rows();
        if (!rows.next()) return 0;
        const auto bytes = rows.text(0);
        for (std::size_t at = 0; at + 2 * number_bytes <= bytes.size(); at += 2 * number_bytes)
            lent.push_back(
                {Time(Duration(static_cast<std::int64_t>(number_at(bytes, at + number_bytes)))), number_at(bytes, at)});
    }
    std::size_t taken_over = 0;
    for (const auto& key : lent) taken_over += take_over(key, wall) ? 1 : 0;
    note_lent({});
    return taken_over;
}

// One that waits no more under that key was settled before the end; one that is uncertain already stays so.
bool SqliteStore::take_over(const DueKey& key, Time wall) {
    OutcomeFacts facts;
    facts.row = key.row;
    facts.at = wall;
    facts.state = MailState::queued;
    facts.uncertain = true;
    facts.cause = "holder_died";
    {
        SqliteStatement waits(*database_,
                              "SELECT 1 FROM waiting WHERE urgency = ?1 AND unit = (SELECT unit FROM mail WHERE number = ?3) "
                              "AND due = ?2 AND mail = ?3");
        bool found = false;
        for (int urgency = 0; urgency < static_cast<int>(urgency_count) && !found; ++urgency)
            found = waits.rows(urgency, key.due, key.row).next();
        if (!found) return false;
        auto status = sql_->status_read.rows(key.row);
        if (status.next()) {
            if (status.number(3) != 0) return false;
            facts.before = status.number(1);
            facts.attempts = static_cast<int>(status.number(2));
        }
    }
    change(facts, key.due);
    return true;
}

}  // namespace ilbud
