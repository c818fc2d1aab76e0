/// A thin, exact face of SQLite: a connection, prepared statements, errors. Values are always bound (SECURITY S28).
///
/// Threads  one connection and its statements belong to one thread
/// Errors   SqliteError for everything that is not a row or the end
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "ilbud/base/time.hpp"

namespace ilbud {

class SqliteError : public std::runtime_error {
 public:
    SqliteError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
    /// A full disk or a failed read or write: the same operation may succeed later. Anything else is broken for good.
    [[nodiscard]] bool may_pass() const;
    [[nodiscard]] int code() const { return code_; }

 private:
    int code_;
};

class SqliteDatabase {
 public:
    enum class Mode { read_write, read_only };
    SqliteDatabase(const std::filesystem::path& file, Mode mode);
    ~SqliteDatabase();
    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    /// Runs fixed SQL that takes no values.
    void execute(const char* sql);
    /// The one number that fixed SQL answers; 0 if it answers nothing.
    [[nodiscard]] std::int64_t number(const char* sql);
    [[nodiscard]] int changes() const { return sqlite3_changes(handle_); }
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
    [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
    sqlite3* handle_ = nullptr;
};

/// Bytes to bind as a BLOB.
struct SqliteBlob {
    std::string_view bytes;
};

class SqliteRows;

/// One prepared statement. What is bound must live until the rows are read (nothing is copied).
class SqliteStatement {
 public:
    SqliteStatement(SqliteDatabase& database, std::string_view sql);
    ~SqliteStatement() { sqlite3_finalize(handle_); }
    SqliteStatement(SqliteStatement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    SqliteStatement& operator=(SqliteStatement&&) = delete;

    /// Runs it to its end with these values for ?1, ?2, …
    template <class... Values>
    void execute(const Values&... values) {
        int place = 0;
        (bind(++place, values), ...);
        run_to_end();
    }
    /// Its rows, with these values bound.
    template <class... Values>
    SqliteRows rows(const Values&... values);
    /// Its rows, with what was bound one by one.
    SqliteRows bound_rows();

    template <class Integer>
    requires(std::is_integral_v<Integer>) void bind(int place, Integer value) {
        bind_number(place, static_cast<std::int64_t>(value));
    }
    void bind(int place, std::string_view text);
    void bind(int place, SqliteBlob blob);
    void bind(int place, Time time) { bind_number(place, time.time_since_epoch().count()); }

 private:
    friend class SqliteRows;
    void bind_number(int place, std::int64_t value);
    bool step();
    void reset() { sqlite3_reset(handle_); }
    void run_to_end();
    [[noreturn]] void fail();

    sqlite3_stmt* handle_ = nullptr;
};

/// The rows of one run; when it goes, the statement is free again.
class SqliteRows {
 public:
    explicit SqliteRows(SqliteStatement& statement) : statement_(statement) {}
    ~SqliteRows() { statement_.reset(); }
    SqliteRows(const SqliteRows&) = delete;
    SqliteRows& operator=(const SqliteRows&) = delete;

    bool next() { return statement_.step(); }
    [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(statement_.handle_, column) == SQLITE_NULL; }
    [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(statement_.handle_, column); }
    [[nodiscard]] Time time(int column) const { return Time(Duration(number(column))); }
    /// Text or BLOB; valid until next() or the end of these rows.
    [[nodiscard]] std::string_view text(int column) const;

 private:
    SqliteStatement& statement_;
};

template <class... Values>
SqliteRows SqliteStatement::rows(const Values&... values) {
    int place = 0;
    (bind(++place, values), ...);
    return SqliteRows(*this);
}

inline SqliteRows SqliteStatement::bound_rows() {
    return SqliteRows(*this);
}

}  // namespace ilbud
