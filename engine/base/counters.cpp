// The names are what monitoring reads: they stay. Each number is read by itself, so two of them may differ by what
// happened between the two reads.
#include "ilbud/base/counters.hpp"

namespace ilbud {

void write_json(JsonWriter& json, const Counters& counters) {
    // Relaxed is enough: nothing else is concluded from a counter's value.
    const auto put = [&](std::string_view name, const Counter& counter) {
        json.field(name, counter.load(std::memory_order_relaxed));
    };
    json.begin_object();
    put("events_accepted", counters.events_accepted);
    put("events_duplicate", counters.events_duplicate);
    put("events_conflict", counters.events_conflict);
    put("events_rejected", counters.events_rejected);
    put("events_busy", counters.events_busy);
    put("mails_planned", counters.mails_planned);
    put("mails_skipped", counters.mails_skipped);
    put("attempts", counters.attempts);
    put("delivered", counters.delivered);
    put("deferred", counters.deferred);
    put("bounced", counters.bounced);
    put("expired", counters.expired);
    put("suppressed", counters.suppressed);
    put("superseded", counters.superseded);
    put("uncertain", counters.uncertain);
    put("letter_failed", counters.letter_failed);
    put("sessions_opened", counters.sessions_opened);
    put("sessions_failed", counters.sessions_failed);
    put("sessions_open", counters.sessions_open);
    put("store_commits", counters.store_commits);
    put("store_operations", counters.store_operations);
    put("reloads", counters.reloads);
    put("reloads_failed", counters.reloads_failed);
    put("log_lines_dropped", counters.log_lines_dropped);
    json.end_object();
}

}  // namespace ilbud
