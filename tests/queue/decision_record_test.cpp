#include "queue/decision_record.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("decision record: what is written is read again, whatever the text") {
    const std::string naughty = "\"]}\\ \n\t\x01 æøå \xF0\x9F\x98\x80 {{x}} '";
    const auto text = write_decision_record({{Kind::receipt, "no_email", ""},
                                             {Kind::invoice, naughty, naughty, naughty},
                                             {Kind::invoice, "suppressed", "", "", true}},
                                            {{"R9", naughty}}, {naughty, ""});
    const auto record = read_decision_record_or_tell(text);
    REQUIRE(record.skipped.size() == 3);
    CHECK_FALSE(record.skipped[1].undeliverable);
    CHECK(record.skipped[2].undeliverable);
    CHECK(record.skipped[2].field.empty());
    CHECK(record.skipped[0].kind == Kind::receipt);
    CHECK(record.skipped[1].reason == naughty);
    CHECK(record.skipped[1].to == naughty);
    CHECK(record.skipped[0].field.empty());
    CHECK(record.skipped[1].field == naughty);
    REQUIRE(record.chain.size() == 1);
    CHECK(record.chain[0].finding == naughty);
    CHECK(record.marks == std::vector<std::string>{naughty, ""});
    CHECK(write_decision_record({}, {}, {}) == "{}");
    CHECK(read_decision_record("{}")->skipped.empty());
}

TEST_CASE("decision record: damaged text is told, whatever is wrong with it") {
    const auto* const text = GENERATE("", "[1]", R"({"skips":[["nonsense","x",""]]})", R"({"skips":[["receipt"]]})",
                                      R"({"skips":[7]})", R"({"marks":[7]})", "{\"chain\":[[\"\xff\",1]]}");
    CHECK_FALSE(read_decision_record(text));
    CHECK(read_decision_record_or_tell(text).chain.at(0).finding.find("damaged") != std::string::npos);
}
