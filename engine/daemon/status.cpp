// Nothing is asked here: the value was gathered before, and the counters are read one by one as they are written. So
// figures need not add up to the last mail.
#include "status.hpp"

#include "health.hpp"

namespace ilbud {
namespace {

// An empty object while the daemon is starting: a reader of the status finds every member always.
void write_keys(JsonWriter& json, const std::optional<KeySummary>& keys) {
    json.begin_object();
    if (keys) json.field("signing", keys->signing).field("changing", keys->changing).field("stuck", keys->stuck);
    json.end_object();
}

void write_domains(JsonWriter& json, const DomainCounts& domains) {
    json.begin_object().field("watched", domains.watched);
    for (std::size_t i = 0; i < domains.sorts.size(); ++i) json.field(words<DomainSort>[i], domains.sorts[i]);
    json.field("looks", domains.looks).field("looks_failed", domains.looks_failed).end_object();
}

}  // namespace

void write_json(JsonWriter& json, const Status& status, Time now, const HealthLimits& limits) {
    json.begin_object().field("version", ILBUD_VERSION).field("pid", status.pid).field("started_at", to_text(status.started_at));
    json.field("settings_file", status.settings_file.string()).field("lanes", status.lanes).field("stopping", status.stopping);
    json.field("in_hand", status.in_hand);
    json.key("mails").begin_object();
    for (std::size_t i = 0; i < status.counts.mails.size(); ++i) json.field(words<MailState>[i], status.counts.mails[i]);
    json.end_object().field("events", status.counts.events).field("suppressions", status.counts.suppressions);
    if (status.counts.oldest_due) json.field("oldest_due", to_text(*status.counts.oldest_due));
    if (const auto planned = status.counts.oldest_planned) {
        json.field("oldest_planned", to_text(*planned));
        json.field("oldest_age_s",
                   std::chrono::duration_cast<std::chrono::seconds>(std::max(now - *planned, Duration{})).count());
    }
    json.key("store").begin_object().field("trouble", status.counts.trouble);
    if (status.counts.trouble_since) json.field("since", to_text(*status.counts.trouble_since));
    json.end_object();
    json.key("dkim");
    write_keys(json, status.keys);
    json.key("domains");
    write_domains(json, status.domains);
    json.key("holds").begin_array();
    for (const auto& [hold, waiting] : status.holds) write_json(json, hold, waiting);
    json.end_array().key("troubles").begin_array();
    for (const auto& trouble : status.troubles) write_json(json, trouble);
    json.end_array().key("relays").begin_array();
    for (const auto& relay : status.relays) write_json(json, relay);
    json.end_array().key("test_mode").begin_array();
    for (const auto& mode : status.test_modes) write_json(json, mode);
    json.end_array();
    if (status.letter_failed_at) json.field("letter_failed_at", to_text(*status.letter_failed_at));
    json.key("health");
    write_json(json, judge_health(status, now, limits));
    json.key("counters");
    write_json(json, *status.counters);
    json.end_object();
}

}  // namespace ilbud
