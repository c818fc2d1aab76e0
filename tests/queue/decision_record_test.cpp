#include "queue/decision_record.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("decision record: what is written is read again, whatever the text") {
    const std::string naughty = "\"]}\\ \n\t\x01 æøå \xF0\x9F\x98\x80 {{x}} '";
    const auto text = write_decision_record({{Kind::receipt, "no_email", ""}, {Kind::invoice, naughty, naughty}},
                                            {{"R9", naughty}}, {naughty, ""});
    const auto record = read_decision_record(text);
    REQUIRE(record.skipped.size() == 2);
    CHECK(record.skipped[0].kind == Kind::receipt);
    CHECK(record.skipped[1].reason == naughty);
    CHECK(record.skipped[1].to == naughty);
    REQUIRE(record.chain.size() == 1);
    CHECK(record.chain[0].finding == naughty);
    CHECK(record.marks == std::vector<std::string>{naughty, ""});
    CHECK(write_decision_record({}, {}, {}) == "{}");
    CHECK(read_decision_record("{}").skipped.empty());
}

TEST_CASE("decision record: damaged text is a broken world, not an answer") {
    CHECK_THROWS_AS(read_decision_record(""), std::runtime_error);
    CHECK_THROWS_AS(read_decision_record("[1]"), std::runtime_error);
    CHECK_THROWS_AS(read_decision_record(R"({"skips":[["nonsense","x",""]]})"), std::runtime_error);
    CHECK_THROWS_AS(read_decision_record(R"({"skips":[["receipt"]]})"), std::runtime_error);
}
