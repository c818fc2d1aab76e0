#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "ilbud/render/render.hpp"
#include "render/html_entities.hpp"
#include "render/value_place.hpp"
#include "support/mail_world.hpp"
#include "support/template_files.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace fs = std::filesystem;

namespace {

// A confirmation's text with `id` as the subscriber's, by the shipped templates but for `file`, which is `text`.
Content rendered_with(const std::string& file, const std::string& text, const std::string& id) {
    TemporaryFolder folder;
    fs::copy(fs::path(ILBUD_SOURCE_DIR) / "templates", folder / "t", fs::copy_options::recursive);
    std::ofstream(folder / "t" / file) << text;
    Settings settings = publisher();
    settings.platform.templates = folder / "t";
    const auto templates = load_templates(settings);
    if (!templates) FAIL(templates.error().front().place << ' ' << templates.error().front().detail);
    Case sample = sample_case(Kind::welcome);
    sample.event.subscriber.id = id;
    return must_render(sample, settings, *templates);
}
Content rendered_body(const std::string& body, const std::string& id) {
    return rendered_with("da/welcome.md", "Subject: x\n\n" + body + "\n", id);
}
bool has(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}
const std::string nasty = "a b&c=\u00e6#)('\"*_%/`\\";
const std::string encoded = "a%20b%26c%3D%C3%A6%23%29%28%27%22%2A_%25%2F%60%5C";

}  // namespace

TEST_CASE("value_place: a value in a link's query broke the link, or stood there with backslashes") {
    const std::string url = "https://a.example/x?id=" + encoded + "&b=1";
    for (const char* body :
         {"[x](https://a.example/x?id={{subscriber.id}}&b=1)", "<https://a.example/x?id={{subscriber.id}}&b=1>",
          "[x][1]\n\n[1]: https://a.example/x?id={{subscriber.id}}&b=1"}) {
        INFO(body);
        const auto content = rendered_body(body, nasty);
        CHECK(has(content.html, "href=\"https://a.example/x?id=" + encoded + "&amp;b=1\""));
        CHECK(has(content.text, url));
    }
    CHECK(has(rendered_with("da/welcome.html", "<a href=\"https://a.example/x?id={{subscriber.id}}\">x</a>", nasty).html,
              "href=\"https://a.example/x?id=" + encoded + "\""));
    CHECK(has(rendered_with("da/welcome.html", "<a href='https://a.example/{{subscriber.id}}/{{unit.name}}'>x</a>", "1 2").html,
              "href='https://a.example/1%202/"));
    CHECK(has(rendered_with("da/welcome.txt", "https://a.example/#{{subscriber.id}}\n", nasty).text,
              "https://a.example/#" + encoded));
    CHECK(has(rendered_body("[x](mailto:a@b.example?subject={{subscriber.id}})", "1 & 2").html, "?subject=1%20%26%202\""));
}

TEST_CASE("value_place: values beside links, and whole addresses, stand as they are") {
    const auto content = rendered_body(
        "{{subscriber.id}} [x](https://a.example/?q) {{subscriber.id}} [{{subscriber.id}}](https://b.example/)"
        " [y]({{service.self_service_url}}) [z](mailto:{{service.support_email}})",
        "1 2");
    CHECK_FALSE(has(content.html, "%20"));
    CHECK(has(content.html, "mailto:kundeservice@"));
    CHECK_FALSE(has(content.html, "\x1c"));
}

TEST_CASE("lint: a value in a link's host led anywhere") {
    CHECK(lint_body("[x](https://{{subscriber.id}}.example/)") == Strings{"url_scheme en/welcome.md:3:5"});
    CHECK(lint_body("[x](https://a.example{{subscriber.id}})") == Strings{"url_scheme en/welcome.md:3:5"});
    CHECK(lint_body("<https://{{subscriber.id}}/>") == Strings{"url_scheme en/welcome.md:3:1"});
    CHECK(lint_body("[x](mailto:{{subscriber.id}}@a.example)") == Strings{"url_scheme en/welcome.md:3:5"});
    CHECK(lint_html_part("<a href='https://{{subscriber.id}}/'>x</a>") == Strings{"url_scheme en/welcome.html:1:4"});
    CHECK(lint_body("[x](https://a.example/{{number}}/b?c={{product}}#{{subscriber.id}}) [y](mailto:{{service.support_email}})")
              .empty());
}

TEST_CASE("value_place: values in code had backslashes before their punctuation") {
    for (const char* body : {"`{{subscriber.id}}`", "`` x {{subscriber.id}} ``", "~~~\n{{subscriber.id}}\n~~~",
                             "```\n{{subscriber.id}}\n```", "a \\` `{{subscriber.id}}`", "- `{{subscriber.id}}`"}) {
        INFO(body);
        const auto content = rendered_body(body, "a-b_c*d`e\\f[1](2)|<&");
        CHECK(has(content.html, "a-b_c*d`e\\f[1](2)|&lt;&amp;"));
        CHECK(has(content.text, "a-b_c*d`e\\f[1](2)|<&"));
        CHECK(content.html.find_first_of("\x1c\x1d\x1e") == std::string::npos);
        CHECK(content.text.find_first_of("\x1c\x1d\x1e") == std::string::npos);
    }
    // Behind a backtick that nobody closes it is no code, and the value no markup.
    const auto open = rendered_body("a ` b {{subscriber.id}}", "*x* [y](https://a.example) `z`");
    CHECK(has(open.text, "*x* [y](https://a.example) `z`"));
    CHECK_FALSE(has(open.html, "<em>"));
    CHECK_FALSE(has(open.html, "<a href=\"https://a.example\""));
}

TEST_CASE("markdown: named entities that texts may use came out as they are written in the text part") {
    std::string text, html;
    append_markdown("caf&eacute; &AElig;&oslash; &frac12; &hearts; &NotEqualTilde; &nope; &#233;",
                    html_style("#000000", "#ffffff"), &html, &text);
    CHECK(text == "caf\u00e9 \u00c6\u00f8 \u00bd \u2665 \u2242\u0338 &nope; \u00e9\n");
    CHECK(html_entity("Aacute") == "\u00c1");
    CHECK(html_entity("zwnj") == "\u200c");
    CHECK(html_entity("nope").empty());
}

TEST_CASE("markdown: an e-mail address in angle brackets was refused as HTML, and is a link") {
    CHECK(lint_body("Write to <a@b.example>.") == Strings{});
    CHECK(lint_body("<a@b>c</a>") == Strings{"html_in_markdown en/welcome.md:3:7"});
    std::string text, html;
    append_markdown("Write to <a.c+d@b.example>.", html_style("#000000", "#ffffff"), &html, &text);
    CHECK(has(html, "<a href=\"mailto:a.c+d@b.example\""));
    CHECK(text == "Write to a.c+d@b.example.\n");
}

TEST_CASE("value_place: an address that stands in text as such was cut off, or went on, by its value") {
    for (const char* scheme :
         {"https://a.example/?q=", "http://a.example/", "www.a.example/?q=", "mailto:x@a.example?subject="}) {
        INFO(scheme);
        const auto content = rendered_body("Look at " + std::string(scheme) + "{{subscriber.id}} now", "a/b &c");
        CHECK(has(content.text, std::string(scheme) + "a%2Fb%20%26c now"));
        CHECK(has(content.html, std::string(scheme) + "a%2Fb%20%26c now"));
        CHECK(has(rendered_with("da/welcome.txt", std::string(scheme) + "{{subscriber.id}} now\n", "a/b &c").text,
                  std::string(scheme) + "a%2Fb%20%26c now"));
    }
    CHECK(lint_body("x www.{{subscriber.id}}.example y") == Strings{"url_scheme en/welcome.md:3:3"});
    CHECK(lint_body("x https://{{subscriber.id}}/ y") == Strings{"url_scheme en/welcome.md:3:3"});
    CHECK(Files().add("en/welcome.txt", "x https://{{subscriber.id}}/\n").lint() == Strings{"url_scheme en/welcome.txt:1:3"});
    CHECK(lint_body("x https://a.example/" + std::string(5000, 'y')) == Strings{"url_scheme en/welcome.md:3:3"});
}

TEST_CASE("value_place: a value of dots led to another path") {
    for (const char* dots : {".", ".."}) {
        const auto content = rendered_body("[x](https://a.example/u/{{subscriber.id}}/delete)", dots);
        CHECK(has(content.html, "href=\"https://a.example/u/" + std::string(dots) + "%20/delete\""));
    }
    CHECK(has(rendered_body("[x](https://a.example/u/{{subscriber.id}}/delete)", "1.2").html, "/u/1.2/delete\""));
    CHECK(lint_body("[x](https://a.example/%{{subscriber.id}})") == Strings{"url_scheme en/welcome.md:3:5"});
    CHECK(lint_body("[x](https://a.example/%2{{subscriber.id}})") == Strings{"url_scheme en/welcome.md:3:5"});
}

TEST_CASE("lint: a value was one more recipient, a telephone number, or left a link unread") {
    for (const char* body :
         {"[x](mailto:a@b.example?cc={{subscriber.id}})", "[x](mailto:a@b.example?subject=y&bcc={{subscriber.id}})",
          "[x](tel:{{subscriber.id}})", "[x](tel:+45{{subscriber.id}})", "[x](https://a.example/p q)"}) {
        INFO(body);
        CHECK(lint_body(body) == Strings{"url_scheme en/welcome.md:3:5"});
    }
    CHECK(
        Files().add("en/welcome.md", "Subject: x\n\n[x](https://a.example/{{> id}})\n").add("en/partials/id.md", "a b").lint() ==
        Strings{"url_scheme en/welcome.md:3:5"});
    for (const char* body :
         {"[x](mailto:a@b.example?subject={{subscriber.id}}&body={{subscriber.id}})", "[x](https://a.example/p \"a title\")",
          "[x](<https://a.example/p>)", "[x]( https://a.example/(p) )", "[x](tel:+4512345678) &amp;{{subscriber.id}} R&D"}) {
        INFO(body);
        CHECK(lint_body(body) == Strings{});
    }
}
