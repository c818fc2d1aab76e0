#include <catch2/catch.hpp>

#include "support/template_files.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Strings lint_mail_text(const std::string& text) {
    return Files().add("en/welcome.md", text).lint();
}
Strings lint_text(const std::string& text) {
    Findings findings;
    TemplateSources sources(TemplateLimits{});
    lint_message(text, "message", sources, findings);
    Strings out;
    for (const Error& error : findings.errors()) out.push_back(error.code + ' ' + error.place);
    return out;
}

}  // namespace

TEST_CASE("lint: a Bcc line in a mail's head became the first words of its text") {
    CHECK(lint_mail_text("Subject: x\nBcc: a@evil.example\nPreheader: y\n\nHi\n") ==
          Strings{"header_line en/welcome.md:2:1", "header_line en/welcome.md:3:1"});
    for (const char* line : {"Reply-To: a@b.example", "X-Anything: 1", "from : a@b.example", "List-Unsubscribe: x", "Foo: bar"})
        CHECK(lint_mail_text(std::string("Subject: x\nPreheader: y\n") + line + "\n\nHi\n") ==
              Strings{"header_line en/welcome.md:3:1"});
    CHECK(lint_mail_text("Subject: x\n\n\nBCC: a@evil.example\nX-Y: z\nHi\n") ==
          Strings{"header_line en/welcome.md:4:1", "header_line en/welcome.md:5:1"});
}

TEST_CASE("lint: a second Subject or Preheader was text") {
    CHECK(lint_mail_text("Subject: x\nSubject: y\n\nHi\n") == Strings{"header_line en/welcome.md:2:1"});
    CHECK(lint_mail_text("Subject: x\nPreheader: y\npreheader: z\n\nHi\n") == Strings{"header_line en/welcome.md:3:1"});
    CHECK(lint_mail_text("Subject: x\nPreheader: y\n\nSubject: z\n\nHi\n") == Strings{"header_line en/welcome.md:4:1"});
}

TEST_CASE("lint: a text may hold colons, and begin with one behind its first word") {
    CHECK(lint_mail_text("Subject: x\nPreheader: a: b\n\nBemærk: c\nNote: d\n\nTo: e\n").empty());
    CHECK(lint_mail_text("Subject: x\n\nNote: d\nFrom: e\n").empty());
    CHECK(lint_mail_text("Subject: x\nHi {{subscriber.name}}: welcome\n").empty());
}

TEST_CASE("lint: characters that turn the direction of a text are refused in every file, however they are spelt") {
    for (const char* turn : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "&#8238;",
                             "&#x202E;", "&#X2066 ", "&#008238;"}) {
        INFO(turn);
        CHECK(lint_body("a " + std::string(turn) + "b\n") == Strings{"text_direction en/welcome.md:3:3"});
        CHECK(lint_html_part("a " + std::string(turn)) == Strings{"text_direction en/welcome.html:1:3"});
        CHECK(Files().add("en/welcome.txt", turn).lint() == Strings{"text_direction en/welcome.txt:1:1"});
        CHECK(Files().add("layout.html", turn + std::string("{{{content}}}")).lint_layout_alone() ==
              Strings{"text_direction layout.html:1:1"});
        CHECK(lint_text("Hi " + std::string(turn)) == Strings{"text_direction message:1:4"});
    }
    CHECK(lint_body("\u200e\u200f – “x” … &#8211; &lrm;\n").empty());
}

TEST_CASE("lint: a tag within a character reference made a character of it that turns the text") {
    for (const char* text : {"a &#82{{! x }}38; b", "a &#{{subscriber.id}};", "a &{{#several}}{{/several}}#8238;",
                             "a &#x20{{^several}}2E;{{/several}}"}) {
        INFO(text);
        CHECK(lint_body(text) == Strings{"text_direction en/welcome.md:3:3"});
        CHECK(lint_html_part(text) == Strings{"text_direction en/welcome.html:1:3"});
        CHECK(lint_text(text) == Strings{"text_direction message:1:3"});
    }
    CHECK(Files().add("en/welcome.md", "Subject: x\n\n{{> amp}}#8238;\n").add("en/partials/amp.md", "&\n").lint() ==
          Strings{"text_direction en/partials/amp.md:1:1"});
}

TEST_CASE("lint: control characters were shown as nothing, or ended a line") {
    for (const char* control : {"\a", "\x7f", "\u0085", "\u2028", "\r", "&#7;", "&#13;", "&#x85;"}) {
        INFO(control);
        CHECK(lint_body("a " + std::string(control) + "b\n") == Strings{"invalid_utf8 en/welcome.md:3:3"});
    }
    CHECK(lint_body("a\tb \u00e9 \u00a0 &#9786; &#; &#x; c\r\nd\n").empty());
}

TEST_CASE("lint: a picture whose address held a subscriber's value told who opened the mail") {
    CHECK(lint_body("![x](https://a.example/{{subscriber.id}}.png)") == Strings{"picture_address en/welcome.md:3:6"});
    CHECK(lint_body("![a [b]](https://a.example/(c){{subscriber.id}})") == Strings{"picture_address en/welcome.md:3:10"});
    CHECK(lint_body("!{{#gift}}{{/gift}}[x](<https://a.example/?{{ number }}>)") ==
          Strings{"picture_address en/welcome.md:3:25"});
    CHECK(lint_body("[![x](https://a.example/{{#gift}}1{{/gift}})](https://b.example/?{{number}})") ==
          Strings{"picture_address en/welcome.md:3:7"});
    CHECK(lint_body("![x][1]\n\n[1]: https://a.example/{{number}}\n") == Strings{"picture_address en/welcome.md:3:4"});
    CHECK(lint_html_part("<img src='https://a.example/?q={{subscriber.id}}' alt=''>") ==
          Strings{"picture_address en/welcome.html:1:6"});
    CHECK(lint_body("![x](https://a.example/x.png) {{subscriber.id}} ![y]({{unit.logo_url}})").empty());
    CHECK(lint_body("Hi! [x](https://a.example/?q={{subscriber.id}}) \\![y](https://a.example/{{number}})").empty());
    CHECK(lint_html_part("{{#gift}}<img src='{{unit.logo_url}}?v=2' alt='{{subscriber.name}}'>{{/gift}}").empty());
}

TEST_CASE("lint: a partial that is not there is found where it is used") {
    CHECK(lint_body("a {{> nope}}") == Strings{"partial_missing en/welcome.md:3:3"});
}
