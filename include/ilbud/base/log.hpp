/// The structured log: one event, one line (SECURITY S26).
///
/// In    a level, the event's dotted name ("mail.delivered") and named fields, among them the mail's id wherever there is one
/// Out   a line of text (time level event key=value …) or of JSON, to the sink given
/// Threads  any; lines never mix, and nobody who logs waits for a reader. Control and bidirectional characters in values are escaped, values over 500 bytes cut, empty
///          texts left out.
/// Never pass a secret. Addresses of recipients are masked here, in whatever field they stand (mask_addresses).
///
/// What somebody outside can cause again and again is written by counted(): the first line at once, further ones are counted, and
/// `log.repeated event=… of=… times=…` tells their number once in a period. So no stranger, client or server decides how much is logged.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "ilbud/base/address_mask.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

/// In order of weight: Log writes its level and what stands behind it.
enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
    LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
    LogField(std::string_view field, const std::string& text) : name(field), value(std::string_view(text)) {}
    LogField(std::string_view field, bool flag) : name(field), value(flag) {}
    LogField(std::string_view field, double number) : name(field), value(number) {}
    template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) LogField(std::string_view field, Integer number)
        : name(field), value(static_cast<std::int64_t>(number)) {}
};

/// Where lines go, and what may wait on the way there.
struct LogOutput {
    int descriptor = 2;                  ///< borrowed; standard error
    std::size_t bytes_max = 4UL << 20U;  ///< in memory; a line that finds no room is dropped and counted
    Duration deadline = 2s;              ///< how long the end waits for a reader

    bool operator==(const LogOutput&) const = default;
};

class Log {
 public:
    /// Lines (without line end) go to `write`, one call at a time, on the caller's thread.
    Log(LogLevel least, LogFormat format, std::function<void(std::string_view)> write);
    /// Lines are written by a thread of the log's own: from `warning` on at once, others within a second. Where lines were
    /// dropped, or the descriptor did not take them, "log.dropped lines=N" stands instead.
    Log(LogLevel least, LogFormat format, const LogOutput& output = {});
    /// Drains.
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::debug, event, fields); }
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::info, event, fields); }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::warning, event, fields); }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::error, event, fields); }
    /// A line that others can cause as often as they like: see above. What is `of` something else is counted apart; both words are
    /// ours, of which there are few, never a stranger's.
    void counted(LogLevel level, std::string_view event, std::string_view of, std::initializer_list<LogField> fields = {});
    /// Writes log.repeated for what was counted and is due, or for all of it. drain() and the end do so, too.
    void tell_counted(bool all = false);
    /// 0: nothing is counted, every line is written. Before other threads log.
    void set_repeat_period(Duration period);
    /// From now on addresses in values are masked. May be called again, with another key, while others log.
    void mask_addresses(AddressMask mask);
    /// Has what waits written now; returns at once.
    void flush();
    /// Waits until what waits is written, until the output's deadline at most: for those who end the process.
    void drain();
    /// Lines that were never written.
    [[nodiscard]] std::uint64_t dropped() const;

 private:
    struct Impl;
    void put(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

    LogLevel least_;
    LogFormat format_;
    std::unique_ptr<Impl> impl_;
};

/// `text` on one line for people: control and bidirectional characters escaped (\n, \u202e), cut after `most` bytes with "…".
[[nodiscard]] std::string on_one_line(std::string_view text, std::size_t most = 500);

}  // namespace ilbud
