// The order of the checks is their price and what they protect: size, UTF-8, syntax, then structure and characters in
// the walk that also makes the canonical form, then single fields. Nothing is asked of a field before the whole
// document is known to be sound, so no later check meets a duplicate key or half a character.
// simdjson's document model and not its on-demand parser: the latter notices an error only when it comes by, and
// R1 wants a digest of all of it.
#include "ilbud/intake/event.hpp"

#include <algorithm>

#include "event_data.hpp"
#include "event_fields.hpp"
#include "field_reader.hpp"
#include "field_values.hpp"
#include "ilbud/base/nearest_name.hpp"
#include "ilbud/base/text.hpp"
#include "json_check.hpp"

namespace ilbud {
namespace {

// A parser keeps its buffers, some twenty times the text, for the next event; one for a rare big event is thrown away.
constexpr std::size_t kept_bytes_max = 64 * 1024;

// One a thread: a parser is not safe to share, and its document lives only until its next event. read_event() copies
// everything out before it returns.
simdjson::dom::parser& kept_parser() {
    thread_local simdjson::dom::parser parser;
    return parser;
}

// The CloudEvents attribute id or source.
// text() counts characters, a key of the store bytes.
std::string read_name(FieldReader& envelope, const FieldRule& rule) {
    const std::string_view text = envelope.text(rule);
    if (text.size() > fields::name_bytes_max) envelope.fail(rule.name, "out_of_range", "longer than 255 bytes");
    return std::string(text);
}

// A scheme's case does not matter (RFC 3986 §3.1).
bool is_own_source(std::string_view source) {
    return same_letters(source.substr(0, own_source.size()), own_source);
}

// What only the engine may say (EventLimits::own).
// A sender that could make notices could write to the account's contact in the platform's name.
void check_sender(FieldReader& envelope, const Event& event) {
    if (is_own(event.type)) envelope.fail("type", "unknown_type", "no such type of event");
    if (is_own_source(event.source))
        envelope.fail("source", "reserved_source", "sources that begin with \"ilbud:\" are the engine's own; use another name");
}

std::string no_such_type(std::string_view name) {
    std::vector<std::string_view> known;
    for (const auto word : words<EventType>)
        if (!is_own(*from_word<EventType>(word))) known.push_back(word);
    const auto nearest = nearest_name(name, known);
    return nearest.empty() ? "no such type of event" : "no such type of event; is " + std::string(nearest) + " meant?";
}

// Attributes that nobody asks for (extensions, dataschema, subject) are left alone, as CloudEvents wants it; they
// count in the digest all the same.
void read_envelope(FieldReader& envelope, Event& event) {
    const std::string_view version = envelope.text(fields::envelope["specversion"]);
    if (version != "1.0") envelope.fail("specversion", "unsupported_version", "expected \"1.0\"");
    event.id = read_name(envelope, fields::envelope["id"]);
    event.source = read_name(envelope, fields::envelope["source"]);
    if (!is_uri_reference(event.source)) envelope.fail("source", "invalid_value", "expected a URI reference");
    // On an unknown type some value must stand in the event; the Problem keeps it from being used.
    const auto name = envelope.text(fields::envelope["type"]);
    const auto type = from_word<EventType>(name);
    if (!type) envelope.fail("type", "unknown_type", no_such_type(name));
    event.type = type.value_or(EventType::created);
    event.time = envelope.time(fields::envelope["time"]);
    const std::string_view content = envelope.text(fields::envelope["datacontenttype"]);
    if (!content.empty() && !is_json_type(content))
        envelope.fail("datacontenttype", "invalid_value", "expected application/json");
    // The JSON format's other way to carry data; there is no binary event here.
    if (envelope.has("data_base64"))
        envelope.fail("data_base64", "invalid_value", "binary data is not taken: put the object into data");
}

// What the event's own attachment takes in a mail: base64 in lines of 76 (RFC 2045 §6.8). A file's size is seen when it is read.
std::size_t attachment_size(const Event& event) {
    const auto* invoice = std::get_if<Invoice>(&event.data);
    if (invoice == nullptr || !invoice->pdf) return 0;
    const auto encoded = (invoice->pdf->bytes.size() + 2) / 3 * 4;
    return encoded + 2 * ((encoded + 75) / 76);
}

Result<Event> read_event(simdjson::dom::parser& parser, std::string_view bytes, const EventLimits& limits) {
    const auto document = parse_json(parser, bytes, limits);
    if (!document) return document.error();
    const auto canonical = to_canonical(*document, limits.depth_max);
    if (!canonical) return canonical.error();
    simdjson::dom::object object;
    if (document->get(object) != simdjson::SUCCESS) return Error{"wrong_type", "", "expected an object"};
    Event event;
    FieldNotes notes;
    notes.wants_unknown = !limits.own;  // of a stored event its sender was told
    FieldReader envelope(object, fields::envelope.rules, FieldPath{}, notes);
    read_envelope(envelope, event);
    if (!limits.own) check_sender(envelope, event);
    if (!notes.problem) {
        // Only behind a sound envelope: which fields data must have depends on the type.
        auto rule = fields::envelope["data"];
        rule.inner = notes.root = data_fields(event.type);
        if (auto data = envelope.object(rule)) read_data(*data, event);
    }
    if (notes.problem) return *std::move(notes.problem);
    envelope.note_unknown(true);
    event.ignored = notes.ignored();
    if (const auto size = attachment_size(event); size > limits.mail_bytes_max)
        return Error{"too_large", "data.invoice.pdf.base64",
                     "takes " + std::to_string(size) + " bytes in a mail, of which at most " +
                         std::to_string(limits.mail_bytes_max) + " are allowed"};
    // Of the canonical form: the same event sent again by another library, with other white space or another order of
    // keys, is a duplicate and no conflict (R1).
    event.digest = sha256(*canonical);
    event.raw = bytes;
    return event;
}

}  // namespace

Result<Event> parse_event(std::string_view bytes, const EventLimits& limits) {
    if (bytes.size() <= kept_bytes_max) return read_event(kept_parser(), bytes, limits);
    simdjson::dom::parser parser;
    return read_event(parser, bytes, limits);
}

}  // namespace ilbud
