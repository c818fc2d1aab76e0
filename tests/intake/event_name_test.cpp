#include "ilbud/intake/event.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::string name_in(std::string_view bytes) {
    const EventName name = name_of_event(bytes);
    return name.id + "|" + name.source;
}

}  // namespace

TEST_CASE("name_of_event: reads the name of a whole event") {
    for (const EventType type : {EventType::created, EventType::invoice_issued})
        CHECK(name_in(sample_event(type, {.id = "a\"b", .source = "/s"})) == "a\"b|/s");
    CHECK(name_in(R"({ "data" : {"id":"inner","source":["x"]} , "source" : "\/s" , "id" : "\u0061" })") == "a|/s");
}

TEST_CASE("name_of_event: reads as much of a broken line as there is") {
    const std::string text = full_event(EventType::created);
    CHECK(name_in(text.substr(0, text.size() - 1)) == "evt-1|/test");
    CHECK(name_in(text.substr(0, text.find("Anna") + 2)) == "evt-1|/test");
    CHECK(name_in(text.substr(0, text.find(R"(,"source")"))) == "evt-1|");
    CHECK(name_in("{\"id\":\"a\",\"source\":\"/s\",\"x\":\"\xff\"}") == "a|/s");
    CHECK(name_in(R"({"id":"a","id":"b","source":"/s"})") == "a|/s");
    CHECK(name_in(R"({"id":"a","source":"/s"}]]]})") == "a|/s");
    CHECK(name_in(R"({"id":"a" "source":"/s"})") == "a|");
}

TEST_CASE("name_of_event: gives nothing where there is no name that an answer can repeat") {
    for (const std::string& text :
         {std::string(), std::string("   "), std::string("{"), std::string("[]"), std::string("id"), std::string(R"(["id","a"])"),
          std::string(R"({"id":7,"source":null})"), std::string(R"({"x":{"id":"a","source":"/s"}})"), std::string(R"({"id":"a)"),
          std::string(R"({"id":"\u0000","source":"a\nb"})"), std::string(R"({"id":"\ud800"})"), std::string("{\"id\":\"\xff\"}"),
          R"({"id":")" + std::string(256, 'x') + "\"}", R"({"id":")" + std::string(100000, 'x') + "\"}",
          std::string(R"({"a":"id","id")"), std::string("}}}}{\"id\":\"a\"}")}) {
        INFO(text.substr(0, 100));
        CHECK(name_in(text) == "|");
    }
    CHECK(name_in(R"({"id":")" + std::string(255, 'x') + "\"}").size() == 256);
}
