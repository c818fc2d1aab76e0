#include <catch2/catch.hpp>

#include "support/template_files.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// Where in a part that is one line, column by column.
Strings columns(std::initializer_list<int> all) {
    Strings out;
    for (const int each : all) out.push_back("unbalanced_html en/welcome.html:1:" + std::to_string(each));
    return out;
}

}  // namespace

TEST_CASE("html_stack: a part that closes what the layout opened put the note beside the page") {
    CHECK(balance_of("</td></tr></table><p>{{product}}</p>") == columns({1, 6, 11}));
    CHECK(balance_of("<div></div></div>") == columns({12}));
    CHECK(balance_of("x</br>") == columns({2}));
}

TEST_CASE("html_stack: a part that left an element open took the note into it") {
    CHECK(balance_of("<p>a<div>b</div></p>") == columns({5}));
    CHECK(balance_of("<div>\n<b>x</div>") == Strings{"unbalanced_html en/welcome.html:2:1"});
    CHECK(balance_of("<div>x") == columns({1}));
    CHECK(balance_of("<b><i>x</b></i>") == columns({4, 12}));
    CHECK(balance_of("<ul><li>a<li>b</li></ul>") == columns({10, 5}));
    CHECK(balance_of("<div/>") == columns({1}));
    CHECK(balance_of("<a href='https://a.example'>x<b><a href='https://a.example'>y</a></b></a>") == columns({33}));
    CHECK(balance_of("<h1>a<h2>b</h2></h1>") == columns({6}));
}

TEST_CASE("html_stack: each branch of a section closes what it opens") {
    CHECK(balance_of("{{#copy}}<div>{{/copy}}x{{#copy}}</div>{{/copy}}") == columns({10, 34}));
    CHECK(balance_of("<div>{{#copy}}</div>{{/copy}}{{^copy}}</div>{{/copy}}").size() == 3);
    CHECK(balance_of("<div>{{#copy}}<b>x</b>{{/copy}}{{^copy}}<i>y</i>{{/copy}}</div>").empty());
    CHECK(balance_of("<p{{#copy}} title='x'{{/copy}}>x</p>").empty());
}

TEST_CASE("html_stack: what a browser drops or moves out of a table is refused") {
    CHECK(balance_of("<td>x</td>") == columns({1}));
    CHECK(balance_of("<div><tr></tr></div>") == columns({6}));
    CHECK(balance_of("<table><div>x</div></table>") == columns({8}));
    CHECK(balance_of("<table><td>x</td></table>") == columns({8}));
    CHECK(balance_of("<body><p>x</p></body>") == columns({1}));
}

TEST_CASE("html_stack: partials balance each by itself, and may hold rows") {
    const auto with = [](const std::string& part, const std::string& partial) {
        return Files().add("en/welcome.html", part).add("en/partials/a.html", partial).lint();
    };
    CHECK(with("<div>{{> a}}", "x</div>") ==
          Strings{"unbalanced_html en/partials/a.html:1:2", "unbalanced_html en/welcome.html:1:1"});
    CHECK(with("<table>{{> a}}</table>", "<tr><td>x</td></tr>").empty());
}

TEST_CASE("html_stack: balanced HTML passes, with elements that have no end and conditional comments for Outlook") {
    for (const char* html : {"<p>a<br>b<br/>c</p><hr><img src='https://a.example/x.png' alt=''>",
                             "<table><caption>x</caption><thead><tr><th>a</th></tr></thead>"
                             "<tbody><tr><td>b</td></tr></tbody></table>",
                             "<ul><li><p>a</p><ol><li>b</li></ol></li></ul><dl><dt>a</dt><dd>b</dd></dl>", "<DIV><P>a</p></div>",
                             "<!--[if mso | IE]><table><tr><td><![endif]--><div>x</div><!--[if mso | IE]></td><td><![endif]-->"
                             "<div>y</div><!--[if mso | IE]></td></tr></table><![endif]-->",
                             "<!--[if mso]><table><tr><td><![endif]--><!--[if !mso]><!--><div><!--<![endif]-->x"
                             "<!--[if mso]></td></tr></table><![endif]--><!--[if !mso]><!--></div><!--<![endif]-->"}) {
        INFO(html);
        CHECK(balance_of(html).empty());
    }
    CHECK_FALSE(balance_of("<!--[if mso]><div><![endif]-->x</div>").empty());
    CHECK_FALSE(balance_of("<!--[if mso]><div><![endif]-->x<!--[if gte mso 12]></div><![endif]-->").empty());
    CHECK_FALSE(balance_of("<!--[if mso]><div><![endif]--><p>x<!--[if mso]></div><![endif]--></p>").empty());
    CHECK_FALSE(balance_of("<!--[if !mso]><!-->x").empty());
}
