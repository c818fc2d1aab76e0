#include "ilbud/intake/event.hpp"

#include "support/sample_events.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// An event with `json` as an unknown field of its data.
std::string with_extra(const std::string& json) {
    std::string text = minimal_event(EventType::created);
    text.insert(text.size() - 2, R"(,"extra":)" + json);
    return text;
}

// The code parse_event gives, or "" where it takes the text.
std::string code_of(const std::string& text, const EventLimits& limits = {}) {
    const auto event = parse_event(text, limits);
    return event ? "" : event.error().code;
}

std::string place_of(const std::string& text) {
    const auto event = parse_event(text);
    return event ? "" : event.error().place;
}

Digest digest_of(const std::string& text) {
    const auto event = parse_event(text);
    if (!event) FAIL(to_text(event.error()));
    return event->digest;
}

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

// n_ must not parse. y_ must parse as JSON, which we then refuse only by our own rules: twice the same key, control characters
// (U+0000, U+007F, …), at the top no object. i_ is up to us: anything but a crash.
TEST_CASE("S21: parse_event follows the JSONTestSuite") {
    const auto folder = testdata("json-testsuite");
    if (!folder) return;
    std::size_t seen = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
        if (entry.path().extension() != ".json") continue;
        const std::string name = entry.path().filename().string();
        const std::string text = read_file(entry.path());
        INFO(name);
        const std::string alone = code_of(text);
        const std::string inside = code_of(with_extra(text));
        CHECK_FALSE(alone.empty());  // none of them is an event
        const auto is_broken = [](const std::string& code) {
            return code == "invalid_json" || code == "invalid_utf8" || code == "too_deep";
        };
        if (name.starts_with("n_")) {
            CHECK(is_broken(alone));
            CHECK(is_broken(inside));
        } else if (name.starts_with("y_")) {
            CHECK(
                (alone == "wrong_type" || alone == "missing_field" || alone == "duplicate_key" || alone == "control_character"));
            CHECK((inside.empty() || inside == "duplicate_key" || inside == "control_character"));
        }
        ++seen;
    }
    CHECK(seen > 150);
}

TEST_CASE("S21: an event nests at most 64 deep") {
    // The event and its data are two levels.
    CHECK(code_of(with_extra(nested(62))).empty());
    CHECK(code_of(with_extra(nested(63))) == "too_deep");
    CHECK(code_of(with_extra(nested(100000))) == "too_deep");
    CHECK(code_of(std::string(100000, '[')) == "invalid_json");
    CHECK(code_of(minimal_event(EventType::created), {.depth_max = 3}) == "too_deep");
    CHECK(code_of(minimal_event(EventType::created), {.depth_max = 4}).empty());
}

TEST_CASE("S21: an event over its limit is refused unread") {
    const std::string text = minimal_event(EventType::created);
    CHECK(code_of(text, {.bytes_max = text.size()}).empty());
    CHECK(code_of(text, {.bytes_max = text.size() - 1}) == "too_large");
    CHECK(code_of(std::string(1024 * 1024 + 1, '[')) == "too_large");
    CHECK(code_of(with_extra(json_text(std::string(1000 * 1000, 'x')))).empty());
}

TEST_CASE("S21: a key stands once in an object, at every level") {
    CHECK(place_of(with_extra(R"([{"a":{"b":1,"c":2,"b":3}}])")) == "data.extra[0].a.b");
    CHECK(code_of(with_extra(R"({"a":1,"\u0061":2})")) == "duplicate_key");
    CHECK(code_of(with_extra(R"({"a":1,"A":2})")).empty());
    CHECK(code_of(with_extra(R"(1,"unit":"other")")) == "duplicate_key");
    const auto text = with_extra("1");
    CHECK(code_of(R"({"id":"evt-2",)" + text.substr(1)) == "duplicate_key");
}

TEST_CASE("S21: bytes that are not UTF-8 and halves of surrogate pairs are refused") {
    for (const char* bytes : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
        CHECK(code_of(with_extra('"' + std::string(bytes) + '"')) == "invalid_utf8");
    for (const char* escape :
         {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\u0041)", R"(\udc00\ud800)", R"(\ud800\ud800)", R"(\uDFFF)"}) {
        INFO(escape);
        const auto code = code_of(with_extra('"' + std::string(escape) + '"'));
        CHECK((code == "invalid_json" || code == "control_character"));
    }
    CHECK(code_of(with_extra(R"("\ud83d\ude00")")).empty());
    CHECK(code_of("\xef\xbb\xbf" + minimal_event(EventType::created)) == "invalid_json");  // no BOM
}

TEST_CASE("S4: control, line-breaking and direction-changing characters are refused in every string and key") {
    std::vector<std::string> refused;
    for (int c = 0; c < 32; ++c) refused.push_back(std::string("\\u00") + "0123"[c / 16] + "0123456789abcdef"[c % 16]);
    for (const char* text : {R"(\t)",   R"(\n)",    R"(\r)",  R"(\b)",  R"(\f)",  "\x7f",   "\\u007f", "\xc2\x80",
                             "\\u0080", "\xc2\x9f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",  "\u202d",
                             "\u202e",  "\u2066",   "\u2067", "\u2068", "\u2069", "\ufeff", "\\ufeff"})
        refused.emplace_back(text);
    for (const auto& text : refused) {
        INFO(text);
        CHECK(code_of(with_extra("\"a" + text + "b\"")) == "control_character");
        CHECK(code_of(with_extra("{\"a" + text + "b\":1}")) == "control_character");
    }
    CHECK(place_of(with_extra(R"({"a":["x","y\n"]})")) == "data.extra.a[1]");
    for (const char* text : {"\u00a0", "\u00a1", "\u2027", "\u202f", "\u2065", "\u206a", "\u200e", "\ufefe", "\ufffd", "\uffff",
                             "\U0010ffff", "\ue000"})
        CHECK(code_of(with_extra('"' + std::string(text) + '"')).empty());
    CHECK(code_of(with_extra("\"a\nb\"")) == "invalid_json");  // unescaped, it is no JSON either
}

TEST_CASE("parse_event: the place of an error is cut at 200 bytes, between characters") {
    std::string key;
    for (int i = 0; i < 500; ++i) key += "ø";
    const auto place = place_of(with_extra(R"({")" + key + R"(":1,")" + key + R"(":2})"));
    CHECK(place.size() <= 200);
    CHECK(place.starts_with("data.extra.øø"));
    CHECK(place.ends_with("ø…"));
}

TEST_CASE("R1: the digest tells other content, not other spelling") {
    const auto same = digest_of(with_extra(R"({"a":"x","b":[1,2.5]})"));
    CHECK(digest_of(with_extra(R"( { "b" : [ 1 , 25e-1 ] , "a" : "\u0078" } )")) == same);
    CHECK(digest_of(with_extra(R"({"b":[1.0,2.50],"a":"x"})")) == same);
    CHECK(digest_of(with_extra(R"({"a":"x","b":[2.5,1]})")) != same);
    CHECK(digest_of(with_extra(R"({"a":"x","b":[1,2.5],"c":null})")) != same);
    CHECK(digest_of(with_extra(R"({"a":"y","b":[1,2.5]})")) != same);
    CHECK(digest_of(with_extra(R"({"a":"x\",\"b","b":[1,2.5]})")) != same);
    CHECK(digest_of(with_extra("9007199254740993")) != digest_of(with_extra("9007199254740992")));
    CHECK(digest_of(with_extra("-0.0")) == digest_of(with_extra("0")));
    CHECK(digest_of(with_extra("\"1\"")) != digest_of(with_extra("1")));
    CHECK(digest_of(sample_event(EventType::created, {.id = "a"})) != digest_of(sample_event(EventType::created, {.id = "b"})));
}
