// Other people's address suites, by their own categories; base/address_test.cpp has the rules one by one.
#include <simdjson.h>

#include <set>

#include "ilbud/base/address.hpp"
#include "support/testdata.hpp"

using namespace ilbud;

namespace {

std::string text_of(simdjson::dom::element test, const char* name) {
    std::string_view text;
    if (test[name].get(text) != simdjson::SUCCESS) return {};
    return std::string(text);
}

std::size_t wire_size(const std::string& address) {
    const std::size_t at = address.rfind('@');
    const auto domain = parse_domain(address.substr(at + 1));
    return at + 1 + (domain ? domain->size() : address.size());
}

}  // namespace

// isemail tells eight categories apart. Two are ours: plain addresses (valid; DNSWARN asks a name server, which we do not) and of
// RFC5321 the quoted local parts. Refused are the errors, comments and folding (CFWS, DEPREC), what only RFC 5322 allows, and of
// RFC5321 the single label (TLD), the numeric top-level domain and the address literals.
// A name that says it is an A-label but is none (UTS 46) is refused whatever the category; isemail does not look inside.
TEST_CASE("S8: parse_address agrees with the isemail suite, category by category") {
    const auto folder = ilbud::test::testdata("address-isemail");
    if (!folder) return;
    simdjson::dom::parser parser;
    simdjson::dom::array tests;
    REQUIRE(parser.load((*folder / "tests.json").string()).get(tests) == simdjson::SUCCESS);
    const std::set<std::string> ours{"ISEMAIL_VALID", "ISEMAIL_DNSWARN_NO_RECORD", "ISEMAIL_RFC5321_QUOTEDSTRING"};
    std::size_t accepted = 0;
    for (const simdjson::dom::element test : tests) {
        const std::string address = text_of(test, "address");
        const std::string domain = address.substr(address.rfind('@') + 1);
        const bool is_false_a_label = domain.starts_with("xn--") && !parse_domain(domain);
        const bool expected = ours.contains(text_of(test, "diagnosis")) && !is_false_a_label;
        const auto parsed = parse_address(address);
        INFO(address << " " << text_of(test, "diagnosis"));
        CHECK(parsed.has_value() == expected);
        if (parsed) {
            CHECK(parsed->local == address.substr(0, address.rfind('@')));  // S8: quoted local parts are kept as they are
            ++accepted;
        }
    }
    CHECK(accepted > 40);
}

// By test name: addresses with a display name are no addr-spec (`original` is); reserved domains are a matter of policy, not of
// syntax; SMTPUTF8 is decided at sending time, not here; lengths are of what goes over the wire, as given, while that suite
// also measures the form after NFC.
TEST_CASE("S7: parse_address agrees with the python-email-validator suite") {
    const auto folder = ilbud::test::testdata("address-email-validator");
    if (!folder) return;
    simdjson::dom::parser parser;
    simdjson::dom::array tests;
    REQUIRE(parser.load((*folder / "tests.json").string()).get(tests) == simdjson::SUCCESS);
    for (const simdjson::dom::element test : tests) {
        const std::string name = text_of(test, "test");
        const std::string address = text_of(test, "address");
        INFO(name << " " << address << " " << text_of(test, "message"));
        if (name == "test_email_unsafe_character") {
            CHECK_FALSE(parse_address(address + "@example.com"));
            CHECK_FALSE(parse_address("a" + address + "b@example.com"));
            continue;
        }
        const bool has_display_name = !text_of(test, "display_name").empty();
        const bool is_policy =
            name == "test_email_invalid_reserved_domain" || name == "test_email_invalid_character_smtputf8_off";
        const bool is_long_after_nfc =
            text_of(test, "message").find("too long after normalization") != std::string::npos && wire_size(address) <= 254;
        const bool valid = test["valid"].get_bool().value();
        const auto parsed = parse_address(address);
        CHECK(parsed.has_value() == ((valid && !has_display_name) || is_policy || is_long_after_nfc));
        if (has_display_name) CHECK(parse_address(text_of(test, "original")));
        if (parsed && valid && !text_of(test, "ascii_domain").empty()) {
            CHECK(parsed->domain == text_of(test, "ascii_domain"));
            CHECK(parsed->needs_smtputf8() == test["smtputf8"].get_bool().value());
        }
    }
}
