#include "../../engine/queue/notes.hpp"

#include <catch2/catch.hpp>

#include "../../engine/queue/keys.hpp"
#include "ilbud/base/address.hpp"

using namespace ilbud;

TEST_CASE("notes: what is written is read again, whatever the text") {
    const std::string naughty = "\"]}\\ \n\t\x01 æøå \xF0\x9F\x98\x80 {{x}} '";
    const auto text =
        write_notes({{Kind::receipt, "no_email", ""}, {Kind::invoice, naughty, naughty}}, {{"R9", naughty}}, {naughty, ""});
    const auto notes = read_notes(text);
    REQUIRE(notes.skipped.size() == 2);
    CHECK(notes.skipped[0].kind == Kind::receipt);
    CHECK(notes.skipped[1].reason == naughty);
    CHECK(notes.skipped[1].to == naughty);
    REQUIRE(notes.chain.size() == 1);
    CHECK(notes.chain[0].finding == naughty);
    CHECK(notes.marks == std::vector<std::string>{naughty, ""});
    CHECK(write_notes({}, {}, {}) == "{}");
    CHECK(read_notes("{}").skipped.empty());
}

TEST_CASE("notes: damaged text is a broken world, not an answer") {
    CHECK_THROWS_AS(read_notes(""), std::runtime_error);
    CHECK_THROWS_AS(read_notes("[1]"), std::runtime_error);
    CHECK_THROWS_AS(read_notes(R"({"skips":[["nonsense","x",""]]})"), std::runtime_error);
    CHECK_THROWS_AS(read_notes(R"({"skips":[["receipt"]]})"), std::runtime_error);
}

TEST_CASE("keys: parts do not run together, searches ignore ASCII case, addresses are folded as suppressions are") {
    CHECK(event_key("/ab", "c") != event_key("/a", "bc"));
    CHECK(event_key("/a", "b") == event_key("/a", "b"));
    CHECK(event_key("/a", "b") >= 0);
    CHECK(event_key("/a", "b") < (std::int64_t{1} << 48));
    CHECK(search_hash("Anna@Example.com") == search_hash("anna@example.com"));
    CHECK(search_hash("anna@example.com") != search_hash("bo@example.com"));
    CHECK(text_key("x").size() == 16);
    CHECK(address_key("Anna@example.com") == "anna@example.com");
    CHECK(address_key("anna@EXAMPLE.com") == "anna@example.com");
    CHECK(address_key("\"a@B\"@example.com") == suppression_key({"\"a@B\"", "example.com"}));
    CHECK(address_key("no address") == "no address");
}
