#include <catch2/catch.hpp>

#include "support/template_files.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// A plain page: `sheet` in its style element, `cell` and `inner` in the attributes of the two elements around the content.
std::string layout_of(const std::string& sheet, const std::string& cell = "", const std::string& inner = "") {
    return "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{{subject}}</title><style>" + sheet +
           "</style></head>\n<body style=\"margin:0;background:#ffffff\"><table width=\"100%\"><tr><td class=\"c\" id=\"page\" " +
           cell + "><div class=\"w\" " + inner + ">{{{content}}}</div></td></tr></table></body></html>\n";
}
Strings lint_layout_text(const std::string& text) {
    return Files().add("layout.html", text).lint_layout_alone();
}
bool hides(const Strings& found) {
    return std::any_of(found.begin(), found.end(), [](const std::string& each) { return each.starts_with("note_hidden "); });
}

}  // namespace

TEST_CASE("lint_note: a layout hid the note by its style sheet") {
    for (const char* sheet : {
             ".n{display:none}",
             "#page .n{display:none !important}",
             "@media (min-width:1px){.n{display:none!important}}",
             "@media screen{.n{visibility:hidden}}",
             "@media print{.n{display:none}}",
             "@media (prefers-color-scheme: dark){.n{color:#ffffff!important}}",
             "@media (max-width:480px){.w > .n{display:none!important}}",
             "@media only screen and (min-width:600px) and (max-width:800px){div.n{font-size:1px!important}}",
             "@media (hover:hover){.n{display:none!important}}",
             ".n{color:#fff!important}",
             ".n{color:white!important}",
             ".n{color:#fdfdfd!important}",
             ".n{color:rgba(92,101,112,.05)!important}",
             ".n{color:transparent!important}",
             ".n{color:hsl(0,0%,98%)!important}",
             ".n{color:#5c657000!important}",
             ".n{font-size:0!important}",
             ".n{font-size:1px!important}",
             ".n{font:0/0 a!important}",
             ".n{font-size:calc(2px - 2px)!important}",
             ".n{font-size:2%!important}",
             ".n p{font-size:.05em}",
             ".n{line-height:0!important}",
             ".n{text-indent:-9999px}",
             "td{text-indent:-9999px}",
             ".n{max-height:0;overflow:hidden}",
             ".n{height:0;overflow:hidden}",
             ".n{max-width:0}",
             ".n{width:1px;overflow:hidden}",
             ".n{opacity:0}",
             ".n{opacity:.02!important}",
             ".n{margin:-400px 0 0!important}",
             ".n{margin-left:-9999px!important}",
             ".n{padding-left:3000px!important}",
             ".n{letter-spacing:-1em}",
             ".n{word-spacing:-50px}",
             ".n{mso-hide:all}",
             ".n{unicode-bidi:bidi-override;direction:rtl}",
             "div[class=n]{display:none}",
             "[class~='n']{display:none}",
             "[style*='5c6570']{display:none}",
             ".w div:last-child{display:none}",
             ".w > :not(p){display:none}",
             "p + div{display:none}",
             ".w>*{display:none}",
             "*{visibility:hidden}",
             "body *{color:#fff!important}",
             ".n,.x{display:none}",
             "{{#copy}}.n{display:none}{{/copy}}",
             ".n{ {{^copy}}display:none;{{/copy}} }",
             ".N{display:none}",
             ".n{background:#5c6570!important}",
             ".n p{display:none}",
             ".n *{visibility:hidden}",
             ".n p:first-line{color:#fff}",
             "[data-ogsc] .n{display:none}",
             "u + .c .n{display:none}",
             ".n{display:table-column}",
             ".n{visibility:collapse}",
             ".n{font-family:Wingdings!important}",
             ".n{font-size-adjust:0}",
             ".n{-webkit-text-size-adjust:1%}",
             ".n p{display:none}.n p{display:nothing}",
         }) {
        INFO(sheet);
        CHECK(hides(lint_layout_text(layout_of(sheet))));
    }
}

TEST_CASE("lint_note: a layout hid the note by the elements around it") {
    const std::pair<const char*, const char*> attributes[] = {
        {"style=\"display:none\"", ""},
        {"style=\"opacity:.4\"", "style=\"opacity:.5\""},
        {"", "style=\"max-height:0;overflow:hidden\""},
        {"", "style=\"max-height:300px;overflow:hidden\""},
        {"", "style=\"height:1px\""},
        {"", "style=\"width:0;overflow:hidden\""},
        {"width=\"0\"", ""},
        {"", "height=\"0\""},
        {"bgcolor=\"#5c6570\"", ""},
        {"bgcolor=\"5c6570\"", ""},
        {"style=\"background:#666\"", ""},
        {"style=\"background:linear-gradient(#fff,#555)\"", ""},
        {"style=\"background:{{unit.colour}}\"", ""},
        {"{{#copy}}style=\"display:none\"{{/copy}}", ""},
        {"style=\"{{^copy}}display:none;{{/copy}}margin:0\"", ""},
        {"aria-hidden=\"true\"", ""},
        {"", "style=\"mso-hide:all\""},
        {"", "style=\"padding:0 0 0 3000px;overflow:hidden\""},
        {"", "style=\"white-space:nowrap;overflow:hidden\""},
        {"dir=\"rtl\"", ""},
    };
    for (const auto& [cell, inner] : attributes) {
        INFO(cell << " / " << inner);
        CHECK(hides(lint_layout_text(layout_of("", cell, inner))));
    }
    for (const char* around :
         {"<p>{{{content}}}</p>", "<a href='https://a.example'>{{{content}}}</a>", "<h1>{{{content}}}</h1>",
          "<div style='display:none'><div style='display:block'>{{{content}}}</div></div>",
          "<!--[if !mso]><!-->{{{content}}}<!--<![endif]-->",
          "<!--[if mso]><div style='display:none'><![endif]-->{{{content}}}<!--[if mso]></div><![endif]-->",
          "<!--[if mso]><style>.n{display:none}</style><![endif]-->{{{content}}}",
          "<style media='print'>.n{display:none}</style>{{{content}}}", "<ul>{{{content}}}</ul>",
          "<div>{{{content}}}</div><div style='margin-top:-400px;background:#fff;opacity:.99'>x</div>",
          "<table><tr>{{{content}}}</tr></table>", "<body style='overflow:hidden;height:100%'>{{{content}}}</body>"}) {
        INFO(around);
        CHECK(hides(lint_layout_text(around)));
    }
}

TEST_CASE("lint_note: a layout hid the note by other ways, sought with the checker at hand") {
    for (const char* sheet : {
             "html{visibility:hidden}",
             "@media all and (max-width:9999px){.n{opacity:0.1}}",
             "@media not print{.n{display:none}}",
             "@media (width>=1px){.n{display:none}}",
             "@media screen,print{.n{font-size:2px!important}}",
             "@media (orientation:portrait){.n{display:none}}",
             ":is(.n){display:none}",
             ":where(.n){opacity:0}",
             "div:has(p){display:none}",
             "div:nth-child(n){display:none}",
             "div:only-of-type{display:none}",
             "td>div>div{display:none}",
             "td .w .n p{visibility:hidden}",
             "[class*=n]{display:none}",
             "[class^='n']{display:none}",
             "[style]{display:none}",
             "[style^='margin:32px']{display:none}",
             "div:not([id]):not(.w){display:none}",
             "html:root .n{display:none}",
             ".n{color:hsla(0,0%,0%,.01)!important}",
             ".n{color:rgb(100% 100% 100%)!important}",
             ".n{color:rgb(255 255 255 / 1)!important}",
             ".n{color:#ffff!important}",
             ".n{color:snow!important}",
             ".n{color:currentColor!important}.w{color:#fff}",
             ".n{color:inherit!important}.w{color:#fff}",
             ".n{color:canvas!important}",
             ".n{color:{{unit.colour}}!important}",
             ".n{color:{{unit.colour_text}}!important}",
             ".n{background:#000}.n{color:#111!important}",
             ".n{background-color:#5c6570}",
             ".n p{background:#5c6570}",
             ".w{background:#000;display:inline}.n{color:#000!important}",
             ".n{float:left;color:#fff!important}.w{background:#000}",
             ".n{font:1px/1 Arial!important}",
             ".n{font-size:.1vw!important}",
             ".n{font-size:max(0px,1px)!important}",
             ".n{font-size:0.01em!important}",
             ".n{font-size:1pt!important}",
             ".n{font-size:14!important;font-size:bogus!important}",
             ".n{line-height:1%!important}",
             ".n{line-height:1px!important}",
             ".n{line-height:.01!important}",
             ".n p{text-indent:200%}",
             ".n{text-indent:calc(0px - 9999px)}",
             ".n{letter-spacing:900px}",
             ".n{max-height:1px}",
             ".n{max-height:1em;overflow-y:clip}",
             ".n{height:0!important;overflow:auto}",
             ".n{max-width:1%}",
             ".w{width:20%}.n{width:20%}",
             ".n{width:calc(1px + 1%)}",
             ".n{margin:0 0 -300px!important}",
             ".n{margin-top:-100%!important}",
             ".n{padding-top:9999px!important}",
             ".n{border-left:900px solid #fff}",
             ".n{opacity:1%}",
             ".n{opacity:calc(0)}",
             ".n{mso-color-alt:white}",
             ".n{mso-ansi-font-size:1pt}",
             ".n{text-decoration:line-through 40px #fff}",
             ".n a{vertical-align:-9999px}",
             ".n strong{font-size:0}",
             ".n li{display:none}",
             ".n a{display:none}",
             ".n a{color:#fff!important}",
             ".b{display:none}",
             "p::first-letter{font-size:0}.n p::first-line{color:transparent}",
             "#MessageViewBody .n{display:none}",
             ".n{display:block}.n{display:none}.n{display:block!ie}",
             ".n{color:#000;color:#fff!important;color:#000}",
             "td{display:none}",
             "table{opacity:0}",
             ".n{font-family:'Adobe Blank',Arial}",
             ".n{text-combine-upright:all}",
         }) {
        INFO(sheet);
        CHECK(hides(lint_layout_text(layout_of(sheet))));
    }
}

TEST_CASE("lint_note: a layout hid the note by what was not computed: rem, \"or\", what is wider, larger or painted over") {
    for (const char* sheet : {
             "@media (min-width:1px) or (max-width:1px){.n{display:none}}",
             "@media (prefers-color-scheme:light) or (prefers-color-scheme:dark){.n{color:#fff!important}}",
             "@media screen and (min-width:1px), screen and not (min-width:1px){.n{display:none}}",
             "html{font-size:1px}.n{font-size:1rem!important}",
             ":root{font-size:10%}.n p{font:1rem/1 serif!important}",
             "@media (max-width:600px){html{font-size:.1vw}}.n{font-size:1.2rem!important}",
             "html{font-size:0}.n{line-height:1.2rem!important}",
             "html{font-size:1000px}.n{padding-left:1rem!important}",
             "html{font-size:4px}.n p{font-size:2rem}",
             "*{font-size:1px}.n,.n *{font-size:1rem!important}",
             ".n{box-shadow:inset 0 0 0 999px #5c6570}",
             "@media (prefers-color-scheme:dark){.c{box-shadow:inset 0 0 0 2000px #b6bec7}}",
             ".n strong{box-shadow:0 0 2px #000,inset 0 0 0 90px #5c6570}",
             ".n{border-image:linear-gradient(#5c6570,#5c6570) 1 fill / 1px}",
             ".n{min-width:9999px;text-align:right}",
             ".c{width:500vw;text-align:center}",
             ".n p{min-width:1000%}",
             "html{direction:rtl}.n{min-width:3000px}",
             ".n{text-shadow:0 0 3px #000,0 0 3px #000,0 0 3px #000,0 0 3px #000}",
             ".n{text-shadow:0 0 40px #000}",
             ".n{display:table-caption}",
             ".n strong{display:table-caption}",
             ".n{line-height:9999px!important}",
             ".n{line-height:300!important}",
             ".n strong{line-height:9000px}",
             ".n{font-size:9999px!important}",
             ".n{font-size:80vw!important}",
             ".n{border-radius:50%;overflow:hidden}",
             ".c{border-top-left-radius:400px;overflow:hidden}",
             ".n{padding:0 150px!important}",
             ".c{padding-left:100px}.w{margin-left:90px}.n{padding-left:100px!important}",
             ".l{margin-top:-900px!important}",
             ".c>p{margin-top:-500px!important}",
             ".l{margin-bottom:calc(0px - 800px)!important}",
             ".x{line-height:0;font-size:500px}",
             ".x{outline:900px solid #fff}",
             ".x{display:inline-block;vertical-align:200px;height:400px;background:#fff}",
             ".c{box-shadow:inset 0 -400px #5c6570}",
             ".n{text-decoration:underline;text-decoration-thickness:20px;text-underline-offset:-14px}",
             ".n{text-underline-offset:-14px!important}",
         }) {
        INFO(sheet);
        CHECK(hides(lint_layout_text(layout_of(sheet))));
    }
    CHECK(hides(lint_layout_text("<table width='9000'><tr><td align='right'>{{{content}}}</td></tr></table>")));
    CHECK(
        hides(lint_layout_text("<ul><li><ul><li><ul><li><ul><li><ul><li><ul><li>{{{content}}}</li></ul></li></ul></li></ul>"
                               "</li></ul></li></ul></li></ul>")));
    for (const char* sheet : {"p::first-line{color:#fff}", ".n:FIRST-LETTER{font-size:9000px}"}) {
        INFO(sheet);
        CHECK(lint_layout_text(layout_of(sheet)) != Strings{});
    }
    // A column's ground lies behind its cells, and what collapses takes them with it.
    CHECK(lint_layout_text(
              "<table><colgroup><col style='visibility:collapse'></colgroup><tr><td>{{{content}}}</td></tr></table>") !=
          Strings{});
    for (const char* sheet : {
             "html{font-size:16px}.n{font-size:.875rem!important;line-height:1.5rem}",
             "@media (max-width:600px) or (orientation:portrait){.c{padding:20px!important}}",
             ".c{box-shadow:inset 0 0 0 1px #dddddd;text-shadow:0 1px 0 #ffffff;border-radius:12px;overflow:hidden}",
             ".c{line-height:24px;min-width:300px;width:600px}",
             "table{outline:none}a{cursor:pointer}body{-webkit-font-smoothing:antialiased}",
             ".x{margin:foo}",
         }) {
        INFO(sheet);
        CHECK(lint_layout_text(layout_of(sheet)) == Strings{});
    }
}

TEST_CASE("lint_html: a doctype without a line end behind it, and a charset said in the older way, were refused") {
    CHECK(lint_layout_text("<!DOCTYPE html><html><body>{{{content}}}</body></html>") == Strings{});
    CHECK(lint_layout_text("<!DOCTYPE html><!-- x --><div>{{{content}}}</div>") == Strings{});
    CHECK(lint_layout_text("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" "
                           "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\"><div>{{{content}}}</div>") == Strings{});
    CHECK(lint_layout_text("<!DOCTYPE html <b>><div>{{{content}}}</div>") == Strings{"unsafe_html layout.html:1:1"});
    const auto with_meta = [](const std::string& attributes) {
        return lint_layout_text("<html><head><meta " + attributes + "><title>x</title></head><body>{{{content}}}</body></html>");
    };
    CHECK(with_meta("http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\"") == Strings{});
    CHECK(with_meta("http-equiv=\"X-UA-Compatible\" content=\"IE=edge\"") == Strings{});
    CHECK(with_meta("http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"") ==
          Strings{"unsafe_html layout.html:1:45"});
    CHECK(with_meta("http-equiv=\"refresh\" content=\"0\"") == Strings{"unsafe_html layout.html:1:19"});
}

TEST_CASE("lint_note: ordinary layouts pass") {
    const std::string dark =
        "@media (prefers-color-scheme: dark){body,.c{background:#1f2327!important;color:#eceff2!important}"
        ".n{color:#b6bec7!important}}";
    const std::string sheets[] = {
        "",
        dark,
        dark + ".n a{color:#8fc4ff!important}",
        std::string("*{margin:0;padding:0;box-sizing:border-box}img{display:block;border:0}") +
            "table{border-collapse:collapse}a{text-decoration:none}",
        std::string("body,table,td,a{-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}") +
            "table,td{mso-table-lspace:0pt;mso-table-rspace:0pt}" +
            "#outlook a{padding:0}.ExternalClass{width:100%}.ExternalClass *{line-height:100%}",
        std::string(".preheader{display:none!important;visibility:hidden;opacity:0;height:0;width:0;font-size:1px;line-height:"
                    "1px;color:#") +
            "fff}",
        std::string("@media only screen and ") +
            "(max-width:480px){.hide-mobile{display:none!important}.c{width:100%!important;padding:10px!important}}",
        ".n{color:#5c6570!important;font-size:13px!important;border:0!important;margin:16px 0 0!important}",
        ".n{background:#f2f4f6;padding:16px!important;border-radius:6px}",
        ".n a{color:#0b5cad!important;font-weight:bold}",
        "[data-ogsc] .n{color:#b6bec7!important}[data-ogsb] .c,[data-ogsb] body{background:#1f2327!important}",
        ".footer a{color:#ffffff}.btn a{color:#fff!important}.btn{background:#000}",
        std::string("p{margin:0 0 12px}p:last-child{margin-bottom:0}.w > ") +
            ":first-child{margin-top:0}h1,h2{line-height:1.2;letter-spacing:-.5px}",
        ".c{background:#000;color:#fff}.n{color:#cccccc!important}.n a{color:#9cf!important}",
        "@media print{.no-print{display:none}}",
        ".n{color:dimgray!important}",
        ".n{color:{{unit.colour_heading}}!important}",
        std::string("html,body{height:100%!important;width:100%!important;margin:0 auto!important}div[style*='margin: 16px ") +
            "0']{margin:0!important}",
    };
    for (const auto& sheet : sheets) {
        INFO(sheet);
        CHECK(lint_layout_text(layout_of(sheet)) == Strings{});
    }
    const std::pair<const char*, const char*> attributes[] = {
        {"width=\"600\" align=\"center\" valign=\"top\"",
         "style=\"max-width:600px;margin:0 auto;overflow:hidden;border-radius:8px\""},
        {"style=\"font-size:0;line-height:0\"", "style=\"font-size:16px;line-height:1.5\""},
        {"style=\"font-size:0px;padding:10px 25px;word-break:break-word\"",
         "style=\"font-family:Ubuntu,Helvetica,Arial,sans-serif;font-size:13px;line-height:1;text-align:left;color:#000000\""},
        {"style=\"direction:ltr;font-size:0px;padding:20px 0;text-align:center\"",
         "style=\"font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%\""},
        {"height=\"100%\" style=\"height:100%\"", "style=\"float:left;width:100%\""},
        {"bgcolor=\"#f7f3ec\" style=\"padding:36px 40px\"", ""},
        {"style=\"background-color:whitesmoke\"",
         "style=\"background:rgba(255,255,255,.8);box-shadow:0 2px 12px rgba(0,0,0,.1)\""},
        {"{{#copy}}bgcolor=\"#eeeeee\"{{/copy}}", "style=\"width:calc(100% - 32px);min-width:280px\""},
    };
    for (const auto& [cell, inner] : attributes) {
        INFO(cell << " / " << inner);
        CHECK(lint_layout_text(layout_of("", cell, inner)) == Strings{});
    }
    CHECK(lint_layout_text(read_file(std::filesystem::path(ILBUD_SOURCE_DIR) / "templates/layout.html")) == Strings{});
    CHECK(lint_layout_text("<div style='display:none;max-height:0;overflow:hidden'>{{preheader}}</div>{{{content}}}") ==
          Strings{});
}

TEST_CASE("lint_note: the finding stands at what hides the note") {
    CHECK(lint_layout_text("<style>\n.x{color:red}\n.n{ display:none}</style>{{{content}}}") ==
          Strings{"note_hidden layout.html:3:5"});
    CHECK(lint_layout_text("<div\n style=\"opacity:0\">{{{content}}}</div>") == Strings{"note_hidden layout.html:2:9"});
    CHECK(lint_layout_text("<style>.n{color:#fff!important}</style>{{{content}}}") == Strings{"note_hidden layout.html:1:11"});
}

TEST_CASE("lint_note: a style sheet of an HTML part or its partials hid the note") {
    const auto with = [](const std::string& part, const std::string& partial) {
        return Files().add("layout.html", layout_of("")).add("en/welcome.html", part).add("en/partials/a.html", partial).lint();
    };
    CHECK(with("<style>.n{display:none}</style><p>x</p>", "") == Strings{"note_hidden en/welcome.html:1:11"});
    CHECK(with("{{> a}}", "<style>.n{color:#fff!important}</style>") == Strings{"note_hidden en/partials/a.html:1:11"});
    CHECK(with("<style>.x{display:none}</style><p>x</p>", "").empty());
    CHECK(with("<div style='margin-bottom:-300px;opacity:.99'>x</div>", "") == Strings{"note_hidden en/welcome.html:1:13"});
}
