/// What the engine counts while it runs; `ilbud status` shows it.
///
/// Threads  any; each is an independent relaxed atomic
#pragma once
#include <atomic>
#include <cstdint>

#include "ilbud/base/json.hpp"

namespace ilbud {

using Counter = std::atomic<std::uint64_t>;

struct Counters {
    Counter events_accepted{}, events_duplicate{}, events_conflict{}, events_rejected{}, events_busy{};
    Counter mails_planned{}, mails_skipped{};
    Counter attempts{}, delivered{}, deferred{}, bounced{}, expired{}, suppressed{}, superseded{}, uncertain{};
    Counter letter_failed{};  ///< letters that could not be written, each time
    /// sessions_open goes up and down; all others only ever grow while the process runs.
    Counter sessions_opened{}, sessions_failed{}, sessions_open{};
    Counter store_commits{}, store_operations{};
    Counter reloads{}, reloads_failed{};
    Counter log_lines_dropped{};  ///< the log's own count, as of the last status
};

/// One JSON object, members in the order above.
void write_json(JsonWriter& json, const Counters& counters);

}  // namespace ilbud
