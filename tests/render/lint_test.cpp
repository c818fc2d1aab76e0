#include <catch2/catch.hpp>

#include <random>

#include "render/lint.hpp"
#include "render/template_prepare.hpp"
#include "render/view.hpp"
#include "support/mail_world.hpp"
#include "support/template_files.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("lint: a sound template has no findings") {
    CHECK(lint_body("Hi {{recipient.name}}{{! a comment }}\n{{#subscriptions}}\n- "
                    "{{subscription.product}}\n{{/subscriptions}}\n{{^gift}}x{{/gift}}\n")
              .empty());
    CHECK(lint_body("[a](https://a.example) [b]({{service.self_service_url}}) [c](mailto:{{service.support_email}}) "
                    "<https://b.example> a < b, 1 <2\n")
              .empty());
}

TEST_CASE("lint: every malformed tag is found where it stands") {
    CHECK(lint_body("a\næ {{subscriber.name\n") == Strings{"unclosed_tag en/welcome.md:4:3"});
    CHECK(lint_body("{{{subscriber.name}} x\n") == Strings{"unclosed_tag en/welcome.md:3:1"});
    CHECK(lint_body("{{a {{subscriber.name}}\n") == Strings{"unclosed_tag en/welcome.md:3:1"});
    CHECK(lint_body("{{}} {{ }} {{#}} {{/ }}\n").size() == 4);
    CHECK(lint_body("{{}}") == Strings{"unknown_tag en/welcome.md:3:1"});
    CHECK(lint_body("{{$block}}x") == Strings{"unknown_tag en/welcome.md:3:1"});
    CHECK(lint_body("{{<parent}}x") == Strings{"unknown_tag en/welcome.md:3:1"});
    CHECK(lint_body("{{*dynamic}}x") == Strings{"unknown_tag en/welcome.md:3:1"});
    CHECK(lint_body("x {{=<% %>=}}") == Strings{"delimiter_change en/welcome.md:3:3"});
    CHECK(lint_body("{{=}}") == Strings{"delimiter_change en/welcome.md:3:1"});
}

TEST_CASE("lint: sections that do not pair are found, all of them") {
    CHECK(lint_body("{{#gift}}\nx\n") == Strings{"unclosed_section en/welcome.md:3:1"});
    CHECK(lint_body("x{{/gift}}") == Strings{"unexpected_close en/welcome.md:3:2"});
    CHECK(lint_body("{{#gift}}{{#several}}{{/gift}}\n{{/several}}") ==
          Strings{"unclosed_section en/welcome.md:3:10", "unexpected_close en/welcome.md:4:1"});
}

TEST_CASE("lint: a variable must be known for the kind") {
    CHECK(lint_body("{{subscriber.nmae}}") == Strings{"unknown_variable en/welcome.md:3:1"});
    CHECK(lint_body("{{payment_url}}") == Strings{"unknown_variable en/welcome.md:3:1"});
    CHECK(lint_body("{{payment_url}}", Kind::invoice).empty());
    CHECK(lint_body("{{.}} {{content}} {{subject}}").size() == 3);
    CHECK(lint_body("{{line.text}}", Kind::invoice) == Strings{"unknown_variable en/invoice.md:3:1"});
    Files files;
    files.add("en/welcome.md", "Subject: {{nope}}\nPreheader: a {{nope}}\n\n{{#nope}}{{nope}}{{/nope}}\n");
    CHECK(files.lint() == Strings{"unknown_variable en/welcome.md:1:10", "unknown_variable en/welcome.md:2:14",
                                  "unknown_variable en/welcome.md:4:1", "unknown_variable en/welcome.md:4:10"});
}

TEST_CASE("lint: suggests the name that was probably meant") {
    Files files;
    files.add("en/welcome.md", "Subject: {{subscriber.nmae}}\n");
    files.lint();
    CHECK(files.findings().errors()[0].detail == "there is no variable 'subscriber.nmae'; is 'subscriber.name' meant?");
}

TEST_CASE("lint: flags and lists are not printed, and lists not nested") {
    CHECK(lint_body("{{gift}} {{subscriptions}}") == Strings{"wrong_use en/welcome.md:3:1", "wrong_use en/welcome.md:3:10"});
    CHECK(lint_body("{{#lines}}{{#lines}}x{{/lines}}{{/lines}}", Kind::invoice) == Strings{"nested_list en/invoice.md:3:11"});
}

TEST_CASE("S17: raw tags are refused") {
    CHECK(lint_body("{{{subscriber.name}}}") == Strings{"raw_not_allowed en/welcome.md:3:1"});
    CHECK(lint_body("{{&subscriber.name}} {{& subscriber.id }}").size() == 2);
    CHECK(lint_html_part("<p>{{{subscriber.name}}}</p>") == Strings{"raw_not_allowed en/welcome.html:1:4"});
}

TEST_CASE("lint: partials must exist and not include themselves") {
    CHECK(lint_body("{{> nowhere}}") == Strings{"partial_missing en/welcome.md:3:1"});
    CHECK(lint_body("{{> ../../secret}}") == Strings{"unknown_tag en/welcome.md:3:1"});
    Files files;
    files.add("en/welcome.md", "Subject: x\n\n{{> a}}\n")
        .add("en/partials/a.md", "{{> b}}\n")
        .add("en/partials/b.md", "x {{> a}}\n");
    CHECK(files.lint() == Strings{"partial_recursion en/partials/b.md:1:3"});
}

TEST_CASE("lint: a finding in a partial stands in the partial's file") {
    Files files;
    files.add("en/welcome.md", "Subject: x\n\n{{> a}} {{> a}}\n").add("en/partials/a.md", "one\n{{nope}}\n");
    CHECK(files.lint() == Strings{"unknown_variable en/partials/a.md:2:1"});
}

TEST_CASE("S19: depth, size and multiplying partials are bounded") {
    std::string deep, close;
    for (int i = 0; i < 2000; ++i) deep += "{{#gift}}", close += "{{/gift}}";
    CHECK(lint_body(deep + close) == Strings{"too_deep en/welcome.md:3:73"});
    CHECK(Files().add("en/partials/big.md", std::string(70'000, 'x')).lint() == Strings{"too_large en/partials/big.md:1:1"});
    Files files;
    files.add("en/welcome.md", "Subject: x\n\n{{> p0}}\n");
    for (int i = 0; i < 6; ++i) {
        std::string ten;
        for (int n = 0; n < 10; ++n) ten += "{{> p" + std::to_string(i + 1) + "}}";
        files.add("en/partials/p" + std::to_string(i) + ".md", ten);
    }
    files.add("en/partials/p6.md", "laugh");
    const auto found = files.lint();
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("too_large"));
    Files chain;
    chain.add("en/welcome.md", "Subject: x\n\n{{> q0}}\n");
    for (int i = 0; i < 20; ++i) chain.add("en/partials/q" + std::to_string(i) + ".md", "{{> q" + std::to_string(i + 1) + "}}");
    CHECK(chain.add("en/partials/q20.md", "x").lint() == Strings{"too_deep en/partials/q7.md:1:1"});
}

TEST_CASE("S19: a file that is nothing but one mistake is read up to the hundredth, not searched to its end for each") {
    for (const std::string piece : {"{{", "{{{", "{{ }}{{subscriber.name}}", "[a](", "[a](<", "]:", "[a]:", "<a", "x]:\n"}) {
        std::string body;
        while (body.size() < 1024 * 1024) body += piece;
        Findings findings;
        TemplateSources limited(TemplateLimits{body.size(), 16});
        lint_message(body, "x", limited, findings);
        INFO(piece);
        CHECK(findings.size() <= 100);
        CHECK(findings.full() == (piece != "]:" && piece != "x]:\n"));
    }
}

TEST_CASE("S18: links of other schemes are found in Markdown") {
    CHECK(lint_body("[x](javascript:alert)") == Strings{"url_scheme en/welcome.md:3:5"});
    CHECK(lint_body("[x]( <data:text/html,x>)") == Strings{"url_scheme en/welcome.md:3:7"});
    CHECK(lint_body("[x]({{subscriber.name}})") == Strings{"url_scheme en/welcome.md:3:5"});
    CHECK(lint_body("![x](/relative.png)") == Strings{"url_scheme en/welcome.md:3:6"});
    CHECK(lint_body("[x][1]\n\n[1]: vbscript:x\n") == Strings{"url_scheme en/welcome.md:5:6"});
    CHECK(lint_body("a ]: b \\](x)").empty());
}

TEST_CASE("lint: raw HTML in Markdown is found, since it would come out as text") {
    CHECK(lint_body("a <b>c</b>") == Strings{"html_in_markdown en/welcome.md:3:3", "html_in_markdown en/welcome.md:3:7"});
    CHECK(lint_body("<{{service.self_service_url}}>") == Strings{"html_in_markdown en/welcome.md:3:1"});
}

TEST_CASE("S18: HTML with unquoted attributes, other schemes or active content is refused") {
    CHECK(lint_html_part("<a href=\"https://a.example\" title='x'>x</a> <img src='{{unit.logo_url}}' alt=\"{{unit.logo_alt}}\">")
              .empty());
    CHECK(lint_html_part("<td align=left>") == Strings{"unquoted_attribute en/welcome.html:1:5"});
    CHECK(lint_html_part("<td title={{subscriber.name}}>") == Strings{"unquoted_attribute en/welcome.html:1:5"});
    CHECK(lint_html_part("<td {{subscriber.name}}>") == Strings{"unquoted_attribute en/welcome.html:1:5"});
    CHECK(lint_html_part("<a\n  href=\"JavaScript:x\">") == Strings{"url_scheme en/welcome.html:2:3"});
    CHECK(lint_html_part("<a href=\"{{subscriber.name}}\">") == Strings{"url_scheme en/welcome.html:1:4"});
    CHECK(lint_html_part("<p onclick=\"x\">") == Strings{"unsafe_html en/welcome.html:1:4"});
    CHECK(lint_html_part("<script>x</script>") == Strings{"unsafe_html en/welcome.html:1:1"});
    CHECK(lint_html_part("<{{subscriber.name}}>") == Strings{"unsafe_html en/welcome.html:1:1"});
    CHECK(lint_html_part("<a{{subscriber.name}}>") == Strings{"unquoted_attribute en/welcome.html:1:3"});
    CHECK(lint_html_part("<p style=\"color:{{subscriber.name}}\">") == Strings{"unsafe_css en/welcome.html:1:17"});
    CHECK(lint_html_part("<p style=\"color:{{unit.colour}}\">").empty());
    CHECK(lint_html_part("<style>p{color:{{subscriber.name}}}</style>") == Strings{"unsafe_css en/welcome.html:1:16"});
    CHECK(lint_html_part("<p title=\"x") == Strings{"unsafe_html en/welcome.html:1:1"});
}

TEST_CASE("S18: elements and attributes that are not named are refused") {
    CHECK(lint_html_part(
              "<table role='presentation' cellpadding=\"0\"><tr><td colspan=\"2\" aria-hidden=\"true\">x</td></tr></table><br/>")
              .empty());
    for (const char* element :
         {"iframe", "form", "input", "svg", "math", "object", "video", "link", "base", "template", "o:p", "x-y"})
        CHECK(lint_html_part("<" + std::string(element) + ">") == Strings{"unsafe_html en/welcome.html:1:1"});
    for (const char* attribute : {"onload", "srcset", "background", "formaction", "http-equiv", "ping", "poster", "data-x"})
        CHECK(lint_html_part("<td " + std::string(attribute) + "=\"x\">") == Strings{"unsafe_html en/welcome.html:1:5"});
    CHECK(lint_html_part("<img src='https://a.example/x.png' onerror=''>") == Strings{"unsafe_html en/welcome.html:1:36"});
}

TEST_CASE("S18: CSS that is not named, or loads or computes anything, is refused, in attributes and in style sheets") {
    const auto declared = [](const std::string& css) { return lint_html_part("<p style=\"" + css + "\">"); };
    const auto sheet = [](const std::string& css) { return lint_html_part("<style>" + css + "</style>"); };
    const Strings at_value{"unsafe_css en/welcome.html:1:22"};
    CHECK(declared("color:red;margin:0 auto; font-family:'Segoe UI',serif;mso-line-height-rule:exactly;;").empty());
    CHECK(declared("color:{{unit.colour}};{{#unit.logo_url}}padding:0;{{/unit.logo_url}}").empty());
    CHECK(declared("background:url(https://a.example)") == at_value);
    CHECK(declared("background:URL (x)").empty());  // no function: CSS drops it
    CHECK(declared("background:u\\72l(x)") == Strings{"unsafe_css en/welcome.html:1:23"});
    CHECK(declared("background:&#117rl(x)") == at_value);
    CHECK(declared("background:u/**/rl(x)") == at_value);
    CHECK(declared("position:fixed") == Strings{"unsafe_css en/welcome.html:1:11"});
    CHECK(declared("color") == Strings{"unsafe_css en/welcome.html:1:11"});
    CHECK(declared("behavior:x;color:red;-moz-binding:x") ==
          Strings{"unsafe_css en/welcome.html:1:11", "unsafe_css en/welcome.html:1:32"});

    CHECK(sheet("@media (max-width:600px){.c,td>a{color:red!important}}p{margin:0}/* x */").empty());
    CHECK(sheet("p{color:{{unit.colour}}}{{#unit.logo_url}}a{color:red}{{/unit.logo_url}}").empty());
    CHECK(sheet("@import url(https://a.example/x.css);p{color:red}") == Strings{"unsafe_css en/welcome.html:1:8"});
    CHECK(sheet("@font-face{font-family:x;src:url(x)}p{position:fixed}") ==
          Strings{"unsafe_css en/welcome.html:1:8", "unsafe_css en/welcome.html:1:46"});
    CHECK(sheet("p{background:url(x)}") == Strings{"unsafe_css en/welcome.html:1:21"});
    CHECK(sheet("@media print{p{background:url(x)}}") == Strings{"unsafe_css en/welcome.html:1:34"});
    CHECK(sheet("p{color:red") == Strings{"unsafe_css en/welcome.html:1:8"});
    CHECK(sheet("p") == Strings{"unsafe_css en/welcome.html:1:8"});
    CHECK(sheet("}}p{position:fixed}") ==
          Strings{"unsafe_css en/welcome.html:1:8", "unsafe_css en/welcome.html:1:9", "unsafe_css en/welcome.html:1:12"});
}

TEST_CASE("lint: a layout holds the content once and only what every mail knows") {
    CHECK(Files().add("layout.html", "<title>{{subject}}</title>{{{content}}}").lint_layout_alone().empty());
    CHECK(Files().add("layout.html", "<p></p>").lint_layout_alone() == Strings{"no_content layout.html:1:1"});
    CHECK(Files().add("layout.html", "{{{content}}}{{{content}}}").lint_layout_alone() == Strings{"no_content layout.html:1:1"});
    CHECK(Files().add("layout.html", "{{{content}}}{{content}}").lint_layout_alone() == Strings{"wrong_use layout.html:1:14"});
    CHECK(Files().add("layout.html", "{{{content}}}{{due_on}}{{> x}}").lint_layout_alone() ==
          Strings{"unknown_variable layout.html:1:14", "partial_missing layout.html:1:24"});
    CHECK(Files().lint_layout_alone() == Strings{"template_missing layout.html"});
}

TEST_CASE("lint: a welcome message knows few variables and no partials") {
    Findings findings;
    TemplateSources none(TemplateLimits{});
    lint_message("Hi {{subscriber.name}} of {{unit.name}}\n{{> note}} {{gift}} <b>\n", "message", none, findings);
    Strings found;
    for (const Error& error : findings.errors()) found.push_back(error.code + ' ' + error.place);
    CHECK(found == Strings{"partial_missing message:2:1", "unknown_variable message:2:12", "html_in_markdown message:2:21"});
}

TEST_CASE("lint: missing files and subjects are said") {
    Files files;
    CHECK(files.lint(Kind::invoice) == Strings{"template_missing en/invoice.md"});
    CHECK(Files().add("en/welcome.md", "Body only\n").lint() == Strings{"no_subject en/welcome.md:1:1"});
    CHECK(Files().add("en/welcome.md", "Subject:  \n").lint() == Strings{"no_subject en/welcome.md:1:1"});
    CHECK(Files().add("en/welcome.md", "Subject: a\xff\n").lint() == Strings{"invalid_utf8 en/welcome.md:1:11"});
    CHECK(Files().add("en/welcome.md", "Subject: a\x1f\n").lint() == Strings{"invalid_utf8 en/welcome.md:1:11"});
}

TEST_CASE("S19: a thousand mutated templates neither crash nor hang, and what passes renders") {
    const std::string original = read_file(std::filesystem::path(ILBUD_SOURCE_DIR) / "templates/en/invoice.md") +
                                 read_file(std::filesystem::path(ILBUD_SOURCE_DIR) / "templates/en/partials/note.md");
    const Settings settings = publisher();
    std::mt19937 random(7);
    const auto below = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most - 1)(random); };
    const std::vector<std::string> pieces{"{{",  "}}",  "{{{", "}}}", "{{#", "{{/", "{{^gift}}", "{{>", "{{!",
                                          "{{=", "=}}", "{",   "}",   "\n",  "<",   "](",        "\"",  "| "};
    std::size_t passed = 0;
    for (int i = 0; i < 1000; ++i) {
        std::string text = original;
        for (std::size_t n = 1 + below(3); n != 0; --n) {
            const auto where = below(text.size());
            if (below(2) == 0)
                text.erase(where, 1 + below(8));
            else
                text.insert(where, pieces[below(pieces.size())]);
        }
        Findings findings;
        TemplateSources sources({64 * 1024, 8, 500});
        sources.add("en/invoice.md", "m", text, findings);
        for (const char* partial : {"greeting", "lines", "signature", "id", "id_label", "ordered", "the_who"})
            sources.add(partial_name(Locale::en, partial, ".md"), partial, "{{subscriber.name}}\n", findings);
        sources.add("en/partials/note.md", "n", "{{subscriber.id}} {{service.self_service_url}}\n", findings);
        lint_mail(sources, {{}, Locale::en, Kind::invoice}, findings);
        if (!findings.empty()) continue;
        const Template prepared = prepare_template(sources, sender_of(settings, settings.units.at("avis")), Locale::en,
                                                   Kind::invoice, std::make_shared<Layout>(), findings);
        if (findings.empty()) render_example(prepared);
        ++passed;
    }
    CHECK(passed > 0);
    CHECK(passed < 900);
}
