#include "../../engine/intake/field_values.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("is_uri_reference: takes what RFC 3986 does") {
    for (const char* text : {"/", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "https://example.com/shop",
                             "mailto:a@example.com", "shop", "./a:b", "//x/y", "?q", "#f", "a/b:c", "%20", "1"})
        CHECK(is_uri_reference(text));
    for (const char* text : {"a b", "1:b", ":b", "%", "%2", "%gg", "a\\b", "<a>", "æ", "a#b#c", "\"", "a^b", "a\nb"})
        CHECK_FALSE(is_uri_reference(text));
}

TEST_CASE("S41: attachments have plain names, simple types and paths that stay inside") {
    for (const char* text : {"faktura.pdf", "Faktura nr. 7 (kopi).pdf", "årsopgørelse.pdf", "a"}) CHECK(is_file_name(text));
    for (const char* text : {"", ".", "..", ".bashrc", "a/b", "/a", "a\\b", "C:\\a", "../a"}) CHECK_FALSE(is_file_name(text));
    for (const char* text : {"application/pdf", "image/png", "application/vnd.acme+xml"}) CHECK(is_attachment_type(text));
    for (const char* text : {"", "pdf", "/", "a/", "/b", "a/b/c", "application/pdf; x=y", "a b/c", "multipart/mixed",
                             "Message/rfc822", "a/b\r\nX: y"})
        CHECK_FALSE(is_attachment_type(text));
    for (const char* text : {"a", "a/b/c.pdf", "...", "a/..b/c"}) CHECK(is_inner_path(text));
    for (const char* text : {"", "/", "/a", "a/", "a//b", ".", "..", "./a", "a/./b", "a/../b", "a/..", "a\\b"})
        CHECK_FALSE(is_inner_path(text));
}

TEST_CASE("is_ean: checks the length, the digits and the check digit") {
    CHECK(is_ean("5798009811578"));
    CHECK(is_ean("4006381333931"));  // the example of GS1's own documentation
    CHECK(is_ean("0000000000000"));
    for (const char* text : {"", "4006381333930", "400638133393", "40063813339311", "400638133393a", "-006381333931"})
        CHECK_FALSE(is_ean(text));
}

TEST_CASE("is_json_type: takes JSON in any of its media types") {
    for (const char* text : {"application/json", "APPLICATION/JSON", "application/json;charset=utf-8", "application/json ; x",
                             "application/cloudevents+json"})
        CHECK(is_json_type(text));
    for (const char* text :
         {"", "json", "text/plain", "application/+json", "application/jsonx", "application/xml", "/json", "a b+json", "+json"})
        CHECK_FALSE(is_json_type(text));
}
