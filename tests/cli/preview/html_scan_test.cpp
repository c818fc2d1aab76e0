#include "cli/preview/html_scan.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

/// "p(class=a) |text| /p", what a visitor is told.
std::string told(std::string_view html) {
    std::string out;
    scan_html(html, {[&](const HtmlTag& tag) {
                         out += (tag.closing ? "/" : "") + tag.name;
                         for (const auto& [name, value] : tag.attributes) out += "(" + name + "=" + value + ")";
                         out += ' ';
                     },
                     [&](std::string_view text) { out += "|" + std::string(text) + "| "; }});
    return out;
}

}  // namespace

TEST_CASE("scan_html: tells tags, attributes and texts in their order") {
    CHECK(told("<!DOCTYPE html>\n<P Class=\"a b\" id=x hidden>1 &lt; 2<br/></p>") ==
          "|\n| p(class=a b)(id=x)(hidden=) |1 &lt; 2| br /p ");
    CHECK(told("<img alt='a \"b\" > c' src = \"/x\" >") == "img(alt=a \"b\" > c)(src=/x) ");
}

TEST_CASE("scan_html: comments and what stands in style, script and title are left out") {
    CHECK(told("a<!-- <b> -->c<style>p > a {}</style><title>x<b></title>d") == "|a| |c| style /style title /title |d| ");
    CHECK(told("<script>if (a < b) '</p>'</script>e") == "script /script |e| ");
}

TEST_CASE("scan_html: broken HTML comes to an end") {
    for (const std::string html :
         {"<", "<p", "<p a=", "<p a=\"", "<p a='b", "<!--", "<!", "</", "<style>x", "<>a", "< =\"x\" a>", "<p ==>"}) {
        INFO(html);
        (void)told(html);
        SUCCEED();
    }
    CHECK(told("<p a=\"b") == "p(a=b) ");
}
