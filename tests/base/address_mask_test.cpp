#include "ilbud/base/address_mask.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

const AddressMask mask{Secret("a key")};

std::string name(std::string_view address) {
    return mask.masked(address);
}

}  // namespace

TEST_CASE("AddressMask: an address is a name, the same in every line and whatever its case, another with another key") {
    const auto anna = name("anna@kunde.example");
    CHECK(anna.starts_with("addr:"));
    CHECK(anna.size() == 21);
    CHECK(name("anna@kunde.example") == anna);
    CHECK(name("Anna@KUNDE.example") == anna);
    CHECK(name("anne@kunde.example") != anna);
    CHECK(AddressMask(Secret("another key")).masked("anna@kunde.example") != anna);
}

TEST_CASE("AddressMask: in a server's words every form of the address goes, and the rest stays as it is") {
    const auto anna = name("anna@kunde.example");
    CHECK(name("<anna@kunde.example>: Recipient address rejected") == "<" + anna + ">: Recipient address rejected");
    CHECK(name("no mailbox 'anna@kunde.example', sorry") == "no mailbox '" + anna + "', sorry");
    CHECK(name("unknown: anna@kunde.example.") == "unknown: " + anna + ".");
    CHECK(name("anna@kunde.example;anna@kunde.example") == anna + ";" + anna);
    CHECK(name("see https://mx.example/?who=anna%40kunde.example").find("anna") == std::string::npos);
    CHECK(name("bounces+anna=kunde.example@mx.example is full").find("anna") == std::string::npos);
    CHECK(name("5.1.1 \"anna b\"@kunde.example unknown").find("anna") == std::string::npos);
    CHECK(name("5.1.1 anna@[192.0.2.1] unknown").find("192") == std::string::npos);
    CHECK(name("5.1.1 ånnå@kunde.example unknown").find("nn") == std::string::npos);
    CHECK(name("RCPT anna@ unknown").find("anna") == std::string::npos);
}

TEST_CASE("AddressMask: a text without an address stays as it is") {
    for (const auto* text : {"", "@", "a @ b", "queue full", "100%", "%40", "@@@@ @"}) CHECK(name(text) == text);
}
