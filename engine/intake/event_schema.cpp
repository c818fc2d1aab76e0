// The members stand in the order of the rules, and one run gives the bytes of another. A field that is not required may be null,
// which counts as absent. What an address or a URL is differs from validator to validator, and would refuse what the door takes:
// so these are texts here.
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "event_fields.hpp"
#include "field_rule.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/intake/event_reference.hpp"

namespace ilbud {
namespace {

class SchemaWriter {
 public:
    SchemaWriter(JsonWriter& json, UnknownFields unknown) : json_(json), unknown_(unknown) {}

    /// A JSON object of these fields.
    void object(std::span<const FieldRule> rules);
    void field(const FieldRule& rule);
    void required(std::span<const FieldRule> rules);

 private:
    void types(const FieldRule& rule, std::initializer_list<std::string_view> names);
    void members(std::span<const FieldRule> rules);
    void text(const FieldRule& rule);
    void range(std::int64_t least, std::int64_t most) { json_.field("minimum", least).field("maximum", most); }

    JsonWriter& json_;
    UnknownFields unknown_;
};

void SchemaWriter::object(std::span<const FieldRule> rules) {
    json_.begin_object().field("type", "object");
    members(rules);
    json_.end_object();
}

void SchemaWriter::types(const FieldRule& rule, std::initializer_list<std::string_view> names) {
    json_.key("type").begin_array();
    for (const auto name : names) json_.value(name);
    if (rule.need == Need::optional) json_.value("null");
    json_.end_array();
}

void SchemaWriter::members(std::span<const FieldRule> rules) {
    json_.key("properties").begin_object();
    for (const auto& rule : rules) {
        json_.key(rule.name);
        field(rule);
    }
    json_.end_object();
    required(rules);
    if (unknown_ == UnknownFields::refused) json_.field("additionalProperties", false);
}

void SchemaWriter::required(std::span<const FieldRule> rules) {
    json_.key("required").begin_array();
    for (const auto& rule : rules)
        if (rule.need == Need::required) json_.value(rule.name);
    json_.end_array();
}

void SchemaWriter::text(const FieldRule& rule) {
    if (rule.need == Need::required) json_.field("minLength", 1);
    if (rule.most > 0) json_.field("maxLength", rule.most);
    json_.field("pattern", !rule.pattern.empty()         ? rule.pattern
                           : rule.need == Need::required ? std::string_view("\\S")
                                                         : std::string_view("^$|\\S"));
}

void SchemaWriter::field(const FieldRule& rule) {
    json_.begin_object().field("description", rule.meaning);
    switch (rule.type) {
        case FieldType::text:
        case FieldType::email:
        case FieldType::url:
            types(rule, {"string"});
            text(rule);
            break;
        case FieldType::identifier:
            types(rule, {"string", "integer"});
            text(rule);
            break;
        case FieldType::flag:
            types(rule, {"boolean"});
            break;
        case FieldType::money:
            types(rule, {"integer"});
            range(-money_max, money_max);
            break;
        case FieldType::owed:
            types(rule, {"integer"});
            range(0, money_max);
            break;
        case FieldType::currency:
            types(rule, {"string"});
            json_.field("pattern", "^[A-Z]{3}$");
            break;
        case FieldType::quantity:
            types(rule, {"number"});
            range(-quantity_max, quantity_max);
            break;
        case FieldType::count:
            types(rule, {"integer", "boolean"});
            range(0, count_max);
            break;
        case FieldType::time:
            types(rule, {"string"});
            // No format date-time: validators differ in what they make of leap seconds.
            json_.field("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}");
            break;
        case FieldType::date:
            types(rule, {"string"});
            json_.field("format", "date");
            break;
        case FieldType::month:
            types(rule, {"string"});
            json_.field("pattern", "^[0-9]{4}-(0[1-9]|1[0-2])$");
            break;
        case FieldType::level:
            types(rule, {"integer"});
            range(static_cast<std::int64_t>(rule.least), static_cast<std::int64_t>(rule.most));
            break;
        case FieldType::word:
            json_.key("enum").begin_array();
            for (const auto word : rule.words) json_.value(word);
            if (rule.need == Need::optional) json_.null();
            json_.end_array();
            break;
        case FieldType::object:
            types(rule, {"object"});
            members(rule.inner);
            break;
        case FieldType::period:
            types(rule, {"string", "object"});
            text(rule);
            members(rule.inner);
            break;
        case FieldType::objects:
            types(rule, {"array"});
            json_.field("minItems", rule.least).field("maxItems", rule.most);
            json_.key("items");
            object(rule.inner);
            break;
        case FieldType::emails:
            types(rule, {"array"});
            json_.field("maxItems", rule.most).key("items").begin_object().field("type", "string").end_object();
            break;
        case FieldType::any:
            break;
    }
    json_.end_object();
}

// The envelope, whose `type` and `data` depend on each other and are said by event_schema(). Extension attributes belong to
// whoever made them, so those without a rule are let through here in any case.
void write_envelope(JsonWriter& json, std::span<const EventType> types) {
    json.field("type", "object").key("properties").begin_object();
    SchemaWriter writer(json, UnknownFields::ignored);
    for (const auto& rule : fields::envelope.rules) {
        if (rule.name == "data" || rule.type == FieldType::any) continue;
        json.key(rule.name);
        if (rule.name != "type") {
            writer.field(rule);
            continue;
        }
        json.begin_object().field("description", rule.meaning).key("enum").begin_array();
        for (const auto type : types) json.value(to_word(type));
        json.end_array().end_object();
    }
    json.key("data_base64").begin_object().field("type", "null").end_object().end_object();
    writer.required(fields::envelope.rules);
}

}  // namespace

std::string event_schema(std::optional<EventType> type, UnknownFields unknown) {
    const std::span<const EventType> types =
        type ? std::span<const EventType>(&*type, 1) : std::span<const EventType>(sent_types);
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("$schema", "https://json-schema.org/draft/2020-12/schema");
    json.field("title", type ? "Ilbud: " + std::string(to_word(*type)) : "Ilbud: events");
    write_envelope(json, types);
    json.key("allOf").begin_array();
    for (const auto one : types) {
        json.begin_object().key("if").begin_object().key("properties").begin_object().key("type").begin_object();
        json.field("const", to_word(one)).end_object().end_object().end_object();
        json.key("then").begin_object().key("properties").begin_object().key("data").begin_object();
        json.field("$ref", "#/$defs/" + std::string(to_word(one)));
        json.end_object().end_object().end_object().end_object();
    }
    json.end_array().key("$defs").begin_object();
    for (const auto one : types) {
        json.key(to_word(one));
        SchemaWriter(json, unknown).object(data_fields(one));
    }
    json.end_object().end_object();
    return out + '\n';
}

}  // namespace ilbud
