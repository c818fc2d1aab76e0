// The list of rules that README leads to: numbers are what `ilbud explain`, tests and people name.
#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

namespace {

std::string text_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(ILBUD_SOURCE_DIR "/" + file).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("rules: docs/rules.md has every number from R1 to R39 once, in order, each with a phrase, and README leads there") {
    const auto rules = text_of("docs/rules.md");
    const std::regex rule(R"(- \*\*R(\d+)\*\* ([^\n]*))");
    int expected = 0;
    for (auto one = std::sregex_iterator(rules.begin(), rules.end(), rule); one != std::sregex_iterator(); ++one) {
        CHECK((*one)[1].str() == std::to_string(++expected));
        CHECK((*one)[2].str().size() > 15);
    }
    CHECK(expected == 39);
    CHECK(text_of("README.md").find("docs/rules.md") != std::string::npos);
}
