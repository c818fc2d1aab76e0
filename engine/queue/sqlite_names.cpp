// Names are never removed, so what is remembered stays true until a transaction that made some is rolled back.
#include "sqlite_names.hpp"

namespace ilbud {
namespace {

// Dropped all at once when full: the next ones are read again. A cleverer choice would not be noticed.
constexpr std::size_t names_max = 10'000;  // units, accounts and their addresses; more than that are read again

}  // namespace

SqliteNames::SqliteNames(SqliteDatabase& database)
    : database_(database),
      insert_(database, "INSERT INTO name(text) VALUES(?1)"),
      number_(database, "SELECT number FROM name WHERE text = ?1"),
      text_(database, "SELECT text FROM name WHERE number = ?1") {}

std::int64_t SqliteNames::number_of(std::string_view text) {
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    auto number = find_number(text);
    if (number == 0) {
        insert_.execute(text);
        number = sqlite3_last_insert_rowid(database_.handle());
    }
    if (numbers_.size() >= names_max) numbers_.clear();
    numbers_.emplace(text, number);
    return number;
}

std::int64_t SqliteNames::find_number(std::string_view text) {
    auto rows = number_.rows(text);
    return rows.next() ? rows.number(0) : 0;
}

std::string SqliteNames::text_or_empty(std::int64_t number) {
    const auto* const text = find_text(number);
    return text != nullptr ? *text : std::string();
}

const std::string* SqliteNames::find_text(std::int64_t number) {
    if (const auto found = texts_.find(number); found != texts_.end()) return &found->second;
    auto rows = text_.rows(number);
    if (!rows.next()) return nullptr;
    if (texts_.size() >= names_max) texts_.clear();
    return &texts_.emplace(number, rows.text(0)).first->second;
}

const std::string& SqliteNames::text_of(std::int64_t number) {
    const auto* const text = find_text(number);
    if (text == nullptr) throw SqliteError(SQLITE_CORRUPT, "a name is missing in the queue");
    return *text;
}

void SqliteNames::forget() {
    numbers_.clear();
    texts_.clear();
    kinds_ = {};
    locales_ = {};
}

}  // namespace ilbud
