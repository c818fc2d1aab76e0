#include "queue/lookup_keys.hpp"

#include <catch2/catch.hpp>

#include "ilbud/base/address.hpp"

using namespace ilbud;

TEST_CASE("lookup keys: parts do not run together, searches ignore ASCII case, addresses are folded as suppressions are") {
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
