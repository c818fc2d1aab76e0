// The members stand in the order of DESIGN §8, and the lists also where they are empty: a sender reads
// every answer by the same code. An answer is one line whatever the event said, since the writer escapes line ends.
#include "ilbud/intake/answer.hpp"

#include "ilbud/base/json.hpp"

namespace ilbud {

namespace {

// `field`, not `place`: to a sender it is always a field's path.
void append_error(JsonWriter& json, const Error& error) {
    json.key("error").begin_object();
    json.field("code", error.code).field("field", error.place).field("detail", error.detail).end_object();
}

}  // namespace

void append_line(std::string& out, const Answer& answer) {
    JsonWriter json(out);
    json.begin_object();
    json.field("id", answer.id).field("source", answer.source).field("status", to_word(answer.status));
    json.key("mails").begin_array();
    for (const auto& mail : answer.mails)
        json.begin_object().field("id", mail.id).field("kind", to_word(mail.kind)).field("to", mail.to).end_object();
    json.end_array();
    json.key("skipped").begin_array();
    for (const auto& skipped : answer.skipped) {
        json.begin_object().field("kind", to_word(skipped.kind)).field("reason", skipped.reason);
        if (!skipped.field.empty()) json.field("field", skipped.field);
        if (skipped.undeliverable) json.field("undeliverable", true);
        json.end_object();
    }
    json.end_array();
    json.key("ignored").begin_array();
    for (const auto& ignored : answer.ignored) {
        json.begin_object().field("field", ignored.field);
        if (!ignored.nearest.empty()) json.field("nearest", ignored.nearest);
        json.end_object();
    }
    json.end_array();
    if (answer.error) append_error(json, *answer.error);
    json.end_object();
    out += '\n';
}

void append_last_line(std::string& out, AnswerStatus status, const Error& error) {
    JsonWriter json(out);
    json.begin_object().field("status", to_word(status));
    append_error(json, error);
    json.end_object();
    out += '\n';
}

}  // namespace ilbud
