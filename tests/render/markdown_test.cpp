#include "ilbud/render/markdown.hpp"

#include <catch2/catch.hpp>

#include "ilbud/render/escape.hpp"
#include "ilbud/render/format.hpp"
#include "support/naughty.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const HtmlStyle style = html_style("#0b5c4d", "#ffffff");

std::string html_of(std::string_view markdown) {
    std::string html;
    append_markdown(markdown, style, &html, nullptr);
    return html;
}
std::string text_of(std::string_view markdown) {
    std::string text;
    append_markdown(markdown, style, nullptr, &text);
    return text;
}
// What a browser shows of `html`, roughly: without tags and entities.
std::string shown(std::string_view html) {
    std::string out;
    for (std::size_t at = 0; at < html.size(); ++at) {
        if (html[at] == '<')
            at = html.find('>', at);
        else
            out += html[at];
    }
    const std::pair<std::string_view, std::string_view> entities[] = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
    for (const auto& [name, character] : entities)
        for (auto at = out.find(name); at != std::string::npos; at = out.find(name, at + 1))
            out.replace(at, name.size(), character);
    return out;
}
std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++found;
    return found;
}

}  // namespace

TEST_CASE("append_markdown: a hyphen at which no line breaks is one in HTML, and a plain one in the text, which breaks at none") {
    CHECK(html_of("en e&#8209;mail").find("en e&#8209;mail") != std::string::npos);
    CHECK(text_of("en e&#8209;mail") == "en e-mail\n");
}

TEST_CASE("append_markdown: in a table only the columns break their words that must, so that dates and amounts stay whole") {
    const auto breaking = [](const std::string& markdown) {
        const std::string html = html_of(markdown);
        std::string out;
        const auto row = html.rfind("<tr>");
        for (auto at = html.find("<td", row); at != std::string::npos; at = html.find("<td", at + 1))
            out += html.substr(at, html.find('>', at) - at).find("break-word") != std::string::npos ? 'b' : '-';
        return out;
    };
    const std::string head = "| a | b | c |\n|---|---|---|\n";
    CHECK(breaking(head + "| Avis | 2201 | 24.\u00a0december 2026 |\n") == "---");
    CHECK(breaking(head + "| Nordjyllandserhvervsabonnement | 9f0c2d5e8f7b4c1d9a557f1e2d3c4b5a | 24.\u00a0december 2026 |\n") ==
          "bb-");
    CHECK(breaking(head + "| Nordjyllandserhvervsabonnement | 1 | 1.250,00\u00a0kr. |\n") == "b--");
    CHECK(breaking(head + "| Nord-jyl-lands-er-hvervs-abon-ne-ment | 1 | 1.250,00\u00a0kr. |\n") == "---");
    // Of a column of figures none is cut in two while a column of words can give way.
    CHECK(breaking("| a | b | c |\n|---|--:|--:|\n| Kvartalsabonnement | 12 | 1.074.000,00\u00a0DKK |\n") == "b--");
    CHECK(breaking("| a | b |\n|--:|--:|\n| 1 | 9f0c2d5e8f7b4c1d9a557f1e2d3c4b5a9f0c2d5e |\n").ends_with("b"));
    // What stands in a row above counts, too: columns are as wide as their widest word.
    CHECK(breaking(head + "| **Nordjyllands**erhvervsabonnement | 1 | 2 |\n| x | y | z |\n") == "b--");
    CHECK(breaking(head + "| WWWWWWWWWW | WWWWWWWWWW | WWWWWWWWWW |\n").find('b') != std::string::npos);
    CHECK(breaking("|a|b|c|d|e|f|g|h|\n|---|---|---|---|---|---|---|---|\n|december|december|december|december|december|december|"
                   "december|"
                   "december|\n") == "bbbbbbbb");
    // What the text itself says must not count.
    CHECK(breaking(head + "| word-break:break-word | x | y |\n") == "---");
}

TEST_CASE("append_markdown: a paragraph is wrapped in the text and not in the HTML") {
    const std::string words =
        "Et langt afsnit med mange ord, som skal brydes pænt over flere linjer, fordi ingen læser lange linjer.";
    CHECK(html_of(words) == "<p style=\"margin:0 0 16px;word-break:break-word\">" + words + "</p>\n");
    CHECK(text_of(words) ==
          "Et langt afsnit med mange ord, som skal brydes pænt over flere linjer,\nfordi ingen læser lange linjer.\n");
}

TEST_CASE("append_markdown: headings carry the unit's colour and are underlined in the text") {
    CHECK(html_of("# Æble").find("color:#0b5c4d\">Æble</h1>") != std::string::npos);
    CHECK(text_of("# Æble\n\nx") == "Æble\n====\n\nx\n");
    CHECK(text_of("## To") == "To\n--\n");
}

TEST_CASE("append_markdown: a link is written out in the text, once") {
    CHECK(text_of("Se [siden](https://a.example/b) nu") == "Se siden (https://a.example/b) nu\n");
    CHECK(text_of("[a@b.example](mailto:a@b.example)\\\nx") == "a@b.example\nx\n");
    CHECK(text_of("<https://a.example/>, x") == "https://a.example/, x\n");
    CHECK(html_of("[a](https://a.example/?b=1&c=2) x").find("<a href=\"https://a.example/?b=1&amp;c=2\"") != std::string::npos);
}

TEST_CASE("append_markdown: a paragraph that is one link is a button") {
    const std::string html = html_of("[Betal](https://a.example/)");
    CHECK(html.find("<td class=\"b\" bgcolor=\"#0b5c4d\"") != std::string::npos);
    CHECK(html.find("<p") == std::string::npos);
    CHECK(text_of("[Betal](https://a.example/)") == "Betal:\nhttps://a.example/\n");
    CHECK(html_of("[Betal](https://a.example/) nu").find("class=\"b\"") == std::string::npos);
    CHECK(html_of("[Betal](javascript:x)") == "<p style=\"margin:0 0 16px;word-break:break-word\">Betal</p>\n");
}

TEST_CASE("append_markdown: tables are aligned by display width") {
    const char* table = "| Vare | Beløb |\n|:---|---:|\n| Æbler | 5,00 |\n| 日本 | 1.000,00 |\n";
    CHECK(text_of(table) == "Vare      Beløb\n-----  --------\nÆbler      5,00\n日本   1.000,00\n");
    CHECK(count(html_of(table), "<th scope=\"col\"") == 2);
    CHECK(html_of(table).find("align=\"right\"") != std::string::npos);
}

TEST_CASE("append_markdown: a table without header texts names its rows") {
    const char* table = "| | |\n|---|---|\n| Dato | 1. maj |\n| Antal | 2 |\n";
    CHECK(text_of(table) == "Dato   1. maj\nAntal  2\n");
    CHECK(count(html_of(table), "<th scope=\"row\"") == 2);
    CHECK(html_of(table).find("scope=\"col\"") == std::string::npos);
}

TEST_CASE("append_markdown: a row in bold from end to end is a sum, and has a line above it in the text") {
    const std::string head = "| Vare | Antal | Beløb |\n|:---|---:|---:|\n";
    CHECK(text_of(head + "| Æbler | 2 | 5,00 |\n| **I alt** | | **5,00** |\n| Heraf moms | | 1,00 |\n") ==
          "Vare        Antal  Beløb\n----------  -----  -----\nÆbler           2   5,00\n----------  -----  -----\n"
          "I alt               5,00\nHeraf moms          1,00\n");
    CHECK(text_of(head + "| **I alt** | | **5,00** |\n") == "Vare   Antal  Beløb\n-----  -----  -----\nI alt          5,00\n");
    CHECK(count(text_of(head + "| a | | |\n| **A** b | | **5** |\n| **A** | 2 | **5** |\n| **A** b **c** | | |\n"), "-\n") == 1);
    CHECK(text_of("| | |\n|---|---|\n| a | b |\n| **c** | **d** |\n") == "a  b\nc  d\n");
}

TEST_CASE("html_style: a colour that cannot be read on white colours buttons, not headings") {
    CHECK(html_style("#0b5c4d", "#ffffff").heading[0].find("color:#0b5c4d") != std::string::npos);
    const HtmlStyle yellow = html_style("#ffd400", "#000000");
    CHECK(yellow.heading[0].find("color:#1f2328") != std::string::npos);
    CHECK(yellow.button_before.find("background:#ffd400") != std::string::npos);
    CHECK(heading_colour("#767676") == "#767676");
    CHECK(heading_colour("#777777") == "#1f2328");
}

TEST_CASE("append_markdown: a table too wide for the text is narrowed, and its cells wrapped") {
    std::string text = text_of("| A | B |\n|---|--:|\n| " + std::string(10, 'w') + " " + std::string(30, 'x') + " " +
                               std::string(40, 'y') + " | 5,00 kr. |\n");
    CHECK(count(text, "\n") > 3);
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        CHECK(display_width(text.substr(begin, end - begin)) <= text_columns);
        begin = end + 1;
    }
}

TEST_CASE("append_markdown: lists, quotes, rules and code read well as text") {
    CHECK(text_of("- a\n- b\n  - c\n\nx") == "- a\n- b\n  - c\n\nx\n");
    CHECK(text_of("3. a\n4. b") == "3. a\n4. b\n");
    CHECK(text_of("- a\n\n- b") == "- a\n\n- b\n");
    CHECK(text_of("> a\n>\n> b") == "> a\n>\n> b\n");
    CHECK(text_of("a\n\n---\n\nb") == "a\n\n" + std::string(40, '-') + "\n\nb\n");
    CHECK(text_of("```\na  b\n  c\n```") == "  a  b\n    c\n");
    CHECK(text_of("*a* **b** `c` a&nbsp;b &eacute; &nope;") == "a b c a\u00a0b \u00e9 &nope;\n");
    CHECK(text_of("- " + std::string(60, 'x') + " " + std::string(20, 'y')) ==
          "- " + std::string(60, 'x') + "\n  " + std::string(20, 'y') + "\n");
}

TEST_CASE("append_markdown: raw HTML is text") {
    const std::string html = html_of("<script>alert(1)</script> <b>x</b>\n\n<div>\ny\n</div>\n");
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("<b>") == std::string::npos);
    CHECK(html.find("<div") == std::string::npos);
    CHECK(html.find("&lt;script&gt;") != std::string::npos);
}

TEST_CASE("S18: links of other schemes lose their address") {
    for (const char* address : {"javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "//evil.example",
                                "/relative", "&#106;avascript:x"}) {
        CHECK(html_of("[x](" + std::string(address) + ") y").find("<a ") == std::string::npos);
        CHECK(html_of("![x](" + std::string(address) + ") y").find("<img") == std::string::npos);
    }
    CHECK(html_of("[x](HTTPS://a.example) y").find("<a ") != std::string::npos);
    CHECK(html_of("![Et billede](https://a.example/b.png)").find("alt=\"Et billede\"") != std::string::npos);
}

TEST_CASE("S20: a value escaped for Markdown comes out as it went in, wherever it stands") {
    std::vector<std::string> values = naughty_strings();
    for (const char* value : {"[x](https://evil.example)",
                              "https://evil.example",
                              "www.evil.example",
                              "a@evil.example",
                              "<https://evil.example>",
                              "# h",
                              "1. a",
                              "1) a",
                              "- a",
                              "+ a",
                              "* a",
                              "> a",
                              "| a | b |",
                              "***",
                              "---",
                              "===",
                              "```",
                              "~~~",
                              "    a",
                              "_a_",
                              "**a**",
                              "`a`",
                              "&lt;b&gt;",
                              "&#60;",
                              "\\",
                              "a\\",
                              "![x](https://evil.example/a.png)",
                              "[x]: https://evil.example",
                              "<b>",
                              "<!-- x",
                              "a | b",
                              "C#",
                              "!",
                              "a  ",
                              "12.",
                              "$x$",
                              "--",
                              ":--"})
        values.emplace_back(value);
    for (const std::string& value : values) {
        INFO("value: " << value);
        const std::string literal = escaped(value, Escape::plain);
        if (literal.find_first_not_of(' ') == std::string::npos) continue;
        const std::string markdown = escaped(value, Escape::markdown);
        const std::string documents[] = {markdown + "\n",          "Hej " + markdown + "\n",
                                         "- " + markdown + "\n",   "# Hej " + markdown + "\n",
                                         "a\n" + markdown + "\n",  "| | |\n|---|---|\n| a | " + markdown + " |\n",
                                         "**" + markdown + "**\n", "Hej " + markdown + "[l](https://ok.example/) x\n"};
        for (const std::string& document : documents) {
            const std::string html = html_of(document);
            const bool own_link = document.find("ok.example") != std::string::npos;
            CHECK(count(html, "<a ") == (own_link ? 1U : 0U));
            CHECK(count(html, "<img") == 0);
            CHECK(count(html, "<code") == 0);
            CHECK(count(html, "<em") == 0);
            CHECK(count(html, "<h1") == (document[0] == '#' && document[1] == ' ' && document[2] == 'H' ? 1U : 0U));
            CHECK(count(html, "<hr") == 0);
            CHECK(count(html, "<ol") == 0);
            CHECK(count(html, "<blockquote") == 0);
            std::string wanted = literal;
            while (wanted.starts_with(' ') || wanted.starts_with("\u00a0")) wanted.erase(0, 1);
            while (wanted.ends_with(' ')) wanted.pop_back();
            CHECK(shown(html).find(wanted) != std::string::npos);
        }
    }
}

TEST_CASE("append_escaped: control characters become one space, bidirectional overrides go") {
    for (const Escape mode : {Escape::html, Escape::markdown, Escape::plain}) {
        CHECK(escaped("a\r\n\tb", mode) == "a b");
        CHECK(escaped(std::string_view("a\0b\x7f", 4), mode) == "a b ");
        CHECK(escaped("a\u0085b\u2028c", mode) == "a b c");
        CHECK(escaped("a\u202eb\u2066c", mode) == "abc");
        CHECK(escaped("æ€日\u00a0", mode) == "æ€日\u00a0");
    }
    CHECK(escaped("<a href=\"x\">'&", Escape::html) == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    CHECK(without_backslashes(escaped("1. [x](y) \\ *", Escape::markdown)) == "1. [x](y) \\ *");
}

TEST_CASE("trimmed_value: blanks of every sort go from both ends and stay within") {
    CHECK(trimmed_value(" \t\u00a0\u3000\u0085a b\u00a0c\u2003\u202e \n") == "a b\u00a0c");
    CHECK(trimmed_value("\u00a0 \u00a0").empty());
    CHECK(trimmed_value("æ").size() == 2);
}

TEST_CASE("safe_url: percent-encodes what would end the address and refuses other schemes") {
    CHECK(safe_url("https://a.example/a b\"<>`{}|\\^") == "https://a.example/a%20b%22%3C%3E%60%7B%7D%7C%5C%5E");
    CHECK(safe_url("https://a.example/æ\n") == "https://a.example/%C3%A6%0A");
    CHECK(safe_url("javascript:alert(1)").empty());
    CHECK(safe_url("https://").empty());
}
