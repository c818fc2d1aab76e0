#include "cli/preview/contrast_scan.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

/// "#colour on #ground" of each finding.
std::vector<std::string> faint(std::string_view html) {
    std::vector<std::string> out;
    for (const auto& each : faint_texts(html)) out.push_back(each.colour + " on " + each.ground);
    return out;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("faint_texts: text that can hardly be told from its ground is found once a pair of colours") {
    CHECK(faint("<p style=\"color:#999999\">a</p><p style=\"color:#999\">b</p><p style=\"color:#595959\">c</p>") ==
          Lines{"#999999 on #ffffff"});
    CHECK(faint_texts("<p style=\"color:#aaa\"> a long text that goes on and on and on and on </p>").front().text ==
          "a long text that goes on and on and on a");
}

TEST_CASE("faint_texts: colours are inherited and end with their element") {
    CHECK(faint("<table bgcolor=\"#222222\"><td><b>a</b></td></table>b") == Lines{"#000000 on #222222"});
    CHECK(faint("<div style=\"background:#0b3d6e;color:#ffffff\"><p>a<br>b</p></div><p>c</p>").empty());
}

TEST_CASE("faint_texts: large text needs less") {
    CHECK(faint("<p style=\"color:#888888;font-size:24px\">a</p>").empty());
    CHECK(faint("<p style=\"color:#888888;font-size:19px;font-weight:bold\">a</p>").empty());
    CHECK(faint("<p style=\"color:#888888;font-size:19px\">a</p>").size() == 1);
    CHECK(faint("<h1 style=\"color:#888888\">a</h1>").empty());
}

TEST_CASE("faint_texts: what nobody sees, and colours written in other ways, are not judged") {
    CHECK(faint("<div style=\"display:none\"><p style=\"color:#fff\">a</p></div>").empty());
    CHECK(faint("<p style=\"color:#fff\"> \n </p>").empty());
    CHECK(faint("<p style=\"color:white\">a</p><p style=\"color:#eee;background:url(x)\">b</p>").empty());
}
