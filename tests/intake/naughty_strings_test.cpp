#include <simdjson.h>

#include "ilbud/intake/event.hpp"
#include "support/sample_events.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// One text field of an event: how to give it and how to read it back.
struct TextField {
    const char* name;
    EventType type;
    std::string (*rest)(const std::string& json);
    std::string (*read)(const Event& event);
};

const std::vector<TextField>& text_fields() {
    static const std::vector<TextField> fields{
        {"campaign", EventType::created,
         [](const std::string& json) {
             return R"("subscriptions":[{"id":"1","product":"P","starts_at":"2025-07-01T00:00:00Z","campaign":)" + json + "}]";
         },
         [](const Event& event) { return std::get<SignUp>(event.data).subscriptions[0].campaign; }},
        {"product", EventType::created,
         [](const std::string& json) {
             return R"("subscriptions":[{"id":"1","product":)" + json + R"(,"starts_at":"2025-07-01T00:00:00Z"}])";
         },
         [](const Event& event) { return std::get<SignUp>(event.data).subscriptions[0].product; }},
        {"order", EventType::created,
         [](const std::string& json) {
             return R"("subscriptions":[{"id":"1","product":"P","starts_at":"2025-07-01T00:00:00Z"}],"order":)" + json;
         },
         [](const Event& event) { return std::get<SignUp>(event.data).order; }},
        {"payer name", EventType::created,
         [](const std::string& json) {
             return R"("subscriptions":[{"id":"1","product":"P","starts_at":"2025-07-01T00:00:00Z"}],"payer":{"name":)" + json +
                    "}";
         },
         [](const Event& event) { return event.payer->name; }},
        {"line text", EventType::card_charged,
         [](const std::string& json) {
             return R"("charge":{"id":"1","succeeded":true,"amount":1,"currency":"SEK","charged_at":"2025-07-01T00:00:00Z"},)"
                    R"("invoice":{"number":"1","lines":[{"amount":1,"text":)" +
                    json + "}]}";
         },
         [](const Event& event) { return std::get<Charge>(event.data).lines[0].text; }},
        {"period", EventType::card_charged,
         [](const std::string& json) {
             return R"("charge":{"id":"1","succeeded":true,"amount":1,"currency":"SEK","charged_at":"2025-07-01T00:00:00Z"},)"
                    R"("invoice":{"number":"1","period":)" +
                    json + "}";
         },
         [](const Event& event) { return std::get<Charge>(event.data).period; }},
        {"invoice number", EventType::card_charged,
         [](const std::string& json) {
             return R"("charge":{"id":"1","succeeded":true,"amount":1,"currency":"SEK","charged_at":"2025-07-01T00:00:00Z"},"invoice":{"number":)" +
                    json + "}";
         },
         [](const Event& event) { return std::get<Charge>(event.data).invoice_number; }},
    };
    return fields;
}

// Refused, or kept to the byte.
bool refused_or_kept(const Result<Event>& event, const std::string& naughty, std::string (*read)(const Event&)) {
    return event ? read(*event) == naughty : !event.error().code.empty() && !event.error().place.empty();
}

}  // namespace

TEST_CASE("S4: naughty strings in any text field are refused or kept to the byte") {
    const auto folder = testdata("naughty-strings");
    if (!folder) return;
    simdjson::dom::parser parser;
    simdjson::dom::array strings;
    REQUIRE(parser.load((*folder / "blns.json").string()).get(strings) == simdjson::SUCCESS);
    std::size_t kept = 0;
    std::size_t refused = 0;
    for (const simdjson::dom::element element : strings) {
        const std::string naughty(element.get_string().value());
        INFO(naughty);
        for (const auto& field : text_fields()) {
            INFO(field.name);
            const auto event = parse_event(event_text(field.type, {}, "", field.rest(json_text(naughty))));
            CHECK(refused_or_kept(event, naughty, field.read));
            ++(event ? kept : refused);
        }
        const std::string& rest = text_fields()[0].rest("null");
        const auto as_name = parse_event(event_text(EventType::created, {.name = naughty}, "", rest));
        CHECK(refused_or_kept(as_name, naughty, [](const Event& event) { return event.subscriber.name; }));
        const auto as_id = parse_event(event_text(EventType::created, {.id = naughty}, "", rest));
        CHECK(refused_or_kept(as_id, naughty, [](const Event& event) { return event.id; }));
        const auto as_subscriber = parse_event(event_text(EventType::created, {.subscriber_id = naughty}, "", rest));
        CHECK(refused_or_kept(as_subscriber, naughty, [](const Event& event) { return event.subscriber.id; }));
        for (const char* key : {"email", "locale", "ean", "invoicing"}) {
            const auto event =
                parse_event(event_text(EventType::created, {}, ",\"" + std::string(key) + "\":" + json_text(naughty), rest));
            if (!event) CHECK(event.error().place == "data.subscriber." + std::string(key));
        }
        name_of_event(naughty);
        CHECK_FALSE(parse_event(naughty));
    }
    CHECK(kept > 1500);
    CHECK(refused > 50);
}
