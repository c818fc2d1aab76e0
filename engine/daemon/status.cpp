// Nothing is asked here: the value was gathered before, and the counters are read one by one as they are written. So
// figures need not add up to the last mail.
#include "status.hpp"

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

void write_json(JsonWriter& json, const Status& status) {
    json.begin_object().field("version", ILBUD_VERSION).field("pid", status.pid).field("started_at", to_text(status.started_at));
    json.field("settings_file", status.settings_file.string()).field("lanes", status.lanes).field("stopping", status.stopping);
    json.field("in_hand", status.in_hand);
    json.key("mails").begin_object();
    for (std::size_t i = 0; i < status.counts.mails.size(); ++i) json.field(words<MailState>[i], status.counts.mails[i]);
    json.end_object().field("events", status.counts.events).field("suppressions", status.counts.suppressions);
    if (status.counts.oldest_due) json.field("oldest_due", to_text(*status.counts.oldest_due));
    json.key("dkim");
    write_keys(json, status.keys);
    json.key("domains");
    write_domains(json, status.domains);
    json.key("holds").begin_array();
    for (const auto& [hold, waiting] : status.holds) write_json(json, hold, waiting);
    json.end_array().key("troubles").begin_array();
    for (const auto& trouble : status.troubles) write_json(json, trouble);
    json.end_array().key("counters");
    write_json(json, *status.counters);
    json.end_object();
}

}  // namespace ilbud
