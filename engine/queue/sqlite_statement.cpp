// SQLite's C interface with its rules kept in one place: every code looked at, errors
// read before the statement is reset (which overwrites them), statements reset after each
// use so that none holds a read transaction open, nothing copied that lives long enough.
#include "sqlite_statement.hpp"

namespace ilbud {
namespace {

constexpr int busy_timeout_ms = 5000;  // another connection recovering the journal after a crash is the longest holder

std::string message_of(sqlite3* handle, std::string_view doing) {
    std::string text = "sqlite: ";
    text += doing;
    text += ": ";
    text += handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
    return text;
}

// The extended code says which kind of I/O failed; its low byte is the primary code.
int code_of(sqlite3* handle) {
    return handle != nullptr ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
}

// SQLite counts its memory under a lock of the whole process at each allocation, and Debian builds it without the pool
// that would spare most of them. Nobody asks for the count. Only before the first connection; later it is refused.
void leave_memory_uncounted() {
    [[maybe_unused]] static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace

// I/O errors are among them: a quota or a network disk fails like that and recovers. A
// database that is corrupt does not.
bool SqliteError::may_pass() const {
    const int primary = code_ & 0xff;
    return primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_BUSY;
}

SqliteDatabase::SqliteDatabase(const std::filesystem::path& file, Mode mode) {
    leave_memory_uncounted();
    const int access = mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    // NOMUTEX: a connection is one thread's, so SQLite's own locking would be paid for nothing. A failed open gives a
    // handle as well, which holds the message and must be closed.
    const int result = sqlite3_open_v2(file.c_str(), &handle_, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr);
    if (result != SQLITE_OK) {
        const SqliteError error(code_of(handle_), message_of(handle_, "open"));
        sqlite3_close(handle_);
        throw error;
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
}

// Fails, and leaks, while a statement lives: whoever owns both declares the connection first.
SqliteDatabase::~SqliteDatabase() {
    sqlite3_close(handle_);
}

void SqliteDatabase::execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw SqliteError(code_of(handle_), message_of(handle_, sql));
}

std::int64_t SqliteDatabase::number(const char* sql) {
    SqliteStatement statement(*this, sql);
    auto rows = statement.rows();
    return rows.next() ? rows.number(0) : 0;
}

SqliteStatement::SqliteStatement(SqliteDatabase& database, std::string_view sql) {
    // PERSISTENT tells SQLite that it is kept for long; then it does not take its memory
    // from the small pool for short ones.
    const int result = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                          &handle_, nullptr);
    if (result != SQLITE_OK) throw SqliteError(code_of(database.handle()), message_of(database.handle(), sql));
}

void SqliteStatement::bind(int place, std::string_view text) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* bytes = text.data() != nullptr ? text.data() : "";
    if (sqlite3_bind_text64(handle_, place, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK) fail();
}

void SqliteStatement::bind(int place, SqliteBlob blob) {
    const char* bytes = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
    if (sqlite3_bind_blob64(handle_, place, bytes, blob.bytes.size(), SQLITE_STATIC) != SQLITE_OK) fail();
}

void SqliteStatement::bind_number(int place, std::int64_t value) {
    if (sqlite3_bind_int64(handle_, place, value) != SQLITE_OK) fail();
}

bool SqliteStatement::step() {
    const int result = sqlite3_step(handle_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    fail();
}

void SqliteStatement::run_to_end() {
    while (step()) {
    }
    reset();
}

void SqliteStatement::fail() {
    sqlite3* const handle = sqlite3_db_handle(handle_);
    // The text of the statement and not its values: those may be addresses, and the message goes to the log.
    const SqliteError error(code_of(handle), message_of(handle, sqlite3_sql(handle_)));
    reset();
    throw error;
}

// column_blob before column_bytes: it converts nothing, and the size is then that of
// these bytes. An empty value may come as null.
std::string_view SqliteRows::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.handle_, column));
    const auto size = sqlite3_column_bytes(statement_.handle_, column);
    return bytes == nullptr ? std::string_view{} : std::string_view(bytes, static_cast<std::size_t>(size));
}

}  // namespace ilbud
