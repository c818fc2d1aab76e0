// The reference is Markdown: a table of fields for each type, the fields of objects below them by their paths.
#include "ilbud/intake/event_reference.hpp"

#include <span>
#include <string_view>

#include "event_fields.hpp"
#include "field_rule.hpp"

namespace ilbud {
namespace {

std::string characters(const FieldRule& rule) {
    return " of at most " + std::to_string(rule.most) + " characters";
}

std::string form_of(const FieldRule& rule) {
    switch (rule.type) {
        case FieldType::text:
            return rule.pattern.empty() ? "text" + characters(rule) : "text";
        case FieldType::identifier:
            return "text" + characters(rule) + ", or an integer";
        case FieldType::email:
            return "mail address";
        case FieldType::url:
            return "http or https URL" + characters(rule);
        case FieldType::flag:
            return "`true` or `false`";
        case FieldType::money:
            return "integer in minor units";
        case FieldType::owed:
            return "integer in minor units, not negative";
        case FieldType::currency:
            return "ISO 4217 code in capitals";
        case FieldType::quantity:
            return "number of at most " + std::to_string(quantity_max) + " either way";
        case FieldType::count:
            return "integer from 0 to " + std::to_string(count_max) + ", or `true` for some, `false` for none";
        case FieldType::time:
            return "RFC 3339 time";
        case FieldType::date:
            return "day as `YYYY-MM-DD`";
        case FieldType::month:
            return "month as `YYYY-MM`";
        case FieldType::level:
            return "integer from " + std::to_string(rule.least) + " to " + std::to_string(rule.most);
        case FieldType::word: {
            std::string out;
            for (const auto word : rule.words) out += (out.empty() ? "`" : ", `") + std::string(word) + '`';
            return out;
        }
        case FieldType::object:
            return "object";
        case FieldType::objects:
            return "array of " + std::to_string(rule.least) + " to " + std::to_string(rule.most) + " objects";
        case FieldType::emails:
            return "array of at most " + std::to_string(rule.most) + " mail addresses";
        case FieldType::period:
            return "text" + characters(rule) + ", or an object";
        case FieldType::any:
            break;
    }
    return "anything";
}

void append_rows(std::string& out, std::span<const FieldRule> rules, const std::string& path) {
    for (const auto& rule : rules) {
        const auto name = path + std::string(rule.name);
        out += "| `" + name + "` | " + (rule.need == Need::required ? "yes" : "") + " | " + form_of(rule) + " | " +
               std::string(rule.meaning) + " |\n";
        append_rows(out, rule.inner, name + (rule.type == FieldType::objects ? "[]." : "."));
    }
}

void append_table(std::string& out, std::span<const FieldRule> rules) {
    out += "| field | required | what it is | meaning |\n|---|---|---|---|\n";
    append_rows(out, rules, "");
}

constexpr std::string_view opening = R"(# Events

Made by `ilbud events reference` from the tables that the door checks by. `ilbud events schema [TYPE]` says the same as far as a JSON Schema
(draft 2020-12) can: it refuses nothing that the door takes. With `--strict` it refuses unknown fields of `data` as well, to find slips
while one develops. (Ajv wants `allowUnionTypes: true` in its strict mode.)

An event is one CloudEvents 1.0 object in JSON on one line of at most `intake.event_bytes_max` bytes (1 MiB if nobody sets it), with objects
and arrays at most `intake.depth_max` deep in one another. `config/samples/events.ndjson` has an event of every type.

- **What is wrong** is answered with a code, the field's path and what was expected; the first mistake only. Refused in any text, known or not:
  control characters, line breaks, characters that turn the direction of text, and a key that stands twice in one object.
- **Absent** is a field that is `null`, and one of text, an address or a URL that is empty where none is required. Text of blanks only is
  refused. What is required of an object must be there where the object is.
- **Money** is an integer in the currency's minor units ("1.250,00 kr." is `125000`), without point or exponent, at most 10000000000000 either
  way.
- **The same `source` and `id` again** with the same content is a `duplicate` and has no effect; with other content, even in unknown
  fields, it is a `conflict`, and the first one stands.
- **A field that is not known** changes nothing, and is named in the answer's `ignored`, with the known one that may be meant: `[{"field":
  "data.copyto", "nearest": "data.copy_to"}]`. At most 20 are named of an event, those with a known one first, and of the elements of an
  array the first one's. Attributes of the envelope are named only where they are near a known one, as CloudEvents lets others add
  theirs. A refused event has no `ignored`; where a field is missing, the error names the one that may be meant for it.

## The envelope
)";

}  // namespace

std::string event_reference() {
    std::string out(opening);
    append_table(out, fields::envelope.rules);
    out += "\n## `data` of every event\n";
    append_table(out, fields::common.rules);
    for (const auto type : sent_types) {
        if (type == EventType::confirmed) {
            out += "\n## " + std::string(to_word(type)) + "\nThe fields of " + std::string(to_word(EventType::created)) + ".\n";
            continue;
        }
        out += "\n## " + std::string(to_word(type)) + "\nBeside the fields of every event:\n\n";
        append_table(out, data_fields(type).subspan(fields::common.rules.size()));
    }
    return out;
}

}  // namespace ilbud
