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
            return "text" + characters(rule);
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
            return "number";
        case FieldType::count:
            return "integer of at most " + std::to_string(count_max) + ", or `true` for some";
        case FieldType::time:
            return "RFC 3339 time";
        case FieldType::date:
            return "day as `YYYY-MM-DD`";
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

Made by `ilbud events reference` from the tables that the door checks by. `ilbud events schema` gives the same as a JSON Schema (draft
2020-12), `ilbud events schema --strict` one that refuses unknown fields, to find slips while one develops.

An event is one CloudEvents 1.0 object in JSON on one line, at most `intake.event_bytes_max` bytes of it. What is wrong is answered with a
code, the field's path and what was expected. A field that is `null` counts as absent, and so does an empty text where none is required;
text of blanks only is none. What is required of an object must be there where the object is. Money is an integer in the currency's minor units ("1.250,00 kr." is `125000`), at most ten trillion.
Objects lie at most `intake.depth_max` deep in one another. `config/samples/events.ndjson` has an event of every type.

A field that is not known has no effect. It is named in the answer's `ignored`, with the known one that may be meant: `[{"field":
"data.copyto", "nearest": "data.copy_to"}]`; at most 20 an event, and of the elements of an array the first. Attributes of the envelope are
named only where they are near a known one, as CloudEvents lets others add theirs.

## The envelope
)";

}  // namespace

std::string event_reference() {
    std::string out(opening);
    append_table(out, fields::envelope.rules);
    out += "\n## `data` of every event\n";
    append_table(out, fields::common.rules);
    for (const auto type : sent_types) {
        out += "\n## " + std::string(to_word(type)) + "\nBeside the fields of every event:\n\n";
        append_table(out, data_fields(type).subspan(fields::common.rules.size()));
    }
    return out;
}

}  // namespace ilbud
