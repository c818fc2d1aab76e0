// The tables of an event's fields, against the door that reads by them: events are made from the tables alone, then spoiled field by field.
#include "intake/event_fields.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <iostream>

#include "ilbud/base/json.hpp"
#include "ilbud/intake/event_reference.hpp"
#include "support/oracle.hpp"
#include "support/sample_events.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// What stands at a path instead of a good value; an empty text leaves the field out.
struct Spoiled {
    std::string path;
    std::string json;
};

// A good value for a field that has no inner ones.
std::string good_value(const FieldRule& rule) {
    const std::string_view name = rule.name;
    if (name == "ean") return R"("5798009811578")";
    if (name == "scheme") return R"("DK:CVR")";
    if (name == "locale") return R"("da")";
    if (name == "last4") return R"("4242")";
    if (name == "content_type") return R"("application/pdf")";
    if (name == "base64") return R"("JVBERi0=")";
    switch (rule.type) {
        case FieldType::email:
            return R"("a@example.com")";
        case FieldType::url:
            return R"("https://example.com/a")";
        case FieldType::flag:
            return "true";
        case FieldType::money:
        case FieldType::owed:
        case FieldType::quantity:
        case FieldType::count:
            return "7";
        case FieldType::currency:
            return R"("DKK")";
        case FieldType::time:
            return R"("2026-06-24T10:00:00+02:00")";
        case FieldType::date:
            return R"("2026-06-24")";
        case FieldType::month:
            return R"("2026-06")";
        case FieldType::level:
            return std::to_string(rule.least);
        case FieldType::word:
            return '"' + std::string(rule.words.front()) + '"';
        case FieldType::emails:
            return R"(["a@example.com"])";
        default:
            return R"("a.pdf")";
    }
}

std::string object_text(std::span<const FieldRule> rules, const std::string& path, const Spoiled& spoiled);

std::string value_text(const FieldRule& rule, const std::string& path, const Spoiled& spoiled) {
    if (path == spoiled.path) return spoiled.json;
    if (rule.inner.empty()) return good_value(rule);
    if (rule.type == FieldType::objects) return '[' + object_text(rule.inner, path + "[0]", spoiled) + ']';
    return object_text(rule.inner, path, spoiled);
}

// Every field but `path`, which an attachment has instead of base64.
std::string object_text(std::span<const FieldRule> rules, const std::string& path, const Spoiled& spoiled) {
    std::string out;
    for (const auto& rule : rules) {
        if (rule.name == "path") continue;
        const auto at = path + '.' + std::string(rule.name);
        const auto value = value_text(rule, at, spoiled);
        if (!value.empty()) out += (out.empty() ? "\"" : ",\"") + std::string(rule.name) + "\":" + value;
    }
    return '{' + out + '}';
}

std::string event_of(EventType type, const Spoiled& spoiled = {}) {
    return R"({"specversion":"1.0","id":"e","source":"/s","type":")" + std::string(to_word(type)) + R"(","data":)" +
           object_text(data_fields(type), "data", spoiled) + '}';
}

void each_field(std::span<const FieldRule> rules, const std::string& path,
                const std::function<void(const FieldRule&, const std::string&)>& visit) {
    for (const auto& rule : rules) {
        if (rule.name == "path") continue;
        const auto at = path + '.' + std::string(rule.name);
        visit(rule, at);
        each_field(rule.inner, rule.type == FieldType::objects ? at + "[0]" : at, visit);
    }
}

// The code and place of what the door finds; empty: nothing.
std::string found_in(const std::string& event) {
    const auto read = parse_event(event);
    return read ? std::string() : read.error().code + ' ' + read.error().place;
}

bool is_text(FieldType type) {
    return type == FieldType::text || type == FieldType::identifier || type == FieldType::url;
}

std::string ignored_in(const std::string& event) {
    const auto read = parse_event(event);
    if (!read) return to_text(read.error());
    std::string out;
    for (const auto& [field, nearest] : read->ignored) out += (out.empty() ? "" : "; ") + field + " > " + nearest;
    return out;
}

std::string with_member(std::string event, const std::string& in, const std::string& member) {
    const auto at = event.find(in);
    REQUIRE(at != std::string::npos);
    return event.insert(at + in.size(), member);
}

}  // namespace

TEST_CASE("event fields: an event made of every field in the tables is taken, and none of them is unknown") {
    for (const auto type : sent_types) {
        INFO(event_of(type));
        CHECK(found_in(event_of(type)).empty());
        CHECK(ignored_in(event_of(type)).empty());
        CHECK(ignored_in(full_event(type)).empty());
    }
}

TEST_CASE("event fields: each field is read as its rule says: whether it must be there, what it may be, and how much of it") {
    for (const auto type : sent_types)
        each_field(data_fields(type), "data", [&](const FieldRule& rule, const std::string& path) {
            INFO(to_word(type) << ' ' << path);
            const bool required = rule.need == Need::required;
            for (const auto* const absent : {"", "null"}) {
                const auto found = found_in(event_of(type, {path, absent}));
                if (path == "data.invoice.pdf.base64")
                    CHECK(found == "invalid_attachment data.invoice.pdf");
                else if (path == "data.currency")
                    CHECK(found == "missing_field data.currency");  // there are amounts
                else
                    CHECK(found == (required ? "missing_field " + path : ""));
            }
            CHECK(found_in(event_of(type, {path, rule.type == FieldType::flag ? "1" : "[[]]"})).ends_with(' ' + path) ==
                  (rule.type != FieldType::objects && rule.type != FieldType::emails));
            if (is_text(rule.type) && rule.most < 10'000)
                CHECK(found_in(event_of(type, {path, '"' + std::string(rule.most + 1, '7') + '"'})) == "out_of_range " + path);
            if (rule.type == FieldType::objects || rule.type == FieldType::emails) {
                std::string many = "[";
                for (std::size_t i = 0; i <= rule.most; ++i) many += i == 0 ? "0" : ",0";
                CHECK(found_in(event_of(type, {path, many + ']'})) == "out_of_range " + path);
                if (rule.least > 0) CHECK(found_in(event_of(type, {path, "[]"})) == "out_of_range " + path);
            }
            if (rule.type == FieldType::word) CHECK(found_in(event_of(type, {path, R"("nothing")"})) == "invalid_value " + path);
        });
}

TEST_CASE("event fields: what is not known is named, with the field that may be meant") {
    const auto invoice = sample_event(EventType::invoice_issued);
    const std::string data = R"("data":{)", subscriber = R"("subscriber":{)";
    const auto named = [&](const std::string& in, const std::string& member) {
        return ignored_in(with_member(invoice, in, member));
    };
    CHECK(named(data, R"("copyto":["a@example.com"],)") == "data.copyto > data.copy_to");
    CHECK(named(data, R"("CopyTo":[],)") == "data.CopyTo > data.copy_to");
    CHECK(named(subscriber, R"("langauge":"da","Email":"b@example.com",)") ==
          "data.subscriber.Email > data.subscriber.email; data.subscriber.langauge > ");
    // Near nothing that stands beside it, and known at one other place.
    CHECK(named(data, R"("payment_url":"https://example.com",)") == "data.payment_url > data.invoice.payment_url");
    CHECK(named(data, R"("vendor":{"a":1},)") == "data.vendor > ");
    CHECK(named(data, R"("copyto":null,)") == "data.copyto > data.copy_to");
    CHECK(named(data, R"("copyTo":[],)") == "data.copyTo > data.copy_to");
    // What is there already is not meant by another name; what only says its kind another way is.
    CHECK(named(data, R"("origins":"form",)") == "data.origins > ");
    CHECK(named(data, R"("invoicing":"email",)") == "data.invoicing > data.subscriber.invoicing");
    CHECK(named(data, R"("amount":7,"id":"7","text":"x",)") == "data.amount > ; data.id > ; data.text > ");
    CHECK(ignored_in(with_member(sample_event(EventType::created), "\"order\":\"o-1\",", R"("form_id":"web",)")) ==
          "data.form_id > data.form");
    // Names that would read as paths.
    CHECK(named(data, R"("":1,"subscriber.email":"x","copy_to ":[],)") ==
          R"(data."copy_to " > data.copy_to; data."" > ; data."subscriber.email" > )");
    // Attributes of the envelope may be somebody else's.
    CHECK(ignored_in(with_member(invoice, "{",
                                 R"("traceparent":"00","subject":"x","dataschema":"y","uid":1,"mime":2,"date":3,"sub":4,)"))
              .empty());
    CHECK(ignored_in(with_member(invoice, "{", R"("datacontenttyp":"a",)")) == "datacontenttyp > datacontenttype");
}

TEST_CASE("event fields: an unknown field of many elements is named once, and no more than ignored_max are") {
    auto lines = std::string(R"("lines":[)");
    for (int i = 0; i < 100; ++i) lines += (i == 0 ? "" : ",") + std::string(R"({"text":"a","amount":1,"sku":"7"})");
    auto event = sample_event(EventType::invoice_issued);
    const auto at = event.find(R"("lines":[)");
    REQUIRE(at != std::string::npos);
    event.replace(at, event.find(']', at) + 1 - at, lines + ']');
    CHECK(ignored_in(event) == "data.invoice.lines[0].sku > ");
    std::string members;
    for (int i = 0; i < 1000; ++i) members += "\"f" + std::to_string(i) + "\":1,";
    const auto read = parse_event(with_member(sample_event(EventType::created), R"("data":{)", members));
    REQUIRE(read);
    CHECK(read->ignored.size() == ignored_max);
    // However many others there are, a slip is named, and first.
    members.clear();
    for (int i = 0; i < 50; ++i) members += "\"own" + std::to_string(i) + "\":1,";
    const auto slip =
        parse_event(with_member(sample_event(EventType::invoice_issued), R"("data":{)", members + R"("copyto":[],)"));
    REQUIRE(slip);
    CHECK(slip->ignored.size() == ignored_max);
    CHECK(slip->ignored.front() == IgnoredField{"data.copyto", "data.copy_to"});
}

TEST_CASE("event fields: where a required field is missing, the error names the one that is meant for it") {
    auto event = sample_event(EventType::created);
    const auto at = event.find(R"("unit")");
    REQUIRE(at != std::string::npos);
    const auto read = parse_event(event.replace(at, 6, R"("units")"));
    REQUIRE_FALSE(read);
    CHECK(read.error().place == "data.unit");
    CHECK(read.error().detail == R"(is required; is "units" meant for it?)");
}

TEST_CASE("event: of a type that is not known the one that is meant is told") {
    auto event = sample_event(EventType::subscriber_changed);
    const std::string type = "subscriber.changed";
    const auto read = parse_event(event.replace(event.find(type), type.size(), "subscriber.change"));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == "unknown_type");
    CHECK(read.error().detail == "no such type of event; is subscriber.changed meant?");
}

TEST_CASE("event: a renewal cannot be cancelled after it has come") {
    auto event = sample_event(EventType::renewing);
    const std::string before = "2030-07-01T22:00:00Z";
    event.replace(event.find(before), before.size(), "2030-07-31T22:00:01Z");
    CHECK(found_in(event) == "invalid_value data.renewal.cancel_before");
}

TEST_CASE("events reference: docs/events.md is what the tables say") {
    CHECK(event_reference() == read_file(ILBUD_SOURCE_DIR "/docs/events.md"));
}

// Each line of the folder's file is an event and whether the door takes it.
TEST_CASE("events schema: a validator takes every event that the door takes, and refuses what the tables refuse") {
    TemporaryFolder folder;
    std::string events;
    std::size_t taken = 0;
    const auto add = [&](const std::string& event) {
        const bool takes = found_in(event).empty();
        taken += takes ? 1U : 0U;
        events += (takes ? "1" : "0") + event + '\n';
    };
    for (const auto type : sent_types) {
        for (const auto& event : {minimal_event(type), sample_event(type), full_event(type), event_of(type)}) add(event);
        each_field(data_fields(type), "data", [&](const FieldRule&, const std::string& path) {
            for (const auto* const json : {"", "null", "7", "-7", "1e3", "0.5", "true", R"("")", R"(" ")", R"("a")",
                                           R"("2026-06-24")", "[]", "{}", R"(["a"])", "99999999999999999"})
                add(event_of(type, {path, json}));
        });
    }
    const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; };
    write("events", events);
    write("schema", event_schema({}, UnknownFields::ignored));
    write("strict", event_schema({}, UnknownFields::refused));
    write("invoice", event_schema(EventType::invoice_issued, UnknownFields::ignored));
    const auto result =
        run("/usr/bin/python3 '" ILBUD_SOURCE_DIR "/tests/intake/oracle/schema.py' '" + folder.path().string() + "'");
    if (result.status == 127 || result.output.starts_with("skipped")) {
        std::cout << "skipped: python3-jsonschema is not installed\n";
        return;
    }
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(result.output.starts_with("taken " + std::to_string(taken) + '\n'));
}
