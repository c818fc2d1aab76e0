#include <catch2/catch.hpp>

#include <array>
#include <random>

#include "render/mstch_renderer.hpp"
#include "render/template_fold.hpp"
#include "support/html_tokens.hpp"
#include "support/template_files.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// "code place" if it stands where `what` does, the `nth` time.
std::string at(const std::string& code, const std::string& html, const std::string& what, int nth = 1) {
    auto offset = html.find(what);
    while (--nth > 0) offset = html.find(what, offset + 1);
    const auto place = place_in(html, offset, {});
    return code + " en/welcome.html:" + std::to_string(place.line) + ':' + std::to_string(place.column);
}
// Says of `html` whether `code` is found at `what`.
void expect(const std::string& code, const std::string& html, const std::string& what, int nth = 1) {
    INFO(html);
    CHECK_THAT(lint_html_part(html), Catch::VectorContains(at(code, html, what, nth)));
}

}  // namespace

TEST_CASE("S18: an end tag's attributes, in whose quotes a browser hides what follows, are refused") {
    expect("unsafe_html", R"(</p x="><p title='"><script>alert(1)</script>'>)", "</p");
    expect("unsafe_html", "a</p/>", "</p/");
    expect("unsafe_html", "</{{subscriber.name}}>", "</");
    expect("unsafe_html", "</p{{subscriber.name}}>", "</p");
    expect("unsafe_html", "</ p>", "</");
    CHECK(lint_html_part("<p></p ></P\n>").empty());
}

TEST_CASE("S18: a title and a style are text up to their end tags") {
    expect("unsafe_html", R"(<title><p title="</title><script>alert(1)</script>"></title>)", "<p");
    expect("unsafe_css", R"(<style>p{color:red}</stylex><p title="</style><script>alert(1)</script>">)", "</stylex");
    expect("unsafe_css", "<style>/* <!-- */p{color:red}</style>", "<!--");
    expect("unsafe_html", "<style/><p>", "<style");
    expect("unsafe_html", "<title>x</titl>", "x");
    CHECK(lint_html_part("<title>{{subscriber.name}}: 1 > 0</TITLE ><STYLE>p{color:red}</Style\n>").empty());
}

TEST_CASE("S18: comments that a browser ends earlier are refused") {
    expect("unsafe_html", "<!-- --!><script>alert(1)</script> -->", "<!--");
    expect("unsafe_html", "<!--><script>alert(1)</script> -->", "<!--");
    expect("unsafe_html", "<!---><script>alert(1)</script> -->", "<!--");
    expect("unsafe_html", "<!-- x", "<!--");
    expect("unsafe_html", "<!-- --{{subscriber.name}}> <script>alert(1)</script> -->", "<!--");
    CHECK(lint_html_part("<!-- a > b, <p> - x --><!----><p>").empty());
}

TEST_CASE("S18: a section ends in the state of the HTML in which it began") {
    expect("unsafe_html", "{{#copy}}<!--{{/copy}}<script>alert(1)</script>{{#copy}}-->{{/copy}}", "<!--");
    expect("split_section", R"(<p title='{{#copy}}'{{/copy}} title=" ' onmouseover=alert(1) x=">)", "{{/copy}}");
    for (const char* html :
         {R"(<p {{#copy}}on{{/copy}}mouseover="x">)", R"(<p {{#copy}}title{{/copy}} ="x">)",
          R"(<p title{{#copy}} {{/copy}}="x">)", R"(<p{{#copy}} title="x"{{/copy}}re>)",
          R"(<p {{#copy}}title="x"><p {{/copy}}lang="y">)", "{{#copy}}<style>{{/copy}}p{color:red}</style>",
          "{{#copy}}<title>{{/copy}}a</title>", R"(<p title="{{#copy}}" lang="{{/copy}}">)",
          "<style>{{#copy}}p{ {{/copy}}color:red}</style>", "<style>p{color:{{#copy}}red;{{/copy}}}</style>",
          "<style>p{ {{#copy}}color:red{{/copy}}}</style>", R"(<p style="background:{{#copy}}u{{/copy}}{{^copy}}x{{/copy}}rl">)",
          "<!--[if mso]>{{#copy}}<![endif]-->{{/copy}}"}) {
        expect("split_section", html, "{{/copy}}");
    }
    CHECK(lint_html_part(R"({{#copy}}<p {{#gift}}title="a{{#copy}}b{{/copy}}"{{/gift}} {{^gift}}lang="x"{{/gift}}>{{/copy}})"
                         R"(<title>{{#copy}}x{{/copy}}</title><p style="{{#copy}}color:red;{{/copy}}margin:0">)"
                         "<style>{{#copy}}p{color:red}{{/copy}}@media print{ {{#copy}}p{margin:0}{{/copy}} }p{ "
                         "{{^copy}}margin:0;{{/copy}} }</style>")
              .empty());
}

TEST_CASE("S18: a Mustache comment is gone before a browser reads the HTML") {
    expect("unsafe_html", R"(<p title="{{! " title='}}"><script>alert(1)</script>{{! '>}}">)", "<script>");
    expect("unsafe_html", "a\n<{{! x }}script>", "<");
    expect("unsafe_html", "{{! one\ntwo }}<p>\n{{!}}<p onclick='x'>", "onclick");
    expect("unquoted_attribute", "<p title={{! ' }}x>", "title");
    CHECK(lint_html_part("<p {{! note }}title='{{! \" }}'>{{! <script> }}").empty());
}

TEST_CASE("S18: what a conditional comment shows to Outlook is read as HTML") {
    expect("unsafe_html", "<!--[if mso]><script>alert(1)</script><![endif]-->", "<script");
    expect("url_scheme", "<p>\n<!--[if mso]><a href='javascript:x'>y</a><![endif]-->", "href");
    expect("unsafe_css", "<!--[if (gte mso 9)|(IE)]><style>p{position:fixed}</style><![endif]-->", "position");
    expect("unsafe_html", "<!--[if mso]><!-- x --><![endif]-->", "<!--");
    expect("unsafe_html", "<!--[if mso]><p -- title=''><![endif]-->", "--", 2);
    expect("unsafe_html", "<!--[if mso]><p>{{subscriber.name}}><![endif]-->", "{{");
    expect("unsafe_html", "<!--[if mso]><p>{{> own}}</p><![endif]-->", "{{>");
    expect("unsafe_html", "<!--[if {{copy}}]><p><![endif]-->", "<!--");
    expect("unsafe_html", "<!--[if mso]><p>-->", "<!--");
    expect("unsafe_html", "<!-- x [if mso]><script><![endif]-->", "<!--");
    expect("unsafe_html", "<p title='<![endif]-->'>", "<![");
    expect("unsafe_html", "<o:allowpng>", "<o:");
    expect("unsafe_html", "<![if mso]><p><![endif]>", "<![if");
    expect("unsafe_html", "<<!--[if !mso]><!-->x<!--<![endif]-->script>", "<");
}

TEST_CASE("S18: a file begins and ends between elements, so that partials can be read one by one") {
    Files files;
    files.add("en/welcome.html", "{{> a}}<script>x</script>{{> b}}")
        .add("en/partials/a.html", "<!-- ")
        .add("en/partials/b.html", " -->");
    CHECK_THAT(files.lint(), Catch::VectorContains(std::string("unsafe_html en/partials/a.html:1:1")));
    CHECK(Files().add("en/welcome.html", "<b>{{> a}}</b>").add("en/partials/a.html", "x <").lint() ==
          Strings{"unsafe_html en/partials/a.html:1:3"});
    expect("unsafe_html", "<{{> note}}", "<");
    expect("wrong_use", "<p title='{{> note}}'>", "{{>");
    expect("unquoted_attribute", "<p {{> note}}>", "{{>");
    CHECK(Files().add("layout.html", "{{{content}}}<p title='{{{content}}}'></p>").lint_layout_alone() ==
          Strings{"wrong_use layout.html:1:24", "no_content layout.html:1:1"});
}

TEST_CASE("S18: other spellings of links, names and values are refused") {
    expect("url_scheme", "<a href=\"&#106;avascript:x\">", "href");
    expect("url_scheme", "<a href='java&Tab;script:x'>", "href");
    expect("url_scheme", "<a href='{{service.self_service_url}}javascript:x'>", "href");
    expect("url_scheme", "<a href='{{service.self_service_url}} javascript:x'>", "href");
    expect("url_scheme", "<a href='https://a.example' HREF='javascript:x'>", "HREF");
    expect("unsafe_html", "<SCRIPT>", "<SCRIPT");
    expect("unsafe_html", "<p/onclick='x'>", "onclick");
    expect("unsafe_html", "<p title='x'onclick='x'>", "onclick");
    expect("unsafe_html", "<p =title='x'>", "=title");
    expect("unsafe_html", "<?xml <script> ?>", "<?");
    expect("unsafe_html", "<![CDATA[<script>]]>", "<![");
    expect("unsafe_html", "<!DOCTYPE html [<!ENTITY x '<script>'>]>", "<!DOCTYPE");
    expect("unsafe_html", "<p title='\x0c'>", "\x0c");
    expect("unsafe_html", "<meta charset='utf-7'>", "charset");
    for (const char* element : {"plaintext", "xmp", "noscript", "noembed", "textarea", "frameset"})
        expect("unsafe_html", std::string("<") + element + ">", "<");
    CHECK(lint_html_part("1 < 2 <3<a href='{{service.self_service_url}}?a=b'>x</a>").empty());
    CHECK(lint_body("[a]({{service.self_service_url}}#top) [b]({{service.self_service_url}} 'x')").empty());
    CHECK(lint_body("[a]({{service.self_service_url}}javascript:x)") == Strings{"url_scheme en/welcome.md:3:5"});
}

TEST_CASE("S18: CSS hides nothing in strings, comments, functions and braces") {
    expect("unsafe_css", "<p style=\"font-family:'/*';background:url(https://evil.example/p.png);color:'*/'\">", "'/*'");
    expect("unsafe_css", "<style>a[title=\"/*\"]{background:url(https://evil.example/p.png)}a[title=\"*/\"]{}</style>", "\"/*\"");
    expect("unsafe_css", "<p style='-ms-filter:\"progid:DXImageTransform.Microsoft.AlphaImageLoader(src=x)\"'>", "-ms-filter");
    expect("unsafe_css", "<p style='mso-footer:x'>", "mso-footer");
    expect("unsafe_css", "<p style='};background:url(x)'>", "}");
    expect("unsafe_css", "<p style='color:red/*&#42;/;background:url(x)'>", "&");
    expect("unsafe_css", "<p style='font-family:\"a\nb\"'>", "\"a");
    expect("unsafe_css", "<p style='color:red/*'>", "/*");
    expect("unsafe_css", "<p style='background:-webkit-cross-fade(x)'>", "-webkit");
    expect("unsafe_css", "<style>p{color:x{position:fixed}}</style>", "x{");
    expect("unsafe_css", "<style>/* {{subscriber.name}} */</style>", "/*");
    expect("unsafe_css", "<style>{{subscriber.name}} p{color:red}</style>", "{{");
    expect("unsafe_css", "<style>@media print{@media screen{p{color:red}}}</style>", "@media screen");
    CHECK(lint_html_part(
              "<p style=\"font-family:'Segoe UI';width:calc(100% - (2px + 1px));background:rgba(0,0,0,.5) "
              "linear-gradient(red,blue);"
              "-ms-text-size-adjust:100%;mso-table-lspace:0pt\"><style>/* it's & \" */a[href^='http']{color:red}</style>")
              .empty());
    std::string deep = "<style>";
    for (int i = 0; i < 9000; ++i) deep += "@media{";
    CHECK(Files().add("en/welcome.html", deep).lint().size() <= 100);
}

TEST_CASE("S19: a quarter of a MiB of anything is read in one go") {
    for (const std::string piece : {"<p>",      "<p ",         "<p title=''",   " title=''",    "</p",     "<!--",
                                    "<!-- -->", "<!--[if -->", "<!--[if mso]>", "<![endif]-->", "<title>", "<style>",
                                    "</style>", "{{#copy}}",   "{{! }}",        "{{",           "{{{",     "<",
                                    "'",        "/*",          "@media{",       "a{",           "(",       "color:a(;"}) {
        for (const std::string& before : {std::string(), "<p title='x' " + piece, "<p style='" + piece, std::string("<style>"),
                                          std::string("<!--[if mso]>")}) {
            std::string html = before;
            while (html.size() + piece.size() <= 256 * 1024) html += piece;
            Findings findings;
            lint_html(html, "x", HtmlFile::part, findings);
            CHECK(findings.size() <= 100);
        }
    }
}

TEST_CASE("lint: the shipped layout and one with conditional comments for Outlook pass") {
    const auto layout = read_file(std::filesystem::path(ILBUD_SOURCE_DIR) / "templates/layout.html");
    CHECK(Files().add("layout.html", layout).lint_layout_alone().empty());
    CHECK(
        Files()
            .add(
                "layout.html",
                R"(<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" lang="{{lang}}">
<head>
  <meta charset="UTF-8" /><title>{{subject}}</title>
  <!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->
  <!--[if mso]><style type="text/css">table, td { border-collapse: collapse; font-family: Arial, sans-serif !important; mso-line-height-rule: exactly; }</style><![endif]-->
</head>
<body style="margin:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%">
  <!--[if (gte mso 9)|(IE)]><table role="presentation" width="600" align="center"><tr><td><![endif]-->
  <div style="max-width:600px">{{{content}}}</div>
  {{#unit.logo_url}}<!--[if mso]><img src="{{unit.logo_url}}" width="600" alt="{{unit.logo_alt}}"><![endif]-->
  <!--[if !mso]><!--><img src="{{unit.logo_url}}" alt="{{unit.logo_alt}}"><!--<![endif]-->{{/unit.logo_url}}
  <!--[if mso]><v:roundrect xmlns:w="urn:schemas-microsoft-com:office:word" href="{{service.self_service_url}}" style="height:40px;v-text-anchor:middle;width:200px" arcsize="10%" stroke="f" fillcolor="{{unit.colour}}"><w:anchorlock/><center>{{service.name}}</center></v:roundrect><![endif]-->
  <!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->
</body>
</html>
)")
            .lint_layout_alone() == Strings{});
}

// Whatever passes is read by a tokenizer that knows the standard and nothing of the linter, with every section on and off.
TEST_CASE("S18: nothing active is in what 20,000 random templates that pass render to, for a browser or for Outlook") {
    constexpr auto fragments = std::to_array<std::string_view>({"<p>",
                                                                "</p>",
                                                                "<p title=\"",
                                                                "<p title='",
                                                                "<p ",
                                                                "\">",
                                                                "'>",
                                                                "\"",
                                                                "'",
                                                                ">",
                                                                "<",
                                                                "/",
                                                                "=",
                                                                " ",
                                                                "\n",
                                                                "x",
                                                                "-",
                                                                "--",
                                                                "!",
                                                                "title=",
                                                                "title=\"a\"",
                                                                "<b>",
                                                                "</b>",
                                                                "<a href=\"https://a.example\">",
                                                                "<a href=\"",
                                                                "javascript:alert(1)",
                                                                "{{payment_url}}",
                                                                "</a>",
                                                                "<br/>",
                                                                "<img src='{{payment_url}}",
                                                                "<title>",
                                                                "</title>",
                                                                "</title",
                                                                "<style>",
                                                                "</style>",
                                                                "</stylex>",
                                                                "p{color:red}",
                                                                "p{",
                                                                "}",
                                                                "color:red;",
                                                                "background:url(x)",
                                                                "/*",
                                                                "*/",
                                                                "style=\"",
                                                                "<p style='",
                                                                "position:fixed",
                                                                "\"/*\"",
                                                                "{{unit.colour}}",
                                                                "<!--",
                                                                "-->",
                                                                "--!>",
                                                                "<!-->",
                                                                "<!--->",
                                                                "<!--[if mso]>",
                                                                "<![endif]-->",
                                                                "<!--[if !mso]><!-->",
                                                                "<!--<![endif]-->",
                                                                "<script>",
                                                                "</script>",
                                                                "script>",
                                                                "onclick=",
                                                                "onclick=\"x\"",
                                                                "{{#copy}}",
                                                                "{{/copy}}",
                                                                "{{^copy}}",
                                                                "{{#resent}}",
                                                                "{{/resent}}",
                                                                "{{!",
                                                                "}}",
                                                                "{{! \" }}",
                                                                "{{! ' }}",
                                                                "{{subscriber.name}}",
                                                                "{{> part}}",
                                                                "</p x=\""});
    constexpr auto wholes = std::to_array<std::string_view>(
        {"<p title=\"{{subscriber.name}}\">", "{{#copy}}<b>{{/copy}}", "<p {{#copy}}title='x'{{/copy}} lang='y'>",
         "<p style=\"{{#copy}}color:red;{{/copy}}\">", "<!--[if mso]><p title='x'><![endif]-->", "<!-- x -->",
         "<title>{{#copy}}a{{/copy}}</title>", "<style>p{color:red}{{#copy}}a{color:{{unit.colour}}}{{/copy}}</style>",
         "{{! \"<script> }}", "<a href='{{payment_url}}?x'>", "<!--[if !mso]><!-->x<!--<![endif]-->",
         "{{#copy}}<p title='{{#resent}}x{{/resent}}'>{{/copy}}"});
    const std::array<std::string, 4> names{"", "--", "-", "'\"--!><script>"};
    std::mt19937 random(18);
    const auto below = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most - 1)(random); };
    const auto key = [](std::string_view name) { return variable_key(*find_variable(name)); };
    Constants constants;
    constants[static_cast<std::size_t>(*find_variable("unit.colour"))] = "#0b5c4d";

    std::size_t passed = 0, hostile = 0;
    for (int i = 0; i < 20'000; ++i) {
        // Fragments alone, or put into something sound.
        std::string html;
        const bool insert = below(2) == 0;
        if (insert)
            for (auto n = 1 + below(2); n != 0; --n) html += wholes[below(wholes.size())];
        for (auto n = 1 + below(insert ? 3 : 8); n != 0; --n)
            html.insert(insert ? below(html.size() + 1) : html.size(), fragments[below(fragments.size())]);

        Findings findings;
        TemplateSources sources({64 * 1024, 8, 500});
        sources.add("en/invoice.md", "m", "Subject: x\n\nx\n", findings);
        sources.add("en/partials/note.md", "n", "x\n", findings);
        sources.add("en/partials/part.html", "p", "<b>{{subscriber.name}}</b>\n", findings);
        sources.add("en/invoice.html", "h", html, findings);
        const auto& tree = sources.tree("en/invoice.html", findings);
        if (!findings.empty()) continue;
        lint_mail(sources, {{}, Locale::en, Kind::invoice}, findings);
        const bool fit = findings.empty();
        passed += fit ? 1 : 0;
        const Folded folded = fold(tree, {"h", &sources, {}, Locale::en, ".html"}, constants, Escape::html, false, findings);
        std::string danger;
        for (std::size_t each = 0; each < 16 && danger.empty(); ++each) {
            Fields fields;
            fields.put(key("copy"), (each & 1) != 0);
            fields.put(key("resent"), (each & 2) != 0);
            fields.put(key("subscriber.name"), names[each / 4]);
            fields.put(key("payment_url"), (each & 1) != 0 ? "" : "https://betal.example/i?s=1");
            const auto rendered = render_mustache(folded.text, fields, Escape::html, SIZE_MAX);
            danger = danger_in(rendered);
            if (danger.empty()) danger = danger_in(outlook_view(rendered));
        }
        if (!danger.empty()) ++hostile;
        if (!danger.empty() && fit) FAIL(danger << " in " << html);
    }
    CHECK(passed > 1000);
    CHECK(hostile > 500);  // all refused: the random templates are worth reading
}
