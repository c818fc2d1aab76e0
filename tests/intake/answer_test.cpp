#include "ilbud/intake/answer.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("append_line: writes mails and skips on one line") {
    std::string out = "before\n";
    Answer answer;
    answer.id = "e1";
    answer.source = "/s";
    answer.mails.push_back({"m1", Kind::welcome, "a@example.com"});
    answer.mails.push_back({"m2", Kind::invoice, "\"x y\"@example.com"});
    answer.skipped.push_back({Kind::receipt, "test_mode"});
    answer.skipped.push_back({Kind::invoice, "copy_invalid", "data.copy_to[1]"});
    answer.skipped.push_back({Kind::invoice, "suppressed", "", true});
    answer.ignored = {{"data.copyto", "data.copy_to"}, {"data.vendor", ""}};
    append_line(out, answer);
    CHECK(out ==
          "before\n"
          R"({"id":"e1","source":"/s","status":"accepted","mails":[{"id":"m1","kind":"welcome","to":"a@example.com"},)"
          R"({"id":"m2","kind":"invoice","to":"\"x y\"@example.com"}],"skipped":[{"kind":"receipt","reason":"test_mode"},)"
          R"({"kind":"invoice","reason":"copy_invalid","field":"data.copy_to[1]"},)"
          R"({"kind":"invoice","reason":"suppressed","undeliverable":true}],)"
          R"("ignored":[{"field":"data.copyto","nearest":"data.copy_to"},{"field":"data.vendor"}]})"
          "\n");
}

TEST_CASE("append_line: writes an error, and nothing in it breaks the line") {
    std::string out;
    Answer answer;
    answer.id = "a\nb";
    answer.status = AnswerStatus::rejected;
    answer.error = Error{"invalid_json", "data.x\r\n", "found \xff"};
    append_line(out, answer);
    CHECK(out == R"({"id":"a\nb","source":"","status":"rejected","mails":[],"skipped":[],"ignored":[],)"
                 R"("error":{"code":"invalid_json","field":"data.x\r\n","detail":"found )"
                 "\xef\xbf\xbd\"}}\n");
    CHECK(to_word(AnswerStatus::busy) == "busy");
}
