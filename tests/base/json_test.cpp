#include "ilbud/base/json.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ilbud;

TEST_CASE("JsonWriter: sets commas at every level") {
    std::string out;
    JsonWriter(out)
        .begin_object()
        .field("a", 1)
        .key("b")
        .begin_array()
        .value("x")
        .value(true)
        .null()
        .begin_object()
        .end_object()
        .end_array()
        .field("c", 1.5)
        .end_object();
    CHECK(out == R"({"a":1,"b":["x",true,null,{}],"c":1.5})");
}

TEST_CASE("JsonWriter: numbers at the edges stay valid JSON") {
    std::string out;
    JsonWriter(out)
        .begin_array()
        .value(std::numeric_limits<double>::infinity())
        .value(std::numeric_limits<std::int64_t>::min())
        .end_array();
    CHECK(out == "[null,-9223372036854775808]");
}

TEST_CASE("append_json_string: escapes controls and quotes and replaces bytes that are not UTF-8") {
    std::string out;
    append_json_string(out, "a\"\\\n\x01\x7f æ 😀");
    CHECK(out == "\"a\\\"\\\\\\n\\u0001\\u007f æ 😀\"");
    for (const auto* bad : {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
        std::string text;
        append_json_string(text, bad);
        INFO(text);
        CHECK(text.find("\xEF\xBF\xBD") != std::string::npos);
        CHECK(text.find(bad) == std::string::npos);
    }
}
